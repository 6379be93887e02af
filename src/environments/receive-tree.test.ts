import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildFailure } from './build-failure.ts';
import { receiveTree } from './receive-tree.ts';

const caps = {
  ...{ bytes: 3_000_000, inodes: 10 },
  exceed: () => new BuildFailure('disk_limit', 'too much'),
};
type Part = object | string;

/** Yields the parts in odd pieces, as a pipe may. */
async function* stream(parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  const text = parts.map((part) => (typeof part === 'string' ? part : `${JSON.stringify(part)}\n`)).join('');
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 70_001)
    yield await Promise.resolve(bytes.subarray(at, at + 70_001));
}

const file = (path: string, content: string, mode = 0o644): Part[] => [
  { path, mode, size: content.length },
  content,
];
const done = { done: true };

describe('receiveTree', () => {
  let root: string;
  let target: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'tree-'));
    await renew();
  });
  afterEach(() => rm(root, { recursive: true }));
  const renew = async (): Promise<void> => {
    target = await mkdtemp(join(root, 'target-'));
  };

  const receive = (...parts: Part[]) => receiveTree(stream(parts), target, caps);
  const reason = (...parts: Part[]): Promise<unknown> =>
    receive(...parts).then(
      () => 'taken',
      (error: unknown) => (error instanceof BuildFailure ? error.reason : error),
    );

  it('writes files, folders and links, and gives the same address for the same content', async () => {
    const large = 'x'.repeat(2_500_000);
    const link = { path: 'a/link.py', link: '../b.py' };
    const first = await receive(...file('a/one.py', 'x = 1\n', 0o755), ...file('b.py', large), link, done);
    expect(first.bytes).toBe(2_500_006);
    expect(await readFile(join(target, 'a/one.py'), 'utf8')).toBe('x = 1\n');
    expect((await stat(join(target, 'a/one.py'))).mode & 0o777).toBe(0o755);
    expect((await readFile(join(target, 'b.py'))).length).toBe(2_500_000);
    expect(await readlink(join(target, 'a/link.py'))).toBe('../b.py');
    await renew();
    const second = await receive(...file('b.py', large), link, ...file('a/one.py', 'x = 1\n', 0o755), done);
    expect(second.digest).toBe(first.digest);
    await renew();
    expect((await receive(...file('a/one.py', 'x = 2\n'), done)).digest).not.toBe(first.digest);
  });

  it.each([
    ['a path upwards', file('../x', '')],
    ['a path upwards within', file('a/../../x', '')],
    ['an absolute path', file('/etc/x', '')],
    ["the service's own folder", file('.brig/x', '')],
    ['an empty part', file('a//b', '')],
    ['a NUL', file('a\0b', '')],
    ['a name that is too long', file('x'.repeat(300), '')],
    ['a setuid bit', file('x', '', 0o4755)],
    ['a link outside', [{ path: 'l', link: '/etc/passwd' }]],
    [
      'a link upwards by way of another',
      [
        { path: 'd/e', link: '..' },
        { path: 'f', link: 'd/e/..' },
      ],
    ],
    ['a link upwards', [{ path: 'a/l', link: '../../etc' }]],
    ['a file below a link', [{ path: 'l', link: 'a' }, ...file('l/x', '')]],
    ['a file below a file', [...file('f', ''), ...file('f/x', '')]],
    ['one path twice', [...file('f', ''), ...file('f', '')]],
    ['a file that is a folder', [...file('f/x', ''), ...file('f', '')]],
    ['a path that is too long', file(`${`${'x'.repeat(200)}/`.repeat(6)}x`, '')],
    ['a field more', [{ path: 'x', mode: 0o644, size: 0, owner: 0 }]],
    ['no JSON', ['nonsense\n']],
  ])('refuses %s', async (_what, parts) => {
    expect(await reason(...parts, done)).toBe('invalid_files');
    expect(await readdir(root)).toEqual([basename(target)]);
  });

  it('bounds how many files, folders and links there are, before one too many is written', async () => {
    const many = Array.from({ length: 11 }, (_, index) => file(`f${index}`, '')).flat();
    expect(await reason(...many, done)).toBe('disk_limit');
    expect(await readdir(target)).toHaveLength(9);
    await renew();
    expect(await reason(...file('a/b/c/d/e/f/g/h/i/j/k', ''), done)).toBe('disk_limit');
  });

  it('bounds what is written, by what is announced', async () => {
    expect(await reason({ path: 'x', mode: 0o644, size: 10_000_000_000 })).toBe('disk_limit');
  });

  it('takes nothing for complete that does not say so', async () => {
    expect(await reason(...file('x', ''))).toBe('install_failed');
    expect(await reason({ failed: 'disk_limit' })).toBe('disk_limit');
    await expect(receive({ path: 'y', mode: 0o644, size: 10 }, 'short')).rejects.toThrow(/ended early/);
    await expect(receive('x'.repeat(100_000))).rejects.toThrow(/too long/);
  });
});
