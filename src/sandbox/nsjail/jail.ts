import type { Ending, Evidence, Stop, Usage } from '../../core/evidence.ts';
import { setImmediate as pause } from 'node:timers/promises';
import { parseErrorReport, type HarnessReport } from '../../core/harness-report.ts';
import { floodThreshold, type Limits } from '../../core/limits.ts';
import { checkJsonText, type Enforcement } from '../../core/outcome.ts';
import { JailFailure, type Jail, type Job, type RunOptions } from '../sandbox.ts';
import { createCapture, type Capture } from './capture.ts';
import type { Leaf } from './cgroup/cgroup.ts';
import { createFileCollector, type FileCollector } from './file-collector.ts';
import { readNsjailLog } from './nsjail-log.ts';
import { createOutputFlow } from './output-flow.ts';
import type { JailProcess } from './starter.ts';
import { createFrameReader, sendJob, type HarnessFrame, type ReturnCaps } from './protocol.ts';

export interface JailParts {
  readonly process: JailProcess;
  readonly leaf: Leaf | undefined;
  readonly limits: Limits;
  readonly caps: ReturnCaps;
  readonly enforcement: Enforcement;
  /** Processes of the jail's own that stay beside the script's: its limit does not count them. */
  readonly ownProcesses: number;
  /** Called when nothing of the jail is left. */
  readonly release: () => Promise<void>;
}

/** An interpreter that has not said it is ready by then is not going to: seconds even on a starved host. */
const START_MS = 20_000;
/** How often CPU time is compared with its limit; the limit can be passed by this much. */
const CPU_WATCH_MS = 50;
/** Before the script starts nothing of it can be on these streams: what is there explains a failed start. */
const START_OUTPUT_BYTES = 4096;

/** In nsjail's words, where the host keeps namespaces or mounts from it. */
const EPERM = 'Operation not permitted';
const UNLOCK =
  'Let the service make namespaces: in a container with the options of docs/deployment.md, on Ubuntu with kernel.apparmor_restrict_unprivileged_userns=0.';
const DIAGNOSE = 'Run `brig doctor` on the host.';

/**
 * Takes over a process that was just started and waits until its interpreter is ready.
 * @throws JailFailure, after everything is cleaned up, where it does not get there.
 */
export async function openJail(parts: JailParts, signal: AbortSignal | undefined): Promise<Jail> {
  const { process: child } = parts;
  const watch = watchReports(parts);
  const started = Promise.withResolvers<'ready' | 'ended' | 'late' | 'aborted'>();
  watch.onReady = () => started.resolve('ready');
  const output = { stdout: createCapture(START_OUTPUT_BYTES), stderr: createCapture(START_OUTPUT_BYTES) };
  const sinks = {
    stdout: (chunk: Buffer) => output.stdout.push(chunk),
    stderr: (chunk: Buffer) => output.stderr.push(chunk),
  };
  child.stdout.onChunk = (chunk) => sinks.stdout(chunk);
  child.stderr.onChunk = (chunk) => sinks.stderr(chunk);
  void child.closed.then(() => started.resolve('ended'));
  const timer = setTimeout(() => started.resolve('late'), START_MS);
  const onAbort = (): void => started.resolve('aborted');
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) onAbort();

  const how = await started.promise;
  clearTimeout(timer);
  signal?.removeEventListener('abort', onAbort);
  let disposal: Promise<void> | undefined;
  const dispose = (): Promise<void> => (disposal ??= tearDown(parts, how === 'ready'));
  if (how === 'ready') {
    let { limits } = parts;
    return {
      gone: child.closed.then(() => undefined),
      setLimits: (changed) => {
        if (holdsOtherwise(limits, changed)) parts.leaf?.setLimits(forLeaf(changed, parts.ownProcesses));
        limits = changed;
      },
      run: (job, options = {}) => runJob({ parts: { ...parts, limits }, watch, sinks }, job, options),
      [Symbol.asyncDispose]: dispose,
    };
  }
  await dispose();
  if (how === 'aborted') throw signal?.reason;
  throw failedStart(how, await child.closed, output.stderr.finish().text);
}

/** What a leaf has to allow, so that a script has what its limits say. */
export const forLeaf = (limits: Limits, ownProcesses: number): Limits => ({
  ...limits,
  processes: limits.processes + ownProcesses,
});

/** Most requests want what a waiting jail has already: five writes to cgroupfs are saved. */
function holdsOtherwise(now: Limits, then: Limits): boolean {
  return now.memory_mb !== then.memory_mb || now.processes !== then.processes || now.cpus !== then.cpus;
}

/** A jail that was ready once has entered its leaf with all its processes: whoever ends those has no need to ask the starter. */
async function tearDown({ process: child, leaf, release }: JailParts, wasReady: boolean): Promise<void> {
  if (!wasReady || leaf === undefined) child.kill();
  leaf?.kill();
  await child.closed;
  try {
    await leaf?.remove();
  } finally {
    await release();
  }
}

function failedStart(how: 'ended' | 'late', log: string, stderr: string): JailFailure {
  const reasons = [...readNsjailLog(log).complaints, ...stderr.trim().split('\n')].filter(
    (line) => line !== '',
  );
  const message =
    how === 'late'
      ? `No interpreter was ready within ${START_MS / 1000} s.`
      : 'The jail could not be started.';
  const detail = reasons.join('; ');
  return new JailFailure(message, { remedy: detail.includes(EPERM) ? UNLOCK : DIAGNOSE, detail });
}

