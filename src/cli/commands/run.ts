import { Option, type Command } from 'commander';
import { MIB } from '../../core/contract/limits.ts';
import { parseConfig, toLimitPolicy, type Config } from '../../config.ts';
import type { Outcome } from '../../core/contract/outcome.ts';
import { planRequest } from '../../core/plan.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import type { ExecuteRequest } from '../../core/contract/request.ts';
import type { RuntimeName } from '../../core/contract/runtimes.ts';
import type { RequestRules } from '../../core/validation/validate-request.ts';
import { readRequest } from '../../core/validation/read-request.ts';
import { serializePieces } from '../../core/serialize-outcome.ts';
import type { Executor } from '../../executor/executor.ts';
import { startExecution } from '../../executor/start-execution.ts';
import { readEnvironment } from '../dotenv.ts';
import { CANNOT_CREATE_STATUS, exitStatusOf, toExitStatus } from '../exit-status.ts';
import { readInputFiles } from '../input-files.ts';
import { watchInterruption } from '../interruption.ts';
import { openTrialService } from '../open-service.ts';
import { openOutputFolder, type OutputFolder } from '../output-folder.ts';
import { addPolicyOptions } from '../policy-options.ts';
import { printEvent } from '../print-events.ts';
import { createPrinter } from '../print-run.ts';
import { printValidation } from '../print-validation.ts';
import { readInput } from '../read-input.ts';
import { readByOptions } from '../refusal-options.ts';
import { addRequestOptions, inferRuntime, isRunAsScript } from '../request-options.ts';
import { allowNetwork, toBody, type BodyOptions } from '../run-body.ts';
import { printFigures, printOmitted, saveFiles } from '../save-files.ts';
import { flushOutput, writeOutput } from '../write-output.ts';

interface RunOptions extends BodyOptions {
  readonly script?: boolean;
  readonly runtime?: RuntimeName;
  readonly json?: boolean;
  readonly stream?: boolean;
}

export function addRunCommand(program: Command): void {
  const command = program
    .command('run')
    .description('run a script in a jail; its output, its exit status, and the value that main() returned')
    .argument('<file>', 'the script; - reads it from standard input')
    .option('-o, --out <folder>', 'write the files that come back below this folder; all where none is named')
    .option('--json', 'print the whole outcome as JSON instead')
    .addOption(
      new Option('--stream', 'print events as they come instead, each as a line of JSON').conflicts('json'),
    );
  addPolicyOptions(addRequestOptions(command)).action(async (file: string, options: RunOptions) => {
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
  const body = await toBody(await readInput(file), { runtime, mode }, options, files.files);
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
