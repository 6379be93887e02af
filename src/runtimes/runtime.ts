import type { Limits } from '../core/contract/limits.ts';
import type { InputFile } from '../core/contract/request.ts';
import type { ProgramRuntime } from '../core/contract/runtimes.ts';
import type { ImageRecipe } from '../sandbox/image-recipe.ts';
import type { JailKindName } from '../sandbox/jail-kind.ts';
import type { Program } from '../sandbox/sandbox.ts';
import type { Sources } from './sources.ts';

/** Paths of the runtimes on this host, from the settings; undefined to search for one. */
export interface RuntimePaths {
  readonly node: string | undefined;
  readonly deno: string | undefined;
  readonly bun: string | undefined;
  readonly go: string | undefined;
  readonly rust: string | undefined;
}

/** A runtime that was found on this host. */
export interface Toolchain {
  readonly version: string;
  /** Extra content of its jails, beyond the common files; undefined when a program needs nothing else. */
  readonly recipe?: ImageRecipe | undefined;
  /** The same for the jails of its compiler. */
  readonly compiler?: ImageRecipe | undefined;
}

/** This host lacks a runtime. The reason names no part of the host, because callers see it. */
export class ToolchainMissing extends Error {
  override readonly name = 'ToolchainMissing';
  readonly remedy: string;

  constructor(reason: string, remedy: string) {
    super(reason);
    this.remedy = remedy;
  }
}

/** Turns a script into a program that runs. Each runtime has a file in this folder. */
export interface Runtime {
  readonly name: ProgramRuntime;
  /** Kind of the jails that run its programs. */
  readonly kind: JailKindName;
  /** True when its programs and compiler need epoll, whose watches the kernel counts per user of the host. */
  readonly needsEpoll: boolean;
  /** Names of the script in its working directory. */
  readonly fileNames: readonly [string, ...string[]];
  /** File extensions that `brig run` takes for this runtime. */
  readonly extensions: readonly string[];
  /** Command that runs the script, for people. */
  readonly command: string;
  /** @throws ToolchainMissing when this host has no usable one. */
  find(paths: RuntimePaths): Promise<Toolchain>;
  /**
   * Returns the program that runs a script, or that a script was compiled into, under these limits.
   * @param hasPackages true when its jail has the packages of an environment.
   */
  plan(limits: Limits, hasPackages: boolean): Program;
  /**
   * Kind of warming: a jail alone, or with the program that `plan` returns for the default limits, which must know
   * how to wait. Undefined when every jail is started for its program.
   */
  readonly waits?: 'jail' | 'program' | undefined;
  /** Compilation before the run, for compiled runtimes. */
  readonly compilation?: Compilation | undefined;
}

export interface Compilation {
  /** Command of the compiler, for people. */
  readonly command: string;
  readonly limits: Limits;
  /** @param version of the toolchain. */
  plan(sources: Sources, version: string): CompilerRun;
}

/** Everything besides the script that decides the compiler's output. */
export interface CompilerRun {
  /** The compiler as a program; its product is the compiled script. */
  readonly program: Program & { readonly product: NonNullable<Program['product']> };
  /** Files of the caller that can affect the output, and no others, because they are part of the program's key. */
  readonly files: readonly InputFile[];
}

/** Limits of a compiler; the request's own limits apply to the program. */
export const compileLimits: Limits = {
  timeout: 60,
  cpu_time: 120,
  memory_mb: 1024,
  cpus: 2,
  processes: 128,
  output_bytes: 256 * 1024,
  disk_mb: 512,
  open_files: 256,
};

/** Largest compiled program, in bytes. */
export const MOST_PROGRAM_BYTES = 32 * 1024 * 1024;
