import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCollector, type Collector } from '../src/observability/tracing/collector.test-support.ts';
import { startServe, type ServeProcess } from './support/serve.ts';
import { postExecute } from './support/service.ts';

let collector: Collector;
let serve: ServeProcess;
beforeAll(async () => {
  collector = await startCollector();
  serve = await startServe({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
});
afterAll(async () => {
  serve.kill('SIGTERM');
  await serve.ended;
  await collector[Symbol.asyncDispose]();
});

describe('a service with a collector and a scraper', () => {
  it('measures what really ran', async () => {
    await postExecute(serve.url, { script: 'def main():\n    return sum(range(10 ** 6))' });
    await postExecute(serve.url, { script: 'def main():\n    return 1 / 0' });
    const answer = await fetch(`${serve.url}/metrics`);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const lines = (await answer.text()).split('\n');
    const valueOf = (series: string): number =>
      Number(lines.find((line) => line.startsWith(`${series} `))?.slice(series.length));
    expect(valueOf('brig_ready')).toBe(1);
    expect(valueOf('brig_executions_total{runtime="python",verdict="success"}')).toBe(1);
    expect(valueOf('brig_executions_total{runtime="python",verdict="runtime_error"}')).toBe(1);
    expect(valueOf('brig_http_requests_total{method="POST",route="/execute",status="200"}')).toBe(2);
    expect(valueOf('brig_script_cpu_seconds_total{runtime="python"}')).toBeGreaterThan(0);
    expect(valueOf('brig_script_memory_peak_bytes_count{runtime="python"}')).toBe(2);
    expect(valueOf('brig_jails_ready{kind="python"}')).toBe(1);
    for (const step of ['analysis', 'queue', 'lease', 'run', 'collect'])
      expect(valueOf(`brig_step_duration_seconds_count{step="${step}"}`)).toBe(2);
    expect(valueOf('process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  it('sends the whole trace of a request, before it ends', async () => {
    const traceId = 'aaaabbbbccccddddeeeeffff00001111';
    await postExecute(
      serve.url,
      { script: 'def main(): pass' },
      { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } },
    );
    serve.kill('SIGTERM');
    expect(await serve.ended).toBe(0);
    const own = collector.spans.filter((span) => span.traceId === traceId);
    const parents = new Map(own.map(({ spanId, name }) => [spanId, name]));
    const tree = own.map(({ name, parentId }) => `${parents.get(parentId) ?? 'caller'} > ${name}`);
    expect(tree.toSorted()).toEqual([
      'POST /execute > execute',
      'caller > POST /execute',
      'execute > analysis',
      'execute > collect',
      'execute > lease',
      'execute > queue',
      'execute > run',
    ]);
  });
});
