import type { Ending, Evidence, Stop, Usage } from '../../core/evidence.ts';
import type { HarnessReport } from '../../core/harness-report.ts';
import { floodThreshold } from '../../core/limits.ts';
import { JailFailure, type Job, type RunOptions } from '../sandbox.ts';
import { blameHost } from './blame-host.ts';
import { createCapture } from './capture.ts';
import type { LeafUsage } from './cgroup/cgroup.ts';
import { createFileCollector } from './file-collector.ts';
import type { JailParts } from './jail-parts.ts';
import { CLOCK_WAS_SET, readNsjailLog } from './nsjail-log.ts';
import { createOutputFlow } from './output-flow.ts';
import { sendJob } from './protocol.ts';
import { checkReport, malformed, type ReportFrame, type ReportWatch } from './report-watch.ts';
import { atLeaf, watchLeaf } from './watch-leaf.ts';

export interface Started {
  readonly parts: JailParts;
  readonly watch: ReportWatch;
  readonly sinks: Record<'stdout' | 'stderr', (chunk: Buffer) => void>;
}

/**
 * Gives a ready jail its job and watches over it to its end.
 * @throws JailFailure where no evidence of the end is to be had, and what `signal` or a listener gave as the reason to stop.
 */
export async function runJob(
  { parts, watch, sinks }: Started,
  job: Job,
  { signal, onOutput }: RunOptions,
): Promise<Evidence> {
  const { process: child, leaf, limits } = parts;
  signal?.throwIfAborted();
  let stop: Stop | undefined;
  let said: ReportFrame | undefined;
  let reportedAt: number | undefined;
  let failure: { error: unknown } | undefined;
  const reported = Promise.withResolvers<void>();
  const wanted = job.return_files ?? [];
  const timers: NodeJS.Timeout[] = [];
  let isOver = false;
  const flow = createOutputFlow(onOutput, (error) => {
    // A listener may be late with the last of it; what it says then changes nothing.
    if (isOver) return;
    failure ??= { error };
    kill();
  });
  const kill = (): void => {
    child.kill();
    leaf?.kill();
    flow.drain();
  };
  // The first thing that ends an execution is the one that counts.
  watch.onStop = (reason) => {
    // Past the report, a limit or a breach ends what is left: the files that are not out yet stay behind.
    watch.collector?.abandon();
    if (stop !== undefined || said !== undefined) return;
    stop = reason;
    kill();
  };
  watch.onReport = (report) => {
    if (stop !== undefined || said !== undefined) return;
    said = report;
    reportedAt = performance.now();
    const hasFigures = watch.figures === 'announced';
    if (wanted.length > 0 || hasFigures)
      watch.collector = createFileCollector(wanted, hasFigures, parts.caps);
    // A reader that was waited for may have left much in the pipes: they are read to their end, which comes with the jail's.
    if (flow.wasHeld && watch.collector === undefined) return kill();
    flow.drain();
    // What the script wrote before its report lies in the pipes already.
    void Promise.all([child.stdout.catchUp(), child.stderr.catchUp()]).then(() => reported.resolve());
  };
  watch.figures = job.figures === undefined ? 'refused' : 'none';
  watch.productBytes = job.program?.product?.mostBytes;
  const captures = { stdout: createCapture(limits.output_bytes), stderr: createCapture(limits.output_bytes) };
  const threshold = floodThreshold(limits.output_bytes);
  for (const stream of ['stdout', 'stderr'] as const) {
    sinks[stream] = (chunk) => {
      captures[stream].push(chunk);
      flow.pass(stream, child[stream], chunk);
      if (captures[stream].bytes > threshold) watch.onStop({ reason: 'flood', stream });
    };
  }
  const cpuBefore = leaf === undefined ? 0 : atLeaf(() => leaf.readCpuMs());
  const start = performance.now();
  timers.push(setTimeout(() => watch.onStop({ reason: 'deadline' }), limits.timeout * 1000));
  const onBlind = (error: JailFailure): void => {
    // The verdict stands where a report came first; what is left of the jail is not looked at any more.
    watch.collector?.abandon();
    if (stop !== undefined || said !== undefined) return;
    failure ??= { error };
    kill();
  };
  const { onStop } = watch;
  if (leaf !== undefined) timers.push(watchLeaf(leaf, { limits, cpuBefore, onStop, onBlind }));
  signal?.addEventListener('abort', kill, { once: true });
  // A jail that ended by itself is seen as closed only once its streams are read to their end.
  void child.ended.then(flow.drain);
  void sendJob(child.request, job, parts.caps);

  await Promise.race([reported.promise, child.closed]);
  const durationMs = (reportedAt ?? performance.now()) - start;
  const { wasHeld } = flow;
  // What comes now was written after the end: by threads, exit handlers or children that outlived it for a moment.
  const closeOutput = (): void => {
    isOver = true;
    sinks.stdout = sinks.stderr = () => undefined;
  };
  if (!wasHeld) closeOutput();
  let counted: LeafUsage | undefined;
  try {
    counted = leaf && atLeaf(() => leaf.readUsage());
  } catch (error) {
    failure ??= { error };
    kill();
  }
  const usage = toUsage(counted, cpuBefore, durationMs);
  // Bringing files out is bounded by the same deadline and the same signal, but the verdict stands.
  if (watch.collector !== undefined) {
    await Promise.race([watch.collector.ended, child.closed]);
    if (wasHeld) {
      kill();
      await child.closed;
    }
  }
  closeOutput();
  for (const timer of timers) clearTimeout(timer);
  signal?.removeEventListener('abort', kill);
  if (signal?.aborted === true) throw signal.reason;
  if (failure !== undefined) throw failure.error;
  const report = said === undefined ? undefined : await checkReport(said);
  if (said !== undefined && report === undefined) {
    stop = malformed('result');
    kill();
    await child.closed;
  }
  const log = report === undefined ? readNsjailLog(await child.closed) : undefined;
  if (log?.isOverTime === true && stop === undefined) throw new JailFailure(CLOCK_WAS_SET);
  const ending = report === undefined ? (log?.ending ?? inferEnding(stop, usage)) : announceEnding(report);
  const blame = leaf && blameHost({ stop, report, ending, usage: counted });
  if (blame !== undefined) throw new JailFailure(blame);
  return {
    mode: job.mode,
    limits,
    stop,
    ending,
    report,
    stdout: captures.stdout.finish(),
    stderr: captures.stderr.finish(),
    usage,
    enforcement: parts.enforcement,
    collected: watch.collector?.finish(),
    product: said?.kind === 'product' ? said.bytes : undefined,
  };
}

