import { describe, expect, it } from 'vitest';
import { toBody, type BodyOptions } from './run-body.ts';

const options: BodyOptions = {
  arg: [],
  kwarg: [],
  env: [],
  file: [],
  return: [],
  denyModule: [],
  denyFunction: [],
};
const body = (given: Partial<BodyOptions>, mode: 'function' | 'script' = 'function'): Promise<string> =>
  toBody('x', { runtime: 'python', mode }, { ...options, ...given }, []);

describe('toBody', () => {
  it('keeps every digit of an argument, and takes for text what is no JSON', async () => {
    const text = await body({ arg: ['12345678901234567890.10', 'hello'], kwarg: ['a=1e400', 'b=x=y'] });
    expect(text).toContain('"args":[12345678901234567890.10,"hello"],"kwargs":{"a":1e400,"b":"x=y"}');
  });

  it('passes the arguments of a program as text', async () => {
    expect(await body({ arg: ['5'] }, 'script')).toContain('"args":["5"]');
  });

  it('tells a variable from an environment, and takes one environment only', async () => {
    expect(JSON.parse(await body({ env: ['A=1=2', 'science'] }))).toMatchObject({
      env: { A: '1=2' },
      environment: 'science',
    });
    await expect(body({ env: ['one', 'two'] })).rejects.toThrow('one environment, not in one and two');
  });

  it('asks for all files when only a folder is named', async () => {
    expect(JSON.parse(await body({ out: 'there' }))).toMatchObject({ return_files: ['**'] });
    expect(JSON.parse(await body({ out: 'there', return: ['*.png'] }))).toMatchObject({
      return_files: ['*.png'],
    });
  });
});
