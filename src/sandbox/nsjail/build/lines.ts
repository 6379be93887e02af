/** Longest line that is passed on, in UTF-16 units. */
const MOST_LENGTH = 300;

/** Cuts a stream of hostile text into lines of bounded length, without control characters. */
export function createLineReader(onLine: (line: string) => void): { push(chunk: Buffer): void; end(): void } {
  const decoder = new TextDecoder();
  let rest = '';
  const emit = (text: string): void => {
    // oxlint-disable-next-line no-control-regex
    const line = text.replaceAll(/\u001b\[[\d;]*[a-zA-Z]|[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trimEnd();
    if (line !== '') onLine(line.length > MOST_LENGTH ? `${line.slice(0, MOST_LENGTH)}…` : line);
  };
  return {
    push: (chunk) => {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      // What has no end is cut all the same: what follows counts as a line of its own.
      rest = (lines.pop() ?? '').slice(0, 4 * MOST_LENGTH);
      for (const line of lines) emit(line);
    },
    end: () => {
      emit(rest);
      rest = '';
    },
  };
}
