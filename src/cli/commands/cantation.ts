import { Option, type Command } from 'commander';
import { toLimitPolicy, type Config } from '../../config.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import { serializeMembers } from '../../core/serialize-members.ts';
import type { RequestRules } from '../../core/validation/validate-request.ts';
import { BuildFailure } from '../../environments/build-failure.ts';
import { answerRoot } from '../../dialects/code-cantation/answer.ts';
import type { RootPlan } from '../../dialects/code-cantation/plan-root.ts';
import {
  codeTypes,
  readCantationBody,
  type CantationOrder,
} from '../../dialects/code-cantation/read-body.ts';
import { runCantation } from '../../dialects/code-cantation/run.ts';
import type { Service } from '../../service.ts';
import { installPackages, readInstallation, type Installation } from '../cantation/install.ts';
import { planHostRoot } from '../cantation/plan-host-root.ts';
import { serveCantation } from '../cantation/serve.ts';
import { misuse, toMisuse } from '../cantation/usage.ts';
import { watchInterruption } from '../interruption.ts';
import { openTrialService } from '../open-service.ts';
import { printFailure } from '../print-failure.ts';
import { readInput } from '../read-input.ts';
import { flushOutput, writeOutput } from '../write-output.ts';

interface CantationOptions {
  readonly code?: string;
  readonly file?: string;
  readonly server?: boolean;
  readonly safety: boolean;
  readonly codeType?: string;
  readonly input?: string;
  /** True without a value, which is an empty list. */
  readonly unsafeModules?: readonly string[] | true;
  readonly unsafeFunctions?: readonly string[] | true;
  readonly overrideDefaultSafety?: boolean;
  readonly timeoutSec?: string;
  readonly cpuTimeLimitSec?: string;
  readonly memoryLimitMb?: string;
  readonly allowedRoot?: string;
  readonly workDir?: string;
  readonly install?: readonly string[];
  readonly host: string;
  readonly port: string;
}

/** Status when packages cannot be installed, or nothing can run here. */
const FAILURE_STATUS = 1;

export function addCantationCommand(program: Command): void {
  program
    .command('cantation')
    .description("run a snippet as Code Cantation's command does, and print its answer as a line of JSON")
    .option('-c, --code <code>', 'the code itself')
    .addOption(new Option('-f, --file <file>', 'a file with the code').conflicts('code'))
    .addOption(new Option('--server', 'serve POST /execute instead').conflicts(['code', 'file']))
    .option('--no-safety', 'run the code without looking at it first')
    .addOption(
      new Option('--code-type <type>', 'what the code is; by default what it looks like').choices(codeTypes),
    )
    .option('-i, --input <json-list>', 'the arguments of the function, as a JSON list')
    .option('--unsafe-modules [modules...]', 'modules that the code must not import either')
    .option('--unsafe-functions [functions...]', 'functions that the code must not call either')
    .option('--override-default-safety', 'those alone, not those that are unsafe by default')
    .option('--timeout-sec <seconds>', 'wall clock limit; 0 for the highest', '5')
    .option('--cpu-time-limit-sec <seconds>', 'CPU time limit; 0 for the highest', '5')
    .option('--memory-limit-mb <MiB>', 'memory limit; 0 for the highest', '256')
    .option('--allowed-root <folder>', 'your own folder that the code may read and write, and no other')
    .option('--work-dir <folder>', 'the working directory, in the allowed root')
    .option('--install <packages...>', 'packages that the code can import, or requirements files with them')
    .option('--host <address>', 'the address to listen on (with --server)', '127.0.0.1')
    .option('--port <port>', 'the port to listen on (with --server); 0 takes a free one', '8000')
    .exitOverride(toMisuse)
    .action(async (options: CantationOptions) => {
      process.exitCode = options.server === true ? await serve(options) : await run(options);
    });
}

async function run(options: CantationOptions): Promise<number> {
  const body = await toBody(options);
  const plan = planHostRoot(options.allowedRoot, options.workDir);
  const installation = await readInstallation(options.install ?? []);
  const { config, service } = await openTrialService();
  const interruption = watchInterruption();
  let status = 0;
  try {
    const order = toOrder(body, rulesOf(config));
    const answer = await answerOrder(service, order, plan, installation, interruption.signal);
    for (const piece of serializeMembers({ ...answer })) await writeOutput(process.stdout, piece);
    process.stdout.write('\n');
  } catch (error) {
    if (!interruption.signal.aborted) status = reportFailure(error);
  } finally {
    await service.close();
  }
  if (interruption.status !== undefined) process.exit(interruption.status);
  interruption.ignoreSignals();
  await flushOutput(process.stdout);
  return status;
}

async function answerOrder(
  service: Service,
  order: CantationOrder,
  plan: RootPlan,
  installation: Installation | undefined,
  signal: AbortSignal,
) {
  if ('error' in plan) return answerRoot(plan.error);
  const environment = installation && (await installPackages(service.environments, installation));
  return runCantation(service, order, { environment, root: plan.root }, { signal });
}

async function serve({ install = [], host, port }: CantationOptions): Promise<number> {
  const number = Number(port);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) throw misuse(`--port: ${port} is no port.`);
  try {
    return await serveCantation({ host, port: number, install: await readInstallation(install) });
  } catch (error) {
    return reportFailure(error);
  }
}

/** Prints why the command failed. @throws CommanderError, and any error that is a fault of Brig. */
function reportFailure(error: unknown): number {
  if (error instanceof BuildFailure) process.stderr.write(`${error.reason}: ${error.message}\n`);
  else if (error instanceof Refusal) printFailure(error.toBody(), process.stderr);
  else throw error;
  return FAILURE_STATUS;
}

const rulesOf = (config: Config): RequestRules => ({
  policy: toLimitPolicy(config),
  scriptBytes: config.maxScriptBytes,
});

/** Returns the request as the server would get it; arguments keep every digit that was typed. */
async function toBody(options: CantationOptions): Promise<string> {
  const code = await readCode(options);
  const rest = JSON.stringify({
    code,
    run_safety: options.safety,
    code_type: options.codeType,
    unsafe_modules: toList(options.unsafeModules),
    unsafe_functions: toList(options.unsafeFunctions),
    override_default_safety: options.overrideDefaultSafety,
    timeout_sec: options.timeoutSec,
    cpu_time_limit_sec: options.cpuTimeLimitSec,
    memory_limit_mb: options.memoryLimitMb,
  });
  return `{"input_values":${readInputValues(options.input)},${rest.slice(1)}`;
}

const toList = (values: readonly string[] | true | undefined): readonly string[] | undefined =>
  values === true ? [] : values;

async function readCode({ code, file }: CantationOptions): Promise<string> {
  if (code !== undefined) return code;
  if (file === undefined) throw misuse('One of --code, --file and --server is required.');
  try {
    return await readInput(file);
  } catch (error) {
    throw error instanceof Refusal ? misuse(error.message) : error;
  }
}

function readInputValues(text = '[]'): string {
  try {
    if (Array.isArray(JSON.parse(text))) return text;
  } catch {
    // Reported below.
  }
  throw misuse('--input must be a JSON list, such as [1, "two"].');
}

function toOrder(body: string, rules: RequestRules): CantationOrder {
  const read = readCantationBody(Buffer.from(body), rules);
  if ('value' in read) return read.value;
  const [{ loc, msg } = { loc: [], msg: 'The request cannot be read' }] = read.issues;
  throw misuse(`--${String(loc[1]).replaceAll('_', '-')}: ${msg}.`);
}
