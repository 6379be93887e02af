import { setTimeout as sleep } from 'node:timers/promises';
import { runtimesSchema, type ProgramRuntime } from '../src/core/contract/runtimes.ts';
import { compare } from './compare.ts';
import type { Context } from './context.ts';
import { createServiceMeter, readTreeCpuMs } from './cpu-time.ts';
import { createExecuteClient, isRight, toRequest, type ExecuteClient } from './execute-client.ts';
import { toFigures, type Figures } from './figures.ts';
import { startServiceProcess } from './service-process.ts';
import { median, sum } from './statistics.ts';
import { openToolchain, type BareToolchain } from './toolchain.ts';

/** `compiled` compiles a source that nobody has sent before, `kept` runs the program that was kept of one. */
export type RuntimeWork = 'source' | 'compiled' | 'kept';

export interface RuntimeCase {
  readonly runtime: ProgramRuntime;
  readonly work: RuntimeWork;
  readonly version: string;
  /** The bare side is the host's toolchain, without a jail. */
  readonly figures: Figures;
  /** Bytes, `execution.memory_peak_bytes`, the median. */
  readonly memoryPeak: number;
}

const javascript = 'console.log("hello");';
const scripts: Record<ProgramRuntime, string> = {
  node: javascript,
  deno: javascript,
  bun: javascript,
  go: 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("hello")\n}\n',
  rust: 'fn main() {\n    println!("hello");\n}\n',
};
const works: Record<ProgramRuntime, readonly RuntimeWork[]> = {
  node: ['source'],
  deno: ['source'],
  bun: ['source'],
  go: ['compiled', 'kept'],
  rust: ['compiled', 'kept'],
};

/** Says hello in each runtime that the host has: a service as it starts by default, against the bare toolchain. */
export async function measureRuntimes(context: Context): Promise<RuntimeCase[]> {
  const { env, signal, say } = context;
  await using service = await startServiceProcess(env);
  using client = createExecuteClient(service.url, 1);
  const { runtimes } = runtimesSchema.parse(await (await fetch(`${service.url}/runtimes`)).json());
  const measured: RuntimeCase[] = [];
  for (const { name, available, version = '' } of runtimes) {
    if (name === 'python' || !available) continue;
    say(`runtimes: making ${name} ready`);
    await waitUntilReady(client, name, signal);
    await using toolchain = await openToolchain(name, env);
    for (const work of works[name]) {
      say(`runtimes: ${name}, ${work}`);
      const side = { client, toolchain, pid: service.pid };
      measured.push({ runtime: name, work, version, ...(await measureWork(name, work, side, context)) });
    }
  }
  return measured;
}

interface Sides {
  readonly client: ExecuteClient;
  readonly toolchain: BareToolchain;
  readonly pid: number;
}

async function measureWork(
  runtime: ProgramRuntime,
  work: RuntimeWork,
  { client, toolchain, pid }: Sides,
  { amounts, signal }: Context,
): Promise<Pick<RuntimeCase, 'figures' | 'memoryPeak'>> {
  const peaks: number[] = [];
  const write = (): string =>
    work === 'compiled' ? `${scripts[runtime]}// ${Math.random()}\n` : scripts[runtime];
  const run = async (): Promise<void> => {
    peaks.push(await sayHello(client, runtime, write()));
  };
  const runBare = (): Promise<void> =>
    work === 'kept' ? toolchain.runCompiled() : toolchain.runSource(write());
  for (let runs = 0; runs < amounts.warmUp; runs += 1) {
    signal.throwIfAborted();
    await run();
    await runBare();
  }
  peaks.length = 0;
  const meter = createServiceMeter(pid);
  const sides = {
    service: { readCpuMs: () => sum(Object.values(meter())), run },
    bare: { readCpuMs: () => readTreeCpuMs(process.pid), run: runBare },
  };
  const figures = toFigures(await compare(sides, amounts.runtimes, signal));
  return { figures, memoryPeak: median(peaks) };
}

/** Gives the peak of its jail's memory. @throws Error where it does not say hello. */
async function sayHello(client: ExecuteClient, runtime: ProgramRuntime, script: string): Promise<number> {
  const request = toRequest({ runtime, script }, { begin: '{"success":true,"result":null,"stdout":"hello' });
  const answer = await client.send(request);
  const text = answer.body.toString();
  if (!isRight(answer, request))
    throw new Error(`The service answered ${answer.status}: ${text.slice(0, 500)}`);
  const { execution } = JSON.parse(text) as { execution: { memory_peak_bytes: number } };
  return execution.memory_peak_bytes;
}

/** The first use makes an image, for which the service says to come again. */
async function waitUntilReady(
  client: ExecuteClient,
  runtime: ProgramRuntime,
  signal: AbortSignal,
): Promise<void> {
  const request = toRequest({ runtime, script: scripts[runtime] }, { begin: '' });
  while ((await client.send(request)).status === 503) await sleep(1000, undefined, { signal });
}
