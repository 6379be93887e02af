import { basename } from 'node:path';
import type { Limits } from '../core/limits.ts';
import {
  hasPackageEnvironments,
  type PackageRuntime,
  type RuntimeName,
  type RuntimeReport,
} from '../core/runtimes.ts';
import type { Caller } from '../core/caller.ts';
import { Refusal } from '../core/refusal.ts';
import type { NsjailHost } from '../sandbox/nsjail/host.ts';
import { provideImage } from '../sandbox/nsjail/image/image-store.ts';
import type { ImageRecipe } from '../sandbox/nsjail/image/recipe.ts';
import type { ReturnCaps } from '../sandbox/nsjail/protocol.ts';
import { createNsjailSandbox } from '../sandbox/nsjail/nsjail-sandbox.ts';
import { JailFailure, type Program, type Sandbox } from '../sandbox/sandbox.ts';
import { bun } from './bun.ts';
import { createCompiler } from './compiler.ts';
import { deno } from './deno.ts';
import { go } from './go.ts';
import { node } from './node.ts';
import { openProgramStore } from './program-store.ts';
import { rememberFound } from './remember.ts';
import { describePython, describeRuntime, inspectPython } from './report.ts';
import { ToolchainMissing, type Runtime, type RuntimePaths, type Toolchain } from './runtime.ts';
import type { OpenRuntime, Runtimes } from './runtimes.ts';
import { rust } from './rust.ts';
import { needsEpoll, sharedIdsRemedy } from './shared-ids.ts';

/** Every runtime beside Python, in the order in which they are told. */
export const programRuntimes: readonly Runtime[] = [node, deno, bun, go, rust];

export interface RuntimesOptions {
  /** Which ones the operator offers. */
  readonly offered: readonly RuntimeName[];
  readonly paths: RuntimePaths;
  /** The interpreter that starts programs in their jails. */
  readonly python: string;
  /** Names of the environments that a caller's scripts of a runtime can run in. */
  readonly environments: (runtime: PackageRuntime, caller?: Caller) => readonly string[];
  readonly stateDir: string;
  /** What `brig prepare` made ahead, if anything. */
  readonly preparedDir: string | undefined;
  /** Where compiled programs are kept, and how many bytes of them. */
  readonly programFolder: string;
  readonly programBytes: number;
  readonly caps: ReturnCaps;
  /** Whether programs that need epoll may have the service's own id on the host. */
  readonly acceptsSharedIds: boolean;
  /** What all jails share; there is one as soon as scripts can run at all. */
  readonly host: () => NsjailHost | undefined;
  /** Limits of most requests: what waits for a script is made for them. */
  readonly defaults: Limits;
  /** Has jails wait, and in them a command that is started already; undefined where none are to wait. */
  readonly warm: ((sandbox: Sandbox, ahead: Program['command'] | undefined) => Sandbox) | undefined;
  /** Says whether the isolation of a kind of jail holds, with epoll or without. @throws JailFailure where it does not. */
  readonly verify: (kind: string, sandbox: Sandbox, hasEpoll: boolean) => Promise<void>;
}

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const MOST_PROGRAMS = 500;
/** In a program's jail the interpreter that started it waits for its end. */
const LAUNCHERS = 1;

/**
 * The runtimes of this host, each opened when it is first asked for: its image is made, its isolation attacked, once.
 * What fails is tried again with the next request.
 */
