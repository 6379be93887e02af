import type { Limits } from '../../core/contract/limits.ts';
import { JailFailure, type Jail } from '../sandbox.ts';
import type { JailParts } from './jail-parts.ts';
import { OWN_PROCESSES } from './kinds.ts';
import { readNsjailLog } from './nsjail-log.ts';
import { otherProtocol } from './protocol/other-protocol.ts';
import { createCapture } from './run/capture.ts';
import { followJail, killJail } from './run/live.ts';
import { runJob } from './run/run-job.ts';
import { openSession } from './run/open-session.ts';
import type { Cause } from './run/state.ts';
import { atLeaf } from './cgroup/at-leaf.ts';

/** Longest start of an interpreter, in milliseconds; generous even for a starved host. */
const START_MS = 20_000;
/** Longer than the kernel takes to end the processes of a leaf, in milliseconds. */
const LEAF_KILL_MS = 2000;
/** Bytes kept of both streams before the script starts: such output explains a failed start. */
const START_OUTPUT_BYTES = 4096;

/** nsjail's message when the host denies it namespaces or mounts. */
const EPERM = 'Operation not permitted';
/** Returns what mends a start that failed with these words. */
export const remedyOf = (detail: string): string => (detail.includes(EPERM) ? UNLOCK : DIAGNOSE);
const UNLOCK =
  'Let the service make namespaces: in a container with the options of docs/deployment.md, on Ubuntu with kernel.apparmor_restrict_unprivileged_userns=0.';
const DIAGNOSE = 'Run `brig doctor` on the host.';

/**
 * Takes over a process that was just started and waits until its interpreter is ready.
 * @throws JailFailure when it does not become ready, after everything is cleaned up.
 */
export async function openJail(parts: JailParts, signal: AbortSignal | undefined): Promise<Jail> {
  const { process: child } = parts;
  const started = Promise.withResolvers<Start>();
  const output = { stdout: createCapture(START_OUTPUT_BYTES), stderr: createCapture(START_OUTPUT_BYTES) };
  const life = followJail(
    parts,
    (stream, chunk) => output[stream].push(chunk),
    (effect) => {
      if (effect.type === 'begin') started.resolve('ready');
      if (effect.type === 'kill') killJail(parts);
    },
  );
  void child.closed.then(() => started.resolve('ended'));

  const how = await waitForStart(started, signal);
  let disposal: Promise<void> | undefined;
  const dispose = (): Promise<void> => (disposal ??= tearDown(parts, how === 'ready'));
  if (how === 'ready') {
    let { limits } = parts;
    return {
      gone: child.closed.then(() => undefined),
      setLimits: (changed) => {
        const wanted = forLeaf(changed);
        if (holdsOtherwise(limits, changed)) atLeaf(() => parts.leaf?.setLimits(wanted));
        limits = changed;
      },
      run: (job, options = {}) => runJob({ ...parts, limits }, life, job, options),
      openSession: (job, options = {}) => openSession({ ...parts, limits }, life, job, options),
      [Symbol.asyncDispose]: dispose,
    };
  }
  await dispose();
  if (how === 'aborted') throw signal?.reason;
  const log = await child.closed;
  throw refusedStart(life.state().cause) ?? failedStart(how, log, output.stderr.finish().text);
}

type Start = 'ready' | 'ended' | 'late' | 'aborted';

async function waitForStart(
  started: PromiseWithResolvers<Start>,
  signal: AbortSignal | undefined,
): Promise<Start> {
  using owned = new DisposableStack();
  const timer = setTimeout(() => started.resolve('late'), START_MS);
  owned.defer(() => clearTimeout(timer));
  const onAbort = (): void => started.resolve('aborted');
  signal?.addEventListener('abort', onAbort);
  owned.defer(() => signal?.removeEventListener('abort', onAbort));
  if (signal?.aborted === true) onAbort();
  return await started.promise;
}

/** Returns the limits for a leaf that give a script what its own limits say. */
export const forLeaf = (limits: Limits): Limits => ({
  ...limits,
  processes: limits.processes + OWN_PROCESSES,
});

/**
 * True when limits of the leaf differ. Most requests want those of the warm jail, which saves five writes to
 * cgroupfs.
 */
function holdsOtherwise(now: Limits, then: Limits): boolean {
  return now.memory_mb !== then.memory_mb || now.processes !== then.processes || now.cpus !== then.cpus;
}

/**
 * Ends a jail. One that was ready has all its processes in its leaf, so killing the leaf is enough, without the
 * starter, unless somebody moved processes out of it.
 */
async function tearDown({ process: child, leaf, release }: JailParts, wasReady: boolean): Promise<void> {
  if (!wasReady || leaf === undefined) child.kill();
  leaf?.kill();
  const timer = setTimeout(() => child.kill(), LEAF_KILL_MS);
  await child.closed;
  clearTimeout(timer);
  try {
    await leaf?.giveBack();
  } finally {
    await release();
  }
}

/**
 * Returns the failure when the harness broke the protocol. No script has run before the job, so the harness itself is
 * at fault.
 */
function refusedStart(cause: Cause | undefined): JailFailure | undefined {
  if (cause?.by === 'failure') return cause.error;
  return cause?.by === 'stop' && cause.stop.reason === 'protocol'
    ? otherProtocol(`it sent ${cause.stop.detail}`)
    : undefined;
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
  return new JailFailure(message, { remedy: remedyOf(detail), detail });
}
