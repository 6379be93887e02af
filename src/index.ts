import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { parseConfig, toLimitPolicy, toSessionPolicy } from './config.ts';
import type { Health } from './core/contract/health.ts';
import type { BuildRequestInput, Environment } from './core/contract/environment.ts';
import { writeFile, type WrittenFile } from './core/contract/files/returned-files.ts';
import { jobCaps, type jobFieldsSchema } from './core/contract/jobs/job-request.ts';
import type { JobSummary } from './core/contract/jobs/job.ts';
import type { Failure, Outcome, RefusalBody, Success } from './core/contract/outcome.ts';
import { planRequest } from './core/plan.ts';
import { Refusal } from './core/contract/refusal.ts';
import type { ExecuteRequestInput } from './core/contract/request.ts';
import type { generateRequestSchema } from './core/contract/generation/generate-request.ts';
import type {
  Generation as Written,
  GenerationEvent as WritingEvent,
} from './core/contract/generation/generation.ts';
import { readGenerateRequest } from './core/validation/read-generate-request.ts';
import {
  startExecution,
  startGeneration,
  type Execution as ExecutionOf,
  type Generation as GenerationOf,
} from './executor/start-execution.ts';
import type { ExecutionEvent as EventOf } from './core/contract/stream-event.ts';
import type { GivenContents } from './core/validation/files.ts';
import type { Runtimes } from './core/contract/runtimes.ts';
import { readBuildRequest } from './core/validation/read-build-request.ts';
import { readJobRequest } from './core/validation/read-job-request.ts';
import { readRequest } from './core/validation/read-request.ts';
import type { RequestRules } from './core/validation/validate-request.ts';
import type { Job as StoredJob, Jobs } from './jobs/jobs.ts';
import type { Build, Environments } from './environments/environments.ts';
import { openLibrarySession, type BrigSession, type SessionRequest } from './library-session.ts';
import type { OutputListener } from './sandbox/sandbox.ts';
import { createService } from './service.ts';

export { ConfigError } from './config.ts';
export type { BuildRequestInput as BuildRequest, Environment } from './core/contract/environment.ts';
export { BuildFailure } from './environments/build-failure.ts';
export { Refusal } from './core/contract/refusal.ts';
export type {
  SessionExecuteOptions,
  SessionExecuteRequest,
  SessionExecution,
  SessionFacts,
  SessionRequest,
  SessionResult,
} from './library-session.ts';
export type { ErrorCategory } from './core/contract/error-category.ts';
export type { Health } from './core/contract/health.ts';
export type { Limits } from './core/contract/limits.ts';
export type { Runtimes } from './core/contract/runtimes.ts';

/**
 * Body of `POST /execute`. The content of a file may also be bytes, which must not change until the execution ends.
 * @example
 * const request: ExecuteRequest = {
 *   script: 'def main(path):\n    return len(open(path).read())',
 *   args: ['data.txt'],
 *   files: [{ path: 'data.txt', content: 'one\ntwo\n' }],
 *   limits: { timeout: 2, memory_mb: 64 },
 * };
 */
export type ExecuteRequest = Omit<ExecuteRequestInput, 'files'> & {
  readonly files?: readonly FileInput[] | undefined;
};

/**
 * Body of `POST /generate-and-execute`, with files as in `ExecuteRequest`.
 * @example
 * const request: GenerateRequest = { query: 'the first ten primes', repair: 1 };
 */
export type GenerateRequest = Omit<z.input<typeof generateRequestSchema>, 'files'> & {
  readonly files?: readonly FileInput[] | undefined;
};

/**
 * A file that is placed in the working directory before the run.
 * @example
 * const file: FileInput = { path: 'in/table.csv', content: 'a,b\n1,2\n' };
 */
export interface FileInput {
  /** Relative to the working directory, with `/` between folders. */
  readonly path: string;
  readonly content: string | Uint8Array<ArrayBuffer>;
  /** Encoding of a string; `utf8` by default. */
  readonly encoding?: 'utf8' | 'base64' | undefined;
}

/**
 * A returned file of the working directory. Its content is text, or base64 when its bytes are no UTF-8.
 * @example
 * for (const file of outcome.files) await writeFile(file.path, fileBytes(file));
 */
export type ReturnedFile = Readonly<WrittenFile>;

/**
 * Returns the bytes of a returned file, whatever its encoding.
 * @example
 * const { files } = await brig.execute({ script, return_files: ['*.png'] });
 * const pictures = files.map(fileBytes);
 */
export function fileBytes({
  content,
  encoding,
}: Pick<ReturnedFile, 'content' | 'encoding'>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(content, encoding));
}

