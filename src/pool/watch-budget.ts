import { WorkerFailure, type WorkerThread } from './worker-thread.ts';

/** Multiple of its budget, in wall clock time, after which a job is given up: the machine has no CPU time for it. */
const MOST_STRETCH = 30;
/** Milliseconds between two looks at a job near the end of its budget. */
const LEAST_PAUSE = 5;

export interface BudgetWatch {
  /** Rejects with a WorkerFailure `over_budget` or `starved`; never resolves. */
  readonly over: Promise<never>;
  end(): void;
}

/**
 * Watches a thread that had used `before` milliseconds of CPU time when its job began, and may use `budgetMs` more.
 */
export function watchBudget(thread: WorkerThread, before: number, budgetMs: number): BudgetWatch {
  const over = Promise.withResolvers<never>();
  over.promise.catch(() => undefined);
  const latest = performance.now() + budgetMs * MOST_STRETCH;
  let isOver = false;
  const look = async (): Promise<void> => {
    // A thread that has ended cannot be measured; `WorkerThread.ask` rejects its job.
    const spent = await thread.measureCpu().catch(() => 0);
    if (isOver || thread.hasEnded) return;
    if (spent - before >= budgetMs) return over.reject(new WorkerFailure('over_budget'));
    if (performance.now() >= latest) return over.reject(new WorkerFailure('starved'));
    plan(Math.max(budgetMs - (spent - before), LEAST_PAUSE));
  };
  const plan = (ms: number): void => {
    timer = setTimeout(() => void look(), ms);
  };
  let timer: NodeJS.Timeout | undefined;
  plan(budgetMs);
  return {
    over: over.promise,
    end: () => {
      isOver = true;
      clearTimeout(timer);
    },
  };
}
