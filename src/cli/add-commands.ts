import type { Command } from 'commander';

/** Adds a command to the program. */
type AddCommand = (program: Command) => void;

/** Commands by name, in the order of the help. Each is loaded on its own, since all of them together load slowly. */
const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  serve: async () => (await import('./commands/serve.ts')).addServeCommand,
  worker: async () => (await import('./commands/worker.ts')).addWorkerCommand,
  run: async () => (await import('./commands/run.ts')).addRunCommand,
  repl: async () => (await import('./commands/repl.ts')).addReplCommand,
  check: async () => (await import('./commands/check.ts')).addCheckCommand,
  cantation: async () => (await import('./commands/cantation.ts')).addCantationCommand,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctorCommand,
  env: async () => (await import('./commands/env.ts')).addEnvCommand,
  job: async () => (await import('./commands/job.ts')).addJobCommand,
  key: async () => (await import('./commands/key.ts')).addKeyCommand,
  mcp: async () => (await import('./commands/mcp.ts')).addMcpCommand,
  prepare: async () => (await import('./commands/prepare.ts')).addPrepareCommand,
  runtimes: async () => (await import('./commands/runtimes.ts')).addRuntimesCommand,
  setup: async () => (await import('./commands/setup.ts')).addSetupCommand,
  top: async () => (await import('./commands/top.ts')).addTopCommand,
};

/**
 * Adds the command that the first argument names. Adds all where it names none of them: for the help, and for the
 * suggestion of the nearest one.
 */
export async function addCommands(program: Command, first: string | undefined): Promise<void> {
  const named = first !== undefined && Object.hasOwn(commands, first) ? commands[first] : undefined;
  if (named !== undefined) (await named())(program);
  else if (first !== '--version' && first !== '-V')
    for (const load of Object.values(commands)) (await load())(program);
}
