import type { AllowedRoot } from '../core/allowed-root.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Limits } from '../core/limits.ts';
import type { Enforcement } from '../core/outcome.ts';
import type { JobEntry, ResultEncoding } from '../core/plan.ts';
import type { InputFile, PassedText } from '../core/request.ts';

/** One script and all that it gets to see. Every field is named, so that whoever makes a job decides on each. */
export interface Job {
  readonly script: string;
  readonly entry: JobEntry;
  readonly stdin: PassedText;
  readonly env: Readonly<Record<string, string>>;
  /** Placed in the working directory before the run. */
  readonly files: readonly InputFile[];
  /** Glob patterns of the files to bring out after it. */
  readonly returnFiles: readonly string[];
  readonly resultEncoding: ResultEncoding;
  /** Looks at the script instead of running it; the report is then the JSON of a `PreflightReport`. */
  readonly preflight: { readonly memoryBytes: number } | undefined;
  /** Brings out what the script draws with matplotlib. */
  readonly figures: { readonly memoryBytes: number } | undefined;
  /** The jail was leased with it; the script starts in its working directory. */
  readonly root: AllowedRoot | undefined;
  /** What runs the script, where it is not the interpreter of the jail itself; for an entry of the kind `script`. */
  readonly program: Program | undefined;
}

/** What a script gets that gets nothing: for jobs of Brig's own. */
export const bareJob: Omit<Job, 'script' | 'entry'> = {
  stdin: '',
  env: {},
  files: [],
  returnFiles: [],
  resultEncoding: 'strict',
  preflight: undefined,
  figures: undefined,
  root: undefined,
  program: undefined,
};

/** A program that runs a script, or that the script has become. */
export interface Program {
  /** Its path inside the jail and its first arguments; the job's own follow. */
  readonly command: readonly [string, ...string[]];
  /** Where the script is put before, relative to the working directory; nowhere where it is part of the program already. */
  readonly scriptPath?: string | undefined;
  /** Environment variables that it needs; those of the job win. */
  readonly env: Readonly<Record<string, string>>;
  /** A file that it makes, handed back as `Evidence.product` where it ended with status 0. */
  readonly product?: { readonly path: string; readonly mostBytes: number } | undefined;
}

/**
 * Takes a script's output as it comes. Where it gives a promise, that stream is not read until the promise is settled: the
 * script then waits in its next write, once the pipe is full. A listener that throws, or whose promise rejects, ends the execution.
 */
export type OutputListener = (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void | Promise<void>;

export interface RunOptions {
  /** Ends the execution; `run` then rejects with the signal's reason, after the jail is gone. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called with the script's output as it comes, cap or not. Limits hold while its promises are waited for. What is left
   * in the pipes when the script has ended, some hundred KiB at most, is handed over without waiting.
   */
  readonly onOutput?: OutputListener | undefined;
}

/**
 * An interpreter that waits in a jail of its own for exactly one job. Disposing of it ends whatever still runs
 * in it and removes all that it had on the host. `run` resolves as soon as the verdict is certain, which may be a
 * moment before the jail is gone; disposing waits for that.
 *
 * @throws JailFailure from `run`, where the jail and not the script failed.
 */
export interface Jail extends AsyncDisposable {
  /** Resolves when the jail has ended, by itself or not. */
  readonly gone: Promise<void>;
  /** Has other limits hold from now on; before `run` only. */
  setLimits(limits: Limits): void;
  run(job: Job, options?: RunOptions): Promise<Evidence>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Packages that a jail has beside its interpreter: a folder that is never changed. */
export interface JailEnvironment {
  /** The address of its content. */
  readonly id: string;
  /** On the host; read-only in the jail, where the interpreter looks for packages. */
  readonly folder: string;
  /** Modules that a jail which is to wait may have imported already. */
  readonly preload: readonly string[];
  /** Environment variables that its packages want. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface LeaseOptions {
  /** Gives up; `lease` then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Nothing but the standard library where it is left out. */
  readonly environment?: JailEnvironment | undefined;
  /** Modules that are imported before the jail is ready: for one that is made to wait. */
  readonly preload?: readonly string[] | undefined;
  /** A command that is started before the jail is ready, and waits for a job whose program has the same one: for a jail that is made to wait. */
  readonly ahead?: Program['command'] | undefined;
  /** The script wants what its environment preloads: one that waits with it is better than another that waits. */
  readonly prefersPreloaded?: boolean | undefined;
  /** A program on the host that the jail sees, read-only and by the path of `PROGRAM_PATH`: one that a compiler made. */
  readonly programFile?: string | undefined;
  /** A directory that the jail has beside the usual ones, writable by the script. Only jails of the kind `rooted` can have one. */
  readonly root?: AllowedRoot | undefined;
}

/** Where jails come from: started for the occasion, or waiting already. One request for one jail, never shared. */
export interface Sandbox {
  /** How each layer is enforced here. */
  readonly enforcement: Enforcement;
  /** Another one whenever what isolates, or what is in a jail, is another: what a probe saw of one says nothing of the other. */
  readonly identity: string;
  /**
   * A jail in which an interpreter is ready and `limits` hold.
   * @throws JailFailure where none can be made.
   */
  lease(limits: Limits, options?: LeaseOptions): Promise<Jail>;
  /** Whether a jail that was made for some limits can be given others: not every limit can change once it is made. */
  canChange(from: Limits, to: Limits): boolean;
  /** Ends every jail, waits until they are gone, and removes what the sandbox had on the host. */
  close(): Promise<void>;
}

export interface JailFailureDetails {
  /** What the operator can do about it. */
  readonly remedy?: string | undefined;
  /** Paths and the system's own words: for the log and for `brig doctor`, never for a caller. */
  readonly detail?: string | undefined;
  readonly cause?: unknown;
}

/** The machine failed, not the script: no jail could be made, or one vanished. The message holds nothing of the host. */
export class JailFailure extends Error {
  override readonly name = 'JailFailure';
  readonly remedy: string | undefined;
  readonly detail: string | undefined;

  constructor(message: string, { remedy, detail, cause }: JailFailureDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.remedy = remedy;
    this.detail = detail;
  }
}
