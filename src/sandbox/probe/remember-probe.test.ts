import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { layers } from '../../core/contract/health.ts';
import type { LayerReports } from './probe.ts';
import { openProbeMemory } from './remember-probe.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brig-remember-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const report = (active: boolean): LayerReports =>
  Object.fromEntries(
    layers.map((layer) => [layer, { active, required: true, how: 'namespace', tried: 'x' }]),
  ) as LayerReports;
const probing = (active = true) => vi.fn(() => Promise.resolve(report(active)));

it('accepts the result of another process for the same sandbox', async () => {
  await openProbeMemory(folder)('python', 'one', probing());
  const again = probing();
  expect(await openProbeMemory(folder)('python', 'one', again)).toEqual(report(true));
  expect(again).not.toHaveBeenCalled();
  for (const [kind, identity] of [
    ['python', 'other'],
    ['node', 'one'],
  ] as const) {
    const probe = probing();
    await openProbeMemory(folder)(kind, identity, probe);
    expect(probe).toHaveBeenCalledOnce();
  }
});

it('probes again after a failure, whatever is stored', async () => {
  await openProbeMemory(folder)('python', 'one', probing());
  const remember = openProbeMemory(folder);
  await remember('python', 'one', probing());
  const again = probing(false);
  expect(await remember('python', 'one', again)).toEqual(report(false));
  expect(again).toHaveBeenCalledOnce();
});

it('forgets a stored result when a layer no longer holds', async () => {
  const remember = openProbeMemory(folder);
  await remember('python', 'one', probing());
  await remember('python', 'one', probing(false));
  const again = probing();
  await openProbeMemory(folder)('python', 'one', again);
  expect(again).toHaveBeenCalledOnce();
});

it('stores no result in which a layer did not hold', async () => {
  await openProbeMemory(folder)('python', 'one', probing(false));
  const again = probing();
  await openProbeMemory(folder)('python', 'one', again);
  expect(again).toHaveBeenCalledOnce();
});
