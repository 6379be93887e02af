import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MIB } from '../core/contract/limits.ts';
import { BuildFailure } from './build-failure.ts';
import { createDiskMeter, measureTree } from './disk-use.ts';

const caps = {
  bytes: 100 * MIB,
  inodes: 1_000_000,
  exceed: () => new BuildFailure('disk_limit', 'too much'),
};

it('counts small files, folders and long links by the blocks that they take', () => {
  const meter = createDiskMeter(caps);
  for (let index = 0; index < 10_000; index += 1) meter.addFile(`a/${index}`, 1);
  for (let index = 0; index < 1000; index += 1) meter.addFolder(`b${index}`);
  meter.addLink('short', 'x');
  meter.addLink('long', 'x'.repeat(100));
  const { bytes, inodes } = meter.used();
  expect(inodes).toBe(11_003);
  expect(bytes).toBeGreaterThan(11_000 * 4096);
  expect(bytes).toBeLessThan(12_000 * 4096);
});

it('stops where a tree is too much, whatever it consists of', () => {
  const meter = createDiskMeter(caps);
  const add = (): void => {
    for (let index = 0; index < 60_000; index += 1) meter.addFile(`${index}`, 1);
  };
  expect(add).toThrow('too much');
  const few = createDiskMeter({ ...caps, inodes: 10 });
  expect(() => {
    for (let index = 0; index < 10; index += 1) few.addFolder(`${index}`);
  }).toThrow('too much');
});

it('measures what is there already alike', async () => {
  const root = await mkdtemp(join(tmpdir(), 'disk-use-'));
  try {
    await mkdir(join(root, 'a/b'), { recursive: true });
    await writeFile(join(root, 'a/b/one'), 'x'.repeat(5000));
    await symlink('one', join(root, 'a/b/link'));
    const { bytes, inodes } = await measureTree(root);
    expect([bytes >= 5 * 4096, bytes <= 7 * 4096, inodes]).toEqual([true, true, 5]);
  } finally {
    await rm(root, { recursive: true });
  }
});
