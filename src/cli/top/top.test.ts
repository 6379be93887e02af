import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../observability/metrics/create-metrics.ts';
import { quantileOf, ratesBy, type Reading } from './compare.ts';
import { readSamples } from './read-samples.ts';
import { renderTop } from './render.ts';

const at = (seconds: number, text: string): Reading => ({ at: seconds, samples: readSamples(text) });

describe('readSamples', () => {
  it('reads names, labels and values, and skips all else', () => {
    const text = [
      '# HELP a What it is.',
      'a 1',
      'b{x="1",y="with \\"quotes\\", and {braces} "} 2.5e-3',
      'c_bucket{le="+Inf"} +Inf',
      '',
      'no value',
      'hostile{x="\u001B[2J"} 1',
    ].join('\n');
    expect(readSamples(text)).toEqual([
      { name: 'a', labels: {}, value: 1 },
      { name: 'b', labels: { x: '1', y: 'with \\"quotes\\", and {braces} ' }, value: 0.0025 },
      { name: 'c_bucket', labels: { le: '+Inf' }, value: Infinity },
      { name: 'hostile', labels: { x: '?[2J' }, value: 1 },
    ]);
  });
});

describe('ratesBy', () => {
  it('counts from zero after a restart', () => {
    const before = at(10, 'n{v="a"} 100\nn{v="b"} 5');
    const now = at(12, 'n{v="a"} 4\nn{v="b"} 15\nn{v="c"} 2');
    expect(ratesBy(before, now, 'n', 'v')).toEqual([
      ['b', 5],
      ['a', 2],
      ['c', 1],
    ]);
  });
});

describe('quantileOf', () => {
  it('estimates between the bounds of a bucket, of what came since', () => {
    const before = at(0, 'h_bucket{le="1"} 10\nh_bucket{le="2"} 10\nh_bucket{le="+Inf"} 10');
    const now = at(1, 'h_bucket{le="1"} 10\nh_bucket{le="2"} 20\nh_bucket{le="+Inf"} 20');
    expect(quantileOf([before, now], 'h', 0.5)).toBe(1.5);
    expect(quantileOf([now, now], 'h', 0.5)).toBeUndefined();
    const beyond = at(1, 'h_bucket{le="1"} 10\nh_bucket{le="2"} 10\nh_bucket{le="+Inf"} 11');
    expect(quantileOf([before, beyond], 'h', 0.5)).toBe(2);
  });
});

describe('renderTop', () => {
  it('shows what the metrics of a service say', async () => {
    const metrics = createMetrics({ version: '1.2.3', ofProcess: true });
    const before = at(0, await metrics.text());
    const audit = { key: undefined, scriptHash: '', requestId: undefined, traceparent: undefined };
    for (let count = 0; count < 30; count += 1) {
      metrics.onEvent({
        type: 'execution_finished',
        ...{ id: '', audit: { ...audit, runtime: 'python' }, arrival: performance.now(), returnCode: 0 },
        ...{ verdict: 'success', usage: { duration_ms: 1, cpu_ms: 1, memory_peak_bytes: 1 } },
        ...{ timings: { analysis: 1, queue: 0, jail: 1, run: 4, collect: 1 }, starts: { run: 1 } },
      });
    }
    metrics.onEvent({ type: 'jail_leased', runtime: 'python' });
    const shown = renderTop(before, at(2, await metrics.text()));
    expect(shown).toMatch(/^Brig 1\.2\.3 +NOT READY$/m);
    expect(shown).toMatch(/^executions +15\/s /m);
    expect(shown).toMatch(/^verdicts +success 15\/s$/m);
    expect(shown).toMatch(/^steps p95 +run \d\.\d ms$/m);
    expect(shown).toMatch(/^jails +python 1 running$/m);
    expect(shown).toMatch(/^service +cpu \d+ % +memory \d+ MiB/m);
  });

  it('shows a reading without anything', () => {
    expect(renderTop(at(0, ''), at(1, ''))).toContain('executions  0.0/s');
  });
});
