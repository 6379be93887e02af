import { availableParallelism, totalmem } from 'node:os';
import { MIB } from '../core/contract/limits.ts';
import type { Config } from '../config.ts';

/** Two per core serve a caller without pauses: one jail runs while the next is made. */
const WARM_JAILS_PER_CORE = 2;

/** Low, because each holds the memory of its runtime. Python's jails are counted apart. */
export const MOST_WARM_OF_RUNTIME = 2;

/** Returns the most warm jails of one kind. */
export const countMostWarm = (config: Config): number =>
  config.maxWarmJails ?? availableParallelism() * WARM_JAILS_PER_CORE;

/** Returns the most jails that exist at once, warm ones included. */
export function countMostJails(config: Config): number {
  const waiting = countMostWarm(config);
  const ofRuntimes = Math.min(waiting, MOST_WARM_OF_RUNTIME) * config.runtimes.length;
  const kept = config.sessions === 'on' ? config.maxSessions : 0;
  return countPlaces(config) + kept + waiting * config.maxWarmKinds + ofRuntimes;
}

/**
 * Returns the most executions at once. Most scripts wait now and then, hence more than cores; beyond that each only
 * takes longer.
 */
export const countPlaces = (config: Config): number =>
  config.maxConcurrent ?? Math.max(2, Math.ceil(availableParallelism() * 1.5));

/** Returns the most bytes of requests and answers in memory; never less than the largest body allowed. */
export const countInflightBytes = (config: Config): number =>
  Math.max((config.maxInflightMb ?? defaultInflightMb()) * MIB, config.maxBodyBytes);

/** Returns MiB: an eighth of the memory that the service may use, within bounds. */
function defaultInflightMb(): number {
  // Node returns 0, or more than the machine has, when there is no bound.
  const bound = process.constrainedMemory() || Infinity;
  return Math.min(512, Math.max(256, Math.floor(Math.min(totalmem(), bound) / 8 / 1024 / 1024)));
}
