import { describe, expect, it } from 'vitest';
import { Refusal } from '../core/contract/refusal.ts';
import { createFakeSandbox } from '../sandbox/fake-sandbox.test-support.ts';
import { JailFailure, type Sandbox } from '../sandbox/sandbox.ts';
import { createPatience } from '../pool/patience.ts';
import { findEnforcement, openPlace, type PlaceParts } from './open-place.ts';

const [plain, rooted, node] = [createFakeSandbox(), createFakeSandbox(), createFakeSandbox()];
const ready = (sandbox: Sandbox) => ({ ready: () => Promise.resolve({ sandbox } as never) });
const failing = (error: Error) => ({
  ready: async () => {
    throw error;
  },
});
const program = { version: '1', sandbox: node, fresh: node, plan: () => ({}) } as never;

type Given = Partial<PlaceParts> & { readonly root?: object; readonly openRuntime?: () => Promise<never> };

function prepare(runtime: string, { root, openRuntime, ...parts }: Given = {}) {
  const runtimes: PlaceParts['runtimes'] = {
    requireOffer: (name) => {
      if (name === 'go') throw new Refusal('invalid_input', 'Go is not offered.');
    },
    open: openRuntime ?? (() => Promise.resolve(program)),
  };
  const execution = {
    ...{ plan: { runtime, workspace: { root } }, signal: new AbortController().signal },
    arrival: performance.now(),
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

  it('passes on a fault that is no outage', async () => {
    const bug = new TypeError('planted');
    await expect(open('python', { python: failing(bug) })).rejects.toBe(bug);
    await expect(open('python', { root: {}, rooted: failing(bug) })).rejects.toBe(bug);
    await expect(open('node', { openRuntime: failing(bug).ready })).rejects.toBe(bug);
  });
});

describe('findEnforcement', () => {
  it('opens nothing while jails of Python hold, and the place itself while they are out', async () => {
    expect(await findEnforcement(...prepare('node'))).toBe(plain.enforcement);
    const out = { python: failing(new JailFailure('no nsjail')) };
    expect(await findEnforcement(...prepare('node', out))).toBe(node.enforcement);
  });

  it('passes on a fault that is no outage', async () => {
    const bug = new TypeError('planted');
    await expect(findEnforcement(...prepare('node', { python: failing(bug) }))).rejects.toBe(bug);
  });
});