function toUsage(usage: LeafUsage | undefined, cpuBefore: number, durationMs: number): Usage {
  return {
    durationMs,
    cpuMs: Math.max(0, (usage?.cpuMs ?? 0) - cpuBefore),
    memoryPeakBytes: usage?.memoryPeakBytes ?? 0,
    oomKills: usage?.oomKills ?? 0,
    processRefusals: usage?.processRefusals ?? 0,
  };
}

/**
 * With its report an execution is over. What threads, exit handlers or children do to the process in the moment that is
 * left to it is not looked at any more: it could only change a verdict that the script has brought about already.
 */
function announceEnding(report: HarnessReport): Ending {
  if (report.kind === 'result') return { kind: 'exit', code: 0 };
  if (report.kind === 'signalled') return { kind: 'signal', signal: report.signal, name: '' };
  return { kind: 'exit', code: report.kind === 'exited' ? report.code & 0xff : 1 };
}

/** nsjail itself was killed before it could say how the script ended: by us, or by the kernel for memory. */
function inferEnding(stop: Stop | undefined, usage: Usage): Ending {
  if (stop !== undefined || usage.oomKills > 0) return { kind: 'signal', signal: 9, name: 'SIGKILL' };
  throw new JailFailure('nsjail ended without saying how the script did.');
}
