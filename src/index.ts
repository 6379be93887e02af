import { parseConfig, toLimitPolicy } from './config.ts';
import type { Health } from './core/health.ts';
import type { Failure, Success } from './core/outcome.ts';
import { Refusal } from './core/refusal.ts';
import type { ExecuteRequestInput } from './core/request.ts';
import { startExecution, type Execution as ExecutionOf } from './executor/start-execution.ts';
import type { ExecutionEvent as EventOf } from './core/stream-event.ts';
import { readRequest } from './core/validation/read-request.ts';
import type { OutputListener } from './sandbox/sandbox.ts';
import { createService } from './service.ts';

export { ConfigError } from './config.ts';
export { Refusal } from './core/refusal.ts';
export type { ErrorCategory } from './core/error-category.ts';
export type { Health } from './core/health.ts';
export type { Limits } from './core/limits.ts';
export type { ExecuteRequestInput as ExecuteRequest } from './core/request.ts';

/** What a script returned, as a JavaScript value, and as the JSON text it was (integers beyond 2^53 keep their digits there). */
export type ExecuteSuccess = Omit<Success, 'result'> & {
  readonly result: unknown;
  readonly resultJson: string;
};
export type ExecuteOutcome = ExecuteSuccess | Failure;

export interface ExecuteOptions {
  /** Ends the execution; `execute` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with the script's output as it comes; a promise that it gives holds the script up. */
  readonly onOutput?: OutputListener;
}

/**
 * An execution that runs. `await` gives its outcome. `for await` gives its events as they come, `{event, data}`: `start`,
 * `stdout` and `stderr` with a `text`, and last `done` with the outcome. Begin the loop before anything is awaited, so
 * that none is missed; leaving it early ends the execution, and a slow loop holds the script up.
 */
export type Execution = ExecutionOf<ExecuteOutcome>;
export type ExecutionEvent = EventOf<ExecuteOutcome>;

/** A running Brig in this process. */
export interface Brig extends AsyncDisposable {
  /**
   * Runs one script in a jail of its own. A script that fails is an outcome with `success: false`.
   * Rejects with a Refusal where the request is wrong, the waiting room full, or no script can run.
   */
  execute(request: ExecuteRequestInput, options?: ExecuteOptions): Execution;
  /** Whether scripts can run, and what the probe saw. */
  health(): Health;
  /** Finishes what runs, up to the grace of BRIG_SHUTDOWN_GRACE, and leaves nothing behind. */
  close(): Promise<void>;
}

/**
 * Starts Brig in this process: finds nsjail and an interpreter, probes the isolation. Settings are those of the
 * service, as environment variables (README); `settings` wins over the process's own environment.
 * Resolves also where no script can run: `health()` then says why, and `execute` refuses.
 * @throws ConfigError where a setting is wrong.
 */
export async function createBrig(settings: Readonly<Record<string, string>> = {}): Promise<Brig> {
  const config = parseConfig({ ...process.env, ...settings });
  const service = await createService(config);
  const rules = { policy: toLimitPolicy(config), scriptBytes: config.maxScriptBytes };
  return {
    execute: (request, options) =>
      startExecution<ExecuteOutcome>(async (own) => {
        const outcome = await service.execute(readRequest(writeRequest(request), rules), own);
        return outcome.success
          ? { ...outcome, result: JSON.parse(outcome.result) as unknown, resultJson: outcome.result }
          : outcome;
      }, options),
    health: service.health,
    close: service.close,
    [Symbol.asyncDispose]: service.close,
  };
}

/** The request as the other doors get it. Cycles and values without JSON have none, and JavaScript says which. */
function writeRequest(request: ExecuteRequestInput): string {
  try {
    // Not a string for what has no JSON at all, whatever the type says.
    const text: string | undefined = JSON.stringify(request);
    return text ?? 'null';
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal('invalid_input', `The request is not JSON: ${reason}.`, { cause });
  }
}
