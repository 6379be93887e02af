import { describe, expect, it, vi } from 'vitest';
import { isLoopback, readOptions } from './options.ts';

const read = (...words: string[]) => readOptions(['node', 'attack', ...words], { BRIG_API_KEY: 'from-env' });

describe('what is attacked', () => {
  it.each(['http://127.0.0.1:8080', 'http://localhost:1', 'http://[::1]:8080', 'http://127.9.9.9'])(
    'is this machine: %s',
    (url) => expect(isLoopback(new URL(url))).toBe(true),
  );

  it.each([
    'http://10.0.0.1',
    'http://localhost.example',
    'http://[::2]',
    'http://0.0.0.0',
    'http://127.0.0.1.example',
  ])('is another machine: %s', (url) => expect(isLoopback(new URL(url))).toBe(false));

  it('has to be said to be one’s own where it is another machine', () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => {
      throw new Error('refused');
    });
    const silence = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    for (const words of [
      ['http://192.0.2.1'],
      ['http://192.0.2.1', '--matrix', '--i-own-this'],
      ['--sign', 'key'],
      ['ftp://x'],
      ['http://key@127.0.0.1'],
      ['--group', 'none'],
      ['--minutes', '0'],
    ])
      expect(() => read(...words), words.join(' ')).toThrow('refused');
    expect(read('http://192.0.2.1', '--i-own-this').url?.host).toBe('192.0.2.1');
    exit.mockRestore();
    silence.mockRestore();
  });

  it('is a service of its own where none is named, and the key is the one of the environment', () => {
    expect(read()).toMatchObject({ url: undefined, key: 'from-env' });
    expect(read('--key', 'given', '--group', 'network', 'door')).toMatchObject({
      key: 'given',
      groups: ['network', 'door'],
    });
  });
});
