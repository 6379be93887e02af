import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../config.ts';

const mistakesOf = (env: Record<string, string>): readonly string[] => {
  try {
    parseConfig(env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map(({ name, complaint }) => `${name} ${complaint}`);
  }
};

describe('settings of quartermaster-code-runner', () => {
  it('are read in their own units', () => {
    const config = parseConfig({
      ...{ DEFAULT_TIMEOUT: '20', MAX_TIMEOUT: '60', DEFAULT_MEMORY: '1g', MAX_MEMORY_MB: '2048' },
      ...{ DEFAULT_CPU_SHARES: '1536', MAX_CPU_CORES: '2', DEFAULT_DISK: '100m', MAX_DISK_MB: '200' },
      ...{ CLEANUP_INTERVAL_HOURS: '24', CLEANUP_MAX_AGE_DAYS: '7', LOG_LEVEL: 'WARNING' },
    });
    expect(config).toMatchObject({
      ...{ maxTimeout: 60, maxMemoryMb: 2048, maxCpus: 2, maxDiskMb: 200 },
      ...{ pruneInterval: 24, maxUnusedDays: 7, logLevel: 'warn' },
      dialects: {
        'code-executor': { memoryMb: 2048 },
        quartermaster: { timeout: 20, memory_mb: 1024, cpus: 1.5, disk_mb: 100 },
      },
    });
  });

  it('give keys that count beside ours', () => {
    const { apiKeys } = parseConfig({
      BRIG_API_KEYS: 'our-own-key',
      CODE_RUNNER_API_KEYS: 'one-of=two,other-one',
      AUTH_TOKEN: 'the-token==',
    });
    expect(apiKeys).toEqual([
      { name: 'key-1', key: 'our-own-key' },
      { name: 'code-runner-1', key: 'one-of=two' },
      { name: 'code-runner-2', key: 'other-one' },
      { name: 'auth-token', key: 'the-token==' },
    ]);
  });

  it('that do not go together are told all at once, by their own names', () => {
    expect(
      mistakesOf({
        ...{ DEFAULT_TIMEOUT: '90', MAX_TIMEOUT: '60', DEFAULT_MEMORY: '1g', MAX_MEMORY_MB: '512' },
        ...{ DEFAULT_CPU_SHARES: '4096', MAX_CPU_CORES: '2', DEFAULT_DISK: 'much', AUTH_TOKEN: 'a,secret' },
      }),
    ).toEqual([
      'AUTH_TOKEN must be one key without a comma',
      'DEFAULT_DISK must be a size: 256m, 1g, 1048576',
      'DEFAULT_TIMEOUT is above MAX_TIMEOUT (60)',
      'DEFAULT_MEMORY is above MAX_MEMORY_MB (512)',
      'DEFAULT_CPU_SHARES is above MAX_CPU_CORES (2)',
    ]);
    expect(mistakesOf({ BRIG_API_KEYS: 'long-enough', AUTH_TOKEN: 'short' })).toEqual([
      expect.stringMatching(/^BRIG_API_KEYS, AUTH_TOKEN must be keys of 8 to 512/),
    ]);
    // A value that nobody set is cut to the operator's ceilings.
    expect(mistakesOf({ MAX_TIMEOUT: '15' })).toEqual([]);
  });
});
