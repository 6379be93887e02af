import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolders, readKeyed, readNumber, readOffered, readOfferedKey } from './files.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cgroup-files-'));
  writeFileSync(join(folder, 'usage'), '42\n');
  writeFileSync(join(folder, 'events'), 'oom 1\noom_kill 2\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('files of a cgroup', () => {
  it('are numbers, or lines of a key and a number', () => {
    expect(readNumber(join(folder, 'usage'))).toBe(42);
    expect(readKeyed(join(folder, 'events'), 'oom_kill')).toBe(2);
    expect(readKeyed(join(folder, 'events'), 'max')).toBe(0);
  });

  it('may be missing only where a kernel need not have them', () => {
    const missing = join(folder, 'missing');
    expect(() => readNumber(missing)).toThrow('ENOENT');
    expect(() => readKeyed(missing, 'max')).toThrow('ENOENT');
    expect([readOffered(missing), readOfferedKey(missing, 'max')]).toEqual([0, 0]);
  });

  it('are never 0 where they are there and cannot be read', () => {
    // EISDIR stands for any error but ENOENT: EMFILE, EIO.
    expect(() => readOffered(folder)).toThrow('EISDIR');
    expect(() => readOfferedKey(folder, 'max')).toThrow('EISDIR');
  });
});

const fail = (): never => {
  throw new Error('no');
};

describe('makeFolders', () => {
  it('leaves none behind where one cannot be made, or not be prepared', () => {
    const names = ['a', 'b'].map((name) => join(folder, name));
    expect(() => makeFolders(names, fail)).toThrow('no');
    mkdirSync(join(folder, 'b'));
    expect(() => makeFolders(names, () => undefined)).toThrow('EEXIST');
    expect(readdirSync(folder).toSorted()).toEqual(['b', 'events', 'usage']);
  });
});
