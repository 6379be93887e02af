import { availableParallelism, totalmem } from 'node:os';
import type { Config } from '../config.ts';

/** Two keep both halves of a back-to-back caller busy: one runs, one is being made. */
const WARM_JAILS_PER_CORE = 2;

/** Of a runtime beside Python: they hold its memory. */
export const MOST_WARM_OF_RUNTIME = 2;

/** Most jails of one kind that wait for a script. */
export const countMostWarm = (config: Config): number =>
  config.maxWarmJails ?? availableParallelism() * WARM_JAILS_PER_CORE;

/** Most jails that there are at once, waiting ones included. */
export function countMostJails(config: Config): number {
  const waiting = countMostWarm(config);
  const ofRuntimes = Math.min(waiting, MOST_WARM_OF_RUNTIME) * config.runtimes.length;
  return countPlaces(config) + waiting * config.maxWarmKinds + ofRuntimes;
}

/** Executions at once. Most scripts wait for something now and then; more at once only lengthens each one. */
export const countPlaces = (config: Config): number =>
  config.maxConcurrent ?? Math.max(2, Math.ceil(availableParallelism() * 1.5));

/** Most bytes that requests and answers hold in memory; the largest body there can be fits in any case. */
export const countInflightBytes = (config: Config): number =>
  Math.max((config.maxInflightMb ?? defaultInflightMb()) * 1024 * 1024, config.maxBodyBytes);

/** MiB: an eighth of what the service may have, within reason. */
function defaultInflightMb(): number {
  // 0, or more than there is, where nothing bounds it.
  const bound = process.constrainedMemory() || Infinity;
  return Math.min(512, Math.max(256, Math.floor(Math.min(totalmem(), bound) / 8 / 1024 / 1024)));
}
