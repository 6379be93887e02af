import { availableParallelism } from 'node:os';
import { cpuVariables } from '../core/cpu-variables.ts';
import type { Evidence } from '../core/evidence.ts';
import type { OpenRuntime } from '../runtimes/runtimes.ts';
import type { JailEnvironment, Job, LeaseOptions, Program } from '../sandbox/sandbox.ts';
import type { Execution } from './execution.ts';

/** What a jail is to run and has to be given; or what is known of the compiler that made no program of the script. */
export type Prepared = { readonly job: Job; readonly lease: LeaseOptions } | { readonly failed: Evidence };

/** Every jail has one. */
const SHELL = '/bin/sh';

/** Of this host. */
const cores = availableParallelism();

/** For the interpreter of the jail itself. The caller's variables come after those of its surroundings, and win. */
export function prepareScript(execution: Execution): Prepared {
  const { request, limits, surroundings } = execution;
  const { environment } = surroundings;
  if (request.command !== undefined) return prepareCommand(execution, request.command);
  const cpus = cpuVariables(limits, cores);
  // Thread pools come with packages.
  const own = environment === undefined ? { PYTHON_CPU_COUNT: cpus.PYTHON_CPU_COUNT } : cpus;
  const env = { ...own, ...environment?.variables, ...request.env };
  const prefersPreloaded = environment !== undefined && suitsPreloaded(request, environment);
  const lease = { environment, prefersPreloaded, root: request.root };
  const memory = { memoryBytes: limits.memory_mb * 1024 * 1024 };
  if (!request.validate_only) {
    return { job: { ...request, env, figures: environment === undefined ? undefined : memory }, lease };
  }
  // Nothing is run, so nothing is written: there is nothing to bring back.
  return { job: { ...request, env, return_files: [], preflight: memory }, lease };
}

/** For a shell in a jail of Python's: what its environment wants of the interpreter that is the jail's own, nobody else is told. */
function prepareCommand({ request, limits, surroundings }: Execution, command: string): Prepared {
  const scriptPath = request.script === '' ? undefined : request.scriptFile;
  const env = { ...cpuVariables(limits, cores), ...request.env };
  return {
    job: { ...request, env, program: { command: inShell(command), scriptPath, env: {} } },
    lease: { environment: surroundings.environment },
  };
}

/** @param self what the command knows as `$0`, and the shell's complaints begin with. */
const inShell = (command: string, self = 'sh'): Program['command'] => [SHELL, '-c', command, self];

/** For another runtime, whose compiler runs first where it has one. */
export async function prepareProgram(
  { request, limits, signal, timings, options: { caller }, surroundings: { environment } }: Execution,
  { plan, compile }: OpenRuntime,
): Promise<Prepared> {
  const usual = plan(limits, environment !== undefined);
  const job = { ...request, program: replaceProgram(usual, request, compile !== undefined) };
  if (compile === undefined) return { job, lease: { environment } };
  const started = performance.now();
  const compiled = await compile(request, { caller, signal });
  timings.compile = performance.now() - started;
  if ('failed' in compiled) return compiled;
  return { job, lease: { programFile: compiled.file } };
}

/** The program that runs a script, or the shell that runs a command in its place. */
function replaceProgram(
  program: Program,
  { command, script }: Execution['request'],
  isCompiled: boolean,
): Program {
  if (command === undefined) return program;
  const scriptPath = script === '' ? undefined : program.scriptPath;
  return { ...program, command: inShell(command, isCompiled ? program.command[0] : undefined), scriptPath };
}

/** What was imported ahead has seen the environment's own variables: a caller's others would come too late. */
const suitsPreloaded = (
  { script, env }: Execution['request'],
  { preload, variables }: JailEnvironment,
): boolean => mentions(script, preload) && !Object.keys(env).some((name) => Object.hasOwn(variables, name));

/** Whether a text speaks of a module: good enough to choose between two jails that both run it. */
const mentions = (script: string, modules: readonly string[]): boolean =>
  modules.some((module) => script.includes(module.split('.')[0] ?? module));
