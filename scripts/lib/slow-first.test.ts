import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { TestSpecification } from 'vitest/node';
import { packageRoot } from '../../src/paths.ts';
import { slowFiles, SlowFirst } from './slow-first.ts';

it.each(slowFiles)('names a file that there is: %s', (file) => {
  expect(existsSync(join(packageRoot, file))).toBe(true);
});

it('has the slow files start first, in their order, and the others as they come', async () => {
  const project = { name: 'jail', config: { sequence: { groupOrder: 0 }, isolate: true } };
  const names = ['test/mcp.test.ts', slowFiles[1], 'test/keys.test.ts', slowFiles[0]];
  const files = names.map((name) => ({ moduleId: join(packageRoot, name ?? ''), project }));
  const durations = new Map(files.map((file, at) => [file, { failed: false, duration: 100 - at }]));
  const cache = { getTestSpecificationResult: (file: (typeof files)[number]) => durations.get(file) };
  // oxlint-disable-next-line unicorn/no-array-sort -- a sequencer is no array
  const sorted = await new SlowFirst({ cache } as never).sort(files as unknown as TestSpecification[]);
  expect(sorted.map(({ moduleId }) => moduleId)).toEqual(
    [slowFiles[0], slowFiles[1], 'test/mcp.test.ts', 'test/keys.test.ts'].map((name) =>
      join(packageRoot, name ?? ''),
    ),
  );
});
