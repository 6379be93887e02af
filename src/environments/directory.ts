import { DEFAULT_ENVIRONMENT } from '../core/contract/environment.ts';
import { answerImport } from '../core/contract/import-answer.ts';
import type { PackageRuntime } from '../core/contract/runtimes.ts';
import type { JailEnvironment } from '../sandbox/sandbox.ts';
import { MANIFEST_FORMAT, type Manifest } from './manifest.ts';
import type { EnvironmentStore } from './store.ts';
import type { StoredEnvironment } from './stored-names.ts';
import { variablesFor } from './variables.ts';

/** The current names, in memory, so that an execution never waits for the disk. */
export interface Directory {
  /** Returns the runtime that the packages of a name are for. */
  runtimeOf(name: string): PackageRuntime | undefined;
  /** Returns all environments, outdated ones included. */
  all(): readonly StoredEnvironment[];
  usable(): readonly StoredEnvironment[];
  isOutdated(name: string): boolean;
  /** Returns the environment for a jail and records its use; undefined when no usable one has this name. */
  use(name: string): JailEnvironment | undefined;
  refresh(): Promise<void>;
  close(): void;
}

/** Interval of looking for changes, because other processes build and remove environments too (`brig env`). */
const LOOK_EVERY_MS = 2000;
const MARK_EVERY_MS = 60_000;

/** @param preload modules that jails of the default environment import ahead; overrides those of its build. */
export async function createDirectory(
  store: EnvironmentStore,
  runtimeVersion: () => string | undefined,
  onChange: () => void,
  preload?: readonly string[],
): Promise<Directory> {
  let stored: readonly StoredEnvironment[] = [];
  let seen = Number.NaN;
  const jails = new Map<string, JailEnvironment>();
  const marked = new Map<string, number>();

  const isUsable = ({ manifest }: StoredEnvironment): boolean => {
    const version = runtimeVersion();
    // The version is unknown only while no jail can be made, and then nothing runs.
    return version === undefined || fits(manifest, version);
  };

  const refresh = async (): Promise<void> => {
    const version = store.version();
    const all = await store.readAll();
    const isOther = JSON.stringify(all.map(signature)) !== JSON.stringify(stored.map(signature));
    stored = all;
    seen = version;
    if (!isOther) return;
    jails.clear();
    for (const one of all) jails.set(one.name, toJail(store, one, preload));
    onChange();
  };

  const use = (name: string): JailEnvironment | undefined => {
    const one = stored.find((candidate) => candidate.name === name);
    if (one === undefined || !isUsable(one)) return undefined;
    const now = performance.now();
    if (now - (marked.get(name) ?? -MARK_EVERY_MS) >= MARK_EVERY_MS) {
      marked.set(name, now);
      void store.markUsed(name, one.pointer.id);
    }
    return jails.get(name);
  };

  // A failure to read (no free file descriptor, for example) is retried at the next look.
  const look = async (): Promise<void> => {
    if (store.version() !== seen) await refresh();
  };
  const timer = setInterval(() => {
    look().catch(() => undefined);
  }, LOOK_EVERY_MS).unref();

  await refresh();
  return {
    runtimeOf: (name) => stored.find((one) => one.name === name)?.manifest.runtime,
    all: () => stored,
    usable: () => stored.filter(isUsable),
    isOutdated: (name) => stored.some((one) => one.name === name && !isUsable(one)),
    use,
    refresh,
    close: () => clearInterval(timer),
  };
}

const signature = ({ name, pointer }: StoredEnvironment): unknown => [name, pointer];

function toJail(
  store: EnvironmentStore,
  { name, pointer, manifest }: StoredEnvironment,
  preload: readonly string[] | undefined,
): JailEnvironment {
  const isOverruled = preload !== undefined && name === DEFAULT_ENVIRONMENT;
  return {
    id: pointer.id,
    folder: store.packagesOf(pointer.id),
    // A warm jail would fail to start if a preloaded module were missing.
    preload: isOverruled
      ? preload.filter((module) => answerImport(manifest, module).available)
      : pointer.preload,
    variables: variablesFor(manifest),
    isOperators: pointer.owner === undefined,
  };
}

/**
 * True when an environment works with this interpreter. Compiled Python packages need the same minor version; npm
 * packages use Node-API, which is stable.
 */
export function fits(manifest: Manifest, version: string): boolean {
  if (manifest.format !== MANIFEST_FORMAT) return false;
  return manifest.runtime !== 'python' || minor(manifest.runtime_version) === minor(version);
}

const minor = (version: string): string => version.split('.').slice(0, 2).join('.');
