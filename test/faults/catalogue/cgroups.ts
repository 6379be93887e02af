import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readProcesses } from '../../../src/sandbox/nsjail/cgroup/files.ts';
import { waitFor } from '../arena.ts';
import { emptyFolder, isUnified, join, tryRemove } from '../cgroups.ts';
import type { Fault } from '../fault.ts';
import { stepOf, steps } from '../steps.ts';

const needs = ['root', 'cgroup'] as const;
const group = 'cgroups that are removed';

const removed = (step: (typeof steps)[number]): Fault => ({
  name: `cgroup removed: ${step.name}`,
  group,
  what: `the processes of the jail are moved out of its cgroup, and that is removed, while ${step.name}`,
  needs,
  strike: async (arena) => {
    const held = await step.hold(arena);
    const { leaves } = held.jail;
    for (const leaf of leaves) {
      if (!existsSync(leaf)) throw new Error('the cgroup was gone before');
      await waitFor(() => {
        emptyFolder(leaf);
        return tryRemove(leaf);
      }, 'the end of a cgroup');
    }
    held.release();
    return { seen: await held.seen, proof: `${leaves.length} folders removed` };
  },
});

/** A frozen jail is late, and nothing else. */
const frozen: Fault = {
  name: 'cgroup frozen: the script runs',
  group,
  what: 'the jail is frozen for a second by a cgroup of the freezer while the script runs',
  needs,
  strike: async (arena) => {
    const held = await stepOf('the script runs').hold(arena);
    const freezer = '/sys/fs/cgroup/freezer/brig-fault';
    const [leaf = ''] = held.jail.leaves;
    const isV2 = isUnified(leaf);
    if (!isV2) {
      mkdirSync(freezer, { recursive: true });
      for (const pid of readProcesses(leaf)) join(freezer, pid);
    }
    const [file, on, off] = isV2
      ? [`${leaf}/cgroup.freeze`, '1', '0']
      : [`${freezer}/freezer.state`, 'FROZEN', 'THAWED'];
    writeFileSync(file, on);
    const isFrozen = (): boolean =>
      isV2
        ? readFileSync(`${leaf}/cgroup.events`, 'utf8').includes('frozen 1')
        : readFileSync(file, 'utf8').trim() === on;
    await waitFor(isFrozen, 'a frozen jail');
    await sleep(1000);
    writeFileSync(file, off);
    const seen = await held.seen;
    if (!isV2) await waitFor(() => tryRemove(freezer), 'an empty freezer');
    return { seen, proof: 'seen frozen' };
  },
};

export const cgroupFaults: readonly Fault[] = [...steps.map(removed), frozen];
