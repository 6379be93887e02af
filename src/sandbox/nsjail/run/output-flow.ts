import type { OutputListener } from '../../sandbox.ts';
import type { OutputPipe } from '../output-pipe.ts';

/** Passes a script's output to a listener, no faster than the listener takes it. */
export interface OutputFlow {
  pass(name: 'stdout' | 'stderr', stream: OutputPipe, chunk: Buffer): void;
  /** Stops waiting for the listener: the rest in the pipes is read at once. */
  readonly drain: () => void;
}

interface FlowEvents {
  /**
   * Called when the flow waits for the listener: the pipes may then hold more than one round of the event loop reads.
   */
  readonly onHeld: () => void;
  /** Called when the listener throws or its promise rejects. */
  readonly onFailure: (error: unknown) => void;
}

export function createOutputFlow(
  listener: OutputListener | undefined,
  { onHeld, onFailure }: FlowEvents,
): OutputFlow {
  const held = new Set<OutputPipe>();
  let isDraining = false;

  const hold = (stream: OutputPipe, until: Promise<void>): void => {
    if (!isDraining) {
      held.add(stream);
      stream.pause();
      onHeld();
    }
    until.then(() => release(stream), onFailure);
  };

  const release = (stream: OutputPipe): void => {
    if (held.delete(stream)) stream.resume();
  };

  return {
    pass: (name, stream, chunk) => {
      try {
        // Copied, because the chunk is reused.
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
