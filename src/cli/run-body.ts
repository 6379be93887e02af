import { requestCaps, type ExecuteRequest } from '../core/contract/request.ts';
import { Refusal } from '../core/contract/refusal.ts';
import { toPolicyField, type PolicyOptions } from './policy-options.ts';
import { readInput } from './read-input.ts';

/** Options of `brig run` that become fields of the request. */
export interface BodyOptions extends PolicyOptions {
  readonly function?: string;
  readonly arg: readonly string[];
  readonly kwarg: readonly string[];
  readonly stdin?: string;
  readonly env: readonly string[];
  readonly file: readonly string[];
  readonly return: readonly string[];
  readonly out?: string;
  readonly environment?: string;
  readonly isolation?: string;
  readonly id?: string;
  readonly wait?: number;
  readonly allowNet?: string;
  readonly validate?: boolean;
  readonly validateOnly?: boolean;
  readonly timeout?: number;
  readonly cpuTime?: number;
  readonly memory?: number;
  readonly cpus?: number;
  readonly processes?: number;
  readonly outputBytes?: number;
  readonly disk?: number;
  readonly openFiles?: number;
}

/** Returns the request as JSON; arguments keep every digit that was typed. */
export async function toBody(
  script: string,
  { runtime, mode }: Pick<ExecuteRequest, 'runtime' | 'mode'>,
  options: BodyOptions,
  files: readonly object[],
): Promise<string> {
  const limits = {
    timeout: options.timeout,
    cpu_time: options.cpuTime,
    memory_mb: options.memory,
    cpus: options.cpus,
    processes: options.processes,
    output_bytes: options.outputBytes,
    disk_mb: options.disk,
    open_files: options.openFiles,
  };
  const args = options.arg.map((text) => (mode === 'function' && isJson(text) ? text : JSON.stringify(text)));
  const kwargs = options.kwarg.map(toMember);
  const rest = JSON.stringify({
    script,
    runtime,
    mode,
    validate: options.validate === true,
    validate_only: options.validateOnly === true,
    ...(options.function === undefined ? {} : { function: options.function }),
    wait: options.wait ?? requestCaps.waitSeconds,
    ...(options.isolation === undefined ? {} : { isolation: options.isolation }),
    ...(options.id === undefined ? {} : { execution_id: options.id }),
    ...(options.stdin === undefined ? {} : { stdin: await readInput(options.stdin) }),
    files,
    return_files: options.out !== undefined && options.return.length === 0 ? ['**'] : options.return,
    ...toEnvironments(options),
    ...toNetwork(options),
    ...toPolicyField(options),
    limits: Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)),
  });
  return `{"args":[${args.join(',')}],"kwargs":{${kwargs.join(',')}},${rest.slice(1)}`;
}

/** Separates environment variables from the name of a package environment, which has no `=`. */
function toEnvironments({ env, environment }: BodyOptions): { env: object; environment?: string } {
  const names = [
    ...env.filter((text) => !text.includes('=')),
    ...(environment === undefined ? [] : [environment]),
  ];
  const [name] = names;
  if (names.length > 1)
    throw new Refusal('invalid_input', `A script runs in one environment, not in ${names.join(' and ')}.`);
  const variables = env.filter((text) => text.includes('=')).map(splitAssignment);
  return { env: Object.fromEntries(variables), ...(name === undefined ? {} : { environment: name }) };
}

/** `all` is all that the operator allows; the caller of `brig run` is the operator, where BRIG_NETWORK says nothing. */
const toNetwork = ({ allowNet }: BodyOptions): object =>
  allowNet === undefined ? {} : { network: allowNet === 'all' || { allow: splitHosts(allowNet) } };

const splitHosts = (text: string): string[] =>
  text
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '');

/** Returns an environment in which the network of `--allow-net` is allowed, unless it says itself what is. */
export const allowNetwork = (
  env: NodeJS.ProcessEnv,
  { allowNet }: Pick<BodyOptions, 'allowNet'>,
): NodeJS.ProcessEnv =>
  allowNet === undefined || isSet(env['BRIG_NETWORK'])
    ? env
    : { ...env, BRIG_NETWORK: allowNet === 'all' ? 'public' : splitHosts(allowNet).join(',') };

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

/** Converts `name=5` into a member of a JSON object. */
function toMember(text: string): string {
  if (!text.includes('='))
    throw new Refusal('invalid_input', `A keyword argument is name=value, not ${text}.`);
  const [name, value] = splitAssignment(text);
  return `${JSON.stringify(name)}:${isJson(value) ? value : JSON.stringify(value)}`;
}

/** True for `5` and `{"a": 1}`; `hello` is passed as a string. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function splitAssignment(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}
