import { describeMachine } from '../../../bench/machine.ts';
import { writePage } from '../../../bench/write-page.ts';
import type { Brig } from '../../../src/index.ts';
import { listDifferences } from './compare.ts';
import { openCpython } from './cpython.ts';
import { judge, listKeys, readExpectations, toKey } from './expectations.ts';
import { openBrig } from './inside.ts';
import { findInterpreter } from './interpreter.ts';
import { parseOptions, usage, type Options } from './options.ts';
import { openPackages } from './packages.ts';
import { openPrograms } from './programs.ts';
import { formatReport } from './report.ts';
import { listUnknown, runPart, type Ran } from './run-parts.ts';
import { openRuntimes } from './runtimes.ts';
import type { Part, PartName } from './side.ts';

const stateDir = process.env['BRIG_STATE_DIR'] ?? '/tmp/brig-truth';
const openers: Record<PartName, (brig: Brig) => Promise<Part>> = {
  cpython: openCpython,
  programs: openPrograms,
  packages: (brig) => openPackages(brig, stateDir),
  runtimes: (brig) => openRuntimes(brig, stateDir),
};
const say = (what: string): void => console.error(what);

/** Returns whether all differences are expected, and all that are expected are there. */
async function compareAll(options: Options): Promise<boolean> {
  const expectations = readExpectations();
  const known = new Set(expectations.flatMap(listKeys));
  await using brig = await openBrig(options.jobs);
  const ran: Ran[] = [];
  for (const name of options.parts) {
    say(`${name}: making it ready`);
    const part = await openers[name](brig);
    ran.push(await runPart(part, { ...options, isExpected: (one) => known.has(toKey(one)), say }));
  }
  const unknown = listUnknown(options.wanted, ran);
  if (unknown.length > 0) throw new Error(`Nothing of this name was run: ${unknown.join(', ')}.`);
  const differences = ran.flatMap(({ part, subjects }) =>
    [...subjects].flatMap(([name, subject]) => listDifferences(part.name, name, subject)),
  );
  const judgement = judge(differences, ran, expectations);
  const machine = describeMachine((await findInterpreter()).version, brig.health());
  const report = formatReport(ran, judgement, { date: new Date().toISOString().slice(0, 10), machine });
  console.log(report);
  for (const { outside, inside, ...one } of judgement.unexpected)
    console.log(
      `unexpected: ${toKey(one)}\n  outside: ${JSON.stringify(outside)}\n  inside:  ${JSON.stringify(inside)}`,
    );
  for (const key of judgement.gone) console.log(`expected, and not there any more: ${key}`);
  if (options.doesWrite) writePage(report, 'truth.md');
  return judgement.unexpected.length + judgement.gone.length === 0;
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) console.log(usage);
  else process.exitCode = (await compareAll(options)) ? 0 : 1;
} catch (error) {
  console.error(`The comparison could not be finished: ${(error as Error).message}`);
  process.exitCode = 1;
}
