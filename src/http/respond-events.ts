import type { Context } from 'hono';
import type { Outcome } from '../core/contract/outcome.ts';
import type { ResultEvent } from '../core/contract/sessions/session.ts';
import { serializeDisplay, serializePieces } from '../core/serialize-outcome.ts';
import type { GenerationEvent } from '../core/contract/generation/generation.ts';
import type { ExecutionEvent } from '../core/contract/stream-event.ts';
import type { Generation } from '../executor/start-execution.ts';
import { toRefusal } from './answer-error.ts';
import type { AppEnv, Incident } from './app-env.ts';
import { respondEventStream, type StreamEvent } from './event-stream.ts';

export interface EventsOptions {
  readonly onIncident: (incident: Incident) => void;
  readonly heartbeatMs?: number | undefined;
}

/**
 * Answers with the events of an execution as they come; a reader that leaves ends it. Waits for the first event, so
 * that an earlier refusal is thrown and gets its own status.
 */
export async function respondEvents(
  c: Context<AppEnv>,
  execution: Generation<Outcome>,
  options: EventsOptions,
): Promise<Response> {
  const events = execution[Symbol.asyncIterator]();
  const written: AsyncIterator<StreamEvent, undefined> = {
    next: async () => {
      const { done, value } = await events.next();
      return done === true ? { done, value: undefined } : { done: false, value: write(value) };
    },
    return: async () => {
      await events.return?.();
      return { done: true, value: undefined };
    },
  };
  const first = await written.next();
  return respondEventStream(c, written, { ...options, first, fail: failWith(c, options.onIncident) });
}

/** Converts an error into the last event of a stream. */
export const failWith =
  (c: Context<AppEnv>, onIncident: EventsOptions['onIncident']) =>
  (thrown: unknown): StreamEvent => {
    const { refusal, incident } = toRefusal(thrown, c, onIncident);
    c.set('refusal', refusal);
    return { event: 'error', data: [JSON.stringify(refusal.toBody(incident))] };
  };

const write = ({ event, data }: ExecutionEvent<Outcome> | GenerationEvent | ResultEvent): StreamEvent => ({
  event,
  data:
    event === 'done'
      ? serializePieces(data)
      : event === 'result'
        ? serializeDisplay(data)
        : [JSON.stringify(data)],
});
