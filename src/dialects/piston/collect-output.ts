import type { ExecuteOptions } from '../../executor/executor.ts';

/** Collects both streams of a script in the order in which they are read. */
export interface OutputCollector {
  readonly onOutput: NonNullable<ExecuteOptions['onOutput']>;
  /** Returns the text; undefined when it was longer than what is kept of both streams. */
  take(): string | undefined;
}

/** @param most bytes kept of each stream. */
export function collectOutput(most: number): OutputCollector {
  const decoders = { stdout: createDecoder(), stderr: createDecoder() };
  let texts: string[] = [];
  let left = 2 * most;
  return {
    onOutput(stream, chunk) {
      left -= chunk.length;
      if (left < 0) texts = [];
      else texts.push(decoders[stream].decode(chunk, { stream: true }));
    },
    take() {
      if (left < 0) return undefined;
      for (const decoder of Object.values(decoders)) texts.push(decoder.decode());
      return texts.join('');
    },
  };
}

const createDecoder = () => new TextDecoder('utf-8', { ignoreBOM: true });
