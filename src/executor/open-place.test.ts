import { describe, expect, it } from 'vitest';
import { Refusal } from '../core/contract/refusal.ts';
import { createFakeSandbox } from '../sandbox/fake-sandbox.test-support.ts';
import { JailFailure, type Sandbox } from '../sandbox/sandbox.ts';
import { findEnforcement, openPlace, type PlaceParts } from './open-place.ts';

const [plain, rooted, node] = [createFakeSandbox(), createFakeSandbox(), createFakeSandbox()];
const ready = (sandbox: Sandbox) => ({ ready: () => Promise.resolve({ sandbox } as never) });
const failing = (error: Error) => ({
  ready: async () => {
    throw error;
  },
});
const program = { version: '1', sandbox: node, fresh: node, plan: () => ({}) } as never;

type Given = Partial<PlaceParts> & { readonly root?: object };

function prepare(runtime: string, { root, ...parts }: Given = {}) {
  const runtimes: PlaceParts['runtimes'] = {
    requireOffer: (name) => {
      if (name === 'go') throw new Refusal('invalid_input', 'Go is not offered.');
    },
    open: () => Promise.resolve(program),
    report: () => Promise.resolve([]),
  };
  const execution = {
    ...{ plan: { runtime, workspace: { root } }, signal: new AbortController().signal },
    arrival: performance.now(),
  };
  const all = { python: ready(plain), rooted: ready(rooted), runtimes, ...parts };
  return [all, execution as never, 5] as const;
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

  it('passes on what is no outage that is known, and failures of what is opened for this script', async () => {
    const bug = new TypeError('planted');
    await expect(open('python', { python: failing(bug) })).rejects.toBe(bug);
    const failure = new JailFailure('no cgroup');
    await expect(open('python', { root: {}, rooted: failing(failure) })).rejects.toBe(failure);
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
