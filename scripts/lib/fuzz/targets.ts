import { analysis } from './targets/analysis.ts';
import { frames } from './targets/frames.ts';
import { jobs } from './targets/jobs.ts';
import { globs } from './targets/globs.ts';
import { http } from './targets/http.ts';
import { lastWords } from './targets/last-words.ts';
import { npmLocks } from './targets/npm-locks.ts';
import { replies } from './targets/replies.ts';
import { requests } from './targets/requests.ts';
import { requirements } from './targets/requirements.ts';
import type { Target } from './target.ts';

export const targets: readonly Target[] = [
  ...[frames, jobs, lastWords, globs, requirements, npmLocks],
  ...[requests, replies, analysis, http],
];
