import { complainAboutGlob, matchesAny, parseGlob } from '../../../../src/core/contract/files/globs.ts';
import { complainAboutPath } from '../../../../src/core/contract/files/paths.ts';
import { createReturnCheck } from '../../../../src/core/contract/files/returned-files.ts';
import { must, type Target } from '../target.ts';

const PATTERNS = 100;

/** A pattern, and in the lines below it the paths that a jail says it has. */
export const globs: Target = {
  name: 'globs',
  words: [
    '*',
    '**',
    '**/',
    '?',
    '[',
    ']',
    '[!',
    '[a-z]',
    '/',
    '.',
    '..',
    '\n',
    'a',
    '__pycache__',
    '\ud83d\ude00',
    '\0',
    '-',
  ],
  budget: { fixed: 200, perKiB: 10 },
  open: () => ({
    run: (input) => {
      const [pattern = '', ...paths] = input.toString('utf8').split('\n');
      if (complainAboutGlob(pattern) !== undefined) return;
      const glob = parseGlob(pattern);
      const mayReturn = createReturnCheck(
        Array.from({ length: PATTERNS }, () => glob),
        PATTERNS,
      );
      for (const path of paths.slice(0, PATTERNS)) {
        const isFine = complainAboutPath(path) === undefined;
        must(isFine || !mayReturn(path, false), 'a path that is refused may be returned');
        if (!isFine) continue;
        if (mayReturn(path, false))
          must(matchesAny([glob], path), 'a path that does not match may be returned');
        // A pattern without wildcards means itself.
        if (!/[*?[]/.test(pattern))
          must(matchesAny([glob], path) === (pattern === path), 'a name is not itself');
        must(
          matchesAny([parseGlob('**')], path) === !/(?:^|\/)(?:\.|__pycache__(?:\/|$))/.test(path),
          '** is not every file in sight',
        );
      }
    },
  }),
};
