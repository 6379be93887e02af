import type { Evidence } from '../evidence.ts';
import type { ErrorReport } from '../harness-report.ts';
import type { ClassifyContext } from '../verdict/outcome-shape.ts';
import { suggestForArguments, suggestForTypes } from './calls.ts';
import { suggestForModule } from './imports.ts';
import { suggestRaise } from './limits.ts';
import { suggestForAttribute, suggestForImportedName, suggestForName, suggestForUnbound } from './names.ts';
import { suggestForSurroundings } from './surroundings.ts';

type Exception = Extract<ErrorReport, { kind: 'runtime_error' }>;

/** What to do about an exception that left the script; at least where to look. */
export function suggestForException(
  report: Exception,
  evidence: Evidence,
  context: ClassifyContext,
): string[] {
  return [
    ...suggestForMissing(report, context),
    ...suggestForTypeError(report, evidence, context),
    ...suggestForSurroundings(report, evidence, context),
    ...suggestForLogic(report),
    ...suggestForKilledChild(evidence, context),
    ...pointTo(report),
  ];
}

function suggestForMissing({ missing, type, message }: Exception, context: ClassifyContext): string[] {
  if (type === 'UnboundLocalError') return suggestForUnbound(message);
  switch (missing?.what) {
    case 'name':
      return suggestForName(missing, context);
    case 'attribute':
      return suggestForAttribute(missing);
    case 'module':
      return suggestForModule(missing, context);
    case 'import':
      return suggestForImportedName(missing);
    case undefined:
      return [];
  }
}

function suggestForTypeError(
  { type, message }: Exception,
  { mode }: Evidence,
  { functionName }: ClassifyContext,
): string[] {
  if (type !== 'TypeError') return [];
  const forArguments = mode === 'function' ? suggestForArguments(message, functionName) : [];
  return forArguments.length > 0 ? forArguments : suggestForTypes(message);
}

const MAX_KEY = 60;

function suggestForLogic({ type, message }: Exception): string[] {
  switch (type) {
    case 'ZeroDivisionError':
      return ['Check that the divisor is not zero'];
    case 'KeyError':
      return message.length > 0 && message.length <= MAX_KEY
        ? [`Check for the key first, or read it with .get(${message})`]
        : ['Check for the key first, or read it with .get()'];
    case 'IndexError':
      return ['Check the length first: the last index is len(value) - 1'];
    case 'JSONDecodeError':
      return ['Check that the text is JSON before it is parsed'];
    case 'UnicodeDecodeError':
      return ['Read the data as bytes, or name its encoding: decode("latin-1")'];
    case 'StopIteration':
      return ['Give next() a default: next(iterator, None)'];
    case 'RuntimeError':
      return /running event loop/.test(message)
        ? ['Write `await` instead of asyncio.run(): `async def main()` is awaited by itself']
        : [];
    default:
      return [];
  }
}

/** A child that the kernel killed for memory often shows as an error of its parent. */
function suggestForKilledChild({ usage, limits }: Evidence, { ceilings }: ClassifyContext): string[] {
  return usage.oomKills > 0
    ? [`A process of the script was killed for memory: ${suggestRaise('memory_mb', limits, ceilings)}`]
    : [];
}

function pointTo({ location, traceback, type }: Exception): string[] {
  if (location !== undefined) {
    const column = location.column === undefined ? '' : `, column ${location.column}`;
    return [`Look at line ${location.line}${column} of the script`];
  }
  return [traceback === undefined ? `Look for what raises ${type}` : 'Look at the traceback'];
}
