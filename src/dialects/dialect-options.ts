import type { RequestRules } from '../core/validation/validate-request.ts';
import type { Executor } from '../executor/executor.ts';
import type { Model } from '../generate/model.ts';
import type { BodyThread } from '../http/body-thread.ts';
import type { EnvironmentRouteOptions } from '../http/routes/environments.ts';

/** Settings for calls of the model. */
export interface ModelSettings {
  readonly temperature: number;
  readonly reviewTemperature: number;
  /** Maximum bytes sent to the model, in UTF-8. */
  readonly inputBytes: number;
}

/** Options of every dialect. */
export interface DialectOptions extends EnvironmentRouteOptions {
  readonly executor: Executor;
  /** Model that writes and reviews code. */
  readonly model: Model;
  readonly modelSettings: ModelSettings;
  readonly rules: RequestRules;
  /** Maximum bytes of a body. */
  readonly bodyBytes: number;
  readonly bodyThread: BodyThread;
  /** True when callers need a key. */
  readonly hasKeys: boolean;
  /** Version of Brig. */
  readonly version: string;
}
