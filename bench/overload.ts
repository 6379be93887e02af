import { trivialRequest } from './cases.ts';
import type { Context } from './context.ts';
import { createExecuteClient, isRight, type Answer, type ExecuteClient } from './execute-client.ts';
import { toSettings } from './measure-cases.ts';
import { pause } from './pause.ts';
import { startServiceProcess } from './service-process.ts';
import { proberWarmUpMs, startProber, type ProbeResult } from './start-prober.ts';
import { median } from './statistics.ts';

export interface Overload {
  readonly seconds: number;
  /** Median of a client that is alone, milliseconds. */
  readonly unloadedMs: number;
  /** Executions a second of as many clients as there are places. */
  readonly capacityRate: number;
  /** Requests a second that were sent. */
  readonly offeredRate: number;
  /** The longest wait that the service allows, milliseconds. */
  readonly waitMs: number;
  /** Milliseconds of each request that was executed. */
  readonly accepted: readonly number[];
  readonly acceptedRate: number;
  /** Counts of refusals by category; `no answer` and `wrong answer` too. */
  readonly refusals: ReadonlyMap<string, number>;
  readonly live: ProbeResult;
}

const TIMES = 10;
/** Most requests at once; ten times as many as run and wait. */
const CLIENTS = 256;
const WAITING = 8;
const WAIT_SECONDS = 0.5;
const LIVE_EVERY_MS = 20;
/** Requests are sent in small lots: timers are not exact to less. */
const LOT_MS = 2;

/** Sends ten times as many requests as the service can serve, and asks from another process whether it still lives. */
export async function measureOverload({ env, amounts, signal, say }: Context): Promise<Overload> {
  await using service = await startServiceProcess({
    ...toSettings(env, 'warm'),
    BRIG_MAX_WAIT: String(WAIT_SECONDS),
    BRIG_MAX_WAITING: String(WAITING),
  });
  using client = createExecuteClient(service.url, CLIENTS);
  const { capacity } = (await service.readHealth()).pool;
  say('overload: what the service can do');
  const unloadedMs = await measureUnloaded(client, signal);
  const capacityRate = await measureRate(client, capacity, 1000 + amounts.overloadSeconds * 50, signal);
  say(`overload: ${TIMES} times as much for ${amounts.overloadSeconds} s`);
  using prober = startProber({ url: `${service.url}/live`, method: 'GET', everyMs: LIVE_EVERY_MS });
  await pause(proberWarmUpMs, signal);
  const flood = await sendFlood(client, capacityRate * TIMES, amounts.overloadSeconds, signal);
  const live = await prober.stop();
  return { unloadedMs, capacityRate, waitMs: WAIT_SECONDS * 1000, live, ...flood };
}

async function measureUnloaded(client: ExecuteClient, signal: AbortSignal): Promise<number> {
  const latencies: number[] = [];
  for (let runs = 0; runs < 15; runs += 1) {
    await pause(200, signal);
    const start = performance.now();
    await client.run(trivialRequest);
    latencies.push(performance.now() - start);
  }
  return median(latencies);
}

async function measureRate(
  client: ExecuteClient,
  clients: number,
  forMs: number,
  signal: AbortSignal,
): Promise<number> {
  const start = performance.now();
  let runs = 0;
  const one = async (): Promise<void> => {
    while (performance.now() - start < forMs) {
      signal.throwIfAborted();
      await client.run(trivialRequest);
      runs += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, one));
  return (runs * 1000) / (performance.now() - start);
}

async function sendFlood(client: ExecuteClient, rate: number, seconds: number, signal: AbortSignal) {
  const accepted: number[] = [];
  const refusals = new Map<string, number>();
  const sending = new Set<Promise<void>>();
  const sendOne = async (): Promise<void> => {
    const sent = performance.now();
    const answer = await client.send(trivialRequest).catch(() => undefined);
    if (answer !== undefined && isRight(answer, trivialRequest)) accepted.push(performance.now() - sent);
    else count(refusals, nameRefusal(answer));
  };
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  let sent = 0;
  for (let due = 0, last = 0; elapsed() < seconds;) {
    due += (elapsed() - last) * rate;
    last = elapsed();
    for (; due >= 1; due -= 1) {
      // Nobody is left who could send it.
      if (sending.size >= CLIENTS) continue;
      sent += 1;
      const one = sendOne().finally(() => sending.delete(one));
      sending.add(one);
    }
    await pause(LOT_MS, signal);
  }
  const took = elapsed();
  await Promise.all(sending);
  return {
    seconds,
    accepted,
    acceptedRate: accepted.length / took,
    offeredRate: sent / took,
    refusals,
  };
}

const count = (counts: Map<string, number>, name: string): void =>
  void counts.set(name, (counts.get(name) ?? 0) + 1);

function nameRefusal(answer: Answer | undefined): string {
  if (answer === undefined) return 'no answer';
  const category = /"error":"(\w+)"/.exec(answer.body.toString('utf8'))?.[1] ?? 'wrong answer';
  return answer.status === 503 ? category : `${category} with status ${answer.status}`;
}
