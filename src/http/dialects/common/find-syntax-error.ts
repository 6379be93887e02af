import type { Outcome } from '../../../core/outcome.ts';
import type { ExecuteRequest } from '../../../core/request.ts';
import type { ExecuteOptions, Executor } from '../../../executor/executor.ts';

/** What CPython says of a script that is none, without running it; undefined where it compiles. */
export async function findSyntaxError(
  executor: Executor,
  { root: _root, ...request }: ExecuteRequest,
  options: ExecuteOptions,
): Promise<Outcome | undefined> {
  const look = { ...request, mode: 'script', argsJson: '[]', validate_only: true } as const;
  const outcome = await executor.execute(look, options);
  return !outcome.success && outcome.error === 'syntax_error' ? outcome : undefined;
}
