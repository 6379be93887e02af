import { Hono, type Context } from 'hono';
import type { AppEnv } from '../../http/app-env.ts';
import { identifyCaller } from '../../http/caller.ts';
import type { DialectOptions } from '../dialect-options.ts';
import { narrowRules, readForeignBody } from '../common/read-body.ts';
import { respondDetail, respondJson, respondMembers, type DetailStatus } from '../common/respond.ts';
import { toAnswer } from './answer.ts';
import { collectOutput } from './collect-output.ts';
import { findLanguage, listLanguages, toListed, type Known } from './languages.ts';
import { pistonReader } from './read-order.ts';
import type { PistonSettings } from './settings.ts';
import { toPlan } from './to-plan.ts';

/** Most UTF-16 units of a caller's name that a message repeats. */
const MOST_REPEATED = 100;

/** Creates the routes of Piston's API, version 2. */
export function createPiston(options: DialectOptions, settings: PistonSettings): Hono<AppEnv> {
  const list = async (c: Context<AppEnv>): Promise<Known[]> =>
    listLanguages((await options.executor.runtimes(identifyCaller(c))).runtimes);
  const app = new Hono<AppEnv>();
  app.on('GET', both('runtimes'), async (c) => respondJson(c, (await list(c)).map(toListed)));
  app.on('GET', both('packages'), async (c) => respondJson(c, (await list(c)).map(toPackage)));
  app.on('POST', both('execute'), async (c) => {
    const body = await readForeignBody(c, pistonReader, options);
    if ('issues' in body) return respondMessage(c, 400, body.issues[0]?.msg ?? 'The body is no order.');
    const { language: name, version } = body.value;
    const language = findLanguage(await list(c), name, version);
    if (language === undefined)
      return respondMessage(c, 400, `${cut(name)}-${cut(version)} runtime is unknown`);
    const caller = identifyCaller(c);
    const plan = toPlan(body.value, language, settings, narrowRules(options.rules, caller));
    const collector = collectOutput(settings.outputBytes);
    let hasStarted = false;
    let compileMs: number | undefined;
    const outcome = await options.executor.execute(plan, {
      ...{ caller, signal: c.get('disconnect'), onOutput: collector.onOutput },
      onStart: ({ timings }) => {
        hasStarted = true;
        compileMs = timings.compile;
      },
    });
    const observed = { output: collector.take(), compileMs, hasStarted };
    return respondMembers(c, { ...toAnswer(outcome, language, observed) });
  });
  return app;
}

/** Piston ignores a slash at the end of a path, and some of its clients write one. */
const both = (route: string): [string, string] => [`/api/v2/${route}`, `/api/v2/${route}/`];

const toPackage = ({ language, version }: Known) => ({
  language,
  language_version: version,
  installed: true,
});

const cut = (text: string): string => text.slice(0, MOST_REPEATED);

const respondMessage = (c: Context<AppEnv>, status: DetailStatus, message: string): Response =>
  respondDetail(c, status, message, {}, 'message');
