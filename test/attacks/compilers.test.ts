import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import type { ProgramRuntime } from '../../src/core/contract/runtimes.ts';
import { resolveStateDir } from '../../src/sandbox/nsjail/image/image-store.ts';
import { describeInJail } from '../support/attack.ts';
import { runtimeScripts } from '../support/runtime-scripts.ts';
import { FIRST_USE_MS, listOtherRuntimes, warmUp } from '../support/warm-up.ts';

const programs = join(resolveStateDir(parseConfig(process.env).stateDir), 'programs');
const listPrograms = async (): Promise<string[]> =>
  (await readdir(programs).catch(() => [])).filter((name) => name.startsWith('program-'));

/** Sources that go for the host while they are compiled, or that cost the compiler more than it may use. */
const refused: readonly (readonly [name: string, runtime: ProgramRuntime, script: string])[] = [
  ['a file of the host', 'rust', 'fn main() { print!("{}", include_str!("/etc/shadow")); }'],
  ['the environment of the service', 'rust', 'fn main() { print!("{}", env!("BRIG_SECRET")); }'],
  ['another program that is kept', 'rust', `fn main() { include_bytes!("${programs}/x"); }`],
  [
    'an evaluation without end',
    'rust',
    'const X: u64 = { let mut n = 0u64; loop { n += 1; if n == 0 { break n; } } };\nfn main() { println!("{X}"); }',
  ],
  [
    'a terabyte of zeros',
    'rust',
    'static A: [u8; 1 << 40] = [0; 1 << 40];\nfn main() { println!("{}", A[std::env::args().count()]); }',
  ],
  [
    'types without end',
    'rust',
    'fn f<T>(n: u8) { if n > 0 { f::<(T, T)>(n - 1) } }\nfn main() { f::<u8>(9); }',
  ],
  ['a C compiler', 'go', 'package main\n\nimport "C"\n\nfunc main() {}\n'],
  [
    'a file of the host',
    'go',
    'package main\n\nimport _ "embed"\n\n//go:embed /etc/shadow\nvar text string\n\nfunc main() { print(text) }\n',
  ],
  [
    'a module from elsewhere',
    'go',
    'package main\n\nimport "example.com/evil"\n\nfunc main() { evil.Run() }\n',
  ],
  [
    'a linker flag',
    'go',
    'package main\n\n//#cgo LDFLAGS: -fplugin=/work/x.so\nimport "C"\n\nfunc main() {}\n',
  ],
];

const compilers: readonly ProgramRuntime[] = ['go', 'rust'];

describeInJail('a compiler', (arena) => {
  let here = new Set<string>();
  beforeAll(async () => {
    const others = await listOtherRuntimes(arena.service);
    here = new Set(others);
    await warmUp(arena.service, ...compilers.filter((name) => here.has(name)));
  }, FIRST_USE_MS);

  it.each(refused)('makes no program that holds %s (%s)', async (_, runtime, script) => {
    if (!here.has(runtime)) return;
    const before = await listPrograms();
    const body = await arena.run(script, { runtime });
    expect(body.success).toBe(false);
    expect(['syntax_error', 'memory_limit', 'timeout', 'cpu_limit', 'output_limit', 'crashed']).toContain(
      body.error,
    );
    expect(`${body.message}${body.stderr}`).not.toMatch(/root:|BRIG_SECRET=/);
    expect(await listPrograms()).toEqual(before);
  });

  it.each(['go', 'rust'] as const)(
    'makes one program of one %s source, whoever sends it',
    async (runtime) => {
      if (!here.has(runtime)) return;
      const script = `${runtimeScripts[runtime].args}\n// ${Math.random()}\n`;
      const before = await listPrograms();
      const [one, two] = await Promise.all([
        arena.run(script, { runtime, args: ['one'], env: { GOFLAGS: '-x', RUSTFLAGS: '-Z' } }),
        arena.run(script, { runtime, args: ['two'] }),
      ]);
      expect([one?.stdout, two?.stdout]).toEqual(['one\n', 'two\n']);
      const third = await arena.run(script, { runtime, args: ['three'] });
      expect(third.stdout).toBe('three\n');
      expect((await listPrograms()).length).toBe(before.length + 1);
    },
  );

  it('gives a program no way to change the one that is kept', async () => {
    if (!here.has('rust')) return;
    const script = `use std::fs;
fn main() {
    let path = "/opt/brig/program";
    println!("{} {}", fs::write(path, "x").is_err(), fs::remove_file(path).is_err());
    println!("{}", fs::read(path).map(|bytes| bytes.len() > 1000).unwrap_or(false));
}
`;
    expect((await arena.run(script, { runtime: 'rust' })).stdout).toBe('true true\ntrue\n');
    expect((await arena.run(script, { runtime: 'rust' })).stdout).toBe('true true\ntrue\n');
  });
});
