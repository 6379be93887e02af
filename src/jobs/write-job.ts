import type { Outcome, RefusalBody } from '../core/contract/outcome.ts';
import { serializePieces } from '../core/serialize-outcome.ts';
import type { Job } from './jobs.ts';

export const isRefusal = (outcome: Outcome | RefusalBody): outcome is RefusalBody =>
  outcome.execution === null;

/** Writes a job as JSON, in pieces. */
export function* writeJob({ outcome, ...summary }: Job): Generator<string, void> {
  if (outcome === undefined) return yield JSON.stringify(summary);
  yield `${JSON.stringify(summary).slice(0, -1)},"outcome":`;
  if (isRefusal(outcome)) yield JSON.stringify(outcome);
  else yield* serializePieces(outcome);
  yield '}';
}
