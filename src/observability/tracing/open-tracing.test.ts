import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ExecutorEvent } from '../../executor/events.ts';
import { startCollector } from './collector.test-support.ts';
import { openTracing, type Tracing } from './open-tracing.ts';
import { readTracingSettings } from './read-settings.ts';

const logger = pino({ level: 'silent' });
const traceId = '0af7651916cd43dd8448eb211c80319c';
const incoming = `00-${traceId}-b7ad6b7169203331-01`;
const answered = { id: 'r1', method: 'POST', path: '/execute', route: '/execute', status: 200 };

/** Opens traces as a service would, whose exporter reads the environment of the process. */
async function open(url: string, env: Record<string, string> = {}): Promise<Tracing> {
  const all = { OTEL_EXPORTER_OTLP_ENDPOINT: url, ...env };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
  const tracing = await openTracing(all, '1.2.3', logger);
  if (tracing === undefined) throw new Error('no traces');
  return tracing;
}

const finish = (traceparent: string | undefined): ExecutorEvent => {
  const now = performance.now();
  return {
    type: 'execution_finished',
    id: 'e1',
    audit: { key: 'ada', runtime: 'python', scriptHash: 'ff', requestId: 'r1', traceparent },
    arrival: now - 20,
    verdict: 'runtime_error',
    returnCode: 1,
    usage: { duration_ms: 4, cpu_ms: 2, memory_peak_bytes: 1024 },
    timings: { analysis: 1, queue: 2, jail: 3, run: 4, collect: 5 },
    starts: { analysis: now - 19, queue: now - 18, jail: now - 16, run: now - 13, collect: now - 9 },
  };
};

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('openTracing', () => {
  it('continues the trace of the caller through the door and every step', async () => {
    await using collector = await startCollector();
    const tracing = await open(collector.url, { OTEL_SERVICE_NAME: 'brig-test' });
    const request = tracing.beginTrace(incoming);
    tracing.onEvent(finish(request.context));
    request.end({ ...answered, refusal: undefined });
    await tracing.close();
    const find = (name: string) => collector.spans.find((span) => span.name === name);
    const [door, execution] = [find('POST /execute'), find('execute')];
    expect(door).toMatchObject({ traceId, parentId: 'b7ad6b7169203331' });
    expect(door?.attributes).toMatchObject({ 'http.route': '/execute', 'brig.request.id': 'r1' });
    expect(execution).toMatchObject({ traceId, parentId: door?.spanId });
    expect(execution?.attributes).toMatchObject({
      'brig.execution.id': 'e1',
      'brig.verdict': 'runtime_error',
      'error.type': 'runtime_error',
    });
    for (const [step, ms] of Object.entries({ analysis: 1, queue: 2, lease: 3, run: 4, collect: 5 })) {
      const span = find(step);
      expect(span).toMatchObject({ traceId, parentId: execution?.spanId });
      const took = Number((span?.end ?? 0n) - (span?.start ?? 0n)) / 1e6;
      expect(Math.abs(took - ms)).toBeLessThan(0.01);
    }
    expect([...collector.services]).toEqual(['brig-test']);
  });

  it('names calls of the model as the conventions do, without a word of the conversation', async () => {
    await using collector = await startCollector();
    const tracing = await open(collector.url);
    tracing.onEvent({
      type: 'model_called',
      ...{ model: 'small', outcome: 'throttled', start: performance.now(), ms: 5 },
      ...{ inputTokens: 12, outputTokens: undefined, traceparent: incoming },
    });
    await tracing.close();
    const [span] = collector.spans;
    expect(span).toMatchObject({ name: 'chat small', traceId });
    expect(span?.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'small',
      'gen_ai.usage.input_tokens': '12',
      'error.type': 'throttled',
    });
  });

  it('sends nothing of a trace that its caller does not sample', async () => {
    await using collector = await startCollector();
    const tracing = await open(collector.url);
    const request = tracing.beginTrace(incoming.replace(/01$/, '00'));
    tracing.onEvent(finish(request.context));
    request.end({ ...answered, refusal: undefined });
    await tracing.close();
    expect(collector.spans).toEqual([]);
  });

  it('ends in time without a collector', async () => {
    const tracing = await open('http://127.0.0.1:9');
    tracing.onEvent(finish(undefined));
    await expect(tracing.close()).resolves.toBeUndefined();
  });
});

describe('readTracingSettings', () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

  it.each([
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' },
    { ...endpoint, OTEL_SDK_DISABLED: 'true' },
    { ...endpoint, OTEL_TRACES_EXPORTER: 'none' },
  ])('wants no traces with %j', (env) => {
    expect(readTracingSettings(env)).toBeUndefined();
  });

  it('says that another protocol is not spoken', () => {
    const settings = readTracingSettings({ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' });
    expect(settings).toMatchObject({ complaint: expect.stringContaining('grpc') as string });
  });

  it('reads sampler and batches, and takes defaults for what is invalid', () => {
    const env = { ...endpoint, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' };
    expect(readTracingSettings(env)).toMatchObject({
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: 0.5,
    });
    const wrong = { ...endpoint, OTEL_TRACES_SAMPLER: 'some', OTEL_BSP_MAX_QUEUE_SIZE: '-1' };
    expect(readTracingSettings(wrong)).toMatchObject({ OTEL_TRACES_SAMPLER: 'parentbased_always_on' });
  });
});
