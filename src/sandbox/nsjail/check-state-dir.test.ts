import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkStateDir, findStranger } from './check-state-dir.ts';

let root: string;
let state: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'state-dir-')));
  state = join(root, 'above', 'state');
  mkdirSync(state, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

describe('checkStateDir', () => {
  it('takes a folder that nobody else can change, also one that is not there yet', () => {
    expect(findStranger(state)).toBeUndefined();
    expect(findStranger(join(state, 'not', 'there'))).toBeUndefined();
  });

  it('refuses one that everybody may write, and says which', () => {
    chmodSync(state, 0o777);
    expect(() => checkStateDir(state)).toThrow('can be changed by other users');
    chmodSync(state, 0o1777);
    expect(findStranger(state)).toBe(state);
  });

  it('refuses one in a folder in which everybody may put another in its place', () => {
    chmodSync(join(root, 'above'), 0o777);
    expect(findStranger(state)).toBe(join(root, 'above'));
    // Like /tmp: entries stay with their owners.
    chmodSync(join(root, 'above'), 0o1777);
    expect(findStranger(state)).toBeUndefined();
    expect(findStranger(join(root, 'above', 'new'))).toBeUndefined();
  });

  it('looks where a link leads', () => {
    chmodSync(state, 0o777);
    symlinkSync(state, join(root, 'link'));
    expect(findStranger(join(root, 'link'))).toBe(state);
  });

  it.runIf(process.getuid?.() === 0)('refuses one below a folder of another user', () => {
    const above = join(root, 'above');
    chownSync(above, 4711, 4711);
    expect(findStranger(state)).toBe(above);
    // The owner of a sticky folder may rename any entry in it.
    chmodSync(above, 0o1755);
    expect(findStranger(join(state, 'new'))).toBe(above);
    chownSync(above, 0, 4711);
    expect(findStranger(state)).toBeUndefined();
    chmodSync(above, 0o775);
    expect(findStranger(state)).toBe(above);
    chownSync(above, 0, 0);
    expect(findStranger(state)).toBeUndefined();
  });

  it('looks at what a link lies in, and whose it is', () => {
    const open = join(root, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    symlinkSync('../above/state', join(open, 'link'));
    expect(findStranger(join(open, 'link'))).toBe(open);
    chmodSync(open, 0o1777);
    expect(findStranger(join(open, 'link'))).toBeUndefined();
    symlinkSync('one', join(root, 'other'));
    symlinkSync('other', join(root, 'one'));
    expect(findStranger(join(root, 'one'))).toMatch(/one|other/);
  });

  it.runIf(process.getuid?.() === 0)("refuses another user's link in a folder of everybody", () => {
    const open = join(root, 'open');
    mkdirSync(open);
    chmodSync(open, 0o1777);
    symlinkSync(state, join(open, 'link'));
    lchownSync(join(open, 'link'), 4711, 4711);
    expect(findStranger(join(open, 'link'))).toBe(open);
  });

  it('refuses a name that cannot be mounted, and says so', () => {
    expect(() => checkStateDir(join(root, 'a:b'))).toThrow(/colon/);
    expect(() => checkStateDir(join(root, 'a:b'), 'BRIG_PREPARED_DIR')).toThrow(/colon/);
  });
});
