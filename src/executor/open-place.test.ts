import { describe, expect, it } from 'vitest';
import { Refusal } from '../core/contract/refusal.ts';
import { createFakeSandbox, nothingHeld } from '../sandbox/fake-sandbox.test-support.ts';
import { JailFailure, type Sandbox } from '../sandbox/sandbox.ts';
import { createPatience } from '../pool/patience.ts';
import { findProtection, openPlace, type PlaceParts } from './open-place.ts';

const [plain, rooted, node] = [createFakeSandbox(), createFakeSandbox(), createFakeSandbox()];
const protection = { enforcement: nothingHeld, isolation: 'nsjail' };
const strong = createFakeSandbox();
const strongProgram = { version: '1', sandbox: strong, fresh: strong, plan: () => ({}) } as never;
const nursed: Sandbox = { ...createFakeSandbox(), isolation: 'nursery' };
const ready = (sandbox: Sandbox) => ({ ready: () => Promise.resolve({ sandbox } as never) });
const failing = (error: Error) => ({
  ready: async () => {
    throw error;
  },
});
const program = { version: '1', sandbox: node, fresh: node, plan: () => ({}) } as never;

type Given = Partial<PlaceParts> & {
  readonly isolation?: string;
  readonly root?: object;
  readonly openRuntime?: () => Promise<never>;
};

function prepare(runtime: string, { root, openRuntime, isolation = 'nsjail', ...parts }: Given = {}) {
  const runtimes: PlaceParts['runtimes'] = {
    requireOffer: (name) => {
      if (name === 'go') throw new Refusal('invalid_input', 'Go is not offered.');
    },
    open: openRuntime ?? (() => Promise.resolve(program)),
  };
  const execution = {
    ...{ plan: { runtime, workspace: { root } }, signal: new AbortController().signal },
    ...{ arrival: performance.now(), isolation },
  };
  const all = { python: ready(plain), rooted: ready(rooted), runtimes, ...parts };
  return [all, execution as never, { maxWait: 5, patience: createPatience(1) }] as const;
}

const open = (runtime: string, given?: Given) => openPlace(...prepare(runtime, given));

describe('openPlace', () => {
  it('has a sandbox for each sort of script', async () => {
    expect(await open('python')).toEqual({ sandbox: plain, program: undefined });
    expect(await open('python', { root: { path: '/data' } })).toEqual({
      sandbox: rooted,
      program: undefined,
    });
    expect(await open('node')).toEqual({ sandbox: node, program });
    await expect(open('go')).rejects.toThrow('Go is not offered.');
  });

  it('has one for those that want nsjail, where others come from nurseries', async () => {
    const parts = {
      python: ready(nursed),
      strong: { nsjail: { python: ready(strong), runtimes: { open: async () => strongProgram } } },
    };
    expect((await open('python', { ...parts, isolation: 'nursery' })).sandbox).toBe(nursed);
    expect((await open('python', parts)).sandbox).toBe(strong);
    expect((await open('python', { python: ready(plain) })).sandbox).toBe(plain);
    expect((await open('node', parts)).sandbox).toBe(strong);
    expect((await open('node', { ...parts, isolation: 'nursery' })).sandbox).toBe(node);
    const out = { ...parts, strong: { nsjail: { python: failing(new JailFailure('no nsjail')) } } };
    await expect(open('python', out)).rejects.toMatchObject({ category: 'sandbox_unavailable' });
    expect((await open('python', { ...out, isolation: 'nursery' })).sandbox).toBe(nursed);
  });

  it('refuses where Python does not hold, with what mends it; the failure is logged where it happened', async () => {
    const bare = open('python', { python: failing(new JailFailure('no nsjail')) });
    await expect(bare).rejects.toMatchObject({
      ...{ name: 'Refusal', category: 'sandbox_unavailable', message: 'no nsjail' },
      ...{ suggestions: [], retryAfter: 15 },
    });
    const mendable = open('python', { python: failing(new JailFailure('no nsjail', { remedy: 'set up' })) });
    await expect(mendable).rejects.toMatchObject({ suggestions: ['set up'] });
  });

  it('refuses the same way where rooted jails or those of another runtime do not hold', async () => {
    const outage = new JailFailure('no cgroup', { remedy: 'give one' });
    const refusal = {
      ...{ name: 'Refusal', category: 'sandbox_unavailable', message: 'no cgroup' },
      ...{ suggestions: ['give one'], retryAfter: 5 },
    };
    await expect(open('python', { root: {}, rooted: failing(outage) })).rejects.toMatchObject(refusal);
    await expect(open('node', { openRuntime: failing(outage).ready })).rejects.toMatchObject(refusal);
  });

  it('tells how the jail is made that the plan asks for', async () => {
    const parts = {
      python: ready(nursed),
      strong: { nsjail: { python: ready(strong), runtimes: { open: async () => strongProgram } } },
    };
    expect(await findProtection(...prepare('python', { ...parts, isolation: 'nursery' }))).toEqual({
      ...protection,
      isolation: 'nursery',
    });
    expect(await findProtection(...prepare('python', parts))).toEqual(protection);
    const rootOfItsOwn = { ...parts, isolation: 'nursery', root: {} };
    expect(await findProtection(...prepare('python', rootOfItsOwn))).toEqual(protection);
  });

  it('passes on a fault that is no outage', async () => {
    const bug = new TypeError('planted');
    await expect(open('python', { python: failing(bug) })).rejects.toBe(bug);
    await expect(open('python', { root: {}, rooted: failing(bug) })).rejects.toBe(bug);
    await expect(open('node', { openRuntime: failing(bug).ready })).rejects.toBe(bug);
  });
});

describe('findProtection', () => {
  it('opens nothing while jails of Python hold, and the place itself while they are out', async () => {
    expect(await findProtection(...prepare('node'))).toEqual(protection);
    const out = { python: failing(new JailFailure('no nsjail')) };
    expect(await findProtection(...prepare('node', out))).toEqual(protection);
  });

  it('passes on a fault that is no outage', async () => {
    const bug = new TypeError('planted');
    await expect(findProtection(...prepare('node', { python: failing(bug) }))).rejects.toBe(bug);
  });
});
