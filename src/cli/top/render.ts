import { quantileOf, ratesBy, samplesOf, sumBy, sumOf, type Reading } from './compare.ts';

const MIB = 1024 * 1024;

/** Renders what a service did between two readings, for people: one subject per line. */
export function renderTop(before: Reading, now: Reading): string {
  const pair = [before, now] as const;
  const version = samplesOf(now, 'brig_build_info')[0]?.labels['version'] ?? '?';
  const state = sumOf(now, 'brig_ready') === 1 ? 'ready' : 'NOT READY';
  return [
    [`Brig ${version}`, state],
    ['executions', writeLoad(pair)],
    ['took', writeQuantiles(pair, 'brig_execution_duration_seconds')],
    ['verdicts', writeRates(pair, 'brig_executions_total', 'verdict')],
    ['runtimes', writeRates(pair, 'brig_executions_total', 'runtime')],
    ['steps p95', writeSteps(pair)],
    ['jails', writeJails(now)],
    ['answers', writeRates(pair, 'brig_http_requests_total', 'status')],
    ['refusals', writeRates(pair, 'brig_refusals_total', 'category')],
    ['not let in', writeRates(pair, 'brig_denials_total', 'reason')],
    ['faults', writeFaults(now)],
    ['service', writeProcess(pair)],
  ]
    .map(([name = '', text = '']) => `${name.padEnd(12)}${text}`)
    .join('\n');
}

type Pair = readonly [Reading, Reading];

const rate = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)}/s`;

function time(seconds: number | undefined): string {
  if (seconds === undefined) return '-';
  return seconds < 1 ? `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms` : `${seconds.toFixed(1)} s`;
}

function writeLoad([before, now]: Pair): string {
  const total = ratesBy(before, now, 'brig_executions_total', '').reduce((sum, [, value]) => sum + value, 0);
  const count = (name: string): number => sumOf(now, name) ?? 0;
  const running = `running ${count('brig_executions_running')} of ${count('brig_executions_capacity')}`;
  return `${rate(total)}   ${running}   waiting ${count('brig_queue_waiting')} of ${count('brig_queue_room')}`;
}

const writeQuantiles = (pair: Pair, name: string): string =>
  [0.5, 0.95, 0.99].map((q) => `p${q * 100} ${time(quantileOf(pair, name, q))}`).join('   ');

const writeRates = ([before, now]: Pair, name: string, label: string): string =>
  ratesBy(before, now, name, label)
    .map(([key, value]) => `${key} ${rate(value)}`)
    .join('   ') || '-';

function writeSteps(pair: Pair): string {
  const steps = [...sumBy(pair[1], 'brig_step_duration_seconds_count', 'step').keys()];
  const told = steps.map((step) => {
    const quantile = quantileOf(
      pair,
      'brig_step_duration_seconds',
      0.95,
      ({ labels }) => labels['step'] === step,
    );
    return `${step} ${time(quantile)}`;
  });
  return told.join('   ') || '-';
}

function writeJails(now: Reading): string {
  const counts = samplesOf(now, 'brig_jails').filter(({ value }) => value > 0);
  const out = samplesOf(now, 'brig_jails_ready').filter(({ value }) => value === 0);
  return (
    [
      ...counts.map(({ labels, value }) => `${labels['kind'] ?? '?'} ${value} ${labels['state'] ?? '?'}`),
      ...out.map(({ labels }) => `${labels['kind'] ?? '?'} OUT OF SERVICE`),
    ].join('   ') || '-'
  );
}

function writeFaults(now: Reading): string {
  const [machine, own] = [
    sumOf(now, 'brig_jail_failures_total') ?? 0,
    sumOf(now, 'brig_incidents_total') ?? 0,
  ];
  return `of the machine ${machine}   of Brig ${own}   since the start`;
}

function writeProcess([before, now]: Pair): string {
  const [cpu = 0] = ratesBy(before, now, 'process_cpu_seconds_total', '').map(([, value]) => value);
  const memory = (sumOf(now, 'process_resident_memory_bytes') ?? 0) / MIB;
  const loop = time(sumOf(now, 'nodejs_eventloop_lag_p99_seconds'));
  return `cpu ${(cpu * 100).toFixed(0)} %   memory ${memory.toFixed(0)} MiB   event loop p99 ${loop}   files ${sumOf(now, 'process_open_fds') ?? 0}`;
}
