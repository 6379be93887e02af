import { limits } from '../core/contract/limits.test-support.ts';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createAnalyzer, type Analyzer } from '../analysis/analyzer.ts';
import { planRequest, type ExecutionPlan } from '../core/plan.ts';
import { Refusal } from '../core/contract/refusal.ts';
import { readRequest } from '../core/validation/read-request.ts';
import { createAdmission } from '../pool/admission.ts';
import {
  createFakeSandbox,
  evidenceOf,
  untilAborted,
  type FakeSandbox,
} from '../sandbox/fake-sandbox.test-support.ts';
import { JailFailure } from '../sandbox/sandbox.ts';
import { supplyJails } from '../supply/jail-supply.ts';
import { createExecutor, type ExecutorParts } from './create-executor.ts';
import type { ExecutorEvent } from './events.ts';

const limitPolicy = { defaults: limits, ceilings: limits };
const opened: Analyzer[] = [];
afterAll(() => Promise.all(opened.map((analyzer) => analyzer.close())));

const plan = (parts: object = {}): ExecutionPlan =>
  planRequest(
    readRequest(JSON.stringify({ script: 'def main(): return 1', ...parts }), {
      policy: limitPolicy,
      scriptBytes: 1024,
    }),
  );

const supplyOf = (sandbox: FakeSandbox) =>
  supplyJails({
    open: () => Promise.resolve(sandbox),
    probe: () => Promise.resolve({}),
    retry: 'timer',
  });

async function start(sandbox: FakeSandbox, parts: Partial<ExecutorParts> = {}) {
  const analyzer = await createAnalyzer();
  opened.push(analyzer);
  const events: ExecutorEvent[] = [];
  const program = {
    version: '1',
    sandbox,
    fresh: sandbox,
    plan: () => ({ command: ['/node'] as const, env: {} }),
  };
  const executor = createExecutor({
    analyzer,
    admission: createAdmission({ capacity: 1, waitingRoom: 1, maxWait: 5 }),
    python: supplyOf(sandbox),
    isolation: 'nsjail',
    rooted: supplyOf(sandbox),
    runtimes: {
      requireOffer: (name) => {
        if (name === 'go') throw new Refusal('invalid_input', 'Go is not offered.');
      },
      open: () => Promise.resolve(program),
      report: () => Promise.resolve([]),
      readiness: () => ({}),
    },
    countJails: () => undefined,
    review: () => Promise.resolve({ is_safe: false, reason: 'it deletes files' } as never),
    version: '1.2.3',
    warnings: () => ['an old kernel'],
    limitPolicy,
    policy: { mode: 'off', floor: 'off', modules: [], functions: [] },
    network: [],
    environments: {
      as: () => ({
        resolve: (name = 'default') => ({ name, environment: undefined }),
        findModule: () => undefined,
        whenBuilt: () => undefined,
      }),
    },
    builds: 'off',
    shutdownGrace: 10,
    onEvent: (event) => events.push(event),
    ...parts,
  });
  return { executor, events, typesOf: () => events.map(({ type }) => type) };
}

