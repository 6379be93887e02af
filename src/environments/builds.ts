import PQueue from 'p-queue';
import type { BuildReport, BuildStep } from '../core/contract/environment.ts';
import { Refusal } from '../core/contract/refusal.ts';
import type { PackageRuntime } from '../core/contract/runtimes.ts';
import { BuildFailure } from './build-failure.ts';

export type BuildEvent =
  | { readonly type: 'progress'; readonly line: string }
  | { readonly type: 'step'; readonly step: BuildStep }
  | { readonly type: 'ended'; readonly report: BuildReport };

/** One build, from its place in the queue to its end. */
export interface Build {
  readonly name: string;
  readonly runtime: PackageRuntime;
  /** Name of the API key that ordered the build; undefined for the operator. */
  readonly owner?: string | undefined;
  readonly shared?: boolean | undefined;
  /** Returns the names of the packages that were asked for; empty where a script decides. */
  readonly packages: () => readonly string[];
  report(): BuildReport;
  /** Rejects with a BuildFailure. */
  readonly done: Promise<void>;
  /** Subscribes to later events; returns a function that unsubscribes. */
  subscribe(listener: (event: BuildEvent) => void): () => void;
}

export interface Builds {
  /** Queues a build. Returns the present one when the same order for the same name still waits or runs. */
  start(what: BuildSubject, order: string, run: BuildRun): Build;
  /** Returns the latest build of a name. */
  latest(name: string): Build | undefined;
  forget(name: string): void;
  all(): Build[];
  close(): Promise<void>;
}

export type BuildSubject = Pick<Build, 'name' | 'runtime' | 'owner' | 'shared' | 'packages'>;
export type BuildRun = (progress: BuildProgress, signal: AbortSignal) => Promise<void>;

/** Receives how far a build is. */
export interface BuildProgress {
  readonly onLine: (line: string) => void;
  readonly onStep: (step: BuildStep) => void;
}

const MOST_WAITING = 8;
/** Maximum number of open builds of one API key, which bounds how long other keys wait. */
const MOST_OPEN_OF_KEY = 2;
const MOST_LINES = 200;
/** Builds that are remembered, in total and of one key. */
const MOST_KEPT = 100;
const MOST_KEPT_OF_KEY = 20;

/** Runs builds one after the other: each may take all of a machine's memory and bandwidth. */
export function createBuilds(
  onFailure: (name: string, failure: BuildFailure) => void,
  onEnd: (result: string, ms: number) => void = () => {},
): Builds {
  const queue = new PQueue({ concurrency: 1 });
  const builds = new Map<string, Build & { readonly order: string }>();
  const closed = new AbortController();

  const start: Builds['start'] = (what, order, run) => {
    const { name } = what;
    const present = builds.get(name);
    if (present !== undefined && isOpen(present) && present.order === order) return present;
    const isOthers = ({ owner }: Build): boolean => owner !== what.owner;
    const own = [...builds.values()].filter((one) => isOpen(one) && !isOthers(one)).length;
    const isMany = what.owner !== undefined && own >= MOST_OPEN_OF_KEY;
    if (isMany || queue.size >= MOST_WAITING || closed.signal.aborted) {
      throw new Refusal('overloaded', 'Too many environments wait to be built.', { retryAfter: 30 });
    }
    const build = createBuild(what, order);
    builds.delete(name);
    builds.set(name, build);
    trim(builds, (one) => what.owner !== undefined && !isOthers(one), MOST_KEPT_OF_KEY);
    trim(builds, () => true, MOST_KEPT);
    void queue.add(async () => {
      const begun = performance.now();
      await build.carryOut(run, closed.signal);
      onEnd(build.report().error?.reason ?? 'succeeded', performance.now() - begun);
    });
    build.done.catch((error: unknown) => onFailure(name, error as BuildFailure));
    return build;
  };

  return {
    start,
    latest: (name) => builds.get(name),
    forget: (name) => {
      const build = builds.get(name);
      if (build !== undefined && !isOpen(build)) builds.delete(name);
    },
    all: () => [...builds.values()],
    close: async () => {
      closed.abort(new BuildFailure('cancelled', 'The service was shut down.'));
      await queue.onIdle();
    },
  };
}

/** True while a build waits or runs. */
export const isOpen = (build: Build): boolean => build.report().finished_at === undefined;

/** Forgets the oldest finished builds that exceed `most`. */
function trim(builds: Map<string, Build>, isMeant: (build: Build) => boolean, most: number): void {
  const meant = [...builds.values()].filter(isMeant);
  const excess = meant.length - most;
  for (const { name } of meant.filter((build) => !isOpen(build)).slice(0, Math.max(0, excess)))
    builds.delete(name);
}

function createBuild({ name, runtime, owner, shared, packages }: BuildSubject, order: string) {
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
  const onStep = (step: BuildStep): void => {
    report = { ...report, step };
    tell({ type: 'step', step });
  };
  const end = (error?: BuildReport['error']): void => {
    const state = error === undefined ? 'succeeded' : 'failed';
    report = { ...report, state, finished_at: new Date().toISOString(), ...(error && { error }) };
    tell({ type: 'ended', report: current() });
    listeners.clear();
  };
  const carryOut = async (run: BuildRun, signal: AbortSignal): Promise<void> => {
    report = { ...report, state: 'building', step: 'installing', started_at: new Date().toISOString() };
    try {
      signal.throwIfAborted();
      await run({ onLine, onStep }, signal);
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
    ...{ name, runtime, owner, shared, packages, order, report: current, done: done.promise, carryOut },
    subscribe: (listener: (event: BuildEvent) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
