/** A cell of a notebook. */
export interface Cell {
  readonly what: string;
  /** Null restarts the interpreter. */
  readonly source: string | null;
  /** Output after which it is interrupted. */
  readonly interrupt?: string;
  /** True where the text of its values is IPython's own, and not that of `repr`. */
  readonly isPretty?: true;
}

/** Cells as people write them, one after the other in one notebook. */
export const cells: readonly Cell[] = [
  {
    what: 'imports',
    source:
      'import json, math, os, re\nfrom collections import Counter, defaultdict\nfrom dataclasses import dataclass',
  },
  { what: 'a variable and its value', source: 'rate = 0.05\nyears = 10\n1000 * (1 + rate) ** years' },
  {
    what: 'a value that is None, and one that is silenced',
    source: 'values = [3, 1, 2]\nvalues.sort()\nvalues;',
  },
  { what: 'output and a value', source: 'for value in values:\n    print("value", value)\nsum(values)' },
  { what: 'the last value', source: '_ * 2' },
  {
    what: 'a class with a text of its own',
    source:
      '@dataclass\nclass Point:\n    x: float\n    y: float = 0.0\n\n    def norm(self):\n        return math.hypot(self.x, self.y)\n\nPoint(3, 4)',
  },
  { what: 'a method of it', source: 'Point(3, 4).norm()' },
  {
    what: 'a function that fails',
    source: 'def mean(numbers):\n    return sum(numbers) / len(numbers)\n\nmean([])',
  },
  { what: 'a name that is not there', source: 'print("before")\nundefined_name' },
  { what: 'a source that is no Python', source: 'for value in values\n    print(value)' },
  { what: 'the names of before', source: 'mean(values), Counter("banana").most_common(1)' },
  {
    what: 'a class with HTML',
    source:
      'class Badge:\n    def __init__(self, text):\n        self.text = text\n    def __repr__(self):\n        return f"Badge({self.text!r})"\n    def _repr_html_(self):\n        return f"<span>{self.text}</span>"\n\nBadge("new")',
  },
  {
    what: 'displays before the value',
    source: 'display(Badge("first"), 42)\nprint("between")\ndisplay("text")\nBadge("last")',
  },
  {
    what: 'a class with a bundle',
    source:
      'class Chart:\n    def _repr_mimebundle_(self, include=None, exclude=None):\n        return {"text/plain": "Chart", "application/json": {"points": [1, 2]}, "application/vnd.chart+json": {"mark": "bar"}}\n\nChart()',
  },
  {
    what: 'a table',
    source:
      'import pandas as pd\nframe = pd.DataFrame({"city": ["Oslo", "Rome"], "degrees": [4.5, 17.0]})\nframe',
  },
  { what: 'a part of it', source: 'display(frame.head(1))\nframe.degrees.mean()' },
  {
    what: 'a figure left open',
    source: 'import matplotlib.pyplot as plt\nplt.plot([1, 2, 3], [1, 4, 9])\nplt.title("squares");',
  },
  {
    what: 'two figures shown',
    source:
      'for power in (2, 3):\n    plt.figure()\n    plt.plot([n ** power for n in range(5)])\n    plt.show()\nprint("drawn")',
  },
  {
    what: 'a coroutine awaited',
    source:
      'import asyncio\n\nasync def double(n):\n    await asyncio.sleep(0.01)\n    return 2 * n\n\nawait asyncio.gather(*(double(n) for n in range(4)))',
  },
  {
    what: 'a task of an earlier cell',
    source: 'task = asyncio.ensure_future(double(21))\nawait asyncio.sleep(0)',
  },
  { what: 'its value', source: 'await task' },
  { what: 'long output', source: 'for n in range(2000):\n    print(n, "x" * 20)' },
  {
    what: 'errors on both streams',
    source: 'import sys\nprint("to the screen")\nprint("to the log", file=sys.stderr)',
  },
  {
    what: 'an error with a cause',
    source:
      'try:\n    json.loads("{")\nexcept ValueError as error:\n    raise RuntimeError("no settings") from error',
  },
  {
    what: 'an interrupt',
    source:
      'import time\nsecond = 0\nprint("working", flush=True)\nfor second in range(60):\n    time.sleep(1)',
    interrupt: 'working',
  },
  { what: 'the loop variable of it', source: 'second < 60' },
  { what: 'names that classes and functions have', source: 'Point, mean', isPretty: true },
  { what: 'a long list', source: 'list(range(100, 140))', isPretty: true },
  { what: 'a restart', source: null },
  { what: 'a name of before the restart', source: 'values' },
];
