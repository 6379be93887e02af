import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../config.ts';
import { readEnvironment } from './dotenv.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dotenv-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (text: string | Buffer): void => writeFileSync(join(folder, '.env'), text);
const read = (real: NodeJS.ProcessEnv = {}) => readEnvironment(folder, real);

describe('a .env file', () => {
  it('gives what the environment does not', () => {
    put('# settings\nexport BRIG_PORT=81\n\nBRIG_HOST = "::1" # mine\nTEXT=\'a\nb\'\nEMPTY=\n');
    expect(read({ BRIG_HOST: '127.0.0.2' })).toEqual({
      BRIG_PORT: '81',
      BRIG_HOST: '127.0.0.2',
      TEXT: 'a\nb',
      EMPTY: '',
    });
  });

  it('loses against the same setting under another name', () => {
    put('BRIG_PORT=81\nBRIG_CODE_EXECUTOR_TIMEOUT=5\n');
    const config = parseConfig(read({ PORT: '82', EXECUTION_TIMEOUT: '7' }));
    expect([config.port, config.dialects['code-executor']?.['timeout']]).toEqual([82, 7]);
  });

  it('need not be there, and is not a folder', () => {
    expect(read({ A: 'b' })).toEqual({ A: 'b' });
    mkdirSync(join(folder, '.env'));
    expect(read({ A: 'b' })).toEqual({ A: 'b' });
  });

  it('is told of by line where it is malformed, without what stands there', () => {
    put('A=1\nsecret-token\nB="x\ny"\n=5\n  \nC=2\r\n!\n');
    expect(() => read()).toThrow(
      new ConfigError(
        [2, 5, 8].map((line) => ({ name: `.env, line ${line}`, complaint: 'is no NAME=value' })),
      ),
    );
  });

  it('is told of where it is no text, or cannot be read', () => {
    put(Buffer.from([0x41, 0, 0x42]));
    expect(() => read()).toThrow('is no text of settings');
    if (process.getuid?.() === 0) return;
    chmodSync(join(folder, '.env'), 0o000);
    expect(() => read()).toThrow('cannot be read (EACCES)');
  });

  it('has unknown settings told as the environment has', () => {
    put('BRIG_PROT=1\n');
    expect(() => parseConfig(read())).toThrow(
      'BRIG_PROT=1: there is no such setting; did you mean BRIG_PORT?',
    );
  });
});
