import type { Attempt, JobCommands } from './commands.ts';

/** Milliseconds in which output is collected before it is sent. */
const COLLECT = 50;
/** Bytes that are kept while Redis is slow; the outcome has all output. */
const MOST_BYTES = 64 * 1024;
/** Most characters of one event. */
const LONGEST = 16 * 1024;

/** Sends a script's output to its job's events, and never makes the script wait. */
export interface OutputWriter {
  write(stream: 'stdout' | 'stderr', text: string): void;
  /** Sends the rest. */
  end(): Promise<void>;
}

export function createOutputWriter(commands: JobCommands, attempt: Attempt): OutputWriter {
  let waiting: [stream: string, text: string][] = [];
  let [bytes, dropped] = [0, 0];
  let sending: Promise<void> | undefined;

  const send = async (): Promise<void> => {
    while (waiting.length > 0) {
      const [output, lost] = [waiting, dropped];
      [waiting, bytes, dropped] = [[], 0, 0];
      // A reader sees by the numbers of events that some are missing.
      await commands.log(attempt, lost, output).catch(() => (dropped += lost + output.length));
      if (waiting.length > 0) await new Promise((resolve) => setTimeout(resolve, COLLECT));
    }
    sending = undefined;
  };

  return {
    write: (stream, text) => {
      for (let at = 0; at < text.length; at += LONGEST) {
        waiting.push([stream, text.slice(at, at + LONGEST)]);
        bytes += 2 * Math.min(LONGEST, text.length - at);
      }
      while (bytes > MOST_BYTES && waiting.length > 1) {
        bytes -= 2 * (waiting.shift()?.[1].length ?? 0);
        dropped += 1;
      }
      sending ??= new Promise((resolve) => setTimeout(resolve, COLLECT)).then(send);
    },
    end: async () => {
      await sending;
    },
  };
}
