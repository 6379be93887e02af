import type { Limits } from '../core/limits.ts';
import type { InputFile } from '../core/request.ts';
import type { ProgramRuntime } from '../core/runtimes.ts';
import type { ImageRecipe } from '../sandbox/nsjail/image/recipe.ts';
import type { JailKindName } from '../sandbox/nsjail/kinds.ts';
import type { Program } from '../sandbox/sandbox.ts';
import type { Sources } from './sources.ts';

/** Where this host has a runtime's parts: what the settings name, else what is found. */
export interface RuntimePaths {
  readonly node: string | undefined;
  readonly deno: string | undefined;
  readonly bun: string | undefined;
  readonly go: string | undefined;
  readonly rust: string | undefined;
}

/** A runtime that this host has. */
export interface Toolchain {
  readonly version: string;
  /** What its scripts' jails hold beside what every jail holds; nothing where a program brings all it needs. */
  readonly recipe?: ImageRecipe | undefined;
  /** The same for the jails in which its compiler runs. */
  readonly compiler?: ImageRecipe | undefined;
}

/** Why this host lacks one. The reason holds nothing of the host: callers see it. */
export class ToolchainMissing extends Error {
  override readonly name = 'ToolchainMissing';
  readonly remedy: string;

  constructor(reason: string, remedy: string) {
    super(reason);
    this.remedy = remedy;
  }
}

/** How one runtime turns a script into a program that runs. One file of this folder each. */
export interface Runtime {
  readonly name: ProgramRuntime;
  /** Of the jails in which its programs run. */
  readonly kind: JailKindName;
  /** Whether its programs, and its compiler, need epoll, whose watches the kernel counts for each user of the host. */
  readonly needsEpoll: boolean;
  /** What the script is called in its working directory. */
  readonly fileNames: readonly [string, ...string[]];
  /** Endings of files that `brig run` takes for it. */
  readonly extensions: readonly string[];
  /** For people: what runs the script. */
  readonly command: string;
  /** @throws ToolchainMissing where this host has none that can be used. */
  find(paths: RuntimePaths): Promise<Toolchain>;
  /**
   * The program that runs a script, or that a script has become, under these limits.
   * @param hasPackages whether its jail has those of an environment.
   */
  plan(limits: Limits, hasPackages: boolean): Program;
  /**
   * What waits for a script: a jail, or in it the program that `plan` gives for the default limits, which then has to know
   * how to wait. Nothing where a jail has to be started for its program.
   */
  readonly waits?: 'jail' | 'program' | undefined;
  /** The step before, where there is one. */
  readonly compilation?: Compilation | undefined;
}

export interface Compilation {
  /** For people. */
  readonly command: string;
  readonly limits: Limits;
  /** @param version the toolchain's. */
  plan(sources: Sources, version: string): CompilerRun;
}

/** All that decides what a compiler makes of a script, beside the script. */
export interface CompilerRun {
  /** The compiler; its product is the program. */
  readonly program: Program & { readonly product: NonNullable<Program['product']> };
  /** Those of the caller's files that take part, and none that cannot: the program is found again by them. */
  readonly files: readonly InputFile[];
}

/** What a compiler may use; the request's own limits are for the program. */
export const compileLimits: Limits = {
  timeout: 60,
  cpu_time: 120,
  memory_mb: 1024,
  cpus: 2,
  processes: 128,
  output_bytes: 256 * 1024,
  disk_mb: 512,
};

/** Largest program that a compiler may make. */
export const MOST_PROGRAM_BYTES = 32 * 1024 * 1024;