/** A result's text is looked at after its execution: ten megabytes take a while, and the event loop has others to serve. */
type ReportFrame =
  | { kind: 'unchecked'; text: string }
  | { kind: 'product'; bytes: Uint8Array }
  | Exclude<HarnessReport, { kind: 'result' }>;

/** What the harness has said so far; at most one report counts. */
interface ReportWatch {
  /** Most bytes of the file that the job's program makes; undefined where it makes none. */
  productBytes: number | undefined;
  onReady: () => void;
  /** A report, or a stop for what came in place of one. */
  onReport: (report: ReportFrame) => void;
  onStop: (stop: Stop) => void;
  /** Where the files of the working directory go, once there is a report; they follow it. */
  collector: FileCollector | undefined;
}

function watchReports({ process: child, caps }: JailParts): ReportWatch {
  const watch: ReportWatch = {
    productBytes: undefined,
    onReady: () => undefined,
    onReport: () => undefined,
    onStop: () => undefined,
    collector: undefined,
  };
  let ready = false;
  const onFrame = ({ tag, payload }: HarnessFrame): void => {
    if (tag === 'ready') {
      if (ready) watch.onStop({ reason: 'protocol', detail: 'a second greeting' });
      ready = true;
      watch.onReady();
      return;
    }
    if (tag === 'file' || tag === 'data' || tag === 'files_end') {
      if (watch.collector === undefined)
        watch.onStop({ reason: 'protocol', detail: 'a file before the report' });
      else watch.collector.push(tag, payload);
      return;
    }
    if (watch.collector !== undefined) {
      // A second report is not even read: the first one counts.
      watch.collector.abandon();
      return;
    }
    if (tag === 'product') {
      watch.onReport({ kind: 'product', bytes: payload });
      return;
    }
    const text = payload.toString('utf8');
    const report: ReportFrame | undefined =
      tag === 'result' ? { kind: 'unchecked', text } : parseErrorReport(text);
    if (report === undefined) watch.onStop(malformed(tag));
    else watch.onReport(report);
  };
  const reader = createFrameReader(caps.resultBytes, {
    onFrame,
    productBytes: () => watch.productBytes,
    onBreach: (detail) => watch.onStop({ reason: 'protocol', detail }),
    onOversizedResult: () => watch.onStop({ reason: 'result_too_large' }),
  });
  child.report.on('data', (chunk: Buffer) => reader.push(chunk));
  return watch;
}

const malformed = (tag: string): Stop => ({
  reason: 'protocol',
  detail: `a ${tag} that is not JSON of the right shape`,
});

/** Takes a report for what it says it is, without holding up the event loop; undefined where it is not. */
async function checkReport(frame: ReportFrame): Promise<HarnessReport | undefined> {
  if (frame.kind === 'product') return checkReport({ kind: 'unchecked', text: 'null' });
  if (frame.kind !== 'unchecked') return frame;
  const steps = checkJsonText(frame.text);
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) await pause();
  return step.value === undefined ? undefined : { kind: 'result', json: step.value };
}

interface Started {
  readonly parts: JailParts;
  readonly watch: ReportWatch;
  readonly sinks: Record<'stdout' | 'stderr', (chunk: Buffer) => void>;
}

async function runJob(
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
    if (wanted.length > 0) watch.collector = createFileCollector(wanted, parts.caps);
    // A reader that was waited for may have left much in the pipes: they are read to their end, which comes with the jail's.
    if (flow.wasHeld && watch.collector === undefined) return kill();
    flow.drain();
    // What the script wrote before its report lies in the pipes already.
    void Promise.all([child.stdout.catchUp(), child.stderr.catchUp()]).then(() => reported.resolve());
  };
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
  const cpuBefore = leaf?.readCpuMs() ?? 0;
  const start = performance.now();
  timers.push(setTimeout(() => watch.onStop({ reason: 'deadline' }), limits.timeout * 1000));
  timers.push(...watchCpuTime(leaf, cpuBefore, limits, watch));
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
  const usage = readUsage(leaf, cpuBefore, durationMs);
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
  const ending =
    report === undefined
      ? (readNsjailLog(await child.closed).ending ?? inferEnding(stop, usage))
      : announceEnding(report);
  return {
    mode: job.mode,
    limits,
    stop,
    ending,
    report,
    stdout: finish(captures.stdout),
    stderr: finish(captures.stderr),
    usage,
    enforcement: parts.enforcement,
    collected: watch.collector?.finish(),
    product: said?.kind === 'product' ? said.bytes : undefined,
  };
}

const finish = (capture: Capture): Evidence['stdout'] => capture.finish();

/** CPU time below what the deadline allows anyway has to be watched; the cgroup counts all processes together. */
function watchCpuTime(
  leaf: Leaf | undefined,
  before: number,
  limits: Limits,
  watch: ReportWatch,
): NodeJS.Timeout[] {
  if (leaf === undefined || limits.cpu_time >= limits.timeout * limits.cpus) return [];
  const check = (): void => {
    if (leaf.readCpuMs() - before >= limits.cpu_time * 1000) watch.onStop({ reason: 'cpu_time' });
  };
  return [setInterval(check, CPU_WATCH_MS)];
}

function readUsage(leaf: Leaf | undefined, cpuBefore: number, durationMs: number): Usage {
  const usage = leaf?.readUsage();
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
