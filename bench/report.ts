import type { Comparison, Round } from './compare.ts';
import type { Steps } from './execute-client.ts';
import type { RestingMemory } from './memory.ts';
import { formatSpread, median, quantile, sum } from './statistics.ts';

export interface Measurements {
  readonly machine: string;
  readonly program: string;
  readonly latency: Comparison;
  readonly throughput: Comparison;
  readonly clients: number;
  readonly steps: readonly Steps[];
  /** Before the first request and after the last. */
  readonly memory: { readonly atStart: RestingMemory; readonly afterwards: RestingMemory };
}

const latenciesOf = (rounds: readonly Round[]): number[] => rounds.flatMap(({ latencies }) => latencies);
const ratePerSecond = ({ latencies, wallMs }: Round): number => (latencies.length * 1000) / wallMs;
const medianRate = (rounds: readonly Round[]): number => median(rounds.map(ratePerSecond));
const cpuPerRun = (rounds: readonly Round[]): number =>
  sum(rounds.map(({ cpuMs }) => cpuMs)) / latenciesOf(rounds).length;

/** The two sides' figure in each round, divided. */
function ratios({ rounds }: Comparison, figure: (round: Round) => number): number[] {
  return rounds.service.flatMap((round, index) => {
    const other = rounds.bare[index];
    return other === undefined ? [] : [figure(round) / figure(other)];
  });
}

/** The figures as Markdown, good to read in a terminal too. */
export function formatReport(measurements: Measurements): string {
  const { machine, program, latency, throughput, clients, memory } = measurements;
  const [one] = latency.rounds.service;
  const [many] = throughput.rounds.service;
  return [
    `Measured on ${machine}; service: \`node ${program} serve\`.`,
    '',
    '| | `POST /execute` | bare spawn | ratio | rounds apart |',
    '|---|---|---|---|---|',
    ...latencyRows(latency),
    throughputRow(throughput, clients),
    cpuRow('CPU per execution, 1 client', latency),
    cpuRow(`CPU per execution, ${clients} clients`, throughput),
    `| memory of the service at rest | ${describeMemory(memory.atStart)} | | | after the run ${describeMemory(memory.afterwards)} |`,
    '',
    `${latency.rounds.service.length} rounds of ${one?.latencies.length ?? 0} with 1 client, ${throughput.rounds.service.length} of ${many?.latencies.length ?? 0} with ${clients}; ` +
      `other programs and kernel threads took ${toPercent(latency.otherLoad)} and ${toPercent(throughput.otherLoad)} of the machine.`,
    '',
    describeSteps(measurements),
    ...warnOfNoise(measurements),
  ].join('\n');
}

function latencyRows(latency: Comparison): string[] {
  const service = latenciesOf(latency.rounds.service);
  const bare = latenciesOf(latency.rounds.bare);
  const perRound = formatSpread(
    ratios(latency, (round) => median(round.latencies)),
    2,
  );
  const row = (name: string, share: number, apart: string): string => {
    const [ours, theirs] = [quantile(service, share), quantile(bare, share)];
    return `| latency, 1 client, ${name} | ${ours.toFixed(1)} ms | ${theirs.toFixed(1)} ms | ${(ours / theirs).toFixed(2)} | ${apart} |`;
  };
  return [row('median', 0.5, perRound), row('p95', 0.95, ''), row('p99', 0.99, '')];
}

function throughputRow(throughput: Comparison, clients: number): string {
  const [ours, theirs] = [medianRate(throughput.rounds.service), medianRate(throughput.rounds.bare)];
  const apart = formatSpread(ratios(throughput, ratePerSecond), 2);
  return `| throughput, ${clients} clients | ${ours.toFixed(1)} /s | ${theirs.toFixed(1)} /s | ${(ours / theirs).toFixed(2)} | ${apart} |`;
}

function cpuRow(name: string, comparison: Comparison): string {
  const [ours, theirs] = [cpuPerRun(comparison.rounds.service), cpuPerRun(comparison.rounds.bare)];
  const apart = formatSpread(
    ratios(comparison, ({ cpuMs, latencies }) => cpuMs / latencies.length),
    2,
  );
  return `| ${name} | ${ours.toFixed(1)} ms | ${theirs.toFixed(1)} ms | ${(ours / theirs).toFixed(2)} | ${apart} |`;
}

const describeMemory = ({ service, jails }: RestingMemory): string =>
  `${service.toFixed(0)} MiB${jails >= 1 ? `, its waiting jails ${jails.toFixed(0)} MiB` : ''}`;

const toPercent = (share: number): string => `${(share * 100).toFixed(0)} %`;

/** Beyond this share of others the figures say more of them than of us. */
const NOISY = 0.1;

function warnOfNoise({ latency, throughput }: Measurements): string[] {
  if (Math.max(latency.otherLoad, throughput.otherLoad) < NOISY) return [];
  return [
    '',
    'The machine was busy with other things: milliseconds and rates are too bad, and the ratio of throughputs too, since a ' +
      'scheduler that shares fairly gives most to whoever runs most processes. CPU per execution still holds.',
  ];
}

/** Where the service's own part of the latency goes, as it says itself. */
function describeSteps({ steps, latency }: Measurements): string {
  const names = [...new Set(steps.flatMap((one) => [...one.keys()]))];
  const medians = names.map((name) => {
    const values = steps.map((one) => one.get(name) ?? 0);
    return `${name} ${median(values).toFixed(2)}`;
  });
  const whole = median(latenciesOf(latency.rounds.service)).toFixed(2);
  return `Steps of one execution by \`Server-Timing\`, medians in ms with 1 client: ${medians.join(', ')}; seen by the client ${whole}.`;
}

const verdict = (reached: boolean): string => (reached ? 'reached' : 'MISSED');

/** What was aimed for, and whether it was reached; for the terminal. */
export function formatTargets({ latency, throughput }: Measurements): string {
  const slow = median(latenciesOf(latency.rounds.service)) / median(latenciesOf(latency.rounds.bare));
  const fast = medianRate(throughput.rounds.service) / medianRate(throughput.rounds.bare);
  return [
    `Latency, ratio of medians: ${slow.toFixed(2)}, target at most 1.50: ${verdict(slow <= 1.5)}`,
    `Throughput, ratio:         ${fast.toFixed(2)}, target at least 0.70: ${verdict(fast >= 0.7)}`,
  ].join('\n');
}
