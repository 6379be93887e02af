import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listDifferences } from '../scripts/lib/truth/compare.ts';
import { openCpython, PART_ENVIRONMENT } from '../scripts/lib/truth/cpython.ts';
import { judge, listKeys, readExpectations, toKey } from '../scripts/lib/truth/expectations.ts';
import { openBrig } from '../scripts/lib/truth/inside.ts';
import { openPrograms } from '../scripts/lib/truth/programs.ts';
import { runPart } from '../scripts/lib/truth/run-parts.ts';
import type { Part } from '../scripts/lib/truth/side.ts';
import type { Brig } from '../src/index.ts';

/* The cheap part of ./scripts/truth: programs come out inside as outside, or it is known why not. */

const JOBS = 3;
let brig: Brig;
beforeAll(async () => {
  brig = await openBrig(JOBS);
});
afterAll(async () => {
  // Suggestions of other tests would name it.
  await brig.environments.remove(PART_ENVIRONMENT).catch(() => undefined);
  await brig.close();
});

const expectations = readExpectations();
const known = new Set(expectations.flatMap(listKeys));

/** Differences that nobody expects, and expected ones that are not there any more. */
async function listSurprises(part: Part): Promise<string[]> {
  const ran = await runPart(part, {
    ...{ wanted: [], jobs: JOBS, results: undefined, say: () => {} },
    isExpected: (one) => known.has(toKey(one)),
  });
  const differences = [...ran.subjects].flatMap(([name, subject]) =>
    listDifferences(part.name, name, subject),
  );
  const { unexpected, gone } = judge(differences, [ran], expectations);
  return [
    ...unexpected.map((one) => `${toKey(one)}: ${JSON.stringify([one.outside, one.inside])}`),
    ...gone.map((key) => `${key}: not there any more`),
  ];
}

describe('inside as outside', () => {
  it('are programs of the standard library', { timeout: 300_000 }, async () => {
    expect(await listSurprises(await openPrograms(brig))).toEqual([]);
  });

  it("are tests of CPython, where the host's interpreter has them", { timeout: 300_000 }, async () => {
    const modules = ['test_builtin', 'test_os', 'test_pathlib', 'test_tempfile', 'test_types', 'test_zlib'];
    const part = await openCpython(brig, modules).catch((error: unknown) => error);
    if (part instanceof Error) expect(part.message).toMatch(/has no tests: install them/);
    else expect(await listSurprises(part as Part)).toEqual([]);
  });
});