describe('createExecutor', () => {
  it('runs a script in a jail of its own, tells how it ended, and takes the jail down', async () => {
    const sandbox = createFakeSandbox();
    const { executor, events } = await start(sandbox);
    const onStart = vi.fn();
    const onTimings = vi.fn();
    const owe = vi.fn();
    const outcome = await executor.execute(plan({ execution_id: 'mine' }), {
      ...{ onStart, onTimings },
      caller: { queueKey: 'ada', key: 'ada', owe },
    });
    expect(outcome).toMatchObject({ success: true, result: 'null' });
    expect(onStart).toHaveBeenCalledOnce();
    expect(onTimings).toHaveBeenCalledOnce();
    expect(owe).toHaveBeenCalledOnce();
    await executor.close();
    expect(sandbox.open.size).toBe(0);
    expect(events.filter(({ type }) => type.startsWith('execution_'))).toMatchObject([
      {
        type: 'execution_finished',
        id: 'mine',
        verdict: 'success',
        audit: { key: 'ada', runtime: 'python' },
      },
    ]);
    // The parts stay open: their owner closes them.
    expect(sandbox.isClosed).toBe(false);
  });

  it('starts nothing for what is refused before', async () => {
    const sandbox = createFakeSandbox();
    const { executor, events } = await start(sandbox);
    await expect(executor.execute(plan({ runtime: 'go', mode: 'script' }))).rejects.toThrow('not offered');
    expect(await executor.execute(plan({ script: 'x = 1' }))).toMatchObject({ error: 'missing_main' });
    expect(await executor.execute(plan({ validate: true }))).toMatchObject({ success: false });
    const unsafe = { review: { is_safe: false, reason: 'no' } as never };
    expect(await executor.execute(plan(), unsafe)).toMatchObject({ success: false });
    const policy = { mode: 'enforce', deny_modules: ['os'], deny_functions: [] };
    const found = await executor.execute(plan({ script: 'import os\ndef main(): return 1', policy }));
    expect(found).toMatchObject({ error: 'policy_violation' });
    const over = { ...plan(), limits: { timeout: 999 } };
    await expect(executor.execute(over)).rejects.toThrow('above its ceiling');
    expect(sandbox.leases).toEqual([]);
    expect(events.find(({ type }) => type === 'execution_refused')).toMatchObject({
      category: 'invalid_input',
    });
    await executor.close();
  });

  it('hands a jail of each sort what the request says', async () => {
    const seen: string[] = [];
    const sandbox = createFakeSandbox((job) => {
      seen.push(job.program?.command[0] ?? (job.preflight === undefined ? 'python' : 'preflight'));
      return {};
    });
    const { executor } = await start(sandbox);
    await executor.execute(plan());
    await executor.execute(plan({ mode: 'script', runtime: 'node', script: '1' }));
    await executor.execute(plan({ validate_only: true }));
    expect(seen).toEqual(['python', '/node', 'preflight']);
    await executor.close();
  });

  it('judges the modules that come with a script, too', async () => {
    const sandbox = createFakeSandbox();
    const { executor } = await start(sandbox);
    const files = [
      { path: 'helper.py', content: 'import subprocess' },
      { path: 'fast.so', content: 'x' },
      { path: 'data.csv', content: '1' },
    ];
    const policy = { mode: 'report', deny_modules: [], deny_functions: [] };
    const script = 'import helper\ndef main(): return 1';
    const outcome = await executor.execute(plan({ script, files, policy }));
    expect(outcome.policy?.findings.map(({ file }) => file)).toContain('helper.py');
    expect(outcome.success).toBe(true);
    await executor.close();
  });

  it('has the compiler speak where it made no program, and a directory be its own', async () => {
    const sandbox = createFakeSandbox();
    const failed = {
      ...evidenceOf('script', limits),
      ...{ ending: { kind: 'exit', code: 1 } as const, report: { kind: 'exited', code: 1 } as const },
    };
    const program = {
      ...{ version: '1', sandbox, fresh: sandbox, plan: () => ({ command: ['/rust'] as const, env: {} }) },
      compile: () => Promise.resolve({ failed }),
    };
    const runtimes = {
      ...{ requireOffer: () => undefined, report: () => Promise.resolve([]), readiness: () => ({}) },
      open: () => Promise.resolve(program),
    };
    const { executor } = await start(sandbox, { runtimes });
    expect(await executor.execute(plan({ runtime: 'rust', mode: 'script' }))).toMatchObject({
      success: false,
    });
    expect(sandbox.leases).toEqual([]);
    const root = { path: '/data', workDir: '/data', isConfined: true, hostFolder: undefined };
    const rooted = { ...plan(), workspace: { ...plan().workspace, root } };
    expect(await executor.execute(rooted)).toMatchObject({ success: true });
    expect(sandbox.leases[0]?.options.root).toEqual(root);
    await executor.close();
  });

  it('lets callers take turns, and refuses who finds no room', async () => {
    const free = Promise.withResolvers<void>();
    const sandbox = createFakeSandbox(async () => {
      await free.promise;
      return {};
    });
    const { executor } = await start(sandbox);
    const first = executor.execute(plan());
    await vi.waitFor(() => expect(sandbox.leases).toHaveLength(1));
    const second = executor.execute(plan());
    await vi.waitFor(() => expect(executor.health().pool.waiting).toBe(1));
    await expect(executor.execute(plan())).rejects.toMatchObject({ category: 'overloaded' });
    free.resolve();
    expect(await Promise.all([first, second])).toHaveLength(2);
    await executor.close();
    expect(sandbox.open.size).toBe(0);
  });

  it('ends with its caller: in the queue, at the lease, in the jail', async () => {
    const sandbox = createFakeSandbox((_, { signal }) => untilAborted(signal));
    const { executor, typesOf } = await start(sandbox);
    const [away, other] = [new AbortController(), new AbortController()];
    const running = executor.execute(plan(), { signal: away.signal });
    await vi.waitFor(() => expect(sandbox.leases).toHaveLength(1));
    const waiting = executor.execute(plan(), { signal: other.signal });
    await vi.waitFor(() => expect(executor.health().pool.waiting).toBe(1));
    other.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    away.abort(new Error('away'));
    await expect(running).rejects.toThrow('away');
    await expect(executor.execute(plan(), { signal: away.signal })).rejects.toThrow('away');
    expect(typesOf().filter((type) => type === 'execution_aborted')).toHaveLength(3);
    await executor.close();
    expect(sandbox.open.size).toBe(0);

    const leasing = createFakeSandbox(undefined, ({ signal }) => untilAborted(signal));
    const slow = await start(leasing);
    const stop = new AbortController();
    const asking = slow.executor.execute(plan(), { signal: stop.signal });
    await vi.waitFor(() => expect(leasing.leases).toHaveLength(1));
    stop.abort(new Error('no more'));
    await expect(asking).rejects.toThrow('no more');
    await slow.executor.close();
  });

  it('refuses where the machine failed, logs the failure, and gives the place back', async () => {
    const failure = new JailFailure('no cgroup', { remedy: 'make one', detail: '/sys/fs' });
    const failures = [failure, undefined];
    const sandbox = createFakeSandbox(undefined, () => {
      const next = failures.shift();
      if (next !== undefined) throw next;
    });
    const { executor, events } = await start(sandbox);
    await expect(executor.execute(plan())).rejects.toMatchObject({
      ...{ category: 'sandbox_unavailable', message: 'no cgroup', suggestions: ['make one'], cause: failure },
    });
    expect(events).toContainEqual(expect.objectContaining({ type: 'jail_failed', error: failure }));
    expect(await executor.execute(plan())).toMatchObject({ success: true });
    await executor.close();
  });

  it('refuses every script where Python does not hold, and says why', async () => {
    const python = supplyJails({
      open: () => Promise.reject(new JailFailure('no nsjail', { remedy: 'run setup' })),
      probe: () => Promise.resolve({}),
      retry: 'timer',
    });
    const { executor, typesOf } = await start(createFakeSandbox(), { python });
    await expect(executor.execute(plan())).rejects.toMatchObject({
      ...{ category: 'sandbox_unavailable', suggestions: ['run setup'], retryAfter: 15 },
    });
    expect(typesOf()).toEqual(['execution_refused']);
    expect(executor.health()).toMatchObject({ status: 'unhealthy', reason: 'no nsjail run setup' });
    // A kind that holds stays in service when another does not.
    expect(await executor.execute(plan({ mode: 'script', runtime: 'node' }))).toMatchObject({
      success: true,
    });
    await executor.close();
    await python.close();
  });

  it('opens no runtime for what it refuses cheaply', async () => {
    const sandbox = createFakeSandbox();
    const open = vi.fn(() => Promise.reject(new Error('it was opened')));
    const runtimes = {
      requireOffer: () => undefined,
      report: () => Promise.resolve([]),
      readiness: () => ({}),
      open,
    };
    const ready = vi.fn(() => Promise.reject(new Error('it was opened')));
    const { executor } = await start(sandbox, { runtimes, rooted: { ready } });
    const unsafe = { review: { is_safe: false, explanation: 'it deletes files' } };
    expect(await executor.execute(plan({ mode: 'script', runtime: 'node' }), unsafe)).toMatchObject({
      error: 'policy_violation',
    });
    const root = { path: '/data', workDir: '/data', isConfined: true, hostFolder: undefined };
    const rooted = { ...plan({ script: 'x = 1' }), workspace: { ...plan().workspace, root } };
    expect(await executor.execute(rooted)).toMatchObject({ error: 'missing_main' });
    expect([open, ready].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
    await executor.close();
  });

  it('says that it retires, and goes on', async () => {
    const { executor } = await start(createFakeSandbox());
    executor.retire();
    expect(executor.health().status).toBe('unhealthy');
    expect(await executor.execute(plan())).toMatchObject({ success: true });
    await executor.close();
  });

  it('lets what runs finish at shutdown, refuses what comes, and ends what outlasts the grace', async () => {
    const free = Promise.withResolvers<void>();
    const finishing = createFakeSandbox(async () => {
      await free.promise;
      return {};
    });
    const patient = await start(finishing);
    const running = patient.executor.execute(plan());
    await vi.waitFor(() => expect(finishing.leases).toHaveLength(1));
    const closed = patient.executor.close();
    expect(patient.executor.health()).toMatchObject({
      status: 'unhealthy',
      reason: 'The service is shutting down.',
    });
    await expect(patient.executor.execute(plan())).rejects.toMatchObject({ category: 'overloaded' });
    free.resolve();
    expect(await running).toMatchObject({ success: true });
    await closed;

    const endless = createFakeSandbox((_, { signal }) => untilAborted(signal));
    const hasty = await start(endless, { shutdownGrace: 0.02 });
    const cut = hasty.executor.execute(plan());
    const told = expect(cut).rejects.toThrow('was shut down before');
    await vi.waitFor(() => expect(endless.leases).toHaveLength(1));
    await Promise.all([hasty.executor.close(), hasty.executor.close()]);
    await told;
    expect(endless.open.size).toBe(0);
  });

  it('says of a jail that could not be taken down what failed, and goes on', async () => {
    const sandbox = createFakeSandbox();
    const { lease } = sandbox;
    sandbox.lease = async (...asked) => ({
      ...(await lease(...asked)),
      [Symbol.asyncDispose]: () => Promise.reject(new Error('busy')),
    });
    const { executor, typesOf } = await start(sandbox);
    expect(await executor.execute(plan())).toMatchObject({ success: true });
    expect(await executor.execute(plan())).toMatchObject({ success: true });
    await executor.close();
    expect(typesOf().filter((type) => type === 'jail_failed')).toHaveLength(2);
  });

  it('tells its health, what it offers, and what a script consists of', async () => {
    const { executor } = await start(createFakeSandbox());
    expect(executor.health()).toMatchObject({ version: '1.2.3', warnings: ['an old kernel'] });
    expect(await executor.runtimes()).toMatchObject({ runtimes: [], limits: limitPolicy });
    const lists = { modules: ['os'], functions: [] };
    expect(await executor.survey('import os', lists)).toBeDefined();
    await executor.close();
  });
});
