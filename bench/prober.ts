import { Agent, request } from 'node:http';
import { setPriority } from 'node:os';
import { proberWarmUpMs, type ProbeOptions, type ProbeResult } from './start-prober.ts';

/*
 * A program of its own, so that what keeps the benchmark busy does not count: asks the same thing again and again at a
 * fixed pace, whether or not the last answer has come, until it is told to stop.
 */

const options = JSON.parse(process.argv[2] ?? '') as ProbeOptions;
const agent = new Agent({ keepAlive: true });
const begin = performance.now();
const latencies: number[] = [];
const failures: string[] = [];
let lateMs = 0;

/** Raises the priority if permitted, so that an answer counts when it arrives, not when a busy machine schedules this program. */
function goFirst(): void {
  try {
    setPriority(-10);
  } catch {
    // Not as root: its own delay is in the figures then.
  }
}

function ask(): Promise<void> {
  const done = Promise.withResolvers<void>();
  const start = performance.now();
  const fail = (why: string): void => {
    failures.push(why);
    done.resolve();
  };
  const body = options.body === undefined ? undefined : Buffer.from(options.body);
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json', 'content-length': body.length }),
    ...options.headers,
  };
  request(options.url, { method: options.method, agent, headers }, (response) => {
    response.resume();
    response.on('error', (error) => fail(error.message));
    response.on('end', () => {
      if (response.statusCode !== 200) return fail(`status ${response.statusCode}`);
      if (start - begin >= proberWarmUpMs) latencies.push(performance.now() - start);
      done.resolve();
    });
  })
    .on('error', (error) => fail(error.message))
    .end(body);
  return done.promise;
}

goFirst();
// Ctrl-C reaches it too, but whoever started it ends it.
process.on('SIGINT', () => undefined);
process.once('disconnect', () => process.exit(0));

const asked = new Set<Promise<void>>();
let turn = 0;
let timer: NodeJS.Timeout | undefined;
const tick = (): void => {
  const at = performance.now() - begin;
  if (at >= proberWarmUpMs) lateMs = Math.max(lateMs, at - turn * options.everyMs);
  // Missed turns are not made up for: that would be a burst.
  turn = Math.ceil((at + 1) / options.everyMs);
  const one = ask().finally(() => asked.delete(one));
  asked.add(one);
  timer = setTimeout(tick, Math.max(0, begin + turn * options.everyMs - performance.now()));
};
async function report(): Promise<void> {
  clearTimeout(timer);
  await Promise.all(asked);
  const result: ProbeResult = { latencies, failures, lateMs };
  process.send?.(result);
}
process.once('message', () => void report());
tick();
