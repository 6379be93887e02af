import { withArticle } from '../../text/format-figures.ts';
import { nearest } from '../../text/nearest.ts';
import { findUnusedValue } from './unused-values.ts';

interface Sought {
  readonly wanted: string;
  readonly functions: readonly string[];
  /** Type of the value that has the name instead. */
  readonly found?: string | undefined;
  readonly script?: string | undefined;
}

/** Matches the guard of a script that runs itself. */
const guard = /^if __name__ {0,4}== {0,4}["']__main__["']/m;

/** Returns suggestions about a missing function. */
export function suggestEntryPoint({ wanted, functions, found, script = '' }: Sought): string[] {
  const suggestions: string[] = [];
  const [like] = nearest(wanted, functions, 1);
  const startsItself = guard.test(script);
  if (startsItself) {
    suggestions.push('Send "mode": "script": the script starts itself below `if __name__ == "__main__"`');
  }
  if (like !== undefined) {
    suggestions.push(
      `Did you mean ${like}()? Rename it to ${wanted}(), or call it with "function": "${like}"`,
    );
  }
  suggestions.push(
    found === undefined
      ? `Add a ${wanted}() function to your script`
      : `Give the value ${wanted} (${withArticle(found)}) another name, and add a ${wanted}() function to your script`,
    `Example: def ${wanted}():\n    # Your code here\n    return 'success'`,
  );
  if (functions.length === 0 && !startsItself) suggestions.push(suggestScriptMode(script));
  return suggestions;
}

/** A script prints what it finds: a last line without a print would find nothing. */
function suggestScriptMode(script: string): string {
  const unused = findUnusedValue(script);
  const run = 'Run the file as it is with "mode": "script"';
  return unused === undefined ? run : `${run}, and print its last line: print(${unused.text})`;
}
