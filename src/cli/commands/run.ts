import { extname } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { isolations } from '../../core/contract/isolation.ts';
import { MIB } from '../../core/contract/limits.ts';
import { parseConfig, toLimitPolicy, type Config } from '../../config.ts';
import type { Outcome } from '../../core/contract/outcome.ts';
import { planRequest } from '../../core/plan.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import { defaultMode, type ExecuteRequest } from '../../core/contract/request.ts';
import { isRuntimeName, runtimeNames, type RuntimeName } from '../../core/contract/runtimes.ts';
import { findMeant } from '../../core/validation/meant-values.ts';
import type { RequestRules } from '../../core/validation/validate-request.ts';
import { readRequest } from '../../core/validation/read-request.ts';
import { serializePieces } from '../../core/serialize-outcome.ts';
import type { Executor } from '../../executor/executor.ts';
import { startExecution } from '../../executor/start-execution.ts';
import { programRuntimes } from '../../runtimes/program-runtimes.ts';
import { readEnvironment } from '../dotenv.ts';
import { CANNOT_CREATE_STATUS, exitStatusOf, toExitStatus } from '../exit-status.ts';
import { readInputFiles } from '../input-files.ts';
import { watchInterruption } from '../interruption.ts';
import { openTrialService } from '../open-service.ts';
import { numberOption } from '../number-option.ts';
import { openOutputFolder, type OutputFolder } from '../output-folder.ts';
import { addPolicyOptions } from '../policy-options.ts';
import { printEvent } from '../print-events.ts';
import { createPrinter } from '../print-run.ts';
import { printValidation } from '../print-validation.ts';
import { readInput } from '../read-input.ts';
import { readByOptions } from '../refusal-options.ts';
import { allowNetwork, toBody, type BodyOptions } from '../run-body.ts';
import { printFigures, printOmitted, saveFiles } from '../save-files.ts';
import { flushOutput, writeOutput } from '../write-output.ts';

interface RunOptions extends BodyOptions {
  readonly script?: boolean;
  readonly runtime?: RuntimeName;
  readonly json?: boolean;
  readonly stream?: boolean;
}

const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

export function addRunCommand(program: Command): void {
  const command = program
    .command('run')
    .description('run a script in a jail; its output, its exit status, and the value that main() returned')
    .argument('<file>', 'the script; - reads it from standard input')
    .option('-f, --function <name>', 'the function to call instead of main')
    .addOption(
      new Option(
        '-r, --runtime <name>',
        `what runs it, ${runtimeNames.join(', ')}; by default what the ending of the file says`,
      ).argParser(readRuntime),
    )
    .option('-s, --script', 'run the file as __main__ instead of calling a function')
    .option('-a, --arg <value>', 'an argument: JSON, or else the text itself; once for each', collect, [])
    .option(
      '-k, --kwarg <name=value>',
      'a keyword argument: JSON, or else the text itself; once for each',
      collect,
      [],
    )
    .option('--stdin <file>', 'what the script reads from standard input; - passes on your own')
    .option(
      '-e, --env <name>',
      'the package environment to run in (brig env), or as NAME=value an environment variable; once for each',
      collect,
      [],
    )
    .option(
      '--file <path[=path]>',
      'a file or folder for the working directory, and its path there; once for each',
      collect,
      [],
    )
    .option('--return <glob>', 'files of the working directory to bring back; once for each', collect, [])
    .option('-o, --out <folder>', 'write the files that come back below this folder; all where none is named')
    .option('--validate', 'have a model review the script first; one that it does not call safe is not run')
    .option('--validate-only', 'say what a run would fail with, and run nothing of the script')
    .addOption(
      numberOption(
        '--wait <seconds>',
        'how long to wait for a runtime that is made ready at its first use; 600 where nothing is said',
      ),
    )
    .option(
      '--allow-net <hosts>',
      'what the script reaches: hosts with ports, patterns, with commas between (api.example.com:443); public; or all that BRIG_NETWORK allows',
    )
    .option('--id <id>', "an id of your own for the execution's outcome and the log")
    .addOption(
      new Option(
        '--isolation <how>',
        'how the jail is made, if more strictly than BRIG_ISOLATION says',
      ).choices(isolations),
    )
    .option('--environment <name>', 'the same, for a package environment alone')
    .option('--json', 'print the whole outcome as JSON instead')
    .addOption(
      new Option('--stream', 'print events as they come instead, each as a line of JSON').conflicts('json'),
    )
    .addOption(numberOption('--timeout <seconds>', 'wall clock limit'))
    .addOption(numberOption('--cpu-time <seconds>', 'CPU time limit'))
    .addOption(numberOption('--memory <MiB>', 'memory limit'))
    .addOption(numberOption('--cpus <cores>', 'CPU bandwidth'))
    .addOption(numberOption('--processes <number>', 'processes and threads at once'))
    .addOption(numberOption('--output-bytes <bytes>', 'bytes kept of each stream'))
    .addOption(numberOption('--disk <MiB>', 'size of the working directory and of /tmp'))
    .addOption(numberOption('--open-files <number>', 'open files of each process'));
  addPolicyOptions(command).action(async (file: string, options: RunOptions) => {
    process.exitCode = await (options.stream === true ? runForEvents(file, options) : run(file, options));
  });
}

