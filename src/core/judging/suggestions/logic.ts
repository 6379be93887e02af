import type { Evidence } from '../../contract/evidence.ts';
import type { ErrorReport } from '../../contract/harness-report.ts';
import { lastLineOf } from './missing-files.ts';

type Mode = Evidence['mode'];
type Exception = Extract<ErrorReport, { kind: 'runtime_error' }>;

const MAX_KEY = 60;

/** Returns suggestions about the exceptions of everyday scripts, by class and message. */
export function suggestForLogic(report: Exception, mode: Mode): string[] {
  const { type, message } = report;
  switch (type) {
    case 'ZeroDivisionError':
      return ['Check that the divisor is not zero'];
    case 'KeyError':
      return suggestForKeyError(report);
    case 'IndexError':
      return suggestForIndex(report, mode);
    case 'JSONDecodeError':
      return ['Check that the text is JSON before it is parsed'];
    case 'UnicodeDecodeError':
      return ['Read the data as bytes, or name its encoding: decode("latin-1")'];
    case 'UnicodeEncodeError':
      return [suggestForEncoding(message)];
    case 'StopIteration':
      return ['Give next() a default: next(iterator, None)'];
    case 'ValueError':
      return suggestForValue(message);
    case 'ImportError':
      return /relative import/.test(message)
        ? ['Import by the full name, without the dot: the script is a file of its own and in no package']
        : [];
    case 'RuntimeError':
      return suggestForRuntime(message, mode);
    default:
      return [];
  }
}

function suggestForIndex({ traceback = '' }: Exception, mode: Mode): string[] {
  if (!lastLineOf(traceback).includes('sys.argv['))
    return ['Check the length first: the last index is len(value) - 1'];
  return [
    mode === 'script'
      ? 'Send the arguments of the script as "args": they become sys.argv[1:]'
      : 'For a script that reads its command line use "mode": "script", and send its arguments as "args"',
  ];
}

/** UTF-8 has every character, but for halves of a surrogate pair. */
const suggestForEncoding = (message: string): string =>
  message.endsWith('surrogates not allowed')
    ? 'Look for half of a surrogate pair in the text, or replace it: encode("utf-8", "replace")'
    : 'Encode as UTF-8: encode("utf-8"), or say what to do with the rest: encode("ascii", "replace")';

function suggestForKeyError({ message, traceback, missing }: Exception): string[] {
  // Tables have no get() with a useful default.
  if (missing?.of === 'pandas') return [];
  if (/os\.environ\[/.test(traceback ?? '')) {
    return [
      `Send it as "env": {${toName(message)}: "…"} in the request, or read it with os.environ.get(${message})`,
    ];
  }
  return message.length > 0 && message.length <= MAX_KEY && message !== 'KeyError'
    ? [`Check for the key first, or read it with .get(${message})`]
    : ['Check for the key first, or read it with .get()'];
}

/** Converts a name from Python's notation in an exception to JSON. */
const toName = (text: string): string => JSON.stringify(text.replaceAll("'", ''));

function suggestForValue(message: string): string[] {
  if (/invalid literal for int|could not convert string to float/.test(message))
    return ['Check that the text is a number before it is converted, or catch the ValueError'];
  if (/values to unpack/.test(message))
    return [
      'Unpack into as many names as there are values, or take the rest with a star: first, *rest = values',
    ];
  return /does not match format/.test(message)
    ? ['Compare the text with its format: %Y-%m-%d is 2026-01-31; datetime.fromisoformat() reads ISO text']
    : [];
}

function suggestForRuntime(message: string, mode: Mode): string[] {
  if (/running event loop/.test(message)) {
    const why = mode === 'script' ? 'an event loop runs already' : '`async def main()` is awaited by itself';
    return [`Write \`await\` instead of asyncio.run(): ${why}`];
  }
  return /changed size during iteration/.test(message) ? ['Loop over a copy: for key in list(data)'] : [];
}
