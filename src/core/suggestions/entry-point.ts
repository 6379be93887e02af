import { withArticle } from '../verdict/format-figures.ts';
import { nearest } from '../nearest.ts';

/** What to do about a function that is not there. `found` is the type of what bears its name instead. */
export function suggestEntryPoint(wanted: string, functions: readonly string[], found?: string): string[] {
  const suggestions: string[] = [];
  const [like] = nearest(wanted, functions, 1);
  if (like !== undefined) {
    suggestions.push(
      `Did you mean ${like}()? Rename it to ${wanted}(), or call it with "function": "${like}"`,
    );
  }
  suggestions.push(
    found === undefined
      ? `Add a ${wanted}() function to your script`
      : `Give the value ${wanted} (${withArticle(found)}) another name, and add a ${wanted}() function to your script`,
    `Example: def ${wanted}():\n    return 'success'`,
  );
  if (functions.length === 0) suggestions.push('Run the file as it is with "mode": "script"');
  return suggestions;
}
