import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../src/config.ts';
import type { ProgramRuntime } from '../src/core/contract/runtimes.ts';
import { resolveStateDir } from '../src/sandbox/nsjail/image/image-store.ts';
import { startService, type AnswerBody, type TestService } from './support/service.ts';
import { FIRST_USE_MS, listOtherRuntimes, warmUp } from './support/warm-up.ts';

let service: TestService;
let here = new Set<string>();
beforeAll(async () => {
  service = await startService();
  const programs = await listOtherRuntimes(service);
  here = new Set(programs);
  await warmUp(service, ...programs);
}, FIRST_USE_MS);
afterAll(() => service.close());

const programs = join(resolveStateDir(parseConfig(process.env).stateDir), 'programs');
/** Other tests compile too: only those that were kept since and hold a text. */
async function countPrograms(since: number, text: string): Promise<number> {
  let count = 0;
  for (const name of await readdir(programs)) {
    if (!name.startsWith('program-')) continue;
    const file = join(programs, name);
    const { ctimeMs } = await stat(file);
    if (ctimeMs >= since && (await readFile(file)).includes(text)) count += 1;
  }
  return count;
}

type Files = Readonly<Record<string, string>>;
const toFiles = (files: Files) => Object.entries(files).map(([path, content]) => ({ path, content }));

async function run(runtime: ProgramRuntime, script: string, files: Files, fields = {}): Promise<AnswerBody> {
  const answer = await service.execute({ runtime, script, files: toFiles(files), ...fields });
  expect(answer.status, answer.text.slice(0, 2000)).toBe(200);
  return answer.body;
}

describe.each(['node', 'deno', 'bun'] as const)('files of %s', (runtime) => {
  it('are imported: modules, TypeScript, JSON', async () => {
    const script =
      'import { one } from "./one.mjs";\nimport { two } from "./lib/two.ts";\nimport data from "./data.json" with { type: "json" };\nconsole.log(one, two, data.three);';
    const { stdout, stderr } = await run(runtime, script, {
      'one.mjs': 'export const one = 1;',
      'lib/two.ts': 'export const two: number = 2;',
      'data.json': '{"three": 3}',
    });
    expect(stdout, stderr).toBe('1 2 3\n');
  });

  it.each([
    ['throw', 'export const one = 1;\nthrow new TypeError("no good");\n', 'runtime_error'],
    ['are no JavaScript', 'export const one = 1;\nconst = 2;\n', 'syntax_error'],
  ])('that %s are named, with the line', async (_, content, error) => {
    const body = await run(runtime, 'import { one } from "./lib/one.mjs";\nconsole.log(one);', {
      'lib/one.mjs': content,
    });
    expect(body).toMatchObject({ error, location: { file: 'lib/one.mjs', line: 2 } });
  });

  it('that are missing can be sent', async () => {
    const body = await run(runtime, 'import { one } from "./one.mjs";\nconsole.log(one);', {});
    expect([body.error, body.suggestions?.[0]]).toEqual([
      'runtime_error',
      'Send that file with the request, in "files"',
    ]);
  });

  it('cannot take the place of the script', async () => {
    const body = await run(runtime, '1', { 'main.js/x': '', 'main.ts/x': '' });
    expect(body.error).toBe('runtime_error');
    expect(body.message).toMatch(/^The script could not be written to main\.[jt]s: Is a directory$/);
  });
});

/** A compiler's tests; where the machine lacks the toolchain, test/runtimes.test.ts tests what is said of that. */
function itCompiles(runtime: 'go' | 'rust', name: string, test: () => Promise<void>): void {
  it(`${runtime}: ${name}`, async () => {
    if (here.has(runtime)) await test();
  });
}

const goMain = (imports: string, body: string): string =>
  `package main\n\nimport (\n${imports}\n)\n\nfunc main() {\n\t${body}\n}\n`;

