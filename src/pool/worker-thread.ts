import { Worker, type ResourceLimits, type Transferable } from 'node:worker_threads';

/** Why a thread did not answer. */
export class WorkerFailure extends Error {
  override readonly name = 'WorkerFailure';
  /**
   * `over_budget`: the job took more CPU time than it had. `starved`: it got none for too long. `ended`: the thread ended,
   * for a reason that is the cause. `closed`: nobody is to be asked any more.
   */
  readonly kind: 'over_budget' | 'starved' | 'ended' | 'closed';

  constructor(kind: WorkerFailure['kind'], cause?: unknown) {
    super(`worker thread: ${kind}`, { cause });
    this.kind = kind;
  }
}

/** The first message of a thread, once it can be asked. CPU time that it took to load counts against no job. */
export const READY = 'ready';

/** A thread that answers one message with one message, one at a time. It never keeps the process alive. */
export interface WorkerThread {
  /** Rejects where the thread ends before. */
  readonly ready: Promise<void>;
  /** Jobs that it has answered. */
  readonly served: number;
  /** @throws WorkerFailure `ended`; whatever cannot be posted. */
  ask(question: unknown, transfer: readonly Transferable[]): Promise<unknown>;
  /** Its CPU time in milliseconds. @throws WorkerFailure `ended`. */
  measureCpu(): Promise<number>;
  readonly hasEnded: boolean;
  terminate(): Promise<void>;
}

export interface ThreadOptions {
  /** The module of the thread, beside whoever asks for it: without its extension. */
  readonly module: URL;
  readonly resourceLimits: ResourceLimits;
}

export function startThread({ module, resourceLimits }: ThreadOptions): WorkerThread {
  // The sources run as they are, and `dist` holds what they were compiled to: the neighbour has our own extension.
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
  // A thread that failed emits `error`, then `exit`; every other one that ends emits `exit` alone.
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
