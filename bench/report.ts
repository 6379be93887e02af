import { describeLoad } from './cases.ts';
import type { Neighbours } from './event-loop.ts';
import type { CaseFigures, Configuration, ConfigurationFigures } from './measure-cases.ts';
import type { RestingMemory } from './memory.ts';
import type { Overload } from './overload.ts';
import type { Resting } from './resting.ts';
import type { RuntimeCase } from './runtimes.ts';
import { median, toLatency } from './statistics.ts';
import { formatLatency, formatMs, formatRatio, formatTable, formatTail, toPercent } from './tables.ts';

/** All that was measured; what was not asked for is missing. */
export interface Measurements {
  readonly program: string;
  readonly command: string;
  readonly configurations: readonly ConfigurationFigures[];
  readonly runtimes?: readonly RuntimeCase[] | undefined;
  readonly overload?: Overload | undefined;
  readonly neighbours?: readonly Neighbours[] | undefined;
  readonly resting?: Resting | undefined;
}

const headings: Record<Configuration, string> = {
  warm: '### Warm jails, as a service starts by default',
  cold: '### Every jail started for its script: `BRIG_MAX_WARM_JAILS=0`',
};

/** The figures as Markdown, good to read in a terminal too. */
export function formatReport({
  configurations,
  runtimes,
  overload,
  neighbours,
  resting,
  ...rest
}: Measurements): string {
  const machine = configurations[0]?.machine;
  return [
    ...(machine === undefined
      ? []
      : [`Measured on ${machine}, by \`${rest.command}\`; service: \`node ${rest.program} serve\`.`]),
    ...configurations.flatMap(describeConfiguration),
    ...(runtimes === undefined ? [] : ['### Other runtimes', describeRuntimes(runtimes)]),
    ...(overload === undefined ? [] : ['### Overload', describeOverload(overload)]),
    ...(neighbours === undefined
      ? []
      : ['### Small requests beside large ones', describeNeighbours(neighbours)]),
    ...(resting === undefined ? [] : ['### Memory at rest', describeResting(resting)]),
  ].join('\n\n');
}

function describeConfiguration({ configuration, cases }: ConfigurationFigures): string[] {
  const paced = cases.filter(({ load }) => load === 'paced');
  const backToBack = cases.filter(({ load }) => load !== 'paced');
  return [
    headings[configuration],
    'Latency in ms, median / p95 / p99:',
    formatTable([
      ['', '`POST /execute`', 'bare spawn', 'ratio of medians (rounds)', 'ratio of p99'],
      ...[...paced, ...backToBack].map(latencyRow),
    ]),
    'Throughput in executions per second, and CPU time in ms per execution:',
    formatTable([
      ['', '`POST /execute`', 'bare spawn', 'ratio (rounds)', 'CPU', 'CPU, bare', 'ratio (rounds)'],
      ...backToBack.map(workRow),
    ]),
    describeAmounts(cases),
    ...describeSteps(cases),
    ...warnOfNoise(cases),
  ];
}

const latencyRow = ({ title, load, figures: { service, bare, ratios } }: CaseFigures): string[] => [
  `${title}, ${describeLoad(load)}`,
  formatLatency(service.latency),
  formatLatency(bare.latency),
  formatRatio(ratios.median),
  ratios.p99.all.toFixed(2),
];

const workRow = ({ title, load, figures: { service, bare, ratios } }: CaseFigures): string[] => [
  `${title}, ${describeLoad(load)}`,
  service.rate.toFixed(1),
  bare.rate.toFixed(1),
  formatRatio(ratios.rate),
  formatMs(service.cpu),
  formatMs(bare.cpu),
  formatRatio(ratios.cpu),
];

/** `4 × 40 (trivial, paced)`: the runs of each side. */
function describeAmounts(cases: readonly CaseFigures[]): string {
  const groups = Map.groupBy(
    cases,
    ({ name, load }) => `${name === 'trivial' ? 'trivial' : 'other'}, ${describeLoad(load)}`,
  );
  const texts = [...groups].map(([name, group]) => {
    const distinct = [...new Set(group.map(({ figures: { rounds, runs } }) => `${rounds} × ${runs}`))];
    return `${distinct.join(' or ')} (${name})`;
  });
  const loads = cases.map(({ figures }) => figures.otherLoad);
  return (
    `Rounds × runs of each side: ${texts.join(', ')}. Other programs and kernel threads took ` +
    `${toPercent(Math.min(...loads))} to ${toPercent(Math.max(...loads))} of the machine.`
  );
}

