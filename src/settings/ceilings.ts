import { quartermasterCeilings } from './quartermaster.ts';
import type { Said } from './said.ts';
import type { Setting } from './setting.ts';

/** Ceiling of each default. */
const ownCeilings = {
  defaultTimeout: 'maxTimeout',
  defaultCpuTime: 'maxCpuTime',
  defaultMemoryMb: 'maxMemoryMb',
  defaultCpus: 'maxCpus',
  defaultProcesses: 'maxProcesses',
  defaultOutputBytes: 'maxOutputBytes',
  defaultDiskMb: 'maxDiskMb',
} as const;

type Bounded = typeof ownCeilings & typeof quartermasterCeilings;
type BoundName = keyof Bounded | Bounded[keyof Bounded];

/**
 * Complains about defaults above their ceilings: always about Brig's own, and about another system's if the operator
 * has set them.
 * @param values the readable ones; the others have complaints of their own.
 */
export function complainAboutCeilings(
  values: Readonly<Partial<Record<BoundName, number>>>,
  settings: Readonly<Record<BoundName, Pick<Setting, 'env'>>>,
  said: ReadonlyMap<string, Said>,
): { readonly name: string; readonly value: string; readonly complaint: string }[] {
  const foreign = entriesOf(quartermasterCeilings).filter(([own]) => said.has(own));
  return [...entriesOf(ownCeilings), ...foreign].flatMap(([own, ceiling]) => {
    const [value, most] = [values[own], values[ceiling]];
    if (value === undefined || most === undefined || value <= most) return [];
    const nameOf = (one: BoundName): string => said.get(one)?.name ?? settings[one].env;
    const bound = said.get(ceiling)?.value ?? String(most);
    const complaint = `is above ${nameOf(ceiling)} (${bound})`;
    return [{ name: nameOf(own), value: said.get(own)?.value ?? String(value), complaint }];
  });
}

const entriesOf = <Own extends BoundName, Ceiling extends BoundName>(
  ceilings: Readonly<Record<Own, Ceiling>>,
): [Own, Ceiling][] => Object.entries(ceilings) as [Own, Ceiling][];
