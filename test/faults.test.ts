import { describe, expect, it } from 'vitest';
import { allFaults } from './faults/catalogue/all-faults.ts';
import { runFaults } from './faults/run-fault.ts';
import { readPage } from './support/markdown.ts';

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

  it('are all in docs/faults.md', () => {
    const rows = readTables('docs/faults.md');
    expect(allFaults.filter(({ what }) => !rows.includes(what)).map(({ name }) => name)).toEqual([]);
  });
});

/** The first cells of all tables of a page. */
const readTables = (page: string): readonly string[] =>
  readPage(page)
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split(' | ')[0]?.slice(2).trim() ?? '');