export function openRuntimes(options: RuntimesOptions): Runtimes {
  const store = openProgramStore({
    folder: options.programFolder,
    mostBytes: options.programBytes,
    mostPrograms: MOST_PROGRAMS,
    maxAgeMs: WEEK_MS,
  });
  const sandboxes = new Set<Sandbox>();
  const opening = new Map<RuntimeName, Promise<OpenRuntime>>();
  // Looking starts programs of the host: `GET /runtimes` does not at every request.
  const lookFor = new Map<RuntimeName, () => Promise<Toolchain>>(
    programRuntimes.map((runtime) => [runtime.name, rememberFound(() => runtime.find(options.paths))]),
  );
  const lookForPython = rememberFound(() => inspectPython(options.python));

  const openSandbox = async (
    kind: string,
    recipe: ImageRecipe | undefined,
    hasEpoll: boolean,
    runtime?: Runtime,
  ) => {
    const host = options.host();
    if (host === undefined) throw new JailFailure('The sandbox is closed.');
    const { python, stateDir, preparedDir } = options;
    const image = await provideImage({ python, recipe }, stateDir, preparedDir);
    const sandbox = createNsjailSandbox(host, {
      kind,
      image,
      caps: options.caps,
      ownProcesses: LAUNCHERS,
      keepsEpoll: hasEpoll,
    });
    try {
      await options.verify(kind, sandbox, hasEpoll);
    } catch (error) {
      await sandbox.close();
      throw error;
    }
    const ahead = runtime?.waits === 'program' ? runtime.plan(options.defaults, false).command : undefined;
    const opened =
      runtime?.waits === undefined || options.warm === undefined ? sandbox : options.warm(sandbox, ahead);
    sandboxes.add(opened);
    return { sandbox: opened, fresh: sandbox, image };
  };

  const open = async (runtime: Runtime, toolchain: Toolchain): Promise<OpenRuntime> => {
    const hasEpoll = needsEpoll(runtime.name);
    const { sandbox, fresh } = await openSandbox(runtime.name, toolchain.recipe, hasEpoll, runtime);
    const plan: OpenRuntime['plan'] = (limits, hasPackages = false) => runtime.plan(limits, hasPackages);
    const { compilation } = runtime;
    const { version } = toolchain;
    if (compilation === undefined) return { version, sandbox, fresh, plan };
    // Go's compiler is a program in Go.
    const compiler = await openSandbox('compiler', toolchain.compiler, hasEpoll).catch(
      async (error: unknown) => {
        sandboxes.delete(sandbox);
        await sandbox.close();
        throw error;
      },
    );
    const compile = createCompiler({
      name: runtime.name,
      compilation,
      sandbox: compiler.sandbox,
      toolchain: `${basename(compiler.image.folder)} ${compiler.sandbox.identity}`,
      version: toolchain.version,
      store,
    });
    return { version, sandbox, fresh, plan, compile };
  };

  const find = async (runtime: Runtime): Promise<Toolchain> => {
    if (options.host()?.tree === undefined) {
      throw new ToolchainMissing(
        'Its memory can be bounded by a cgroup only, and this host hands out none.',
        'Give the service a cgroup.',
      );
    }
    const isShared = options.host()?.ids.kind === 'shared-id';
    if (isShared && !options.acceptsSharedIds && needsEpoll(runtime.name)) {
      throw new ToolchainMissing(
        "It needs epoll, whose watches the kernel counts for each user: its programs would have the service's own.",
        sharedIdsRemedy,
      );
    }
    return lookFor.get(runtime.name)?.() ?? runtime.find(options.paths);
  };

  const openFresh = async (name: RuntimeName): Promise<OpenRuntime> => {
    const runtime = programRuntimes.find((one) => one.name === name);
    if (runtime === undefined) throw new Error(`${name} is no runtime of programs`);
    try {
      return await open(runtime, await find(runtime));
    } catch (error) {
      opening.delete(name);
      throw error instanceof ToolchainMissing ? refuseMissing(name, error) : error;
    }
  };

  const offered = programRuntimes.filter(({ name }) => options.offered.includes(name));

  return {
    requireOffer: (name) => {
      if (!options.offered.includes(name)) throw refuseUnoffered(name, options.offered);
    },
    open: (name) => {
      const opened = opening.get(name) ?? openFresh(name);
      opening.set(name, opened);
      return opened;
    },
    report: async (caller): Promise<RuntimeReport[]> => {
      const others = await Promise.all(
        offered.map(async (runtime) => {
          const { name } = runtime;
          const environments = hasPackageEnvironments(name) ? options.environments(name, caller) : [];
          return describeRuntime(runtime, await find(runtime).catch(toMissing), environments);
        }),
      );
      const python = options.offered.includes('python')
        ? [describePython(await lookForPython().catch(toMissing), options.environments('python', caller))]
        : [];
      return [...python, ...others];
    },
    close: async () => {
      await Promise.allSettled(opening.values());
      await Promise.all([...sandboxes].map((sandbox) => sandbox.close()));
    },
  };
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
