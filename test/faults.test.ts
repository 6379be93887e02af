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
  'no descriptors: a script burns CPU time',
  'cgroup removed: the script runs',
  'clock: nsjail ends a jail too early',
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
      expect(finding).toMatchObject({ name, faults: [], proof: expect.stringMatching(/./) });
      expect(finding?.leftOut).toBeUndefined();
    },
    180_000,
  );

  it('were all brought about and borne, as docs/faults.md says', () => {
    const rows = readRows('docs/faults.md').filter(
      ([what]) => what !== 'what is done' && !what?.startsWith('---'),
    );
    expect(rows.map(([what]) => what)).toEqual(allFaults.map(({ what }) => what));
    const bad = rows.filter(([, proof, seen, ready, how]) => !(proof && seen && ready && how === 'borne'));
    expect(bad).toEqual([]);
  });
});

/** The cells of all tables of a page, row by row. */
const readRows = (page: string): readonly (readonly string[])[] =>
  readPage(page)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
