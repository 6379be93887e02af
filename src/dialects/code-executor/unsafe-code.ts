import type { Survey, SurveyLists, Use } from '../../core/contract/survey.ts';

/** Names that the Code Executor Service refuses to run. */
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

/** Whether the code is unsafe; code that cannot be read in time counts as unsafe. */
export const isUnsafe = (survey: Survey | undefined): boolean =>
  survey === undefined || survey.uses.some(isThreat);

function isThreat({ kind, name, argument }: Use): boolean {
  // Only a literal path can be judged; the jail decides about others.
  if (name === 'open') return kind === 'call' && argument !== undefined && isOutside(argument);
  // Names like `os.path.join` are no functions of `os` itself.
  return kind === 'import' || !name.startsWith('os.') || name.split('.').length === 2;
}

const isOutside = (path: string): boolean =>
  path.startsWith('/') && (!/^\/tmp(?:\/|$)/.test(path) || path.split('/').includes('..'));
