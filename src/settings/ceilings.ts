import type { Said } from './said.ts';
import type { Setting } from './setting.ts';

/** Ceilings by the name of the default. */
export type Ceilings = Readonly<Record<string, CeilingName>>;

/** Name of a setting that is the ceiling of others. */
export type CeilingName = (typeof ownCeilings)[keyof typeof ownCeilings];

const ownCeilings = {
  defaultTimeout: 'maxTimeout',
  defaultCpuTime: 'maxCpuTime',
  defaultMemoryMb: 'maxMemoryMb',
  defaultCpus: 'maxCpus',
  defaultProcesses: 'maxProcesses',
  defaultOutputBytes: 'maxOutputBytes',
  defaultDiskMb: 'maxDiskMb',
  defaultOpenFiles: 'maxOpenFiles',
} as const;

/**
 * Complains about defaults above their ceilings: always about Brig's own, and about another system's if the operator
 * has set them.
 * @param values the readable ones; the others have complaints of their own.
 * @param foreign ceilings of other systems' defaults.
 */
export function complainAboutCeilings(
  values: Readonly<Record<string, unknown>>,
  settings: Readonly<Record<string, Pick<Setting, 'env'>>>,
  said: ReadonlyMap<string, Said>,
  foreign: Ceilings,
): { readonly name: string; readonly value: string; readonly complaint: string }[] {
  const foreignSaid = Object.entries(foreign).filter(([own]) => said.has(own));
  return [...Object.entries(ownCeilings), ...foreignSaid].flatMap(([own, ceiling]) => {
    const [value, most] = [values[own], values[ceiling]];
    if (typeof value !== 'number' || typeof most !== 'number' || value <= most) return [];
    const nameOf = (one: string): string => said.get(one)?.name ?? settings[one]?.env ?? one;
    const bound = said.get(ceiling)?.value ?? String(most);
    const complaint = `is above ${nameOf(ceiling)} (${bound})`;
    return [{ name: nameOf(own), value: said.get(own)?.value ?? String(value), complaint }];
  });
}

/**
 * Cuts Brig's own defaults that nobody has set to ceilings that somebody has; the others are complained about.
 * @returns a sentence for each one.
 */
export function cutDefaults(
  values: Record<string, unknown>,
  settings: Readonly<Record<string, Pick<Setting, 'env' | 'unit'>>>,
  said: ReadonlyMap<string, Said>,
): string[] {
  return Object.entries(ownCeilings).flatMap(([own, ceiling]) => {
    const [value, most, bound] = [values[own], values[ceiling], said.get(ceiling)];
    if (said.has(own) || bound === undefined || typeof value !== 'number' || typeof most !== 'number')
      return [];
    if (value <= most) return [];
    values[own] = most;
    const { env = own, unit = '' } = settings[own] ?? {};
    return [`${env} is ${most} ${unit} instead of ${value}, because of ${bound.name}=${bound.value}`];
  });
}
