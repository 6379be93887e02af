import { Hono, type Context } from 'hono';
import { z } from 'zod';
import type { Environment } from '../../core/contract/environment.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import { viewerOf } from '../../core/contract/viewer.ts';
import type { EnvironmentView } from '../../environments/environments.ts';
import type { AppEnv } from '../../http/app-env.ts';
import { identifyCaller } from '../../http/caller.ts';
import { flagField, refuseValue, textField } from '../common/fields.ts';
import { readForeignBody } from '../common/read-body.ts';
import { readForeign } from '../common/read-foreign.ts';
import { respondDetail, respondJson } from '../common/respond.ts';
import { idOf } from './images.ts';
import { prebuild, PrebuildFailure } from './prebuild.ts';
import { baseImageField } from './read-run.ts';
import type { DialectOptions } from '../dialect-options.ts';
import { complainAboutTag, fullTag, nameOf, tagOf } from './tags.ts';

/** Largest body in bytes: a tag and a script. */
const MOST_BODY_BYTES = 1024 * 1024;
const SECONDS_PER_DAY = 24 * 60 * 60;
const DEFAULT_DAYS = '7';

export const bodySchema = z.object({
  tag: textField().superRefine((tag, context) => {
    const complaint = complainAboutTag(tag);
    if (complaint !== undefined) refuseValue(context, complaint);
  }),
  base_image: baseImageField(),
  setup_script: textField(),
  shared: flagField().default(false),
});

export const prebuildReader = {
  name: 'quartermaster-prebuild',
  read: (body: Uint8Array) => readForeign(body, bodySchema, (fields) => fields),
};

/** Routes `/prebuild` and `/prebuilds`: package environments under that system's names. */
export function createPrebuilds(options: DialectOptions): Hono<AppEnv> {
  const open = (c: Context<AppEnv>): EnvironmentView => options.environments.as(viewerOf(identifyCaller(c)));
  return new Hono<AppEnv>()
    .post('/prebuild', async (c) => {
      const body = await readForeignBody(c, prebuildReader, options, MOST_BODY_BYTES);
      if ('issues' in body) return respondDetail(c, 422, body.issues);
      const { tag, ...spec } = body.value;
      const name = nameOf(tag) ?? '';
      const environments = open(c);
      try {
        await prebuild(environments, options.builds, { ...spec, name }, c.get('disconnect'));
      } catch (error) {
        if (!(error instanceof PrebuildFailure)) throw error;
        return respondDetail(c, 400, `Build failed: ${error.message}`);
      }
      const { runtime, size_bytes } = await environments.get(name);
      const layer = { size_bytes, layer_size_bytes: size_bytes, status: 'ready' };
      return respondJson(c, { tag: fullTag(tag), base_image: idOf(runtime), ...layer });
    })
    .get('/prebuilds', async (c) => {
      const all = await open(c).list();
      return respondJson(c, { prebuilds: all.flatMap(describe) });
    })
    .post('/prebuilds/cleanup', async (c) => {
      refuseChanges(options);
      const text = c.req.query('max_age_days') ?? DEFAULT_DAYS;
      const days = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
      if (days === undefined) return respondDetail(c, 422, [notANumber]);
      const names = await open(c).prune(days * SECONDS_PER_DAY, (name) => tagOf(name) !== undefined);
      const removed = names.flatMap((name) => tagOf(name) ?? []);
      return respondJson(c, { removed, count: removed.length });
    })
    .get('/prebuilds/:tag', async (c) => {
      const all = await open(c).list();
      const name = nameOf(c.req.param('tag'));
      const [found] = all.filter((one) => one.name === name).flatMap(describe);
      return found === undefined ? respondUnknown(c, c.req.param('tag')) : respondJson(c, found);
    })
    .delete('/prebuilds/:tag', async (c) => {
      refuseChanges(options);
      const tag = c.req.param('tag');
      const environments = open(c);
      const name = nameOf(tag);
      if (name === undefined || environments.runtimeOf(name) === undefined) return respondUnknown(c, tag);
      await environments.remove(name);
      return respondJson(c, { status: 'deleted', tag: fullTag(tag) });
    });
}

/** Lists an environment as that system does; empty when it is no prebuilt image, or not built yet. */
function describe({ name, id, runtime, size_bytes, created_at: created, last_used_at }: Environment) {
  const tag = tagOf(name);
  if (tag === undefined || id === null) return [];
  const labels = { base_image: idOf(runtime), last_used: last_used_at };
  return [{ tag, size_bytes, created, labels }];
}

const notANumber = {
  type: 'int_parsing',
  loc: ['query', 'max_age_days'],
  msg: 'Input should be a valid integer, unable to parse string as an integer',
};

const respondUnknown = (c: Context<AppEnv>, tag: string): Response =>
  respondDetail(c, 404, `Prebuilt image '${fullTag(tag).slice(0, 200)}' not found.`);

function refuseChanges({ builds }: DialectOptions): void {
  if (builds === 'off') throw new Refusal('forbidden', 'Callers do not change environments here.');
}
