import type { Display } from '../../../core/contract/sessions/display.ts';
import type { Job } from '../../sandbox.ts';
import type { JailParts } from '../jail-parts.ts';
import type { Measured } from './conclude.ts';
import { isKept } from './advance.ts';
import { createFileCollector, type FileCollector } from './file-collector.ts';
import { killJail, type JailLife } from './live.ts';
import type { OutputFlow } from './output-flow.ts';
import { checkReport } from './read-frames.ts';
import type { Effect } from './state.ts';
import { atLeaf } from '../cgroup/at-leaf.ts';

export interface Performed {
  /** Resolves once the execution is over. */
  readonly over: Promise<void>;
  readonly perform: (effect: Effect) => void;
  readonly measured: () => Measured;
  readonly collector: () => FileCollector | undefined;
}

/** Receivers of a session's messages. */
export interface SessionFollower {
  /** Returns the count of bytes of output so far. */
  readonly bytesRead: () => number;
  readonly onDisplay: (display: Display) => void;
  readonly onBegun: () => void;
}

export interface PerformOptions {
  readonly flow: OutputFlow;
  readonly session: SessionFollower | undefined;
}

/** Rounds in which the pipes of a session are read after a report; background threads may go on writing. */
const MOST_ROUNDS = 20;

/**
 * Performs the effects of one execution; no other code touches its jail while it runs.
 * @throws JailFailure when its cgroup cannot be read before it begins.
 */
export function createPerformer(
  parts: JailParts,
  life: JailLife,
  job: Job,
  { flow, session }: PerformOptions,
): Performed {
  const { process: child, leaf, caps } = parts;
  const { dispatch } = life;
  const over = Promise.withResolvers<void>();
  const cpuBefore = leaf === undefined ? 0 : atLeaf(() => leaf.readCpuMs());
  const before = session === undefined ? undefined : leaf && atLeaf(() => leaf.readUsage());
  const startedAt = performance.now();
  let measured: Measured = {
    ...{ startedAt, endedAt: startedAt, cpuBefore, before, hasLeaf: leaf !== undefined },
    ...{ counted: undefined, failure: undefined },
  };
  let collector: FileCollector | undefined;

  const kill = (): void => {
    killJail(parts);
    flow.drain();
  };
  const catchUp = async (): Promise<void> => {
    let left = session === undefined ? 1 : MOST_ROUNDS;
    for (let last = -1; left > 0 && last !== session?.bytesRead(); left -= 1) {
      last = session?.bytesRead() ?? -1;
      await Promise.all([child.stdout.catchUp(), child.stderr.catchUp()]);
    }
    dispatch({ type: 'caught_up' });
  };
  const collect = (): void => {
    collector = createFileCollector(job.returnFiles, life.state().hasFigures, caps);
    void collector.ended.then(() => dispatch({ type: 'collected' }));
  };
  const measure = (): void => {
    const endedAt = performance.now();
    try {
      measured = { ...measured, endedAt, counted: leaf && atLeaf(() => leaf.readUsage()) };
    } catch (failure) {
      measured = { ...measured, endedAt, failure };
    }
  };
  const check = async ({ frame }: Extract<Effect, { type: 'check' }>): Promise<void> => {
    dispatch({ type: 'checked', report: await checkReport(frame) });
  };

  const perform = (effect: Effect): void => {
    switch (effect.type) {
      case 'begin':
        return;
      case 'kill':
        return kill();
      case 'drain':
        return flow.drain();
      case 'catch_up':
        return void catchUp();
      case 'collect':
        return collect();
      case 'take_file':
        return collector?.push(effect.tag, effect.payload);
      case 'abandon_files':
        return collector?.abandon();
      case 'close_output':
        if (session !== undefined && isKept(life.state())) life.pause('output');
        return life.setSink(undefined);
      case 'listen':
        return session?.onBegun();
      case 'show':
        return session?.onDisplay(effect.display);
      case 'measure':
        return measure();
      case 'check':
        return void check(effect);
      case 'finish':
        if (session !== undefined && isKept(life.state())) life.pause('report');
        return over.resolve();
    }
  };
  return { over: over.promise, perform, measured: () => measured, collector: () => collector };
}
