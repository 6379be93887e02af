import type { Survey, SurveyLists, Use } from '../../core/survey.ts';

/** What the Code Executor Service refuses to run. */
export const unsafeLists: SurveyLists = {
  modules: ['subprocess', 'sys'],
  functions: [
    'eval',
    'exec',
    'open',
    'os.*',
    'os.system',
    'os.popen',
    'os.exec*',
    'os.spawn*',
    'os.posix_spawn*',
    'os.fork',
  ],
};

/** Whether the code is unsafe; what cannot be read in time is taken for that. */
export const isUnsafe = (survey: Survey | undefined): boolean =>
  survey === undefined || survey.uses.some(isThreat);

function isThreat({ kind, name, argument }: Use): boolean {
  // Only a path that is written out can be judged; the jail decides about the others.
  if (name === 'open') return kind === 'call' && argument !== undefined && isOutside(argument);
  // `os.path.join()` is no call of `os`.
  return kind === 'import' || !name.startsWith('os.') || name.split('.').length === 2;
}

const isOutside = (path: string): boolean =>
  path.startsWith('/') && (!/^\/tmp(?:\/|$)/.test(path) || path.split('/').includes('..'));
