import { emptyForm, type Form } from './request.ts';

export interface Example {
  readonly title: string;
  readonly form: Form;
}

const python = (title: string, script: string, more: Partial<Form> = {}): Example => ({
  title,
  form: { ...emptyForm, ...more, script },
});
const program = (title: string, runtime: string, script: string): Example => ({
  title,
  form: { ...emptyForm, runtime, script },
});

/** Scripts to start from; the first one is shown to somebody who has none. */
export const examples: readonly Example[] = [
  python(
    'Return a value',
    `def main():
    print("hello from a jail of its own")
    return {"squares": [n * n for n in range(8)]}
`,
  ),
  python(
    'Arguments',
    `def main(name, times=1):
    return ", ".join([f"hello {name}"] * times)
`,
    { args: '["world", 3]' },
  ),
  python(
    'A table with pandas',
    `import pandas as pd


def main():
    data = pd.DataFrame({"city": ["Oslo", "Lima", "Oslo", "Lima"], "rain": [3, 0, 5, 1]})
    return data.groupby("city", as_index=False).sum().to_dict("records")
`,
  ),
  python(
    'A figure with matplotlib',
    `import matplotlib.pyplot as plt
import numpy as np


def main():
    x = np.linspace(0, 10, 400)
    plt.plot(x, np.sin(x) * np.exp(-x / 5))
    plt.title("A damped oscillation")
    plt.show()
`,
  ),
  python(
    'Write a file',
    `from pathlib import Path


def main():
    Path("report.csv").write_text("name,points\\nAda,3\\nAlan,5\\n")
    return "see the files below"
`,
    { returnFiles: '*.csv' },
  ),
  python(
    'Output as it comes',
    `import time


def main():
    for n in range(5):
        print("step", n, flush=True)
        time.sleep(0.4)
`,
  ),
  python(
    'A mistake, and what Brig says',
    `def mian():
    return 1
`,
  ),
  program(
    'JavaScript in Node',
    'node',
    `const words = 'the quick brown fox'.split(' ');
console.log(words.map((word) => word.length));
`,
  ),
  program(
    'TypeScript in Deno',
    'deno',
    `interface Point { x: number; y: number }
const points: Point[] = [{ x: 1, y: 2 }, { x: 3, y: 4 }];
console.table(points);
`,
  ),
  program(
    'Go',
    'go',
    `package main

import "fmt"

func main() {
	fmt.Println("hello from Go")
}
`,
  ),
  program(
    'Rust',
    'rust',
    `fn main() {
    let total: u32 = (1..=10).sum();
    println!("{total}");
}
`,
  ),
];
