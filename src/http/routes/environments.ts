import type { Context, Hono } from 'hono';
import {
  DEFAULT_ENVIRONMENT,
  importedModuleSchema,
  type Environment,
} from '../../core/contract/environment.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import type { BuildRules } from '../../core/validation/read-build-request.ts';
import { viewerOf } from '../../core/contract/viewer.ts';
import type { Build, Environments, EnvironmentView } from '../../environments/environments.ts';
import { createPatience } from '../../pool/patience.ts';
import { wantsEvents } from '../accept.ts';
import type { AppEnv } from '../app-env.ts';
import type { BodyThread } from '../body-thread.ts';
import { isSmallBody } from '../body-size.ts';
import { askingOf, identifyCaller } from '../caller.ts';
import { readBuildEvents } from '../build-events.ts';
import { respondEventStream } from '../event-stream.ts';
import { jsonType } from '../headers.ts';
import { complainAboutMediaType, readBody } from '../read-body.ts';
import { buildReader } from '../body-readers.ts';
import { failWith, type EventsOptions } from '../respond-events.ts';
import { readWait } from '../read-wait.ts';
import { respondRefusal } from '../respond-refusal.ts';

export interface EnvironmentRouteOptions {
  /** Source of each caller's view; nobody at this door has the operator's. */
  readonly environments: Pick<Environments, 'as'>;
  /** Builds that callers may order. */
  readonly builds: BuildRules['builds'];
}

/** Largest body in bytes: a list of packages and a few texts. */
const MOST_BODY_BYTES = 1024 * 1024;
/** Most requests that wait for the end of a build. */
const MOST_WAITING = 100;
const SECONDS_PER_DAY = 24 * 60 * 60;

/** Routes `/environments`: prebuilt package environments. */
export function routeEnvironments(
  app: Hono<AppEnv>,
  {
    environments: all,
    builds,
    bodyThread,
    ...options
  }: EnvironmentRouteOptions & EventsOptions & { readonly bodyThread: BodyThread },
): void {
  const patience = createPatience(MOST_WAITING);
  const rules: BuildRules = { isOperator: false, builds };
  const open = (c: Context<AppEnv>): EnvironmentView => all.as(viewerOf(identifyCaller(c)));
  const stream = (c: Context<AppEnv>, build: Build): Response =>
    respondEventStream(c, readBuildEvents(build, open(c)), {
      ...options,
      fail: failWith(c, options.onIncident),
    });

  app.post('/environments', async (c) => {
    const unread = complainAboutMediaType(c);
    if (unread !== undefined) return respondRefusal(c, unread, { status: 415 });
    const body = await readBody(c, MOST_BODY_BYTES);
    const request = isSmallBody(body)
      ? buildReader.read(body, rules)
      : await bodyThread.read(buildReader, body, rules, askingOf(c));
    const environments = open(c);
    const build = environments.build(request);
    const location = `/environments/${build.name}`;
    if (wantsEvents(c)) return stream(c, build);
    return respond(c, await environments.get(build.name), 202, { Location: location });
  });

  app.get('/environments', async (c) => {
    const listed = await open(c).list();
    return respond(c, { environments: listed.map(withoutProgress) });
  });

  app.delete('/environments', async (c) => {
    refuseChanges(rules);
    const text = c.req.query('unused_days') ?? '';
    // Only digits: Number('') is 0 in JavaScript, which would remove all environments.
    const days = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
    if (days === undefined) {
      throw new Refusal('invalid_input', 'The query must say which ones: unused_days, a number of days.');
    }
    return respond(c, { removed: await open(c).prune(days * SECONDS_PER_DAY) });
  });

  app.get('/environments/:name', async (c) => {
    const environments = open(c);
    const name = c.req.param('name');
    const seconds = readWait(c.req.query('wait'));
    const module = c.req.query('import');
    if (module !== undefined)
      return respond(c, { name, import: await environments.answerImport(name, checkModule(module)) });
    const build = environments.latestBuild(name);
    if (wantsEvents(c) && build !== undefined) {
      await environments.get(name);
      return stream(c, build);
    }
    const ended = seconds > 0 ? environments.whenEnded(name) : undefined;
    if (ended !== undefined) await patience.wait(ended, { ...askingOf(c), seconds });
    return respond(c, await environments.get(name));
  });

  app.delete('/environments/:name', async (c) => {
    refuseChanges(rules);
    const name = c.req.param('name');
    if (name === DEFAULT_ENVIRONMENT) throw new Refusal('forbidden', `Only the operator removes "${name}".`);
    await open(c).remove(name);
    return respond(c, { removed: [name] });
  });
}

function checkModule(module: string): string {
  if (importedModuleSchema.safeParse(module).success) return module;
  throw new Refusal('invalid_input', 'import must name a module, such as sklearn.');
}

function refuseChanges({ builds }: BuildRules): void {
  if (builds !== 'off') return;
  throw new Refusal('forbidden', 'Callers do not change environments here.', {
    suggestions: ['The operator allows it with BRIG_BUILDS, or does it: brig env rm.'],
  });
}

const withoutProgress = (environment: Environment): Environment => ({
  ...environment,
  build: environment.build && { ...environment.build, progress: [] },
});

function respond(
  c: Context<AppEnv>,
  body: unknown,
  status: 200 | 202 = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return c.body(JSON.stringify(body), status, { 'Content-Type': jsonType, ...headers });
}
