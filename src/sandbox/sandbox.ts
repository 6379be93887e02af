import type { AllowedRoot } from '../core/allowed-root.ts';
import type { Evidence } from '../core/contract/evidence.ts';
import type { Isolation } from '../core/contract/isolation.ts';
import type { Limits } from '../core/contract/limits.ts';
import type { NetworkGrant } from '../core/contract/network/grant.ts';
import type { Enforcement } from '../core/contract/outcome.ts';
import type { Display } from '../core/contract/sessions/display.ts';
import type { JobEntry, ResultEncoding } from '../core/plan.ts';
import type { InputFile, PassedText } from '../core/contract/request.ts';

/**
 * One script and everything that it gets to see. All fields are required, so that whoever makes a job decides on
 * each.
 */
export interface Job {
  readonly script: string;
  readonly entry: JobEntry;
  readonly stdin: PassedText;
  readonly env: Readonly<Record<string, string>>;
  /** Files placed in the working directory before the run. */
  readonly files: readonly InputFile[];
  /** Glob patterns of the files to return afterwards. */
  readonly returnFiles: readonly string[];
  readonly resultEncoding: ResultEncoding;
  /** Inspects the script instead of running it; the report is then the JSON of a `PreflightReport`. */
  readonly preflight: { readonly memoryBytes: number } | undefined;
  /** Returns the figures that the script draws with matplotlib. */
  readonly figures: { readonly memoryBytes: number } | undefined;
  /** Root directory that the jail was leased with; the script starts in its working directory. */
  readonly root: AllowedRoot | undefined;
  /** Hosts that the script may reach; undefined for none. Needs a sandbox whose host has a doorkeeper. */
  readonly network: NetworkGrant | undefined;
  /** Program that runs the script, if not the jail's own interpreter; for entries of kind `script`. */
  readonly program: Program | undefined;
  /** Set for the jobs of a session. */
  readonly session: SessionTerms | undefined;
}

/** Purpose of a job in a session, whose names, files and processes stay for the next one. */
export interface SessionTerms {
  /**
   * `cell`: the value of the last expression is a result. `files`: nothing runs; the result lists the files. `inspect`:
   * the result says whether the source is complete, and what its last word may be.
   */
  readonly mode: 'cell' | 'function' | 'script' | 'files' | 'inspect';
  /** Number of the execution, which its frames bear. */
  readonly number: number;
}

/** A job with all inputs empty, for jobs of Brig's own. */
export const bareJob: Omit<Job, 'script' | 'entry'> = {
  stdin: '',
  env: {},
  files: [],
  returnFiles: [],
  resultEncoding: 'strict',
  preflight: undefined,
  figures: undefined,
  root: undefined,
  network: undefined,
  program: undefined,
  session: undefined,
};

/** A program that runs a script, or that a script was compiled into. */
export interface Program {
  /** Path inside the jail and first arguments; the job's own follow. */
  readonly command: readonly [string, ...string[]];
  /**
   * Path at which the script is placed, relative to the working directory; undefined when it is part of the program.
   */
  readonly scriptPath?: string | undefined;
  /** Environment variables that it needs; those of the job override them. */
  readonly env: Readonly<Record<string, string>>;
  /** File that it makes, returned as `Evidence.product` when it ends with status 0. */
  readonly product?: { readonly path: string; readonly mostBytes: number } | undefined;
}

/**
 * Takes a script's output as it comes. While a returned promise is pending, that stream is not read, and the script
 * waits in its next write once the pipe is full. A listener that throws or rejects ends the execution.
 */
