import type { Job } from '../../sandbox.ts';
import type { JailParts } from '../jail-parts.ts';
import type { Measured } from './conclude.ts';
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

/**
 * Performs the effects of one execution; no other code touches its jail while it runs.
 * @throws JailFailure when its cgroup cannot be read before it begins.
 */
export function createPerformer(parts: JailParts, life: JailLife, job: Job, flow: OutputFlow): Performed {
  const { process: child, leaf, caps } = parts;
  const { dispatch } = life;
  const over = Promise.withResolvers<void>();
  const cpuBefore = leaf === undefined ? 0 : atLeaf(() => leaf.readCpuMs());
  const startedAt = performance.now();
  let measured: Measured = {
    ...{ startedAt, endedAt: startedAt, cpuBefore, hasLeaf: leaf !== undefined },
    ...{ counted: undefined, failure: undefined },
  };
  let collector: FileCollector | undefined;

  const kill = (): void => {
    killJail(parts);
    flow.drain();
  };
  const catchUp = async (): Promise<void> => {
    await Promise.all([child.stdout.catchUp(), child.stderr.catchUp()]);
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
        return life.setSink(undefined);
      case 'measure':
        return measure();
      case 'check':
        return void check(effect);
      case 'finish':
        return over.resolve();
    }
  };
  return { over: over.promise, perform, measured: () => measured, collector: () => collector };
}
