import { createInterface, type Interface } from 'node:readline/promises';
import { readHistory, writeHistory } from './history.ts';

/** Requests of a prompt to the session behind it. */
export interface Typed {
  readonly complete: boolean;
  /** Completions of the name at the end. */
  readonly matches: readonly string[];
}

export interface PromptOptions {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly isTerminal: boolean;
  /** Undefined where nothing is remembered. */
  readonly historyFile: string | undefined;
  readonly inspect: (source: string) => Promise<Typed>;
}

/** Reads sources of one line or more. */
export interface Prompt {
  /** Returns the next source; undefined at the end of the input. Ctrl-C drops what is typed. */
  read(): Promise<string | undefined>;
  /** Calls back at Ctrl-C, while no source is read. */
  onInterrupt(act: (() => void) | undefined): void;
  close(): void;
}

export function createPrompt({ input, output, isTerminal, historyFile, inspect }: PromptOptions): Prompt {
  let lines: string[] = [];
  let interrupt: (() => void) | undefined;
  let drops = 0;
  let dropped = Promise.withResolvers<void>();
  const rl: Interface = createInterface({
    ...{ input, output, terminal: isTerminal, historySize: 1000, removeHistoryDuplicates: true },
    history: historyFile === undefined || !isTerminal ? [] : readHistory(historyFile),
    completer: async (line: string): Promise<[string[], string]> => {
      const word = lastWord(line);
      // Indents where there is nothing to complete.
      if (line.trim() === '') return [[`${line}    `], line];
      const { matches } = await inspect([...lines, line].join('\n')).catch(() => ({ matches: [] }));
      return [[...matches], word];
    },
  });
  rl.on('SIGINT', () => {
    if (interrupt !== undefined) return interrupt();
    lines = [];
    drops += 1;
    dropped.resolve();
  });
  rl.on('history', (history: string[]) => {
    if (historyFile !== undefined && isTerminal) writeHistory(historyFile, history);
  });
  const queue = lineQueue(rl);

  const nextLine = async (): Promise<string | undefined> => {
    for (;;) {
      dropped = Promise.withResolvers();
      if (isTerminal) {
        rl.setPrompt(lines.length === 0 ? '>>> ' : '... ');
        rl.prompt();
      }
      const isDropped = await Promise.race([
        queue.arrival().then(() => false),
        dropped.promise.then(() => true),
      ]);
      if (!isDropped) return queue.take();
      // Drops what is on the line, too.
      rl.write(null, { ctrl: true, name: 'e' });
      rl.write(null, { ctrl: true, name: 'u' });
      output.write('\n');
    }
  };

  return {
    read: async () => {
      lines = [];
      for (;;) {
        const line = await nextLine();
        if (line === undefined) return lines.length === 0 ? undefined : lines.splice(0).join('\n');
        lines.push(line);
        const source = lines.join('\n');
        if (source.trim() === '') {
          lines = [];
          continue;
        }
        const before = drops;
        const { complete } = await inspect(source);
        // Ctrl-C may have come meanwhile.
        if (complete && drops === before) return source;
      }
    },
    onInterrupt: (act) => {
      interrupt = act;
    },
    close: () => rl.close(),
  };
}

interface LineQueue {
  /** Resolves when there is a line, or none will come. */
  arrival(): Promise<void>;
  take(): string | undefined;
}

/** Lines that were typed ahead, and the end of the input. */
function lineQueue(rl: Interface): LineQueue {
  const waiting: string[] = [];
  let isEnded = false;
  let arrived = Promise.withResolvers<void>();
  const wake = (): void => {
    arrived.resolve();
    arrived = Promise.withResolvers();
  };
  rl.on('line', (line) => {
    waiting.push(line);
    wake();
  });
  rl.on('close', () => {
    isEnded = true;
    wake();
  });
  return {
    arrival: async () => {
      if (waiting.length === 0 && !isEnded) await arrived.promise;
    },
    take: () => waiting.shift(),
  };
}

/** Returns the name, with its dots, at the end of a line. */
export function lastWord(line: string): string {
  let start = line.length;
  while (start > 0 && /[\p{L}\p{N}_.]/u.test(line[start - 1] ?? '')) start -= 1;
  return line.slice(start);
}
