import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig, settings, toLimitPolicy } from './config.ts';

const mistakesOf = (env: Record<string, string>): string[] => {
  try {
    parseConfig(env);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.mistakes.map(({ name, complaint }) => `${name}: ${complaint}`);
  }
  return [];
};

describe('parseConfig', () => {
  it('needs nothing to be set', () => {
    expect(parseConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      defaultTimeout: 10,
      optionalLayers: [],
      sharedIds: 'off',
      terminals: 'off',
    });
  });

  it('takes an alias where the own name is not set', () => {
    expect(parseConfig({ PORT: '9', HOST: '::1' })).toMatchObject({ port: 9, host: '::1' });
    expect(parseConfig({ PORT: '9', BRIG_PORT: '10' }).port).toBe(10);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(parseConfig({ BRIG_PORT: '', PORT: '' }).port).toBe(8080);
  });

  it('takes no blanks for a number, which would be 0', () => {
    for (const name of ['BRIG_LLM_DAILY_CALLS', 'BRIG_MAX_UNUSED_DAYS', 'CLEANUP_MAX_AGE_DAYS'])
      expect(() => parseConfig({ [name]: ' ' })).toThrow(`${name}=  is blank`);
  });

  it('reports every mistake at once, a misspelt name included', () => {
    const mistakes = mistakesOf({
      BRIG_PORT: 'eighty',
      BRIG_MAX_WAITING: '-1',
      BRIG_TIMEOUT_DEFAULT: '1',
      BRIG_HOSTS: 'x',
    });
    expect(mistakes).toHaveLength(4);
    expect(mistakes.join('\n')).toMatch(/BRIG_HOSTS: .* did you mean BRIG_HOST\?/);
  });

  it.each([
    ['BRIG_PORT', 'eighty', 'is no port: 1 to 65535, or 0 for a free one'],
    ['BRIG_PORT', '80.5', 'is no port: 1 to 65535, or 0 for a free one'],
    ['BRIG_PORT', '70000', 'is no port: 1 to 65535, or 0 for a free one'],
    ['BRIG_MAX_WAITING', '-1', 'must be at least 0'],
    ['BRIG_DEFAULT_TIMEOUT', '0', 'must be more than 0'],
    ['BRIG_OPEN', 'yes', 'must be "on" or "off"'],
    ['BRIG_RUNTIMES', 'python,ruby', 'must be "python" or "node" or "deno" or "bun" or "go" or "rust"'],
  ])('says in words what is wrong: %s=%s', (name, text, complaint) => {
    expect(mistakesOf({ [name]: text })).toEqual([`${name}: ${complaint}`]);
  });

  it('takes no name that is to be a setting and is none', () => {
    expect(() => parseConfig({ PATH: '/bin', timeout: '5' }, ['timeout'])).toThrow(
      'A setting is wrong:\n  timeout=5: there is no such setting',
    );
  });

  it('does not accept a default above its ceiling', () => {
    expect(mistakesOf({ BRIG_DEFAULT_TIMEOUT: '30', BRIG_MAX_TIMEOUT: '20' })).toEqual([
      'BRIG_DEFAULT_TIMEOUT: is above BRIG_MAX_TIMEOUT (20)',
    ]);
  });

  it('cuts a default that nobody has set to its ceiling, and notes it', () => {
    const { defaultMemoryMb, notes } = parseConfig({ MAX_MEMORY_MB: '128' });
    expect(defaultMemoryMb).toBe(128);
    expect(notes).toEqual(['BRIG_DEFAULT_MEMORY_MB is 128 MiB instead of 256, because of MAX_MEMORY_MB=128']);
    expect(parseConfig({}).notes).toEqual([]);
  });

  it('shows nobody what may be a secret', () => {
    const wrong = {
      BRIG_LLM_API_KEY: 'my secret 1',
      BRIG_LLM_APIKEY: 'my-secret-2',
      BRIG_LLM_BASE_URL: 'https://me:my-secret-3@example.org/v1',
    };
    expect(mistakesOf(wrong)).toHaveLength(3);
    expect(() => parseConfig(wrong)).toThrow(
      expect.objectContaining({
        message: expect.not.stringMatching(/secret.\d/) as string,
        mistakes: expect.arrayContaining([expect.objectContaining({ value: '…' })]) as unknown,
      }),
    );
  });

  it('reads where a model is', () => {
    const config = parseConfig({
      ...{ TOGETHER_API_KEY: ' k ', API_TIMEOUT: '7', BRIG_LLM_BASE_URL: 'http://[::1]:9/v1//' },
    });
    expect(config).toMatchObject({ llmApiKey: 'k', llmTimeout: 7, llmBaseUrl: 'http://[::1]:9/v1' });
    for (const url of [
      'ftp://example.org',
      'example.org/v1',
      'https://example.org/?a=1',
      'https://a@example.org',
    ])
      expect(mistakesOf({ BRIG_LLM_BASE_URL: url })).toHaveLength(1);
  });

  it('reads lists', () => {
    expect(parseConfig({ BRIG_OPTIONAL_LAYERS: 'memory, cpu' }).optionalLayers).toEqual(['memory', 'cpu']);
    expect(mistakesOf({ BRIG_OPTIONAL_LAYERS: 'network' })).toHaveLength(1);
  });

  it('has defaults that are the contract’s', () => {
    expect(toLimitPolicy(parseConfig({}))).toMatchObject({
      defaults: {
        timeout: 10,
        memory_mb: 256,
        cpus: 1,
        processes: 64,
        output_bytes: 1_048_576,
        disk_mb: 64,
        open_files: 256,
      },
      ceilings: { timeout: 600, memory_mb: 8192, output_bytes: 10_485_760 },
    });
  });

  it('has no ceiling of open files that a jail of this process cannot reach', () => {
    const { defaults, ceilings } = toLimitPolicy(parseConfig({}), 128);
    expect([defaults.open_files, ceilings.open_files]).toEqual([128, 128]);
    expect(toLimitPolicy(parseConfig({}), Infinity).ceilings.open_files).toBe(4096);
  });

  it('has one variable for each setting', () => {
    const names = Object.values(settings).map(({ env }) => env);
    expect(new Set(names).size).toBe(names.length);
  });
});
