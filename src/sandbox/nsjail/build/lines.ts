import type { Redact } from './redact.ts';

/** Longest line passed on, in UTF-16 units. */
const MOST_LENGTH = 300;
/** Units read of a line, more than are passed on, so that secrets are removed before the line is cut. */
const MOST_READ = 4 * MOST_LENGTH;

/** Control characters. Terminal commands come first; the rest of an unknown command stays as text. */
// oxlint-disable-next-line no-control-regex
const controls = /\u001b\[[\d;]{0,20}[a-zA-Z]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Cuts a stream of hostile text into lines of bounded length, without control characters and secrets. */
export function createLineReader(
  redact: Redact,
  onLine: (line: string) => void,
): { push(chunk: Buffer): void; end(): void } {
  const decoder = new TextDecoder();
  let rest = '';
  let isCut = false;
  const emit = (text: string, wasCut: boolean): void => {
    const isLong = wasCut || text.length > MOST_READ;
    const line = redact(text.slice(0, MOST_READ).replaceAll(controls, ''), isLong).trimEnd();
    if (line !== '') onLine(line.length > MOST_LENGTH || isLong ? `${line.slice(0, MOST_LENGTH)}…` : line);
  };
  return {
    push: (chunk) => {
      const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split('\n');
      rest += first.slice(0, MOST_READ);
      // Cuts a line without end; the rest of it is dropped.
      isCut ||= first.length > MOST_READ || rest.length > MOST_READ;
      rest = rest.slice(0, MOST_READ);
      for (const next of others) {
        emit(rest, isCut);
        [rest, isCut] = [next.slice(0, MOST_READ), next.length > MOST_READ];
      }
    },
    end: () => {
      emit(rest, isCut);
      [rest, isCut] = ['', false];
    },
  };
}
