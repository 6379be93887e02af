import { parseArgs } from 'node:util';
import { partNames, type PartName } from './side.ts';

export interface Options {
  readonly parts: readonly PartName[];
  /** Names of subjects; all of them where there is none. */
  readonly wanted: readonly string[];
  readonly jobs: number;
  /** A folder in which results are kept, and from which those of an earlier run are taken. */
  readonly results: string | undefined;
  readonly doesWrite: boolean;
}

export const usage = `./scripts/truth [OPTIONS]: runs honest programs outside and inside of jails, and compares.
  --part NAME       only this part; may be given several times (${partNames.join(', ')})
  --module NAME     only this module, program or package; may be given several times
  --jobs N          how many at once (1)
  --results FOLDER  keeps the results there, and takes those that it has: a run that was ended goes on
  --write           writes docs/truth.md; takes a run of everything`;

/** @throws Error with a sentence for the caller; undefined where only the usage was asked for. */
export function parseOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      part: { type: 'string', multiple: true },
      module: { type: 'string', multiple: true },
      jobs: { type: 'string', default: '1' },
      results: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const parts = (values.part ?? partNames).map(toPart);
  const jobs = Number(values.jobs);
  if (!(Number.isSafeInteger(jobs) && jobs > 0)) throw new Error('--jobs takes a number above 0.');
  if (values.write && (values.part !== undefined || values.module !== undefined))
    throw new Error('--write replaces all figures of the page, so it takes a run of everything.');
  return {
    ...{ parts, jobs, wanted: values.module ?? [], doesWrite: values.write },
    results: values.results,
  };
}

function toPart(name: string): PartName {
  const part = partNames.find((one) => one === name);
  if (part === undefined) throw new Error(`There is no part "${name}"; there are ${partNames.join(', ')}.`);
  return part;
}
