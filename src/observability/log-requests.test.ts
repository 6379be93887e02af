import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { logRequests, type LoggedRequest } from './log-requests.ts';
import { createSampler } from './sample.ts';

const request: LoggedRequest = {
  id: 'r1',
  method: 'POST',
  path: '/execute',
  route: '/execute',
  status: 200,
  durationMs: 12.345678,
  aborted: false,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  executionId: 'e1',
  refusal: undefined,
};

function write(requests: readonly Partial<LoggedRequest>[], share = 1): Record<string, unknown>[] {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const log = logRequests(
    pino({ level: 'info', base: null, timestamp: false }, stream),
    createSampler(share),
  );
  for (const one of requests) log({ ...request, ...one });
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('logRequests', () => {
  it('writes one line with the ids of request, trace and execution, and a rounded time', () => {
    expect(write([{}])).toEqual([
      {
        ...{ level: 30, request_id: 'r1', trace_id: '0af7651916cd43dd8448eb211c80319c', execution_id: 'e1' },
        ...{ method: 'POST', path: '/execute', status: 200, duration_ms: 12.35, msg: 'request' },
      },
    ]);
  });

  it('says nothing of probes that succeed', () => {
    expect(write([{ route: '/live' }, { route: '/health' }, { route: '/metrics' }])).toEqual([]);
    expect(write([{ route: '/health', status: 503 }])).toHaveLength(1);
  });

  it('samples successes only', () => {
    const lines = write([{}, { status: 503, refusal: { category: 'overloaded' } }, { aborted: true }], 0);
    expect(lines.map(({ status, error, aborted }) => ({ status, error, aborted }))).toEqual([
      { status: 503, error: 'overloaded', aborted: undefined },
      { status: 200, error: undefined, aborted: true },
    ]);
  });

  it('bounds a path, and hides a key that is part of it', () => {
    const key = `brig_0123456789ab_${'x'.repeat(43)}`;
    const [line] = write([{ path: `/execute/${key}/${'a'.repeat(5000)}`, route: undefined, status: 404 }]);
    expect(line?.['path']).toMatch(/^\/execute\/brig_…\/a+$/);
    expect(String(line?.['path'])).toHaveLength(200);
  });
});

describe('createSampler', () => {
  it('passes a share of ids, always the same ones', () => {
    const isSampled = createSampler(0.25);
    const ids = Array.from({ length: 4000 }, (_, index) => `id-${index}`);
    const passed = ids.filter(isSampled);
    expect(passed.length).toBeGreaterThan(850);
    expect(passed.length).toBeLessThan(1150);
    expect(ids.filter(isSampled)).toEqual(passed);
  });
});