/**
 * Outcome of a script that succeeded: `result` is the value it returned, `resultJson` the same as JSON text, in which
 * integers beyond 2^53 keep their digits.
 * @example
 * const { result, resultJson } = success; // 1180591620717411300000, '1180591620717411303424'
 */
export type ExecuteSuccess = Omit<Success, 'result' | 'files'> & {
  readonly result: unknown;
  readonly resultJson: string;
  readonly files: readonly ReturnedFile[];
};

/**
 * Outcome of a script that failed: the category of its error, what happened, and what to do.
 * @example
 * if (!outcome.success) console.log(outcome.error, outcome.message, outcome.suggestions);
 */
export type ExecuteFailure = Omit<Failure, 'files'> & { readonly files: readonly ReturnedFile[] };

/**
 * Outcome of a script.
 * @example
 * const outcome: ExecuteOutcome = await brig.execute({ script });
 * console.log(outcome.success ? outcome.result : outcome.message);
 */
export type ExecuteOutcome = ExecuteSuccess | ExecuteFailure;

/**
 * A jail that is kept for one execution after the other.
 * @example
 * await using session: Session = await brig.openSession();
 */
export type Session = BrigSession<ExecuteOutcome>;

/**
 * Options to follow and end an execution.
 * @example
 * const outcome = await brig.execute(request, {
 *   signal: AbortSignal.timeout(5000),
 *   onOutput: (stream, chunk) => void process[stream].write(chunk),
 * });
 */
export interface ExecuteOptions {
  /** Ends the execution; `execute` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with the script's output as it comes; the script waits while a returned promise is pending. */
  readonly onOutput?: OutputListener;
}

/**
 * A running execution. `await` returns its outcome. `for await` yields its events as they come, `{event, data}`:
 * `start`, `stdout` and `stderr` with a `text`, and last `done` with the outcome. Begin the loop before awaiting
 * anything, so that no event is missed; leaving it early ends the execution, and a slow loop delays the script.
 * @example
 * for await (const { event, data } of brig.execute({ script }))
 *   if (event === 'stdout') process.stdout.write(data.text);
 */
export type Execution = ExecutionOf<ExecuteOutcome>;

/**
 * One event of an execution: `start`, `stdout`, `stderr` or `done`.
 * @example
 * const isLast = (event: ExecutionEvent): boolean => event.event === 'done';
 */
export type ExecutionEvent = EventOf<ExecuteOutcome>;

/**
 * Outcome of the last script that ran, and the record of its generation.
 * @example
 * const { generation } = await brig.generate({ query: 'the first ten primes' });
 * console.log(generation.script, generation.attempts.length);
 */
export type GenerateOutcome = ExecuteOutcome & { readonly generation: Written };

/**
 * An `Execution` whose script a model writes first, with the additional events `script` and `attempt`.
 * @example
 * for await (const { event, data } of brig.generate({ query: 'the first ten primes' }))
 *   if (event === 'script') console.log(data.script);
 */
export type Generation = GenerationOf<GenerateOutcome>;

/**
 * One event of a generation: those of an execution, `script` and `attempt`.
 * @example
 * const isWritten = (event: GenerationEvent): boolean => event.event === 'script';
 */
export type GenerationEvent = EventOf<GenerateOutcome> | WritingEvent;

/**
 * Options to follow a build.
 * @example
 * await brig.environments.build(request, { onProgress: (line) => console.log(line) });
 */
export interface BuildOptions {
  /** Called with each line of the installer's output. */
  readonly onProgress?: (line: string) => void;
}

/**
 * Prebuilt package environments. Unknown names are rejected with a Refusal `not_found`.
 * @example
 * await brig.environments.build({ name: 'plots', packages: ['numpy', 'matplotlib'] });
 * await brig.execute({ script, environment: 'plots' });
 */
export interface BrigEnvironments {
  /**
   * Installs packages in a jail of their own, and points the name at them.
   * @throws Refusal when the request is invalid; BuildFailure when it cannot be built, and the name keeps its old
   * environment.
   */
  build(request: BuildRequestInput, options?: BuildOptions): Promise<Environment>;
  /** Builds an environment from a folder of packages on this host. @throws BuildFailure */
  importFolder(
    order: { readonly name: string; readonly folder: string; readonly preload?: readonly string[] },
    options?: BuildOptions,
  ): Promise<Environment>;
  list(): Promise<Environment[]>;
  get(name: string): Promise<Environment>;
  remove(name: string): Promise<void>;
  /** Removes environments unused for `unusedDays`; returns their names. */
  prune(unusedDays: number): Promise<string[]>;
}

/**
 * Body of `POST /jobs`: an execution that nobody waits for, with files as in `ExecuteRequest`.
 * @example
 * const request: JobRequest = { script, delay: 60, at_most_once: true };
 */
export type JobRequest = ExecuteRequest & z.input<typeof jobFieldsSchema>;

