import type { Command } from 'commander';
import { Option } from 'commander';
import { jobStates } from '../../core/contract/jobs/job-state.ts';
import type { JobSummary } from '../../core/contract/jobs/job.ts';
import { MIB } from '../../core/contract/limits.ts';
import type { RuntimeName } from '../../core/contract/runtimes.ts';
import { readInputFiles } from '../input-files.ts';
import { watchInterruption } from '../interruption.ts';
import { describeJob, printJobOutcome } from '../job-output.ts';
import { numberOption } from '../number-option.ts';
import { addPolicyOptions } from '../policy-options.ts';
import { readInput } from '../read-input.ts';
import { addRequestOptions, inferRuntime, isRunAsScript } from '../request-options.ts';
import { toBody, type BodyOptions } from '../run-body.ts';
import {
  addServiceOptions,
  openServiceClient,
  type AskService,
  type ServiceOptions,
} from '../service-client.ts';
import { flushOutput } from '../write-output.ts';

interface SubmitOptions extends BodyOptions, ServiceOptions {
  readonly script?: boolean;
  readonly runtime?: RuntimeName;
  readonly delay?: number;
  readonly priority?: number;
  readonly expiresIn?: number;
  readonly retention?: number;
  readonly atMostOnce?: boolean;
  readonly webhook?: string;
  readonly webhookSecretFile?: string;
  readonly idempotencyKey?: string;
  readonly json?: boolean;
}

/** Adds the commands for jobs, which speak to a running service. */
export function addJobCommand(program: Command): void {
  const job = program
    .command('job')
    .description('submit scripts to a running service as jobs, and look at them');
  addSubmit(job);
  addServiceOptions(job.command('show').description('print a job as JSON, with its outcome'))
    .argument('<id>')
    .action((id: string, options: ServiceOptions) =>
      speak(options, async (ask, signal) => {
        process.stdout.write(`${await ask(toPath(id), { signal })}\n`);
        return 0;
      }),
    );
  addServiceOptions(job.command('wait').description('wait for the end of a job; prints as brig run does'))
    .argument('<id>')
    .addOption(
      numberOption('--seconds <seconds>', 'how long to wait; as long as it takes where nothing is said'),
    )
    .action((id: string, options: ServiceOptions & { readonly seconds?: number }) =>
      speak(options, (ask, signal) => waitForJob(ask, id, options.seconds ?? Infinity, signal)),
    );
  addServiceOptions(job.command('cancel').description('cancel a job; prints the state that it has then'))
    .argument('<id>')
    .action((id: string, options: ServiceOptions) =>
      speak(options, async (ask, signal) => {
        const { state } = JSON.parse(await ask(toPath(id), { method: 'DELETE', signal })) as JobSummary;
        process.stdout.write(`${state}\n`);
        return 0;
      }),
    );
  addServiceOptions(job.command('list').description('list your jobs, the newest first'))
    .addOption(new Option('--state <state>', 'those of one state').choices(jobStates))
    .addOption(numberOption('--limit <number>', 'jobs at most; 100 where nothing is said'))
    .action((options: ServiceOptions & { readonly state?: string; readonly limit?: number }) =>
      speak(options, async (ask, signal) => {
        const query = new URLSearchParams();
        if (options.state !== undefined) query.set('state', options.state);
        if (options.limit !== undefined) query.set('limit', String(options.limit));
        const { jobs } = JSON.parse(await ask(`jobs?${query.toString()}`, { signal })) as {
          readonly jobs: readonly JobSummary[];
        };
        for (const one of jobs) process.stdout.write(`${describeJob(one)}\n`);
        return 0;
      }),
    );
}

function addSubmit(job: Command): void {
  const command = job
    .command('submit')
    .description('submit a script as a job; prints its id')
    .argument('<file>', 'the script; - reads it from standard input')
    .addOption(numberOption('--delay <seconds>', 'seconds until it may start'))
    .addOption(numberOption('--priority <0 to 9>', 'which of your jobs starts first: the highest'))
    .addOption(numberOption('--expires-in <seconds>', 'seconds that it may wait for its start'))
    .addOption(numberOption('--retention <seconds>', 'seconds that it is kept after its end'))
    .option('--at-most-once', 'never start the script twice')
    .option('--webhook <url>', 'where the job is sent once it is final')
    .option('--webhook-secret-file <file>', 'file with the secret that signs what is sent')
    .option('--idempotency-key <key>', 'makes a repeated submission the same job')
    .option('--json', 'print the whole job as JSON instead');
  addPolicyOptions(addRequestOptions(addServiceOptions(command))).action(
    (file: string, options: SubmitOptions) =>
      speak(options, async (ask, signal) => {
        const text = await ask('jobs', {
          ...{ method: 'POST', body: await toJobBody(file, options), signal },
          headers: options.idempotencyKey === undefined ? {} : { 'idempotency-key': options.idempotencyKey },
        });
        process.stdout.write(`${options.json === true ? text : (JSON.parse(text) as JobSummary).id}\n`);
        return 0;
      }),
  );
}

/** Most bytes of files that are sent along; services have bounds of their own. */
const MOST_FILES = 256 * MIB;

async function toJobBody(file: string, options: SubmitOptions): Promise<string> {
  const { files, contents } = await readInputFiles(options.file, MOST_FILES, (skipped) =>
    process.stderr.write(`left out ${skipped}: it is no regular file\n`),
  );
  const encoded = files.map((one, index) => ({
    ...{ path: one.path, encoding: 'base64' },
    content: Buffer.from(contents.get(index) ?? []).toString('base64'),
  }));
  const runtime = options.runtime ?? inferRuntime(file);
  const mode = isRunAsScript(runtime, options) ? 'script' : 'function';
  const body = await toBody(await readInput(file), { runtime, mode }, options, encoded);
  const secret =
    options.webhookSecretFile === undefined ? undefined : (await readInput(options.webhookSecretFile)).trim();
  const own = JSON.stringify({
    ...{ delay: options.delay, priority: options.priority, expires_in: options.expiresIn },
    ...{ retention: options.retention, at_most_once: options.atMostOnce },
    webhook: options.webhook === undefined ? undefined : { url: options.webhook, secret },
  });
  return own === '{}' ? body : `${own.slice(0, -1)},${body.slice(1)}`;
}

const toPath = (id: string): string => `jobs/${encodeURIComponent(id)}`;

/** Seconds that one request waits; a balancer in between may end longer ones. */
const ONE_WAIT = 50;

async function waitForJob(
  ask: AskService,
  id: string,
  seconds: number,
  signal: AbortSignal,
): Promise<number> {
  const until = performance.now() + seconds * 1000;
  for (;;) {
    const left = Math.max(0, Math.min(ONE_WAIT, (until - performance.now()) / 1000));
    const text = await ask(`${toPath(id)}?wait=${left.toFixed(3)}`, { signal });
    const status = printJobOutcome(text, left === 0);
    if (status !== undefined) return status;
  }
}

/** Speaks to a service until the person has enough of it; sets the exit status. */
async function speak(
  options: ServiceOptions,
  act: (ask: AskService, signal: AbortSignal) => Promise<number>,
): Promise<void> {
  const interruption = watchInterruption();
  try {
    process.exitCode = await act(await openServiceClient(options), interruption.signal);
    await flushOutput(process.stdout);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    process.exitCode = interruption.status ?? 1;
  } finally {
    interruption.ignoreSignals();
  }
}