/** Renders the distribution of time: by the service's own timings, and by processes. */
function describeSteps(cases: readonly CaseFigures[]): string[] {
  const paced = cases.find(({ name, load }) => name === 'trivial' && load === 'paced');
  const busy = cases.find(({ name, load }) => name === 'trivial' && load === 8);
  if (paced === undefined || busy === undefined) return [];
  const names = [...new Set(paced.steps.flatMap((one) => [...one.keys()]))];
  const medians = names.map((name) => {
    const values = paced.steps.map((one) => one.get(name) ?? 0);
    return `${name} ${median(values).toFixed(2)}`;
  });
  const whole = paced.figures.service.latency.median.toFixed(2);
  const { service, helpers, jails } = busy.cpu;
  return [
    `Steps of a trivial execution, paced, by \`Server-Timing\`, medians in ms: ${medians.join(', ')}; seen by the client ${whole}. ` +
      `CPU time of one with ${describeLoad(busy.load)}, in ms: the service ${service.toFixed(1)}, its helpers ${helpers.toFixed(1)}, ` +
      `the jail ${jails.toFixed(1)}.`,
  ];
}

/** Beyond this share of others the figures say more of them than of us. */
const NOISY = 0.1;

function warnOfNoise(cases: readonly CaseFigures[]): string[] {
  if (cases.every(({ figures }) => figures.otherLoad < NOISY)) return [];
  return [
    'The machine was busy with other things: milliseconds and rates are too bad, and the ratio of throughputs too, since a ' +
      'scheduler that shares fairly gives most to whoever runs most processes. CPU per execution still holds.',
  ];
}

const works: Record<RuntimeCase['work'], string> = {
  source: '',
  compiled: ', compiled and run',
  kept: ', compiled before',
};

function describeRuntimes(cases: readonly RuntimeCase[]): string {
  const rows = cases.map(({ runtime, version, work, figures: { service, bare, ratios }, memoryPeak }) => [
    `${runtime} ${version}${works[work]}`,
    formatLatency(service.latency),
    formatLatency(bare.latency),
    formatRatio(ratios.median),
    (memoryPeak / 1024 ** 2).toFixed(1),
  ]);
  return [
    "A program that says hello, paced, in a service with warm jails, against the host's own toolchain without a jail: latency in ms, median / p95 / p99, and the peak of the jail's memory.",
    formatTable([
      ['', '`POST /execute`', 'bare toolchain', 'ratio of medians (rounds)', 'memory, MiB'],
      ...rows,
    ]),
    `Other programs and kernel threads took up to ${toPercent(Math.max(0, ...cases.map(({ figures }) => figures.otherLoad)))} of the machine.`,
  ].join('\n\n');
}

function describeOverload({ accepted, refusals, live, ...overload }: Overload): string {
  const [ours, lives] = [toLatency(accepted), toLatency(live.latencies)];
  const refused = [...refusals].map(([category, times]) => `${times} \`${category}\``).join(', ');
  return [
    formatTable([
      ['', ''],
      ['executions per second that it can do', overload.capacityRate.toFixed(0)],
      [`requests per second, for ${overload.seconds} s`, overload.offeredRate.toFixed(0)],
      ['executed per second', overload.acceptedRate.toFixed(0)],
      ['refused', refused === '' ? 'none' : refused],
      ['latency of one client alone, median', `${formatMs(overload.unloadedMs)} ms`],
      ['latency of those executed, median / p95 / p99', `${formatLatency(ours)} ms`],
      ['longest wait allowed', `${formatMs(overload.waitMs)} ms`],
      ['`GET /live`, median / p99 / max', `${formatTail(lives)} ms`],
      ['`GET /live`, asked and not answered', String(live.failures.length)],
    ]),
    `Whoever asked \`/live\`, in a process of its own, was late by up to ${formatMs(live.lateMs)} ms itself.`,
  ].join('\n\n');
}

function describeNeighbours(neighbours: readonly Neighbours[]): string {
  const rows = neighbours.map(({ large, largeLatencies, execute, live }) => [
    large ?? 'nothing',
    formatTail(toLatency(execute.latencies)),
    formatTail(toLatency(live.latencies)),
    String(execute.failures.length + live.failures.length),
    large === undefined ? '' : `${largeLatencies.length}, median ${formatMs(median(largeLatencies))} ms`,
  ]);
  return [
    'One client sends large requests one after the other, others ask at a fixed pace; ms, median / p99 / max:',
    formatTable([
      ['beside', 'trivial `POST /execute`', '`GET /live`', 'not answered', 'large ones'],
      ...rows,
    ]),
  ].join('\n\n');
}

export const toTotal = ({ service, jails }: RestingMemory): number => service + jails;

function describeResting({ warmJails, executions, atStart, afterwards, preloaded }: Resting): string {
  const row = (name: string, memory: RestingMemory, jails = warmJails): string[] => [
    name,
    String(jails),
    memory.service.toFixed(0),
    memory.jails.toFixed(0),
    (memory.jails / jails).toFixed(1),
    toTotal(memory).toFixed(0),
  ];
  return [
    'With a full pool, proportional set size in MiB:',
    formatTable([
      ['', 'jails that wait', 'service', 'jails', 'each jail', 'together'],
      row('after the start', atStart),
      row(`after ${executions} executions with 8 clients`, afterwards),
      ...(preloaded === undefined
        ? []
        : [row('after the start, packages imported ahead', preloaded.atStart, preloaded.warmJails)]),
    ]),
  ].join('\n\n');
}
