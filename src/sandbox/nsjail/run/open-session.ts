import type { Display } from '../../../core/contract/sessions/display.ts';
import type { Evidence } from '../../../core/contract/evidence.ts';
import { JailFailure, type JailLoss, type JailSession, type Job, type RunOptions } from '../../sandbox.ts';
import { atLeaf } from '../cgroup/at-leaf.ts';
import type { JailParts } from '../jail-parts.ts';
import type { JailLife } from './live.ts';
import { createInterrupter, type Interrupter } from './press.ts';
import { followJob, openDoors, requireReady } from './run-job.ts';

/**
 * Runs the first job of a session in a ready jail, which then waits for others. The doors of the session shut with its
 * jail.
 * @throws JailFailure when the jail does not stay; the reason of `signal`.
 */
export async function openSession(
  parts: JailParts,
  life: JailLife,
  job: Job,
  { signal }: RunOptions,
): Promise<JailSession> {
  requireReady(life, signal);
  const { process: child, leaf } = parts;
  const doors = job.network === undefined ? undefined : await openDoors(parts, job.network);
  const lost = child.closed.then((): JailLoss => {
    doors?.shut();
    return judgeLoss(parts);
  });
  // Doors that are lost take their session with them.
  void doors?.lost.then(() => child.kill());
  // Streams that are not read would keep a jail from being closed.
  void child.ended.then(life.resume);
  let isBusy = false;
  let interrupter: Interrupter | undefined;

  const run = async (
    next: Job,
    options: Parameters<JailSession['run']>[1],
    isFirst: boolean,
  ): Promise<Evidence> => {
    if (isBusy) throw new Error('a session runs one job at a time');
    isBusy = true;
    const displays: Display[] = [];
    interrupter = createInterrupter(() => child.interrupt());
    try {
      requireReady(life, options.signal);
      const onDisplay = (display: Display): void => {
        displays.push(display);
        options.onDisplay?.(display);
      };
      const evidence = await followJob({ ...parts, limits: options.limits }, life, next, {
        ...{ signal: options.signal, onOutput: options.onOutput, doors: undefined },
        session: { doors, isFirst, onDisplay, interrupter },
      });
      return { ...evidence, displays };
    } finally {
      life.goOn();
      isBusy = false;
      interrupter = undefined;
    }
  };

  requireReady(life, signal);
  const first = await run(job, { limits: parts.limits, signal }, true);
  if (first.report?.kind !== 'result') throw refuseStart(first);
  return {
    run: (next, options) => run(next, options, false),
    isReady: () => !isBusy && life.state().phase === 'ready',
    interrupt: () => interrupter?.interrupt(),
    canFreeze: leaf?.freeze !== undefined,
    freeze: () => attempt(() => leaf?.freeze?.(true)),
    thaw: () => attempt(() => leaf?.freeze?.(false)),
    lost,
  };
}

/** Freezing saves CPU time, and nothing depends on it. */
function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // The leaf is gone, and the jail with it.
  }
}

const refuseStart = ({ report, stop, ending, stderr }: Evidence): JailFailure =>
  new JailFailure('The session could not be started.', {
    detail: JSON.stringify({ report, stop, ending, said: stderr.text }).slice(0, 2000),
  });

function judgeLoss({ leaf }: JailParts): JailLoss {
  try {
    const usage = leaf && atLeaf(() => leaf.readUsage());
    return usage !== undefined && usage.oomKills > 0 ? 'memory' : 'ended';
  } catch {
    return 'ended';
  }
}
