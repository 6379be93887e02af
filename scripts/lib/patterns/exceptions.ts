/**
 * Patterns that stand though nothing proves them linear, each with the reason: what it can cost where it stands. The key
 * is the pattern, or what compiles one.
 */
export const exceptions: Readonly<Record<string, string>> = {
  'new RegExp(without)':
    'Of an image recipe: file names of the interpreter and of toolchains against constants of the code.',
};
