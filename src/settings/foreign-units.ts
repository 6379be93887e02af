import { MIB } from '../core/contract/limits.ts';
import { parseSize } from '../core/text/sizes.ts';
import type { Alias } from './setting.ts';

/* Settings of other systems with the same meaning in other units. */

const SHARES_PER_CORE = 1024;

/** Converts a size in Docker's notation into whole MiB. */
export const mebibytes = (name: string): Alias => ({
  name,
  convert: (text) => {
    const bytes = parseSize(text);
    return bytes === undefined ? undefined : String(Math.floor(bytes / MIB));
  },
  must: 'a size: 256m, 1g, 1048576',
});

/** Converts Docker's shares, of which 1024 are a core. */
export const cpuShares = (name: string): Alias => ({
  name,
  convert: (text) => (/^\d+$/.test(text.trim()) ? String(Number(text) / SHARES_PER_CORE) : undefined),
  must: 'a number of shares, of which 1024 are a core: 512',
});

/** Converts a level of Python's logging. */
export const pythonLevel = (name: string): Alias => ({
  name,
  convert: (text) => {
    const level = text.trim().toLowerCase();
    return levels[level] ?? level;
  },
  must: 'a level',
});

const levels: Readonly<Record<string, string>> = {
  notset: 'debug',
  trace: 'debug',
  warning: 'warn',
  critical: 'error',
  fatal: 'error',
};

/** Converts keys separated by commas, which have no names in that system. */
export const namelessKeys = (name: string, prefix: string): Alias => ({
  name,
  convert: (text) =>
    text
      .split(',')
      .map((key) => key.trim())
      .filter((key) => key !== '')
      .map((key, index) => `${prefix}-${index + 1}=${key}`)
      .join(','),
  must: 'keys with commas between',
});

/** Converts a single key. */
export const oneKey = (name: string, called: string): Alias => ({
  name,
  convert: (text) => (text.includes(',') ? undefined : `${called}=${text.trim()}`),
  must: 'one key without a comma',
});
