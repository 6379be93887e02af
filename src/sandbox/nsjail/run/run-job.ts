import type { Evidence, Stop } from '../../../core/contract/evidence.ts';
import { floodThreshold } from '../../../core/contract/limits.ts';
import type { NetworkGrant } from '../../../core/contract/network/grant.ts';
import { displayCaps, type Display } from '../../../core/contract/sessions/display.ts';
import { OWN_HOSTS, type OpenDoors } from '../../doors.ts';
import { CERTIFICATES_PATH } from '../../jail-paths.ts';
import { JailFailure, type Job, type RunOptions } from '../../sandbox.ts';
import type { JailParts } from '../jail-parts.ts';
import { sendJob } from '../protocol/encode-job.ts';
import { createCapture } from './capture.ts';
import { conclude } from './conclude.ts';
import type { JailLife } from './live.ts';
import { createOutputFlow } from './output-flow.ts';
import { createPerformer } from './perform.ts';
import { createPress, type Interrupter, type Press } from './press.ts';
import type { Cause, Expected } from './state.ts';
import { watchLeaf } from './watch-leaf.ts';

/** A job of a session, whose jail stays. */
export interface SessionRun {
  /** Doors of the session, for its first job: what the jail is told of them. */
  readonly doors: OpenDoors | undefined;
  readonly isFirst: boolean;
  readonly onDisplay: (display: Display) => void;
  readonly interrupter: Interrupter;
}

/**
 * Sends a job to a ready jail and follows it to its end. Timers and listeners end with the execution.
 * @throws JailFailure when there is no evidence of the end; the reason of `signal` or the error of a listener.
 */
export async function runJob(
  parts: JailParts,
  life: JailLife,
  job: Job,
  options: RunOptions,
): Promise<Evidence> {
  requireReady(life, options.signal);
  const doors = job.network === undefined ? undefined : await openDoors(parts, job.network);
  using owned = new DisposableStack();
  owned.defer(() => doors?.shut());
  requireReady(life, options.signal);
  const evidence = await followJob(parts, life, job, { ...options, doors, session: undefined });
  return { ...evidence, network: await doors?.report() };
}

export interface FollowOptions extends RunOptions {
  /** Doors that are for this job alone. */
  readonly doors: OpenDoors | undefined;
  readonly session: SessionRun | undefined;
}

/** The same for a jail whose doors are open. */
export async function followJob(
  parts: JailParts,
  life: JailLife,
  job: Job,
  { signal, onOutput, doors, session }: FollowOptions,
): Promise<Evidence> {
  using owned = new DisposableStack();
  const { process: child, limits } = parts;
  const { dispatch } = life;
  const own = (timer: NodeJS.Timeout): void => owned.defer(() => clearTimeout(timer));
  const stopNow = (stop: Stop): void => dispatch({ type: 'stop', stop });
  const press = session && createPress({ interrupt: session.interrupter.interrupt, stop: stopNow, own });
  const withdraw = (error: unknown): void =>
    press === undefined ? dispatch({ type: 'withdrawn', error }) : press.withdraw(error);
  const captures = { stdout: createCapture(limits.output_bytes), stderr: createCapture(limits.output_bytes) };
  const flow = createOutputFlow(onOutput, { onHeld: () => dispatch({ type: 'held' }), onFailure: withdraw });
  const follower = session && {
    onDisplay: session.onDisplay,
    onBegun: session.interrupter.begin,
    bytesRead: () => captures.stdout.bytes + captures.stderr.bytes,
  };
  const { over, perform, measured, collector } = createPerformer(parts, life, job, {
    flow,
    session: follower,
  });

  const onBlind = (error: JailFailure): void => dispatch({ type: 'failure', error });
  void doors?.lost.then(onBlind);
  watchLimits(parts, { cpuBefore: measured().cpuBefore, press, stopNow, onBlind, owned });
  const onAbort = (): void => withdraw(signal?.reason);
  signal?.addEventListener('abort', onAbort);
  owned.defer(() => signal?.removeEventListener('abort', onAbort));

  life.setPerformer((effect) => {
    // Measured is what the script did up to its end; what it left running reaches nobody.
    if (effect.type === 'measure') doors?.shut();
    perform(effect);
  });
  const flood = floodThreshold(limits.output_bytes);
  life.setSink((stream, chunk) => {
    captures[stream].push(chunk);
    flow.pass(stream, child[stream], chunk);
    if (press !== undefined && captures[stream].bytes > flood) press.press({ reason: 'flood', stream });
    dispatch({ type: 'output', stream, bytes: captures[stream].bytes });
  });
  dispatch({ type: 'job', expected: expectOf(job, parts, session === undefined ? flood : Infinity) });
  // Reads with this job what came since the last one of a session.
  if (session !== undefined) life.resume();
  // A jail that ended by itself counts as closed only after its streams were read to their end.
  void child.ended.then(flow.drain);
  send(parts, life, job, doors ?? session?.doors, session);
  await over;

  const withdrawal = press?.withdrawal();
  if (withdrawal !== undefined) throw withdrawal.error;
  const state = life.state();
  const proven = conclude(state, measured());
  return {
    mode: job.entry.kind,
    limits,
    ...toPressed(proven, press),
    stdout: captures.stdout.finish(),
    stderr: captures.stderr.finish(),
    enforcement: parts.enforcement,
    isolation: parts.isolation,
    network: undefined,
    collected: collector()?.finish(),
    product: toProduct(state.cause),
  };
}

