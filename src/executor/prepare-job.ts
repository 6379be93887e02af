import { availableParallelism } from 'node:os';
import { MIB } from '../core/contract/limits.ts';
import { cpuVariables } from '../core/cpu-variables.ts';
import type { Evidence } from '../core/contract/evidence.ts';
import type { Entry, ExecutionPlan, JobEntry } from '../core/plan.ts';
import type { OpenRuntime } from '../runtimes/registry.ts';
import type { JailEnvironment, Job, LeaseOptions, Program } from '../sandbox/sandbox.ts';
import type { ExecutionContext } from './execution-context.ts';

/** Job and lease for a jail, or the evidence of the compiler that made no program. */
export type Prepared = { readonly job: Job; readonly lease: LeaseOptions } | { readonly failed: Evidence };

type Command = Extract<Entry, { kind: 'command' }>;

/** Present in every jail. */
const SHELL = '/bin/sh';

/** Cores of this host. */
const cores = availableParallelism();

/** Prepares a job for the jail's own interpreter. The caller's variables override those of the environment. */
export function prepareScript(execution: ExecutionContext): Prepared {
  const { plan, limits, packages } = execution;
  const { environment } = packages;
  if (plan.entry.kind === 'command') return prepareCommand(execution, plan.entry);
  const cpus = cpuVariables(limits, cores);
  // Only packages have thread pools to size.
  const own = environment === undefined ? { PYTHON_CPU_COUNT: cpus.PYTHON_CPU_COUNT } : cpus;
  const prefersPreloaded = environment !== undefined && suitsPreloaded(plan, environment);
  const memory = { memoryBytes: limits.memory_mb * MIB };
  const job: Job = {
    script: plan.script,
    entry: plan.entry,
    stdin: plan.input.stdin,
    env: { ...own, ...environment?.variables, ...plan.input.env },
    files: plan.workspace.files,
    // A preflight writes no files, so there are none to return.
    returnFiles: plan.isPreflight ? [] : plan.workspace.returnFiles,
    resultEncoding: plan.resultEncoding,
    preflight: plan.isPreflight ? memory : undefined,
    figures: plan.isPreflight || environment === undefined ? undefined : memory,
    root: plan.workspace.root,
    network: plan.isPreflight ? undefined : execution.network,
    program: undefined,
    session: undefined,
  };
  return { job, lease: { environment, prefersPreloaded, root: plan.workspace.root } };
}

/**
 * Prepares a shell command in one of Python's jails. The environment's variables are for the jail's own interpreter,
 * so the shell does not get them.
 */
function prepareCommand(execution: ExecutionContext, { command, file }: Command): Prepared {
  const { plan, limits, packages } = execution;
  const scriptPath = plan.script === '' ? undefined : file;
  const env = { ...cpuVariables(limits, cores), ...plan.input.env };
  return {
    job: { ...programJob(execution, { command: inShell(command), scriptPath, env: {} }), env },
    lease: { environment: packages.environment },
  };
}

/** @param self value of `$0`, with which the shell's messages begin. */
const inShell = (command: string, self = 'sh'): Program['command'] => [SHELL, '-c', command, self];

/** Prepares a job for another runtime, whose compiler runs first if it has one. */
export async function prepareProgram(
  execution: ExecutionContext,
  { plan: planProgram, compile }: OpenRuntime,
): Promise<Prepared> {
  const { plan, limits, signal, timings, starts, options, packages } = execution;
  const { environment } = packages;
  const usual = planProgram(limits, environment !== undefined);
  const job = programJob(execution, replaceProgram(usual, plan, compile !== undefined));
  if (compile === undefined) return { job, lease: { environment } };
  const started = performance.now();
  starts.compile = started;
  const sources = { script: plan.script, files: plan.workspace.files };
  const compiled = await compile(sources, { caller: options.caller, signal });
  timings.compile = performance.now() - started;
  if ('failed' in compiled) return compiled;
  return { job, lease: { programFile: compiled.file } };
}

/** Returns the job of a script that runs in a program. */
const programJob = ({ plan, network }: ExecutionContext, program: Program): Job => ({
  script: plan.script,
  entry: toScriptEntry(plan.entry),
  stdin: plan.input.stdin,
  env: plan.input.env,
  files: plan.workspace.files,
  returnFiles: plan.workspace.returnFiles,
  resultEncoding: plan.resultEncoding,
  preflight: undefined,
  figures: undefined,
  root: undefined,
  network,
  program,
  session: undefined,
});

/** A program has no functions to call, and a shell command contains its arguments. */
const toScriptEntry = (entry: Entry): JobEntry => ({
  kind: 'script',
  argsJson: entry.kind === 'command' ? '[]' : entry.argsJson,
  file: undefined,
});

/** Returns the program of a script, or the shell in its place when the plan has a command. */
function replaceProgram(program: Program, { entry, script }: ExecutionPlan, isCompiled: boolean): Program {
  if (entry.kind !== 'command') return program;
  const scriptPath = script === '' ? undefined : program.scriptPath;
  const self = isCompiled ? program.command[0] : undefined;
  return { ...program, command: inShell(entry.command, self), scriptPath };
}

/** Modules imported ahead have read the environment's variables, so the caller must not override one of those. */
const suitsPreloaded = (
  { script, input: { env } }: ExecutionPlan,
  { preload, variables }: JailEnvironment,
): boolean => mentions(script, preload) && !Object.keys(env).some((name) => Object.hasOwn(variables, name));

/** True when a text mentions a module; good enough to choose between two jails that can both run it. */
const mentions = (script: string, modules: readonly string[]): boolean =>
  modules.some((module) => script.includes(module.split('.')[0] ?? module));
