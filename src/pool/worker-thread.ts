import { Worker, type ResourceLimits, type Transferable } from 'node:worker_threads';

/** A worker thread gave no answer. */
export class WorkerFailure extends Error {
  override readonly name = 'WorkerFailure';
  /**
   * `over_budget`: the job took more CPU time than it had. `starved`: it got none for too long. `ended`: the thread
   * ended, for the reason in `cause`. `closed`: the host is closed.
   */
  readonly kind: 'over_budget' | 'starved' | 'ended' | 'closed';

  constructor(kind: WorkerFailure['kind'], cause?: unknown) {
    super(`worker thread: ${kind}`, { cause });
    this.kind = kind;
  }
}

/** First message of a thread, when it is ready for questions. No job pays for the CPU time of loading. */
export const READY = 'ready';

/** Thread that answers one message with one message, one at a time. Never keeps the process alive. */
export interface WorkerThread {
  /** Rejects when the thread ends before it is ready. */
  readonly ready: Promise<void>;
  /** Count of answered jobs. */
  readonly served: number;
  /** @throws WorkerFailure `ended`; whatever cannot be posted. */
  ask(question: unknown, transfer: readonly Transferable[]): Promise<unknown>;
  /** Returns its CPU time in milliseconds. @throws WorkerFailure `ended`. */
  measureCpu(): Promise<number>;
  readonly hasEnded: boolean;
  terminate(): Promise<void>;
}

export interface ThreadOptions {
  /** Module of the thread, without its extension. */
  readonly module: URL;
  readonly resourceLimits: ResourceLimits;
}

export function startThread({ module, resourceLimits }: ThreadOptions): WorkerThread {
  // Sources run as `.ts`, and `dist` holds their compiled `.js`: the module has the extension of this file.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`${module.href}.${extension}`), {
    execArgv: [],
    env: {},
    resourceLimits,
  });
  worker.unref();
  const ready = Promise.withResolvers<void>();
  ready.promise.catch(() => undefined);
  let asked: PromiseWithResolvers<unknown> | undefined;
  let served = 0;
  let hasEnded = false;
  worker.on('message', (message: unknown) => {
    if (message === READY) return ready.resolve();
    served += 1;
    asked?.resolve(message);
  });
  // A failed thread emits `error`, then `exit`; any other emits `exit` alone.
  let cause: unknown;
  worker.on('error', (error) => {
    cause = error;
  });
  worker.on('exit', () => {
    hasEnded = true;
    const failure = new WorkerFailure('ended', cause);
    ready.reject(failure);
    asked?.reject(failure);
  });
  return {
    ready: ready.promise,
    get served() {
      return served;
    },
    get hasEnded() {
      return hasEnded;
    },
    ask: (question, transfer) => {
      if (hasEnded) return Promise.reject(new WorkerFailure('ended', cause));
      asked = Promise.withResolvers();
      worker.postMessage(question, transfer);
      return asked.promise;
    },
    measureCpu: async () => {
      try {
        const { user, system } = await worker.cpuUsage();
        return (user + system) / 1000;
      } catch (error) {
        throw new WorkerFailure('ended', cause ?? error);
      }
    },
    terminate: async () => {
      await worker.terminate();
    },
  };
}
