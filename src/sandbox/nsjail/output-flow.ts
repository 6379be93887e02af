import type { OutputListener } from '../sandbox.ts';
import type { OutputPipe } from './output-pipe.ts';

/** Hands a script's output to a listener, no faster than the listener takes it. */
export interface OutputFlow {
  /** Whether the listener was ever waited for: then there may be more in the pipes than one round of the event loop reads. */
  readonly wasHeld: boolean;
  pass(name: 'stdout' | 'stderr', stream: OutputPipe, chunk: Buffer): void;
  /** Waits for nobody any more: what is left in the pipes is read at once. */
  readonly drain: () => void;
}

/** @param onFailure is called where the listener throws, or a promise of its rejects. */
export function createOutputFlow(
  listener: OutputListener | undefined,
  onFailure: (error: unknown) => void,
): OutputFlow {
  const held = new Set<OutputPipe>();
  let wasHeld = false;
  let isDraining = false;

  const hold = (stream: OutputPipe, until: Promise<void>): void => {
    if (!isDraining) {
      wasHeld = true;
      held.add(stream);
      stream.pause();
    }
    until.then(() => release(stream), onFailure);
  };

  const release = (stream: OutputPipe): void => {
    if (held.delete(stream)) stream.resume();
  };

  return {
    get wasHeld() {
      return wasHeld;
    },
    pass: (name, stream, chunk) => {
      try {
        // The chunk is used again; what a listener gets is its own.
        const until = listener?.(name, Buffer.from(chunk));
        if (until !== undefined) hold(stream, until);
      } catch (error) {
        onFailure(error);
      }
    },
    drain: () => {
      isDraining = true;
      for (const stream of held) release(stream);
    },
  };
}