/**
 * A job: its state, its times, and with a final state its outcome. A job that did not run has a `Refusal`'s body.
 * @example
 * const job: Job = await brig.jobs.submit({ script });
 * const { state, outcome }: Job = await brig.jobs.wait(job.id);
 */
export type Job = JobSummary & { readonly outcome?: ExecuteOutcome | RefusalBody | undefined };

/**
 * Jobs of this process, or of all that share BRIG_REDIS_URL; this process runs them too, unless BRIG_JOB_PLACES is 0.
 * All reject with a Refusal: `not_found` for a job that is not there or forgotten, `unavailable` while Redis is away.
 * @example
 * const { id } = await brig.jobs.submit({ script: 'def main(): return 6 * 7' });
 * const { outcome } = await brig.jobs.wait(id);
 */
export interface BrigJobs {
  /**
   * Takes a job, and resolves before it runs.
   * @param options `idempotencyKey` makes a repeated submission of the same request the same job.
   */
  submit(request: JobRequest, options?: { readonly idempotencyKey?: string }): Promise<Job>;
  get(id: string): Promise<Job>;
  /** Waits for the end of a job, or for so many seconds; returns it as it is then. Rejects with the signal's reason. */
  wait(id: string, options?: { readonly seconds?: number; readonly signal?: AbortSignal }): Promise<Job>;
  /** Cancels a job unless it is final; returns it as it is afterwards. */
  cancel(id: string): Promise<Job>;
  /** Returns jobs without their outcomes, the newest first: 100, or as many as `limit` says up to 500. */
  list(options?: {
    readonly state?: Job['state'];
    readonly limit?: number;
    readonly before?: string;
  }): Promise<Job[]>;
}

/**
 * A running Brig in this process.
 * @example
 * await using brig: Brig = await createBrig();
 */
export interface Brig extends AsyncDisposable {
  /**
   * Runs one script in a jail of its own. A script that fails is an outcome with `success: false`. Rejects with a
   * Refusal when the request is invalid, the waiting room full, or no script can run.
   */
  execute(request: ExecuteRequest, options?: ExecuteOptions): Execution;
  /**
   * Lets a model write a script, and runs it. Rejects with a Refusal `forbidden` when there is no model,
   * `bad_gateway` when it fails.
   */
  generate(request: GenerateRequest, options?: ExecuteOptions): Generation;
  /**
   * Keeps a jail for one execution after the other, as `POST /sessions` does. Rejects with a Refusal when the request is
   * invalid, there is no place, or no script can run.
   */
  openSession(request?: SessionRequest): Promise<Session>;
  /** Executions that nobody waits for. */
  readonly jobs: BrigJobs;
  /** Package environments that scripts ask for by name. */
  readonly environments: BrigEnvironments;
  /** Whether scripts can run, and what the probe saw. */
  health(): Health;
  /** Returns the runtimes that can run scripts here, like `GET /runtimes`. */
  runtimes(): Promise<Runtimes>;
  /** Lets running executions finish, up to the grace of BRIG_SHUTDOWN_GRACE, and leaves nothing behind. */
  close(): Promise<void>;
}

/**
 * Starts Brig in this process: finds nsjail and an interpreter, probes the isolation. Settings are those of the
 * service, as environment variables (docs/settings.md); `settings` override the process's own environment. Resolves
 * even if no script can run: `health()` then says why, and `execute` refuses.
 * @throws ConfigError when a setting is invalid.
 * @example
 * await using brig = await createBrig({ BRIG_MAX_CONCURRENT: '4' });
 * const outcome = await brig.execute({ script: 'def main(n):\n    return n ** 2', args: [12] });
 */
export async function createBrig(settings: Readonly<Record<string, string>> = {}): Promise<Brig> {
  // A caller who passes a whole environment passes other variables too, which need not be settings.
  const given = Object.keys(settings).filter((name) => process.env[name] === undefined);
  const config = parseConfig({ ...process.env, ...settings }, given);
  const service = await createService(config);
  const rules = { policy: toLimitPolicy(config), scriptBytes: config.maxScriptBytes };
  const generateRules = {
    ...rules,
    queryBytes: config.llmMaxInputBytes,
    maxRepairs: config.llmMaxRepairs,
  };
  return {
    execute: (request, options) =>
      startExecution<ExecuteOutcome>(async (own) => {
        const { input, contents } = setBytesAside(request);
        return toOutcome(
          await service.execute(planRequest(readRequest(writeRequest(input), rules, contents)), own),
        );
      }, options),
    generate: (request, options) =>
      startGeneration<GenerateOutcome>(async (own) => {
        const { input, contents } = setBytesAside(request);
        const order = readGenerateRequest(writeRequest(input), generateRules, contents);
        const outcome = await service.generate(order, own);
        return { ...toOutcome(outcome), generation: outcome.generation };
      }, options),
    openSession: (request = {}) =>
      openLibrarySession(
        { sessions: service.sessions, rules, times: toSessionPolicy(config), writeRequest, toOutcome },
        request,
      ),
    jobs: toBrigJobs(service.jobs, rules),
    environments: toBrigEnvironments(service.environments),
    health: service.health,
    runtimes: service.runtimes,
    close: service.close,
    [Symbol.asyncDispose]: service.close,
  };
}

