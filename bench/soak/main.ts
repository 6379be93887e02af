import { healthSchema } from '../../src/core/contract/health.ts';
import { describeMachine } from '../machine.ts';
import { writePage } from '../write-page.ts';
import { createCpuShares } from './cpu-shares.ts';
import { drawPlot } from './draw.ts';
import { chooseKinds } from './kinds/all-kinds.ts';
import { parseOptions, usage, type Options } from './options.ts';
import { recordFigures, type SoakRecord } from './record.ts';
import {
  formatFindings,
  judgeFigures,
  LEAST_MINUTES,
  listFaults,
  writePlot,
  type Findings,
} from './report.ts';
import { findLeftovers, readAtRest } from './rest.ts';
import { createTally, runLoad } from './run-load.ts';
import { openTarget, type Target } from './target.ts';

const SAMPLE_SECONDS = 5;
/** A point of latency stands for a sixtieth of the run; in less than this its probes have too few samples for a p99. */
const LEAST_WINDOW_SECONDS = 10;

const start = performance.now();
const say = (what: string): void =>
  console.error(`${((performance.now() - start) / 1000).toFixed(0).padStart(5)} s  ${what}`);

const told = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(name, () => told.abort(new Error(`ended by ${name}`)));

async function soak(options: Options): Promise<boolean> {
  say('starting the service, its default environment and its runtimes: some minutes the first time');
  await using target = await openTarget(options, process.env);
  const { kinds, leftOut } = chooseKinds(target.has);
  const before = await readAtRest(target);
  say(`soaking ${target.url} for ${options.minutes} minutes with ${kinds.length} kinds of requests`);
  const seconds = options.minutes * 60;
  const until = AbortSignal.any([told.signal, AbortSignal.timeout(seconds * 1000)]);
  const tally = createTally();
  const record: SoakRecord = { series: new Map(), failures: [] };
  const readShares = createCpuShares(target.source?.pid);
  const ticker = setInterval(() => say(describeProgress(tally)), 60_000);
  await Promise.all([
    runLoad(
      {
        ...{ kinds, until, clients: options.clients, seed: options.seed, send: target.client.send },
        thinkSeconds: options.clients / options.rate,
      },
      tally,
    ),
    recordFigures(
      {
        ...{ url: target.url, key: target.key, source: target.source, until },
        sampleSeconds: SAMPLE_SECONDS,
        windowSeconds: Math.max(LEAST_WINDOW_SECONDS, seconds / 60),
      },
      record,
    ),
  ]);
  clearInterval(ticker);
  told.signal.throwIfAborted();
  const cpu = readShares();
  say('at rest');
  const findings: Findings = {
    figures: judgeFigures(record),
    isJudged: options.minutes >= LEAST_MINUTES,
    leftovers: findLeftovers(before, await readAtRest(target, before)),
    tally,
    failures: record.failures,
  };
  const command = ['./scripts/soak', ...process.argv.slice(2)].join(' ');
  const run = { command, minutes: options.minutes, machine: await describeTarget(target), cpu, leftOut };
  const text = formatFindings(findings, run);
  console.log(text);
  for (const complaint of tally.complaints.slice(0, 10)) console.log(JSON.stringify(complaint));
  if (options.doesWrite) {
    writePlot(await drawPlot(findings.figures, target.client.send));
    writePage(text, 'soak.md');
  }
  return listFaults(findings).length === 0;
}

async function describeTarget({ client, url }: Target): Promise<string> {
  const { body } = await client.send({ method: 'GET', path: '/runtimes' });
  const { runtimes } = body as unknown as { runtimes: { name: string; version?: string }[] };
  const python = runtimes.find(({ name }) => name === 'python')?.version ?? 'unknown';
  return describeMachine(python, healthSchema.parse(await (await fetch(`${url}/health`)).json()));
}

function describeProgress({ turns, complained }: ReturnType<typeof createTally>): string {
  const total = [...turns.values()].reduce((sum, one) => sum + one, 0);
  return `${total} turns, ${complained} complaints`;
}

/** Exit status of shells after SIGINT. */
const INTERRUPTED = 130;

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) console.log(usage);
  else process.exitCode = (await soak(options)) ? 0 : 1;
} catch (error) {
  console.error(`The soak could not be finished: ${(error as Error).message}`);
  process.exitCode = told.signal.aborted ? INTERRUPTED : 1;
}
