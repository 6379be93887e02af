import { describe, expect, it } from 'vitest';
import { allFaults } from './faults/catalogue/all-faults.ts';
import { runFaults } from './faults/run-fault.ts';

/** The short form: one of each way in which a fault was not borne before, and what needs no program that a host may lack. */
const short = [
  "SIGKILL: the jail's first process, the script runs",
  'SIGKILL: guardian, the script runs',
  'SIGKILL: nsjail, its job is half sent',
  'SIGSTOP: starter, the script runs',
  'no memory: all jails',
  'cgroup removed: the script runs',
  'a caller goes away: half of a body',
];

describe('faults of the host', () => {
  it.each(short)(
    '%s: no wrong verdict, nothing left, ready again',
    async (name) => {
      const [finding] = await runFaults(
        allFaults.filter((fault) => fault.name === name),
        () => undefined,
      );
      expect(finding).toMatchObject({ name, faults: [] });
      expect(finding?.leftOut).toBeUndefined();
    },
    180_000,
  );
});