export type OutputListener = (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void | Promise<void>;

export interface RunOptions {
  /** Ends the execution; `run` then rejects with the signal's reason, after the jail is gone. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called with the script's output as it comes, also beyond the cap. Limits hold while its promises are pending. The
   * rest in the pipes after the script's end, at most some hundred KiB, is passed on without waiting.
   */
  readonly onOutput?: OutputListener | undefined;
}

/**
 * An interpreter that waits in a jail of its own for exactly one job. Disposal ends what still runs in it and removes
 * everything that it had on the host. `run` resolves as soon as the verdict is certain, which may be a moment before
 * the jail is gone; disposal waits for that.
 *
 * @throws JailFailure from `run`, when the jail and not the script failed.
 */
export interface Jail extends AsyncDisposable {
  /** Resolves when the jail has ended, by itself or not. */
  readonly gone: Promise<void>;
  /** Changes the limits in force; before `run` only. */
  setLimits(limits: Limits): void;
  run(job: Job, options?: RunOptions): Promise<Evidence>;
  /**
   * Runs a first job, and keeps the jail for more; instead of `run`. What the first job may reach of the network stays
   * open.
   */
  openSession(job: Job, options?: RunOptions): Promise<JailSession>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface SessionRunOptions extends RunOptions {
  /** Limits of this job: wall clock, CPU time and output. Those of the jail stay. */
  readonly limits: Limits;
  /** Called with each result as it comes. */
  readonly onDisplay?: ((display: Display) => void) | undefined;
}

/** A jail that is kept for one job after the other. */
export interface JailSession {
  /**
   * Runs a job; one at a time. At a limit of time, CPU time or output, and when `signal` aborts, the script is
   * interrupted first; the jail ends when that does not help within a grace.
   */
  run(job: Job, options: SessionRunOptions): Promise<Evidence>;
  /** Whether it waits for a job. */
  isReady(): boolean;
  /** Interrupts what runs, like Ctrl-C in a terminal. */
  interrupt(): void;
  /** Whether its processes can be stopped for a while. */
  readonly canFreeze: boolean;
  freeze(): void;
  thaw(): void;
  /** Resolves when the jail has ended, however it did. */
  readonly lost: Promise<JailLoss>;
}

/** Why the jail of a session ended, by the host's own evidence. */
export type JailLoss = 'memory' | 'ended';

/** Packages of a jail besides its interpreter: a folder that never changes. */
export interface JailEnvironment {
  /** Address of its content. */
  readonly id: string;
  /** Folder on the host; read-only in the jail, at the interpreter's place for packages. */
  readonly folder: string;
  /** Modules that a warm jail may have imported already. */
  readonly preload: readonly string[];
  /** Environment variables that its packages need. */
  readonly variables: Readonly<Record<string, string>>;
  /** True when the operator chose its packages, and no key: what a template imports must be trusted. */
  readonly isOperators?: boolean | undefined;
}

export interface LeaseOptions {
  /** Stops the wait; `lease` then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Undefined for the standard library only. */
  readonly environment?: JailEnvironment | undefined;
  /** Modules imported before the jail is ready; for warm jails. */
  readonly preload?: readonly string[] | undefined;
  /**
   * Command started before the jail is ready, which then waits for a job whose program has the same command; for warm
   * jails.
   */
  readonly ahead?: Program['command'] | undefined;
  /** True when the script uses modules that its environment preloads: a warm jail with them is preferred. */
  readonly prefersPreloaded?: boolean | undefined;
  /** Compiled program on the host that the jail sees at `PROGRAM_PATH`, read-only. */
  readonly programFile?: string | undefined;
  /** Directory besides the usual ones that the script can write to; only for jails of kind `rooted`. */
  readonly root?: AllowedRoot | undefined;
  /** True for a jail that is kept: it can be frozen, and its timeout is the life of the session. */
  readonly isKept?: boolean | undefined;
}

/** Source of jails, warm or started on demand. Each jail serves one request. */
export interface Sandbox {
  /** Enforcement of each layer on this host. */
  readonly enforcement: Enforcement;
  /** Way in which its jails are made. */
  readonly isolation: Isolation;
  /** Changes when the isolation or the content of its jails changes: a probe is valid for one identity only. */
  readonly identity: string;
  /**
   * Returns a jail with a ready interpreter and with `limits` in force.
   * @throws JailFailure when none can be made.
   */
  lease(limits: Limits, options?: LeaseOptions): Promise<Jail>;
  /** Whether a jail made for some limits can be given others: some limits are fixed at its start. */
  canChange(from: Limits, to: Limits): boolean;
  /** Ends every jail, waits until they are gone, and removes what the sandbox had on the host. */
  close(): Promise<void>;
}

export interface JailFailureDetails {
  /** Advice for the operator. */
  readonly remedy?: string | undefined;
  /** Paths and the system's own messages: for the log and `brig doctor`, never for a caller. */
  readonly detail?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The machine failed, not the script: no jail could be made, or one vanished. The message names no part of the host.
 */
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
