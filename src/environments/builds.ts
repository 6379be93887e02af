import PQueue from 'p-queue';
import type { BuildReport } from '../core/environment.ts';
import { Refusal } from '../core/refusal.ts';
import type { PackageRuntime } from '../core/runtimes.ts';
import { BuildFailure } from './build-failure.ts';

export type BuildEvent =
  | { readonly type: 'progress'; readonly line: string }
  | { readonly type: 'ended'; readonly report: BuildReport };

/** One build, from its place in the queue to its end. */
export interface Build {
  readonly name: string;
  readonly runtime: PackageRuntime;
  report(): BuildReport;
  /** Rejects with a BuildFailure. */
  readonly done: Promise<void>;
  /** What comes from now on; returns what ends it. */
  subscribe(listener: (event: BuildEvent) => void): () => void;
}

export interface Builds {
  /** Starts a build when its turn comes; the same order for the same name that still waits or runs is joined. */
  start(what: Pick<Build, 'name' | 'runtime'>, order: string, run: BuildRun): Build;
  /** The latest of a name. */
  latest(name: string): Build | undefined;
  forget(name: string): void;
  names(): string[];
  close(): Promise<void>;
}

export type BuildRun = (onLine: (line: string) => void, signal: AbortSignal) => Promise<void>;

const MOST_WAITING = 8;
const MOST_LINES = 200;
/** Builds that are done and remembered. */
const MOST_KEPT = 100;

/** Builds run one after the other: each may take a machine's whole memory and its line to the index. */
export function createBuilds(onFailure: (name: string, failure: BuildFailure) => void): Builds {
  const queue = new PQueue({ concurrency: 1 });
  const builds = new Map<string, Build & { readonly order: string }>();
  const closed = new AbortController();

  const start: Builds['start'] = (what, order, run) => {
    const { name } = what;
    const present = builds.get(name);
    const isOpen = present !== undefined && present.report().finished_at === undefined;
    if (isOpen && present.order === order) return present;
    if (queue.size >= MOST_WAITING || closed.signal.aborted) {
      throw new Refusal('overloaded', 'Too many environments wait to be built.', { retryAfter: 30 });
    }
    const build = createBuild(what, order);
    builds.delete(name);
    builds.set(name, build);
    trim(builds);
    void queue.add(() => build.carryOut(run, closed.signal));
    build.done.catch((error: unknown) => onFailure(name, error as BuildFailure));
    return build;
  };

  return {
    start,
    latest: (name) => builds.get(name),
    forget: (name) => {
      if (builds.get(name)?.report().finished_at !== undefined) builds.delete(name);
    },
    names: () => [...builds.keys()],
    close: async () => {
      closed.abort(new BuildFailure('cancelled', 'The service was shut down.'));
      await queue.onIdle();
    },
  };
}

function trim(builds: Map<string, Build>): void {
  for (const [name, build] of builds) {
    if (builds.size <= MOST_KEPT) return;
    if (build.report().finished_at !== undefined) builds.delete(name);
  }
}

function createBuild({ name, runtime }: Pick<Build, 'name' | 'runtime'>, order: string) {
  const listeners = new Set<(event: BuildEvent) => void>();
  const lines: string[] = [];
  const done = Promise.withResolvers<void>();
  let report: Omit<BuildReport, 'progress'> = { state: 'queued', started_at: new Date().toISOString() };
  const tell = (event: BuildEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const current = (): BuildReport => ({ ...report, progress: [...lines] });
  const onLine = (line: string): void => {
    lines.push(line);
    if (lines.length > MOST_LINES) lines.shift();
    tell({ type: 'progress', line });
  };
  const end = (error?: BuildReport['error']): void => {
    const state = error === undefined ? 'succeeded' : 'failed';
    report = { ...report, state, finished_at: new Date().toISOString(), ...(error && { error }) };
    tell({ type: 'ended', report: current() });
    listeners.clear();
  };
  const carryOut = async (run: BuildRun, signal: AbortSignal): Promise<void> => {
    report = { ...report, state: 'building', started_at: new Date().toISOString() };
    try {
      signal.throwIfAborted();
      await run(onLine, signal);
      end();
      done.resolve();
    } catch (error) {
      const failure =
        error instanceof BuildFailure
          ? error
          : new BuildFailure('install_failed', 'The build could not be completed; the log says why.', error);
      end({ reason: failure.reason, message: failure.message });
      done.reject(failure);
    }
  };
  return {
    ...{ name, runtime, order, report: current, done: done.promise, carryOut },
    subscribe: (listener: (event: BuildEvent) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
