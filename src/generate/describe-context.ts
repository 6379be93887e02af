import type { Caller } from '../core/contract/caller.ts';
import { DEFAULT_ENVIRONMENT, type Environment } from '../core/contract/environment.ts';
import { narrowPolicy, resolveLimits, type LimitPolicy } from '../core/contract/limits.ts';
import type { ExecuteRequest } from '../core/contract/request.ts';
import type { PromptContext } from './prompts.ts';

/** Methods of the environments that the description needs. */
interface EnvironmentList {
  /** @throws Refusal `not_found`. */
  resolve(name: string | undefined, runtime: 'python'): unknown;
  list(): Promise<readonly Environment[]>;
}

/** Describes the surroundings of a script to be written: its packages, files and limits. */
export function createContextDescriber(
  environmentsOf: (caller: Caller | undefined) => EnvironmentList,
  policy: LimitPolicy,
): (request: ExecuteRequest, caller: Caller | undefined) => Promise<PromptContext> {
  return async (request, caller) => {
    const environments = environmentsOf(caller);
    environments.resolve(request.environment, 'python');
    const all = await environments.list();
    const own = all.find(({ name }) => name === (request.environment ?? DEFAULT_ENVIRONMENT));
    const resolved = resolveLimits(request.limits, narrowPolicy(policy, caller?.ceilings));
    return {
      limits: 'limits' in resolved ? resolved.limits : policy.defaults,
      version:
        own?.runtime_version ?? all.find((one) => one.runtime_version !== null)?.runtime_version ?? undefined,
      packages: own?.state === 'ready' ? own.packages : [],
      files: request.files.map(({ path }) => path),
      returnFiles: request.return_files,
      hasStdin: request.stdin.length > 0,
      variables: Object.keys(request.env),
    };
  };
}
