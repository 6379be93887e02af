import type { Outcome } from '../../core/outcome.ts';
import type { ExecutionPlan } from '../../core/plan.ts';
import type { ExecuteOptions, Executor } from '../../executor/executor.ts';

/** What CPython says of a script that is none, without running it; undefined where it compiles. */
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
