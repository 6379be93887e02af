import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
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
});
