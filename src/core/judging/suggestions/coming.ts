import type { PackageContext } from '../context.ts';
import { packageOf } from './package-names.ts';

/** Whether an environment that is only being built will have a module. */
export function isComing(module: string, { coming }: Pick<PackageContext, 'coming'>): boolean {
  const wanted = normalise(packageOf(module));
  return coming?.packages().some((name) => normalise(name) === wanted) === true;
}

/** Returns what to do about a module that will be there. @param brought the module in words. */
export const adviseToWait = (brought: string, { environment, coming }: PackageContext): string =>
  `The environment "${environment}" is being built (${coming?.progress ?? ''}) and will have ${brought}: send "wait": 60, or the same request again in a minute`;

/** Normalises the name of a package for comparison (PEP 503). */
const normalise = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');
