import type { Caller } from '../core/contract/caller.ts';
import type { Limits } from '../core/contract/limits.ts';
import { Refusal } from '../core/contract/refusal.ts';
import {
  hasPackageEnvironments,
  type PackageRuntime,
  type Readiness,
  type RuntimeName,
  type RuntimeReport,
} from '../core/contract/runtimes.ts';
import type { SupplyRow } from '../supply/jail-row.ts';
import type { JailSupply } from '../supply/jail-supply.ts';
import { openProgramStore } from './program-store.ts';
import { programRuntimes } from './program-runtimes.ts';
import { rememberFound } from './remember.ts';
import { describePython, describeRuntime, inspectPython } from './report.ts';
import { ToolchainMissing, type Runtime, type RuntimePaths, type Toolchain } from './runtime.ts';
import type { RuntimeRegistry } from './registry.ts';
import { sharedIdsRemedy } from './shared-ids.ts';
import { createRow, readinessOf } from './runtime-row.ts';
import type { WarmRuntime } from './supply-runtime.ts';

/** Bounds of jails that depend on the host. */
export interface HostBounds {
  readonly hasCgroup: boolean;
  /** True when jails run with the service's own id on the host. */
  readonly sharesIds: boolean;
}

export interface RuntimesOptions {
  /** Runtimes that the operator offers. */
  readonly offered: readonly RuntimeName[];
  readonly paths: RuntimePaths;
  /** Interpreter that starts programs in their jails. */
  readonly interpreter: string;
  /** Jails of Python. */
  readonly python: Pick<JailSupply, 'phase'>;
  /** Returns the names of the environments that a caller's scripts of a runtime can run in. */
  readonly environments: (runtime: PackageRuntime, caller?: Caller) => readonly string[];
  /** Folder of compiled programs, and their most bytes. */
  readonly programFolder: string;
  readonly programBytes: number;
  /** True when programs that need epoll may run with the service's own id on the host. */
  readonly acceptsSharedIds: boolean;
  /** Bounds that the host gives to all jails; defined as soon as scripts can run at all. */
  readonly bounds: () => HostBounds | undefined;
  /** Creates the supply of a row. */
  readonly supply: SupplyRow;
  /** Limits of most requests: warm jails start with them. */
  readonly defaults: Limits;
  /** Keeps jails warm, with a command started in them already; undefined keeps none. */
  readonly warm: WarmRuntime | undefined;
}

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const MOST_PROGRAMS = 500;

/** Opens the runtimes of this host, each on first use. */
export function openRuntimes(options: RuntimesOptions): RuntimeRegistry {
  const store = openProgramStore({
    folder: options.programFolder,
    mostBytes: options.programBytes,
    mostPrograms: MOST_PROGRAMS,
    maxAgeMs: WEEK_MS,
  });
  const lookForPython = rememberFound(() => inspectPython(options.interpreter));
  const offered = programRuntimes.filter(({ name }) => options.offered.includes(name));
  const rows = offered.map((runtime) => {
    // Remembered, because the search starts programs on the host and `GET /runtimes` may be called often.
    const look = rememberFound(() => runtime.find(options.paths));
    const find = async (): Promise<Toolchain> => {
      requireBounds(runtime, options);
      return await look();
    };
    return createRow(runtime, { ...options, find, store });
  });
  const isPythonOffered = options.offered.includes('python');
  const pythonReadiness = (): Readiness => readinessOf([options.python]);

  return {
    requireOffer: (name) => {
      if (!options.offered.includes(name)) throw refuseUnoffered(name, options.offered);
    },
    open: async (name) => {
      const row = rows.find(({ runtime }) => runtime.name === name);
      if (row === undefined) throw refuseUnoffered(name, options.offered);
      try {
        return await row.open();
      } catch (error) {
        throw error instanceof ToolchainMissing ? refuseMissing(name, error) : error;
      }
    },
    readiness: () => ({
      ...(isPythonOffered ? { python: pythonReadiness() } : {}),
      ...Object.fromEntries(rows.map(({ runtime, readiness }) => [runtime.name, readiness()])),
    }),
    prepare: async (signal) => {
      for (const { open } of rows) {
        if (signal.aborted) return;
        // Its state says what it failed with, and the supply has logged it.
        await open().catch(() => undefined);
      }
    },
    report: async (caller) => {
      const others = await Promise.all(
        rows.map(async ({ runtime, find, readiness }) => {
          const { name } = runtime;
          const environments = hasPackageEnvironments(name) ? options.environments(name, caller) : [];
          const found = await find().catch(toMissing);
          return describeRuntime(runtime, found, environments, readiness());
        }),
      );
      const describe = async (): Promise<RuntimeReport> => {
        const found = await lookForPython().catch(toMissing);
        return describePython(found, options.environments('python', caller), pythonReadiness());
      };
      const python = isPythonOffered ? [await describe()] : [];
      return [...python, ...others];
    },
  };
}

/** @throws ToolchainMissing when a program of this runtime could not be bounded. */
function requireBounds(
  { needsEpoll }: Runtime,
  { bounds, acceptsSharedIds }: Pick<RuntimesOptions, 'bounds' | 'acceptsSharedIds'>,
): void {
  const given = bounds();
  if (given?.hasCgroup !== true) {
    throw new ToolchainMissing(
      'Its memory can be bounded by a cgroup only, and this host hands out none.',
      'Give the service a cgroup.',
    );
  }
  if (needsEpoll && given.sharesIds && !acceptsSharedIds) {
    throw new ToolchainMissing(
      "It needs epoll, whose watches the kernel counts for each user: its programs would have the service's own.",
      sharedIdsRemedy,
    );
  }
}

function toMissing(error: unknown): ToolchainMissing {
  if (error instanceof ToolchainMissing) return error;
  throw error;
}

function refuseMissing(name: RuntimeName, { message, remedy }: ToolchainMissing): Refusal {
  return new Refusal('invalid_input', `Runtime "${name}" is not available here: ${message}`, {
    suggestions: [`For the operator: ${remedy}`, 'GET /runtimes tells which runtimes there are.'],
  });
}

function refuseUnoffered(name: RuntimeName, offered: readonly RuntimeName[]): Refusal {
  return new Refusal('invalid_input', `Runtime "${name}" is not offered here.`, {
    suggestions: [`Use one of ${offered.join(', ')}: the operator decides with BRIG_RUNTIMES.`],
  });
}
