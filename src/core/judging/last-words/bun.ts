import { cutMessage, toLocation, toUncaught, type LastWords } from './last-words.ts';

/** `TypeError: text`, or `error: text` for a plain Error and for other values. */
const heading = /^(?<type>error|[A-Z][\w$]*): (?<text>.*)$/;
const frame = /^ +at (?:.*\()?(?<file>\/work\/[^():\s]+):(?<line>\d+)(?::(?<column>\d+))?\)?$/;

/** `Bun v1.4.4 (Linux x64 baseline)` */
const version = /^Bun v[^\s()]+ \(Linux x64[^()\n]*\)$/;

/** Parses Bun's report of an uncaught exception, which ends with its version. */
export function readBun(text: string): LastWords | undefined {
  const end = text.lastIndexOf('\nBun v');
  if (end < 0 || !version.test(text.slice(end + 1).trimEnd())) return undefined;
  const lines = text.slice(0, end).split('\n');
  const index = lines.findLastIndex((line) => heading.test(line));
  const groups = heading.exec(lines[index] ?? '')?.groups;
  if (groups === undefined) return undefined;
  const rest = lines.slice(index + 1);
  const start = rest.findIndex((line) => /^ +at /.test(line));
  const message = [groups['text'] ?? '', ...rest.slice(0, Math.max(0, start))].join('\n').trimEnd();
  const own = rest.filter((line) => frame.test(line));
  const { file, line, column } = frame.exec(own[0] ?? '')?.groups ?? {};
  const location = toLocation(file, line, column);
  const type = groups['type'] === 'error' ? 'Error' : (groups['type'] ?? 'Error');
  // The parser indents its only place by four, a stack is indented by six.
  if (type === 'Error' && /^ {4}at \//.test(rest[0] ?? '')) {
    return { kind: 'syntax_error', message: cutMessage(message), location };
  }
  return toUncaught(type, message, location, own);
}
