import { Refusal } from '../core/contract/refusal.ts';
import type { Outcome, RefusalBody } from '../core/contract/outcome.ts';
import type { Executor } from '../executor/executor.ts';
import type { OutputListener } from '../sandbox/sandbox.ts';
import { decodeOutput } from './decode-output.ts';
import { failed } from './job-refusals.ts';
import type { JobOrder } from './jobs.ts';

/** End of one attempt. */
export type AttemptEnd =
  | { readonly type: 'finished'; readonly outcome: Outcome }
  /** It can never run. */
  | { readonly type: 'refused'; readonly error: unknown }
  /** It did not run, and may after so many seconds. */
  | { readonly type: 'no_place'; readonly retryAfter: number | undefined }
  /** Its script was started, and the machine failed. */
  | { readonly type: 'lost'; readonly retryAfter: number | undefined };

export interface AttemptOptions {
  readonly id: string;
  readonly signal: AbortSignal | undefined;
  readonly onText: (stream: 'stdout' | 'stderr', text: string) => void;
}

/** Runs a job once. Never rejects. */
export async function attemptJob(
  execute: Executor['execute'],
  order: JobOrder,
  { id, signal, onText }: AttemptOptions,
): Promise<AttemptEnd> {
  let isStarted = false;
  const output: { readonly take: OutputListener; end(): void } = decodeOutput(onText);
  try {
    const outcome = await execute(
      { ...order.plan, id: order.plan.id ?? id },
      {
        ...{ caller: order.caller, requestId: order.requestId, traceparent: order.traceparent },
        signal,
        onStart: () => {
          isStarted = true;
        },
        onOutput: output.take,
      },
    );
    output.end();
    return { type: 'finished', outcome };
  } catch (error) {
    if (!(error instanceof Refusal) || !error.retryable || error.category === 'internal_error')
      return { type: 'refused', error };
    return { type: isStarted ? 'lost' : 'no_place', retryAfter: error.retryAfter };
  }
}

/**
 * Returns the outcome of a job that can never run.
 * @param onFault called when the reason is a fault of Brig, which the owner learns no more of.
 */
export function describeRefused(error: unknown, onFault: (error: unknown) => void): RefusalBody {
  const isFault = !(error instanceof Refusal) || error.category === 'internal_error';
  if (isFault) onFault(error);
  return (isFault ? failed() : error).toBody();
}

/** Milliseconds without a start after a job found no place. */
const PAUSE = { least: 200, most: 5000 };

/** Returns the milliseconds to wait before the next start; no two hosts wait alike. */
export const pauseFor = (seconds = 0): number =>
  Math.min(PAUSE.most, Math.max(PAUSE.least, seconds * 1000)) * (0.5 + Math.random() / 2);
