import { trivialRequest } from './cases.ts';
import type { Context } from './context.ts';
import { createExecuteClient, type PreparedRequest } from './execute-client.ts';
import { largeRequests } from './large-requests.ts';
import { toSettings } from './measure-cases.ts';
import { pause } from './pause.ts';
import { startServiceProcess } from './service-process.ts';
import { proberWarmUpMs, startProber, type ProbeResult } from './start-prober.ts';

/** Latencies of small requests while one client sends large ones, one after the other. */
export interface Neighbours {
  /** Description of the large ones; undefined if there are none. */
  readonly large: string | undefined;
  /** Milliseconds of each large one. */
  readonly largeLatencies: readonly number[];
  readonly execute: ProbeResult;
  readonly live: ProbeResult;
}

const EXECUTE_EVERY_MS = 100;
const LIVE_EVERY_MS = 20;
/** Pause between kinds, so that one does not affect the next. */
const SETTLE_MS = 1000;

export async function measureEventLoop({ env, amounts, signal, say }: Context): Promise<Neighbours[]> {
  await using service = await startServiceProcess(toSettings(env, 'warm'));
  using client = createExecuteClient(service.url, 1);
  for (let runs = 0; runs < 10; runs += 1) await client.run(trivialRequest);
  const measured: Neighbours[] = [];
  for (const { title, request } of [{ title: undefined, request: undefined }, ...largeRequests()]) {
    say(`event loop: small requests beside ${title ?? 'nothing'}`);
    using execute = startProber({
      url: `${service.url}/execute`,
      method: 'POST',
      body: trivialRequest.body.toString('utf8'),
      everyMs: EXECUTE_EVERY_MS,
    });
    using live = startProber({ url: `${service.url}/live`, method: 'GET', everyMs: LIVE_EVERY_MS });
    await pause(proberWarmUpMs, signal);
    const forMs = amounts.eventLoopSeconds * 1000;
    const largeLatencies = await (request === undefined
      ? pause(forMs, signal).then(() => [])
      : sendFor(forMs, () => client.run(request satisfies PreparedRequest), signal));
    const [small, alive] = await Promise.all([execute.stop(), live.stop()]);
    measured.push({ large: title, largeLatencies, execute: small, live: alive });
    await pause(SETTLE_MS, signal);
  }
  return measured;
}

async function sendFor(forMs: number, send: () => Promise<unknown>, signal: AbortSignal): Promise<number[]> {
  const latencies: number[] = [];
  for (const begin = performance.now(); performance.now() - begin < forMs;) {
    signal.throwIfAborted();
    const start = performance.now();
    await send();
    latencies.push(performance.now() - start);
  }
  return latencies;
}
