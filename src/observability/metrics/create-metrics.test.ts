import { describe, expect, it } from 'vitest';
import type { ExecutorEvent } from '../../executor/events.ts';
import { createMetrics, type ServiceMetrics } from './create-metrics.ts';
import { families } from './families.ts';
import type { Observed } from './read-gauges.ts';

const create = (): ServiceMetrics => createMetrics({ version: '1.2.3', ofProcess: false });
const audit = {
  key: 'ada',
  runtime: 'python',
  scriptHash: 'ff',
  requestId: 'r1',
  traceparent: undefined,
} as const;
const ending = { id: 'e1', audit, arrival: performance.now() };
const finished = (verdict: 'success' | 'timeout'): ExecutorEvent => ({
  type: 'execution_finished',
  ...ending,
  verdict,
  returnCode: 0,
  usage: { duration_ms: 3, cpu_ms: 2000, memory_peak_bytes: 9 * 1024 * 1024 },
  timings: { analysis: 1, queue: 2, jail: 3, run: 4, collect: 5 },
  starts: { analysis: 0, queue: 1, jail: 3, run: 6, collect: 10 },
});
const health = (status: 'healthy' | 'unhealthy', waiting: number): ReturnType<Observed['health']> => ({
  status,
  service: 'Python Script Executor',
  isolation: 'nsjail',
  version: '',
  sandbox: {},
  runtimes: {},
  pool: {
    ...{ running: 1, waiting, capacity: 4, waiting_room: 9 },
    ...{ warm: 0, building: 0, built: 0, discarded: 0, cold_starts: 0 },
  },
});

describe('createMetrics', () => {
  it('counts executions by runtime and verdict, and measures each step', async () => {
    const { onEvent, text } = create();
    onEvent(finished('success'));
    onEvent(finished('success'));
    onEvent(finished('timeout'));
    onEvent({ type: 'execution_refused', ...ending, category: 'overloaded', message: '' });
    onEvent({ type: 'execution_aborted', ...ending });
    const lines = (await text()).split('\n');
    for (const [verdict, count] of Object.entries({ success: 2, timeout: 1, overloaded: 1, aborted: 1 }))
      expect(lines).toContain(`brig_executions_total{runtime="python",verdict="${verdict}"} ${count}`);
    expect(lines).toContain('brig_step_duration_seconds_bucket{le="0.001",step="analysis"} 3');
    expect(lines).toContain('brig_step_duration_seconds_bucket{le="0.0025",step="lease"} 0');
    expect(lines).toContain('brig_step_duration_seconds_count{step="lease"} 3');
    expect(lines).toContain('brig_queue_wait_seconds_count 3');
    expect(lines).toContain('brig_script_cpu_seconds_total{runtime="python"} 6');
    expect(lines).toContain('brig_script_memory_peak_bytes_bucket{le="16777216",runtime="python"} 3');
  });

  it('measures no step that was not taken', async () => {
    const { onEvent, text } = create();
    onEvent({ ...finished('success'), starts: { analysis: 0 } } as ExecutorEvent);
    const told = await text();
    expect(told).toContain('brig_step_duration_seconds_count{step="analysis"} 1');
    expect(told).not.toMatch(/step="(run|queue)"/);
    expect(told).not.toContain('brig_script_cpu_seconds_total{');
  });

  it('tells which jails there are, by kind and state', async () => {
    const metrics = create();
    metrics.onEvent({ type: 'jail_leased', runtime: 'node' });
    metrics.onEvent({ type: 'jail_leased', runtime: 'node' });
    metrics.onEvent({ type: 'jail_returned', runtime: 'node' });
    metrics.onEvent({ type: 'pool', jails: 'python', event: { type: 'taken', isWarm: false, ms: 20 } });
    metrics.watch({
      health: () => health('healthy', 3),
      byteBudget: { used: 77 },
      environments: { names: (runtime) => (runtime === 'python' ? ['a', 'b'] : []) },
      jobs: { counts: () => ({ queued: 4 }) },
      sessions: { counts: () => ({ idle: 5 }) },
      countWarmJails: () => ({
        python: { warm: 2, building: 1, built: 0, discarded: 0, taken: 0, cold: 0 },
      }),
    });
    const lines = (await metrics.text()).split('\n');
    expect(lines).toContain('brig_jails{kind="node",state="running"} 1');
    expect(lines).toContain('brig_jails{kind="python",state="warm"} 2');
    expect(lines).toContain('brig_jail_leases_total{kind="python",start="cold"} 1');
    expect(lines).toContain('brig_queue_waiting 3');
    expect(lines).toContain('brig_jobs{state="queued"} 4');
    expect(lines).toContain('brig_sessions{state="idle"} 5');
    expect(lines).toContain('brig_ready 1');
    expect(lines).toContain('brig_inflight_bytes 77');
    expect(lines).toContain('brig_environments{packages="python"} 2');
  });

  it('gives no series a name that a caller chose', async () => {
    const { door, text } = create();
    const request = { status: 404, durationMs: 1, refusal: { category: 'not_found' } };
    door.onRequest({ ...request, method: 'BREW', route: undefined });
    door.onRequest({ ...request, method: 'GET', route: '/environments/:name' });
    const told = await text();
    expect(told).not.toContain('BREW');
    expect(told).toContain('brig_http_requests_total{method="none",route="none",status="404"} 1');
    expect(told).toContain('route="/environments/:name"');
    expect(told).toContain('brig_refusals_total{category="not_found"} 2');
  });

  it('keeps two services apart', async () => {
    const [one, other] = [create(), create()];
    one.onEvent({ type: 'build_ended', result: 'succeeded', ms: 1000 });
    expect(await one.text()).toContain('brig_environment_builds_total{result="succeeded"} 1');
    expect(await other.text()).not.toContain('result="succeeded"');
  });

  it('shares one reading among scrapes at the same time', () => {
    const { text } = create();
    expect(text()).toBe(text());
  });
});

describe('families', () => {
  it.each(Object.values(families))('$name is named as Prometheus wants it', (family) => {
    const { name, type, help, labels } = family;
    expect(name).toMatch(/^brig(_[a-z]+)+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    if (type === 'histogram') expect(name).toMatch(/_(seconds|bytes)$/);
    expect(help).toMatch(/^[A-Z].*\.$/);
    expect(new Set(labels).size).toBe(labels.length);
  });

  it('measures durations from a millisecond up', () => {
    for (const family of Object.values(families)) {
      if (!('buckets' in family)) continue;
      expect(family.buckets).toEqual([...family.buckets].toSorted((a, b) => a - b));
      if (family.name.endsWith('_seconds') && !family.name.includes('build'))
        expect(family.buckets[0]).toBe(0.001);
    }
  });
});
