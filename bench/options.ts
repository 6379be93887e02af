import { parseArgs } from 'node:util';
import { isolations, type Isolation } from '../src/core/contract/isolation.ts';
import { cases, type CaseName } from './cases.ts';

const otherNames = ['runtimes', 'overload', 'event-loop', 'memory'] as const;

const caseNames = Object.keys(cases) as CaseName[];
const names: readonly string[] = [...caseNames, ...otherNames];

export interface Options {
  readonly isQuick: boolean;
  readonly doesWrite: boolean;
  readonly wanted: ReadonlySet<string>;
  /** Those of `wanted` that are compared with a bare jail. */
  readonly cases: readonly CaseName[];
  /** Executions; undefined where endurance is not asked for. */
  readonly endurance: number | undefined;
  /** Way in which the service makes jails; undefined for the environment's. */
  readonly isolation: Isolation | undefined;
}

export const usage = `npm run bench [-- OPTIONS]: POST /execute against a bare spawn of the same jail, in one run, in turn.
  --quick         a short run of everything, to see that it works
  --case NAME     only this one; may be given several times
                  (${names.join(', ')})
  --isolation HOW how the service makes jails (${isolations.join(', ')}); BRIG_ISOLATION where it is left out
  --write         write the figures into docs/performance.md too
  --endurance N   instead: N executions with 8 clients, and what the service has before and after`;

/** @throws Error with a sentence for the caller; undefined where only the usage was asked for. */
export function parseOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      case: { type: 'string', multiple: true },
      endurance: { type: 'string' },
      isolation: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const unknown = values.case?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`There is no case "${unknown}"; there are ${names.join(', ')}.`);
  if (values.write && (values.case !== undefined || values.endurance !== undefined))
    throw new Error('--write replaces all figures of the page, so it takes a run of all cases.');
  const endurance = values.endurance === undefined ? undefined : Number(values.endurance);
  if (endurance !== undefined && !(Number.isSafeInteger(endurance) && endurance > 0))
    throw new Error('--endurance takes a number of executions.');
  const isolation = isolations.find((one) => one === values.isolation);
  if (values.isolation !== undefined && isolation === undefined)
    throw new Error(`--isolation is one of ${isolations.join(', ')}.`);
  const wanted = new Set(values.case ?? names);
  return {
    isQuick: values.quick,
    doesWrite: values.write,
    wanted,
    cases: caseNames.filter((name) => wanted.has(name)),
    endurance,
    isolation,
  };
}
