import { availableParallelism } from 'node:os';
import { cpuVariables } from '../core/cpu-variables.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Entry, ExecutionPlan, JobEntry } from '../core/plan.ts';
import type { OpenRuntime } from '../runtimes/runtimes.ts';
import type { JailEnvironment, Job, LeaseOptions, Program } from '../sandbox/sandbox.ts';
import type { ExecutionContext } from './execution-context.ts';

/** What a jail is to run and has to be given; or what is known of the compiler that made no program of the script. */
export type Prepared = { readonly job: Job; readonly lease: LeaseOptions } | { readonly failed: Evidence };

type Command = Extract<Entry, { kind: 'command' }>;

/** Every jail has one. */
const SHELL = '/bin/sh';

/** Of this host. */
const cores = availableParallelism();

/** For the interpreter of the jail itself. The caller's variables come after those of its packages, and win. */
export function prepareScript(execution: ExecutionContext): Prepared {
  const { plan, limits, packages } = execution;
  const { environment } = packages;
  if (plan.entry.kind === 'command') return prepareCommand(execution, plan.entry);
  const cpus = cpuVariables(limits, cores);
  // Thread pools come with packages.
  const own = environment === undefined ? { PYTHON_CPU_COUNT: cpus.PYTHON_CPU_COUNT } : cpus;
  const prefersPreloaded = environment !== undefined && suitsPreloaded(plan, environment);
  const memory = { memoryBytes: limits.memory_mb * 1024 * 1024 };
  const job: Job = {
    script: plan.script,
    entry: plan.entry,
    stdin: plan.input.stdin,
    env: { ...own, ...environment?.variables, ...plan.input.env },
    files: plan.workspace.files,
    // Nothing is written where nothing is run: there is nothing to bring back.
    returnFiles: plan.isPreflight ? [] : plan.workspace.returnFiles,
    resultEncoding: plan.resultEncoding,
    preflight: plan.isPreflight ? memory : undefined,
    figures: plan.isPreflight || environment === undefined ? undefined : memory,
    root: plan.workspace.root,
    program: undefined,
  };
  return { job, lease: { environment, prefersPreloaded, root: plan.workspace.root } };
}

/** For a shell in a jail of Python's: what its environment wants of the interpreter that is the jail's own, nobody else is told. */
function prepareCommand({ plan, limits, packages }: ExecutionContext, { command, file }: Command): Prepared {
  const scriptPath = plan.script === '' ? undefined : file;
  const env = { ...cpuVariables(limits, cores), ...plan.input.env };
  return {
    job: { ...programJob(plan, { command: inShell(command), scriptPath, env: {} }), env },
    lease: { environment: packages.environment },
  };
}

/** @param self what the command knows as `$0`, and the shell's complaints begin with. */
const inShell = (command: string, self = 'sh'): Program['command'] => [SHELL, '-c', command, self];

/** For another runtime, whose compiler runs first where it has one. */
export async function prepareProgram(
  { plan, limits, signal, timings, options: { caller }, packages: { environment } }: ExecutionContext,
  { plan: planProgram, compile }: OpenRuntime,
): Promise<Prepared> {
  const usual = planProgram(limits, environment !== undefined);
  const job = programJob(plan, replaceProgram(usual, plan, compile !== undefined));
  if (compile === undefined) return { job, lease: { environment } };
  const started = performance.now();
  const sources = { script: plan.script, files: plan.workspace.files };
  const compiled = await compile(sources, { caller, signal });
  timings.compile = performance.now() - started;
  if ('failed' in compiled) return compiled;
  return { job, lease: { programFile: compiled.file } };
}

/** The job of a script that a program runs, beside its files and its input. */
const programJob = (plan: ExecutionPlan, program: Program): Job => ({
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
  program,
});

/** A program knows no functions, and a shell's command has its arguments in it. */
const toScriptEntry = (entry: Entry): JobEntry => ({
  kind: 'script',
  argsJson: entry.kind === 'command' ? '[]' : entry.argsJson,
  file: undefined,
});

/** The program that runs a script, or the shell that runs a command in its place. */
function replaceProgram(program: Program, { entry, script }: ExecutionPlan, isCompiled: boolean): Program {
  if (entry.kind !== 'command') return program;
  const scriptPath = script === '' ? undefined : program.scriptPath;
  const self = isCompiled ? program.command[0] : undefined;
  return { ...program, command: inShell(entry.command, self), scriptPath };
}

/** What was imported ahead has seen the environment's own variables: a caller's others would come too late. */
const suitsPreloaded = (
  { script, input: { env } }: ExecutionPlan,
  { preload, variables }: JailEnvironment,
): boolean => mentions(script, preload) && !Object.keys(env).some((name) => Object.hasOwn(variables, name));

/** Whether a text speaks of a module: good enough to choose between two jails that both run it. */
const mentions = (script: string, modules: readonly string[]): boolean =>
  modules.some((module) => script.includes(module.split('.')[0] ?? module));
