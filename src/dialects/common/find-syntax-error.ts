import type { Outcome } from '../../core/contract/outcome.ts';
import type { ExecutionPlan } from '../../core/plan.ts';
import type { ExecuteOptions, Executor } from '../../executor/executor.ts';

/** Returns CPython's syntax error of a script without running it; undefined when it compiles. */
export async function findSyntaxError(
  executor: Executor,
  plan: ExecutionPlan,
  options: ExecuteOptions,
): Promise<Outcome | undefined> {
  const look: ExecutionPlan = {
    ...plan,
    entry: { kind: 'script', argsJson: '[]', file: undefined },
    workspace: { ...plan.workspace, root: undefined },
    isPreflight: true,
  };
  const outcome = await executor.execute(look, options);
  return !outcome.success && outcome.error === 'syntax_error' ? outcome : undefined;
}
