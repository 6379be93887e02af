import type { Hono } from 'hono';
import type { RequestRules } from '../core/validation/validate-request.ts';
import type { AppEnv } from '../http/app-env.ts';
import type { BodyReader } from '../http/body-reader.ts';
import type { DenialResponder } from '../http/deny.ts';
import type { AccessTable } from '../http/route-access.ts';
import type { DialectOptions } from './dialect-options.ts';

/** The contract of another system: an object in a folder of its own, and a line in `list.ts`. */
export interface Dialect {
  /** It is spoken below `/dialects/<name>`. */
  readonly name: string;
  /** Who may use each of its routes, `POST /execute` for example; a route that is missing is for `admin` alone. */
  readonly access: AccessTable;
  /** What reads the bodies that its routes take. */
  readonly readers: readonly BodyReader<unknown, RequestRules>[];
  /** How it answers whom it does not let in; as FastAPI does where it says nothing else. */
  readonly answerDenial?: DenialResponder;
  readonly createRoutes: (options: DialectOptions) => Hono<AppEnv>;
}
