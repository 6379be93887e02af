import type { Evidence, Stop } from '../../../core/contract/evidence.ts';
import type { NetworkGrant } from '../../../core/contract/network/grant.ts';
import { OWN_HOSTS, type OpenDoors } from '../../doors.ts';
import { floodThreshold } from '../../../core/contract/limits.ts';
import { CERTIFICATES_PATH } from '../../jail-paths.ts';
import { JailFailure, type Job, type RunOptions } from '../../sandbox.ts';
import type { JailParts } from '../jail-parts.ts';
import { sendJob } from '../protocol/encode-job.ts';
import { createCapture } from './capture.ts';
import { conclude } from './conclude.ts';
import type { JailLife } from './live.ts';
import { createOutputFlow } from './output-flow.ts';
import { createPerformer } from './perform.ts';
import type { Cause, Expected } from './state.ts';
import { watchLeaf } from './watch-leaf.ts';

/**
 * Sends a job to a ready jail and follows it to its end. Timers and listeners end with the execution.
 * @throws JailFailure when there is no evidence of the end; the reason of `signal` or the error of a listener.
 */
export async function runJob(
  parts: JailParts,
  life: JailLife,
  job: Job,
  { signal, onOutput }: RunOptions,
): Promise<Evidence> {
  requireReady(life, signal);
  const { process: child, leaf, limits } = parts;
  const doors = job.network === undefined ? undefined : await openDoors(parts, job.network);
  using owned = new DisposableStack();
  owned.defer(() => doors?.shut());
  requireReady(life, signal);
  const { dispatch } = life;
  const captures = { stdout: createCapture(limits.output_bytes), stderr: createCapture(limits.output_bytes) };
  const flow = createOutputFlow(onOutput, {
    onHeld: () => dispatch({ type: 'held' }),
    onFailure: (error) => dispatch({ type: 'withdrawn', error }),
  });
  const { over, perform, measured, collector } = createPerformer(parts, life, job, flow);

  const own = (timer: NodeJS.Timeout): void => owned.defer(() => clearTimeout(timer));
  const onStop = (stop: Stop): void => dispatch({ type: 'stop', stop });
  const onBlind = (error: JailFailure): void => dispatch({ type: 'failure', error });
  const onAbort = (): void => dispatch({ type: 'withdrawn', error: signal?.reason });
  void doors?.lost.then(onBlind);
  own(setTimeout(() => onStop({ reason: 'deadline' }), limits.timeout * 1000));
  if (leaf !== undefined) own(watchLeaf(leaf, { limits, cpuBefore: measured().cpuBefore, onStop, onBlind }));
  signal?.addEventListener('abort', onAbort);
  owned.defer(() => signal?.removeEventListener('abort', onAbort));

  life.setPerformer((effect) => {
    // Measured is what the script did up to its end; what it left running reaches nobody.
    if (effect.type === 'measure') doors?.shut();
    perform(effect);
  });
  life.setSink((stream, chunk) => {
    captures[stream].push(chunk);
    flow.pass(stream, child[stream], chunk);
    dispatch({ type: 'output', stream, bytes: captures[stream].bytes });
  });
  dispatch({ type: 'job', expected: expectOf(job, floodThreshold(limits.output_bytes)) });
  // A jail that ended by itself counts as closed only after its streams were read to their end.
  void child.ended.then(flow.drain);
  const sent = doors === undefined ? job : withDoors(job, doors, parts);
  const hosts = doors?.hosts ?? (parts.doorkeeper && OWN_HOSTS);
  void sendJob(child.request, sent, { caps: parts.caps, secret: life.secret, hosts });
  await over;

  const network = await doors?.report();
  const state = life.state();
  return {
    mode: job.entry.kind,
    limits,
    ...conclude(state, measured()),
    stdout: captures.stdout.finish(),
    stderr: captures.stderr.finish(),
    enforcement: parts.enforcement,
    isolation: parts.isolation,
    network,
    collected: collector()?.finish(),
    product: toProduct(state.cause),
  };
}

function requireReady(life: JailLife, signal: AbortSignal | undefined): void {
  signal?.throwIfAborted();
  if (life.state().phase !== 'ready') throw new JailFailure('The jail ended before it had a job.');
}

/** Opens the doors of a job before its script is read. @throws JailFailure */
async function openDoors({ process: child, doorkeeper }: JailParts, grant: NetworkGrant): Promise<OpenDoors> {
  if (doorkeeper === undefined) throw new JailFailure('Scripts have no network here.');
  return await doorkeeper.open(await child.identify(), grant);
}

/** Tells the programs of a job how they reach the network; its own variables override that. */
const withDoors = (job: Job, { env }: OpenDoors, { hasCertificates }: JailParts): Job => ({
  ...job,
  env: { ...env, ...(hasCertificates ? { SSL_CERT_FILE: CERTIFICATES_PATH } : {}), ...job.env },
});

const expectOf = ({ returnFiles, figures, program }: Job, floodBytes: number): Expected => ({
  files: returnFiles.length > 0,
  figures: figures !== undefined,
  productBytes: program?.product?.mostBytes,
  launches: program !== undefined,
  floodBytes,
});

const toProduct = (cause: Cause | undefined): Uint8Array | undefined =>
  cause?.by === 'report' && cause.frame.kind === 'product' ? cause.frame.bytes : undefined;
