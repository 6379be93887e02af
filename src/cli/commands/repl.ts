import type { Command } from 'commander';
import { toLimitPolicy, toSessionPolicy } from '../../config.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import type { Outcome } from '../../core/contract/outcome.ts';
import type { Display } from '../../core/contract/sessions/display.ts';
import { readCellRequest, readSessionRequest } from '../../core/validation/read-session-request.ts';
import type { Sessions } from '../../sessions/sessions.ts';
import { toExitStatus } from '../exit-status.ts';
import { numberOption } from '../number-option.ts';
import { openTrialService } from '../open-service.ts';
import { printFailure } from '../print-failure.ts';
import { findHistory } from '../repl/history.ts';
import { createPrompt, type Prompt } from '../repl/prompt.ts';

interface ReplOptions {
  readonly environment?: string;
  readonly memory?: number;
  readonly timeout?: number;
  readonly network?: boolean;
}

/** The one caller of a service of this process. */
const OWNER = '';

export function addReplCommand(program: Command): void {
  program
    .command('repl')
    .description('type Python into a session: a jail whose names stay from one input to the next')
    .option('-e, --environment <name>', 'the package environment')
    .addOption(numberOption('--memory <MiB>', 'memory of the whole session'))
    .addOption(numberOption('--timeout <seconds>', 'wall clock of one input'))
    .option('--network', 'all of the network that the operator allows')
    .action(async (options: ReplOptions) => {
      process.exitCode = await repl(options);
    });
}

async function repl({ environment, memory, timeout, network }: ReplOptions): Promise<number> {
  const { config, service } = await openTrialService();
  const rules = {
    ...{ policy: toLimitPolicy(config), scriptBytes: config.maxScriptBytes },
    sessions: toSessionPolicy(config),
  };
  try {
    const asked = {
      ...(environment !== undefined && { environment }),
      ...(network === true && { network }),
      limits: {
        ...(memory !== undefined && { memory_mb: memory }),
        ...(timeout !== undefined && { timeout }),
      },
      // Whoever types decides how long.
      ...{ idle_timeout: rules.sessions.idleTimeout.most, lifetime: rules.sessions.lifetime.most },
    };
    const order = readSessionRequest(JSON.stringify(asked), rules);
    const { id } = await service.sessions.open(order, { caller: { queueKey: OWNER } });
    const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
    const prompt = createPrompt({
      ...{ input: process.stdin, output: process.stdout, isTerminal },
      historyFile: findHistory(process.env),
      inspect: (source) => service.sessions.inspect(OWNER, id, source),
    });
    try {
      return await converse(service.sessions, id, prompt, rules);
    } finally {
      prompt.close();
    }
  } finally {
    await service.close();
  }
}

/** Runs what is typed until the input ends; returns the exit status: that of the last input without a terminal. */
async function converse(
  sessions: Sessions,
  id: string,
  prompt: Prompt,
  rules: Parameters<typeof readCellRequest>[1],
): Promise<number> {
  let status = 0;
  for (;;) {
    const script = await prompt.read();
    if (script === undefined) return process.stdin.isTTY ? 0 : status;
    prompt.onInterrupt(() => void sessions.interrupt(OWNER, id));
    try {
      const outcome = await sessions.execute(OWNER, id, readCellRequest(JSON.stringify({ script }), rules), {
        onOutput: (stream, chunk) => void process[stream].write(chunk),
        onResult: ({ data }) => printResult(data),
      });
      status = printEnd(outcome);
      if (outcome.cell?.session.lost !== undefined || isLeft(outcome)) return status;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      printFailure(error.toBody(), process.stderr);
      status = toExitStatus(error.category);
      if (error.category === 'session_lost') return status;
    } finally {
      prompt.onInterrupt(undefined);
    }
  }
}

/** `exit()` leaves a prompt. */
const isLeft = (outcome: Outcome): boolean => !outcome.success && outcome.error === 'exited';

function printResult({ data }: Display): void {
  const text = data['text/plain'];
  const others = Object.entries(data).filter(([type]) => type !== 'text/plain' && !type.startsWith('text/'));
  const named = others.map(([type]) => `[${type}]`).join(' ');
  const words = [...(text?.kind === 'text' ? [text.text] : []), ...(named === '' ? [] : [named])];
  if (words.length > 0) process.stdout.write(`${words.join(' ')}\n`);
}

/** Prints how an input ended, as an interpreter would; returns its exit status. */
function printEnd(outcome: Outcome): number {
  if (outcome.success) return 0;
  if (outcome.error === 'exited') return outcome.return_code ?? 1;
  if (outcome.traceback !== undefined) process.stderr.write(outcome.traceback);
  else process.stderr.write(`${outcome.error}: ${outcome.message}\n`);
  return toExitStatus(outcome.error);
}
