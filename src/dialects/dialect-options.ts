import type { RequestRules } from '../core/validation/validate-request.ts';
import type { Executor } from '../executor/executor.ts';
import type { Model } from '../generate/model.ts';
import type { BodyThread } from '../http/body-thread.ts';
import type { EnvironmentRouteOptions } from '../http/routes/environments.ts';
import type { CodeExecutorDefaults } from './code-executor/defaults.ts';
import type { QuartermasterDefaults } from './quartermaster/to-plan.ts';
import type { SecurePythonDefaults } from './secure-python/ask-model.ts';

/** What the operator set for callers of other systems. */
export interface DialectDefaults {
  readonly codeExecutor: CodeExecutorDefaults;
  readonly securePython: SecurePythonDefaults;
  readonly quartermaster: QuartermasterDefaults;
}

/** What every dialect is given. */
export interface DialectOptions extends EnvironmentRouteOptions {
  readonly executor: Executor;
  /** Who writes and judges code. */
  readonly model: Model;
  readonly rules: RequestRules;
  /** Most bytes of a body. */
  readonly bodyBytes: number;
  readonly bodyThread: BodyThread;
  /** Whether callers need a key. */
  readonly hasKeys: boolean;
  readonly defaults: DialectDefaults;
}
