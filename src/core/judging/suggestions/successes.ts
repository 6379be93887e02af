import type { Evidence } from '../../contract/evidence.ts';
import { nullResult, type JsonText } from '../../contract/outcome.ts';
import type { ClassifyContext } from '../context.ts';
import { findOwnCall, findUnusedValue } from './unused-values.ts';

/** Returns suggestions about a script that succeeded, and probably did not do all that was meant. */
export function suggestForSuccess(
  { mode, stdout, collected }: Evidence,
  { script = '', runtime = 'python', functionName, isCell }: ClassifyContext,
  result: JsonText,
): string[] {
  // The value of a cell's last expression is a result.
  if (runtime !== 'python' || isCell === true) return [];
  if (mode === 'script') {
    const unused = findUnusedValue(script);
    return stdout.bytes > 0 || unused === undefined || (collected?.files.length ?? 0) > 0
      ? []
      : [`Print line ${unused.line}, print(${unused.text}): a script returns only what it prints`];
  }
  const call = findOwnCall(script, functionName);
  const unused = result === nullResult ? findUnusedValue(script, functionName) : undefined;
  return [
    ...(call === undefined
      ? []
      : [
          `Leave out line ${call.line}, ${call.text}: ${functionName}() is called without it, so it runs twice`,
        ]),
    ...(unused === undefined
      ? []
      : [`Return the value of line ${unused.line}, return ${unused.text}: it goes nowhere`]),
  ];
}
