import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { median, quantile } from '../statistics.ts';
import { startProber } from '../start-prober.ts';
import { readHostFigures, type Figure, type FigureSource, type HostReading } from './figures.ts';
import type { Point } from './fit.ts';
import { sizeOfFolder } from './host.ts';

/** Latencies of a trivial script and of `GET /live` in one stretch of time, in milliseconds. */
export const latencyFigures = {
  p50: { title: 'trivial script, median', unit: 'ms', tolerance: { share: 0.3, plus: 2 } },
  p99: { title: 'trivial script, p99', unit: 'ms', tolerance: { share: 0.5, plus: 50 } },
  live: { title: '`GET /live`, p99', unit: 'ms', tolerance: { share: 0.5, plus: 20 } },
} as const satisfies Record<string, Figure>;
/** With how long a process of the host took to start and end: how fast the machine was. */
type LatencyReading = Readonly<Record<keyof typeof latencyFigures | 'machine', number>>;

export interface SoakRecord {
  readonly series: Map<string, Point[]>;
  /** Why a probe got no answer, or not the right one. */
  readonly failures: string[];
}

export interface RecordOptions {
  readonly url: string;
  readonly key: string | undefined;
  /** Undefined where the service cannot be seen from here: then there are latencies alone. */
  readonly source: FigureSource | undefined;
  readonly sampleSeconds: number;
  readonly windowSeconds: number;
  readonly until: AbortSignal;
}

/** Probes ask so often, in processes of their own. */
const EVERY_MS = 500;

/** Reads all figures until it is told to end. */
export async function recordFigures(options: RecordOptions, { series, failures }: SoakRecord): Promise<void> {
  const start = performance.now();
  const note = (reading: HostReading | LatencyReading | { readonly state: number }, at: number): void => {
    for (const [name, value] of Object.entries<number>(reading)) {
      const points = series.get(name) ?? [];
      if (!Number.isNaN(value)) series.set(name, [...points, { at: (at - start) / 1000, value }]);
    }
  };
  const sample = async (): Promise<void> => {
    const { source } = options;
    if (source === undefined) return;
    while (!options.until.aborted) {
      const at = performance.now();
      note(readHostFigures(source.pid), at);
      await pause(options.sampleSeconds, options.until);
    }
  };
  const probe = async (): Promise<void> => {
    while (!options.until.aborted) {
      const at = performance.now();
      const { reading, failed } = await probeFor(options);
      note(reading, (at + performance.now()) / 2);
      if (options.source !== undefined)
        note({ state: (await sizeOfFolder(options.source.stateDir)) / 2 ** 20 }, performance.now());
      failures.push(...failed);
    }
  };
  await Promise.all([sample(), probe()]);
}

async function probeFor({
  url,
  key,
  windowSeconds,
  until,
}: RecordOptions): Promise<{ reading: LatencyReading; failed: readonly string[] }> {
  const headers = key === undefined ? {} : { 'x-api-key': key };
  const body = JSON.stringify({ script: 'def main():\n    return 6 * 7\n' });
  using script = startProber({ url: `${url}/execute`, method: 'POST', body, headers, everyMs: EVERY_MS });
  using live = startProber({ url: `${url}/live`, method: 'GET', everyMs: EVERY_MS });
  const starts = await timeStarts(windowSeconds, until);
  const [ran, lived] = await Promise.all([script.stop(), live.stop()]);
  return {
    reading: {
      p50: quantile(ran.latencies, 0.5),
      p99: quantile(ran.latencies, 0.99),
      live: quantile(lived.latencies, 0.99),
      machine: median(starts),
    },
    failed: [
      ...ran.failures.map((why) => `POST /execute: ${why}`),
      ...lived.failures.map((why) => `GET /live: ${why}`),
    ],
  };
}

/** Milliseconds that the start and the end of a process take on this machine, once a second. */
async function timeStarts(seconds: number, until: AbortSignal): Promise<readonly number[]> {
  const end = performance.now() + seconds * 1000;
  const times: number[] = [];
  while (performance.now() < end && !until.aborted) {
    const start = performance.now();
    await execa('/bin/true', { reject: false });
    times.push(performance.now() - start);
    await pause(1, until);
  }
  return times;
}

const pause = (seconds: number, until: AbortSignal): Promise<void> =>
  sleep(seconds * 1000, undefined, { signal: until }).catch(() => undefined);