/** Converts an outcome's JSON and bytes into values. */
function toOutcome(outcome: Outcome): ExecuteOutcome {
  const files = outcome.files.map(writeFile);
  if (!outcome.success) return { ...outcome, files };
  return { ...outcome, result: JSON.parse(outcome.result) as unknown, resultJson: outcome.result, files };
}

/** Sets bytes aside, so that they need not be encoded and decoded again: an empty string takes their place. */
function setBytesAside(request: ExecuteRequest | GenerateRequest): {
  input: unknown;
  contents: GivenContents;
} {
  const contents = new Map<number, Uint8Array<ArrayBuffer>>();
  // Unknown despite its type: validation rejects anything but an array.
  const files: unknown = (request as Pick<ExecuteRequest, 'files'> | undefined)?.files;
  if (!Array.isArray(files)) return { input: request, contents };
  const entries = files.map((file: FileInput | undefined, index) => {
    if (!(file?.content instanceof Uint8Array)) return file;
    contents.set(index, file.content);
    return { ...file, content: '' };
  });
  return { input: { ...request, files: entries }, contents };
}

/** Owner of the jobs that this library submits. */
const OWNER = 'library';

const showJob = ({ outcome, ...job }: StoredJob): Job => ({
  ...job,
  ...(outcome !== undefined && { outcome: outcome.execution === null ? outcome : toOutcome(outcome) }),
});

function toBrigJobs(jobs: Jobs, rules: RequestRules): BrigJobs {
  return {
    submit: async (given, { idempotencyKey: key } = {}) => {
      const { input, contents } = setBytesAside(given);
      const text = writeRequest(input);
      const { request, fields } = readJobRequest(text, rules, contents);
      const digest = key === undefined ? '' : digestRequest(text, contents);
      const claim = key === undefined ? undefined : { key, digest };
      const [job] = await jobs.submit([
        { plan: planRequest(request), fields, caller: { queueKey: OWNER }, claim },
      ]);
      if (job === undefined) throw new Error('a job was taken, and is not there');
      return showJob(job);
    },
    get: async (id) => showJob(await jobs.get(OWNER, id)),
    wait: async (id, { seconds = FOR_EVER, signal = new AbortController().signal } = {}) =>
      showJob(await jobs.wait(OWNER, id, { seconds, signal })),
    cancel: async (id) => showJob(await jobs.cancel(OWNER, id)),
    list: async ({ state, before, limit: most = jobCaps.list.default } = {}) =>
      (await jobs.list(OWNER, { state, before, most })).map((job) => showJob({ ...job, outcome: undefined })),
  };
}

/** Seconds: three weeks, as long as a timer of Node can be. */
const FOR_EVER = 2_000_000;

function digestRequest(text: string, contents: GivenContents): string {
  const hash = createHash('sha256').update(text);
  for (const [index, bytes] of contents) hash.update(`${index} ${bytes.length} `).update(bytes);
  return hash.digest('base64');
}

const SECONDS_PER_DAY = 24 * 60 * 60;

function toBrigEnvironments(environments: Environments): BrigEnvironments {
  const finish = async (build: Build, { onProgress }: BuildOptions = {}): Promise<Environment> => {
    build.subscribe((event) => {
      if (event.type === 'progress') onProgress?.(event.line);
    });
    await build.done;
    return environments.get(build.name);
  };
  return {
    build: async (request, options) =>
      finish(environments.build(readBuildRequest(request, { isOperator: true, builds: 'all' })), options),
    importFolder: async ({ name, folder, preload = [] }, options) =>
      finish(environments.importFolder({ name, folder, preload: [...preload] }), options),
    list: environments.list,
    get: environments.get,
    remove: environments.remove,
    prune: (unusedDays) => environments.prune(unusedDays * SECONDS_PER_DAY),
  };
}

/**
 * Writes the request as JSON, as other doors receive it. Cycles and values without JSON throw, with JavaScript's own
 * message.
 */
function writeRequest(request: unknown): string {
  try {
    // Undefined despite its type for a value without JSON.
    const text: string | undefined = JSON.stringify(request);
    return text ?? 'null';
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal('invalid_input', `The request is not JSON: ${reason}.`, { cause });
  }
}