describe('files of compiled programs', () => {
  itCompiles('go', 'are other files of the package', async () => {
    const body = await run('go', goMain('\t"fmt"', 'fmt.Println(greet("Go"))'), {
      'greet.go': 'package main\n\nfunc greet(name string) string { return "hello " + name }\n',
    });
    expect(body.stdout, body.stderr).toBe('hello Go\n');
  });

  itCompiles('go', 'are packages of a module, and what it vendors', async () => {
    const body = await run('go', goMain('\t"example.com/shop/price"', 'println(price.Of(2))'), {
      'go.mod': 'module example.com/shop\n\ngo 1.22\n\nrequire example.com/tax v1.0.0\n',
      'price/price.go':
        'package price\n\nimport "example.com/tax"\n\nfunc Of(n int) int { return n * tax.Rate }\n',
      'vendor/modules.txt': '# example.com/tax v1.0.0\n## explicit; go 1.22\nexample.com/tax\n',
      'vendor/example.com/tax/tax.go': 'package tax\n\nconst Rate = 21\n',
    });
    expect(body.stderr).toBe('42\n');
  });

  itCompiles('go', 'can be embedded', async () => {
    const script =
      'package main\n\nimport _ "embed"\n\n//go:embed data/text.txt\nvar text string\n\nfunc main() { print(text) }\n';
    expect((await run('go', script, { 'data/text.txt': 'one' })).stderr).toBe('one');
    expect((await run('go', script, { 'data/text.txt': 'two' })).stderr).toBe('two');
  });

  itCompiles('go', 'are named where they are wrong, and where they panic', async () => {
    const script = goMain('\t"app/util"', 'util.Run()');
    const wrong = await run('go', script, { 'util/util.go': 'package util\n\nfunc Run() { nothing() }\n' });
    expect(wrong).toMatchObject({
      error: 'syntax_error',
      message: 'undefined: nothing',
      location: { file: 'util/util.go', line: 3, column: 14 },
    });
    const panics = await run('go', script, {
      'util/util.go': 'package util\n\nfunc Run() { panic("no") }\n',
    });
    expect(panics).toMatchObject({
      error: 'runtime_error',
      error_type: 'panic',
      location: { file: 'util/util.go', line: 3 },
    });
  });

  itCompiles('go', 'get nothing from a network', async () => {
    const body = await run('go', goMain('\t"example.com/evil"', 'evil.Run()'), {
      'go.mod': 'module app\n\ngo 1.22\n\nrequire example.com/evil v1.0.0\n',
    });
    expect(body).toMatchObject({ success: false, error: 'syntax_error' });
  });

  itCompiles('rust', 'are modules, beside the script or as Cargo has them', async () => {
    const script = 'mod util;\nfn main() { println!("{}", util::answer()); }\n';
    const flat = await run('rust', script, {
      'util/mod.rs': 'mod deep;\npub fn answer() -> u8 { deep::ANSWER }\n',
      'util/deep.rs': 'pub const ANSWER: u8 = 42;\n',
    });
    expect(flat.stdout, flat.stderr).toBe('42\n');
    const cargo = await run('rust', script, { 'src/util.rs': 'pub fn answer() -> u8 { 43 }\n' });
    expect(cargo.stdout, cargo.stderr).toBe('43\n');
  });

  itCompiles('rust', 'can be included', async () => {
    const script = 'fn main() { print!("{}", include_str!("text.txt")); }\n';
    expect((await run('rust', script, { 'text.txt': 'one' })).stdout).toBe('one');
    expect((await run('rust', script, { 'text.txt': 'two' })).stdout).toBe('two');
  });

  itCompiles('rust', 'are named where they are wrong, and where they panic', async () => {
    const script = 'mod util;\nfn main() { util::run(); }\n';
    const wrong = await run('rust', script, { 'util.rs': 'pub fn run() {\n    nothing();\n}\n' });
    expect(wrong).toMatchObject({ error: 'syntax_error', location: { file: 'util.rs', line: 2, column: 5 } });
    const panics = await run('rust', script, { 'util.rs': 'pub fn run() {\n    panic!("no");\n}\n' });
    expect(panics).toMatchObject({ error: 'runtime_error', location: { file: 'util.rs', line: 2 } });
  });

  it.each(['go', 'rust'] as const)(
    '%s: make another program only where they are part of it',
    async (runtime) => {
      if (!here.has(runtime)) return;
      const mark = `mark-${Math.random()}`;
      const script =
        runtime === 'go'
          ? goMain('\t"os"', `text, _ := os.ReadFile("data.txt")\n\tprintln(string(text), "${mark}")`)
          : `fn main() { eprintln!("{} ${mark}", std::fs::read_to_string("data.txt").unwrap()); }\n`;
      const since = Date.now() - 1000;
      for (const text of ['one', 'two'])
        expect((await run(runtime, script, { 'data.txt': text })).stderr).toBe(`${text} ${mark}\n`);
      expect(await countPrograms(since, mark)).toBe(1);
    },
  );

  itCompiles('rust', 'reach nothing of the host, whatever their paths say', async () => {
    const script = 'mod util;\nfn main() { print!("{}", util::TEXT); }\n';
    const body = await run('rust', script, {
      'util.rs': 'pub const TEXT: &str = include_str!("../etc/shadow");\n',
    });
    expect(body).toMatchObject({ success: false, error: 'syntax_error', location: { file: 'util.rs' } });
  });
});
