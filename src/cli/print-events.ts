import type { Outcome } from '../core/contract/outcome.ts';
import type { RefusalBody } from '../core/contract/outcome.ts';
import { serializePieces } from '../core/serialize-outcome.ts';
import type { ExecutionEvent } from '../core/contract/stream-event.ts';
import { writeOutput } from './write-output.ts';

/** Prints an event as a line of JSON, no faster than it is read. */
export async function printEvent(
  event: ExecutionEvent<Outcome> | { readonly event: 'error'; readonly data: RefusalBody },
): Promise<void> {
  for (const piece of writeLine(event)) await writeOutput(process.stdout, piece);
}

function* writeLine({ event, data }: Parameters<typeof printEvent>[0]): Generator<string> {
  yield `{"event":"${event}","data":`;
  if (event === 'done') {
    // The JSON of a result is the script's own text, and may contain line breaks.
    for (const piece of serializePieces(data)) yield piece.replaceAll(/[\r\n]/g, ' ');
  } else yield JSON.stringify(data);
  yield '}\n';
}