interface Watched {
  readonly cpuBefore: number;
  readonly press: Press | undefined;
  readonly stopNow: (stop: Stop) => void;
  readonly onBlind: (error: JailFailure) => void;
  readonly owned: DisposableStack;
}

/** Watches the limits that the service itself enforces. */
function watchLimits(
  { leaf, limits }: JailParts,
  { cpuBefore, press, stopNow, onBlind, owned }: Watched,
): void {
  const onStop = (stop: Stop): void =>
    press === undefined || stop.reason === 'socket_memory' ? stopNow(stop) : press.press(stop);
  const timer = setTimeout(() => onStop({ reason: 'deadline' }), limits.timeout * 1000);
  owned.defer(() => clearTimeout(timer));
  if (leaf === undefined) return;
  const watch = watchLeaf(leaf, { limits, cpuBefore, onStop, onBlind });
  owned.defer(() => clearTimeout(watch));
}

function send(
  parts: JailParts,
  life: JailLife,
  job: Job,
  doors: OpenDoors | undefined,
  session: SessionRun | undefined,
): void {
  const isFirst = session?.isFirst ?? true;
  void sendJob(parts.process.request, doors === undefined || !isFirst ? job : withDoors(job, doors, parts), {
    caps: parts.caps,
    secret: life.token(),
    hosts: isFirst ? (doors?.hosts ?? (parts.doorkeeper && OWN_HOSTS)) : undefined,
    isKept: session !== undefined,
  });
}

/** Drops the report of a script that was interrupted: the limit explains its end. */
const toPressed = <T extends Pick<Evidence, 'stop' | 'report'>>(proven: T, press: Press | undefined): T => {
  const reason = press?.reason();
  return reason === undefined || proven.stop !== undefined
    ? proven
    : { ...proven, stop: reason, report: undefined };
};

export function requireReady(life: JailLife, signal: AbortSignal | undefined): void {
  signal?.throwIfAborted();
  if (life.state().phase !== 'ready') throw new JailFailure('The jail ended before it had a job.');
}

/** Opens the doors of a job before its script is read. @throws JailFailure */
export async function openDoors(
  { process: child, doorkeeper }: JailParts,
  grant: NetworkGrant,
): Promise<OpenDoors> {
  if (doorkeeper === undefined) throw new JailFailure('Scripts have no network here.');
  return await doorkeeper.open(await child.identify(), grant);
}

/** Tells the programs of a job how they reach the network; its own variables override that. */
const withDoors = (job: Job, { env }: OpenDoors, { hasCertificates }: JailParts): Job => ({
  ...job,
  env: { ...env, ...(hasCertificates ? { SSL_CERT_FILE: CERTIFICATES_PATH } : {}), ...job.env },
});

const expectOf = (
  { returnFiles, figures, program, session }: Job,
  { caps }: JailParts,
  floodBytes: number,
): Expected => ({
  files: returnFiles.length > 0,
  figures: figures !== undefined,
  productBytes: program?.product?.mostBytes,
  launches: program !== undefined,
  displays: session?.mode === 'cell' ? displayCaps.count + 1 : 0,
  displayBytes: caps.resultBytes + displayCaps.count * displayCaps.headBytes,
  stays: session !== undefined,
  floodBytes,
});

const toProduct = (cause: Cause | undefined): Uint8Array | undefined =>
  cause?.by === 'report' && cause.frame.kind === 'product' ? cause.frame.bytes : undefined;
