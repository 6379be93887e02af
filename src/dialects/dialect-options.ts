import type { RequestRules } from '../core/validation/validate-request.ts';
import type { Executor } from '../executor/executor.ts';
import type { Model } from '../generate/model.ts';
import type { BodyThread } from '../http/body-thread.ts';
import type { EnvironmentRouteOptions } from '../http/routes/environments.ts';
import type { CodeExecutorDefaults } from './code-executor/defaults.ts';
import type { QuartermasterDefaults } from './quartermaster/to-plan.ts';
import type { SecurePythonDefaults } from './secure-python/ask-model.ts';

/** Settings of the operator for callers of other systems. */
export interface DialectDefaults {
  readonly codeExecutor: CodeExecutorDefaults;
  readonly securePython: SecurePythonDefaults;
  readonly quartermaster: QuartermasterDefaults;
}

/** Options of every dialect. */
export interface DialectOptions extends EnvironmentRouteOptions {
  readonly executor: Executor;
  /** Model that writes and reviews code. */
  readonly model: Model;
  readonly rules: RequestRules;
  /** Maximum bytes of a body. */
  readonly bodyBytes: number;
  readonly bodyThread: BodyThread;
  /** True when callers need a key. */
  readonly hasKeys: boolean;
  readonly defaults: DialectDefaults;
}
