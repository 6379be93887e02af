import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Caller } from '../core/contract/caller.ts';
import { describeIssues } from '../core/validation/describe-issue.ts';
import type { Environment } from '../core/contract/environment.ts';
import { Refusal } from '../core/contract/refusal.ts';
import type { EnvironmentView } from '../environments/environments.ts';
import type { Executor } from '../executor/executor.ts';
import { listEnvironmentsSchema } from './tool-schemas.ts';

interface Parts {
  readonly executor: Pick<Executor, 'runtimes'>;
  readonly environments: Pick<EnvironmentView, 'list' | 'answerImport'>;
  readonly caller?: Caller | undefined;
}

/** @throws Refusal `invalid_input`, or `not_found` for an unknown environment. */
export async function answerEnvironments(
  asked: Record<string, unknown>,
  { executor, environments, caller }: Parts,
): Promise<CallToolResult> {
  const parsed = listEnvironmentsSchema.safeParse(asked);
  if (!parsed.success) {
    throw new Refusal('invalid_input', `${describeIssues(parsed.error.issues)}.`);
  }
  const { name, import: module } = parsed.data;
  const all = (await environments.list()).filter(({ state }) => state === 'ready');
  const listed = name === undefined ? all : all.filter((one) => one.name === name);
  if (listed.length === 0) {
    throw new Refusal('not_found', `There is no environment "${name}" that scripts can run in.`, {
      suggestions: [`Environments here: ${all.map((one) => one.name).join(', ')}.`],
    });
  }
  const answer =
    module === undefined
      ? { environments: listed.map(describe), runtimes: await describeRuntimes(executor, caller) }
      : {
          environments: await Promise.all(
            listed.map(async ({ name: one }) => ({
              name: one,
              ...(await environments.answerImport(one, module)),
            })),
          ),
        };
  return { content: [{ type: 'text', text: JSON.stringify(answer) }] };
}

/** Lists packages with their versions, but not their thousands of modules. */
const describe = ({ name, runtime, runtime_version, packages }: Environment) => ({
  name,
  runtime,
  runtime_version,
  packages: packages.map((one) => `${one.name} ${one.version}`),
});

async function describeRuntimes(executor: Pick<Executor, 'runtimes'>, caller: Caller | undefined) {
  const { runtimes } = await executor.runtimes(caller);
  return runtimes.map(({ name, available, version, file_names }) => ({
    name,
    available,
    version,
    file_names,
  }));
}
