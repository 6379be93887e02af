import type { Hono } from 'hono';
import type { RequestRules } from '../core/validation/validate-request.ts';
import type { AppEnv } from '../http/app-env.ts';
import type { BodyReader } from '../http/body-reader.ts';
import type { DenialResponder } from '../http/deny.ts';
import type { AccessTable } from '../http/route-access.ts';
import type { CeilingName } from '../settings/ceilings.ts';
import type { Settings, ValuesOf } from '../settings/setting.ts';
import type { RefusalMember } from './common/respond.ts';
import type { Operation } from './common/describe-dialect.ts';
import type { DialectOptions } from './dialect-options.ts';

/** The contract of another system: an object in a folder of its own, and a line in `list.ts`. */
export interface Dialect<Own extends Settings = Settings> {
  /** Name; its routes are below `/dialects/<name>`. */
  readonly name: string;
  /** Name of the system, for people. */
  readonly title?: string;
  /** Access to each route, such as `POST /execute`; a missing route is for `admin` only. */
  readonly access: AccessTable;
  /** Settings of its own, which are read, checked and listed with Brig's. */
  readonly settings?: Own;
  /** Ceilings of its settings that are defaults of limits. */
  readonly ceilings?: Readonly<Record<string, CeilingName>>;
  /** Member of a refusal's body that holds its text; `detail` by default. */
  readonly refusalMember?: RefusalMember;
  /** Loads its routes; programs that only read settings do without them. */
  load(): Promise<DialectDoor<Own>>;
}

/** Routes of a dialect and their parts. */
export interface DialectDoor<Own extends Settings = Settings> {
  /** Readers of the bodies of its routes. */
  readonly readers: readonly BodyReader<unknown, RequestRules>[];
  /** Routes for its OpenAPI document; undefined for a dialect without one. */
  readonly operations?: readonly Operation[];
  /** Answers denials; FastAPI's format by default. */
  readonly answerDenial?: DenialResponder;
  createRoutes(options: DialectOptions, settings: ValuesOf<Own>): Hono<AppEnv>;
}

/** Values of the settings of dialects, by the dialect's name. */
export type DialectValues = Readonly<Record<string, ValuesOf<Settings>>>;
