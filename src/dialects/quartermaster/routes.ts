import { Hono, type Context } from 'hono';
import type { AppEnv } from '../../http/app-env.ts';
import type { DialectOptions } from '../dialect-options.ts';
import { respondJson } from '../common/respond.ts';
import { DEFAULT_IMAGE, idOf, imageOf } from './images.ts';
import { createPrebuilds } from './prebuilds.ts';
import { answerRun } from './run.ts';
import type { QuartermasterSettings } from './settings.ts';

/** Creates the routes of quartermaster-code-runner. */
export function createQuartermaster(options: DialectOptions, settings: QuartermasterSettings): Hono<AppEnv> {
  const { executor, hasKeys } = options;
  const listImages = async (c: Context<AppEnv>): Promise<Response> => {
    const { runtimes } = await executor.runtimes();
    const images = runtimes.filter(({ available }) => available).map(({ name }) => imageOf(name));
    return respondJson(c, { images, default: idOf(DEFAULT_IMAGE) });
  };
  return new Hono<AppEnv>()
    .get('/', (c) => respondJson(c, { message: 'Code Runner is operational.' }))
    .post('/run', (c) => answerRun(c, options, settings))
    .get('/runtimes', listImages)
    .get('/images', listImages)
    .get('/health', (c) => {
      const isConnected = executor.health().status === 'healthy';
      return respondJson(c, { status: 'ok', docker_connected: isConnected, auth_enabled: hasKeys });
    })
    .route('/', createPrebuilds(options));
}
