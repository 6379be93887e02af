import type { Hono } from 'hono';
import type { RequestRules } from '../core/validation/validate-request.ts';
import type { AppEnv } from '../http/app-env.ts';
import type { BodyReader } from '../http/body-reader.ts';
import type { DenialResponder } from '../http/deny.ts';
import type { AccessTable } from '../http/route-access.ts';
import type { DialectOptions } from './dialect-options.ts';

/** The contract of another system: an object in a folder of its own, and a line in `list.ts`. */
export interface Dialect {
  /** Name; its routes are below `/dialects/<name>`. */
  readonly name: string;
  /** Access to each route, such as `POST /execute`; a missing route is for `admin` only. */
  readonly access: AccessTable;
  /** Readers of the bodies of its routes. */
  readonly readers: readonly BodyReader<unknown, RequestRules>[];
  /** Answers denials; FastAPI's format by default. */
  readonly answerDenial?: DenialResponder;
  readonly createRoutes: (options: DialectOptions) => Hono<AppEnv>;
}