async function run(file: string, options: RunOptions): Promise<number> {
  refuseLostFiles(options);
  const environment = readEnvironment();
  const { disk_mb } = toLimitPolicy(parseConfig(environment)).ceilings;
  const files = await readInputFiles(options.file, disk_mb * MIB, (skipped) =>
    process.stderr.write(`left out ${skipped}: it is no regular file\n`),
  );
  const runtime = options.runtime ?? inferRuntime(file);
  const mode = isRunAsScript(runtime, options) ? 'script' : 'function';
  const body = await toBody(await readInput(file), { runtime, mode }, options, files);
  await using folder = options.out === undefined ? undefined : await openOutputFolder(options.out);
  // A host that is wrong is a mistake in an option, and not in a setting.
  if (options.allowNet !== undefined)
    readByOptions(() => readRequest(body, rulesOf(parseConfig(environment)), files.contents));
  const { config, service } = await openTrialService(allowNetwork(environment, options));
  const interruption = watchInterruption();
  let status: number;
  try {
    const request = readByOptions(() => readRequest(body, rulesOf(config), files.contents));
    status = await execute(service, request, { ...options, signal: interruption.signal, folder });
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    status = 0;
  } finally {
    await service.close();
  }
  // All is cleaned up by now, and unread output is not waited for.
  if (interruption.status !== undefined) process.exit(interruption.status);
  interruption.ignoreSignals();
  await flushOutput(process.stdout);
  return interruption.status ?? status;
}

const rulesOf = (config: Config): RequestRules => ({
  policy: toLimitPolicy(config),
  scriptBytes: config.maxScriptBytes,
});

/** Runs a script and prints the requested output; returns the exit status. */
async function execute(
  service: Executor,
  request: ExecuteRequest,
  {
    signal,
    json,
    stream,
    folder,
  }: RunOptions & { readonly signal: AbortSignal; readonly folder: OutputFolder | undefined },
): Promise<number> {
  if (stream === true) {
    let status = 0;
    for await (const event of startExecution((own) => service.execute(planRequest(request), own), {
      signal,
    })) {
      await printEvent(event);
      if (event.event === 'done') status = await saveAll(event.data, folder);
    }
    return status;
  }
  const print = json === true ? undefined : createPrinter(request.mode === 'script');
  const outcome = await service.execute(planRequest(request), { signal, onOutput: print?.onOutput });
  if (print === undefined) await printJson(outcome);
  else if (outcome.validation === undefined) print.finish(outcome);
  else printValidation(outcome, outcome.validation);
  if (print !== undefined) printOmitted(outcome, process.stderr);
  if (print !== undefined && folder === undefined) printFigures(outcome, process.stderr);
  return saveAll(outcome, folder);
}

function refuseLostFiles(options: RunOptions): void {
  const isSeen = options.out !== undefined || options.json === true || options.stream === true;
  if (options.return.length === 0 || isSeen) return;
  throw new Refusal('invalid_input', 'What --return brings back goes nowhere.', {
    suggestions: ['Name a folder for it with --out, or print it with --json'],
  });
}

/** Prints the answer of `POST /execute`, in pieces, since files can be large. */
async function printJson(outcome: Outcome): Promise<void> {
  for (const piece of serializePieces(outcome)) await writeOutput(process.stdout, piece);
  process.stdout.write('\n');
}

/** Writes the returned files; returns the exit status of the command. */
async function saveAll(outcome: Outcome, folder: OutputFolder | undefined): Promise<number> {
  const isSaved = folder === undefined || (await saveFiles(outcome, folder, process.stderr));
  return isSaved || !outcome.success ? exitStatusOf(outcome) : CANNOT_CREATE_STATUS;
}

/** Reports a refusal as an event too, for programs that read events. */
async function runForEvents(file: string, options: RunOptions): Promise<number> {
  try {
    return await run(file, options);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await printEvent({ event: 'error', data: error.toBody() });
    return toExitStatus(error.category);
  }
}

function readRuntime(name: string): RuntimeName {
  if (isRuntimeName(name)) return name;
  const [meant] = findMeant('runtime', name, runtimeNames);
  throw new InvalidArgumentError(
    `It is one of ${runtimeNames.join(', ')}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
  );
}

/** Infers the runtime from the file's extension; Python if that is unknown. */
function inferRuntime(file: string): RuntimeName {
  return programRuntimes.find(({ extensions }) => extensions.includes(extname(file)))?.name ?? 'python';
}

const isRunAsScript = (runtime: RuntimeName, { script }: RunOptions): boolean =>
  script === true || defaultMode(runtime) === 'script';
