import { Command, CommanderError } from 'commander';
import { ConfigError } from '../config.ts';
import { Refusal } from '../core/contract/refusal.ts';
import { KeyFileError } from '../keys/key-file.ts';
import { version } from '../version.ts';
import { addCommands } from './add-commands.ts';
import { MISUSE } from './cantation/usage.ts';
import { CONFIG_STATUS, toExitStatus } from './exit-status.ts';
import { printFailure } from './print-failure.ts';

/** EX_USAGE of sysexits(3). */
const USAGE_STATUS = 64;

const program = new Command('brig')
  .description('Runs Python that nobody has read, each script in an nsjail jail of its own.')
  .version(version)
  .showSuggestionAfterError()
  .configureOutput({ outputError: (text, write) => write(toOneLine(text)) })
  .exitOverride();
await addCommands(program, process.argv[2]);

// A reader that went away (`brig run … | head`) is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Joins an error of commander and the nearest option, which it writes on a line of its own. */
function toOneLine(text: string): string {
  const [error = '', like] = text.trimEnd().split('\n');
  return `${error}${like === undefined ? '' : ` ${like.replace(/^\(Did/, '(did')}`}\n`;
}

/** Prints an error in words; returns its exit status. */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed its own errors already; a command of another system has a status of its own for them.
    if (error.code === MISUSE) process.stderr.write(`${error.message}\n`);
    return error.exitCode === 1 ? USAGE_STATUS : error.exitCode;
  }
  if (error instanceof ConfigError || error instanceof KeyFileError) {
    process.stderr.write(`${error.message}\n`);
    return CONFIG_STATUS;
  }
  if (error instanceof Refusal) {
    printFailure(error.toBody(), process.stderr);
    return toExitStatus(error.category);
  }
  process.stderr.write(`A fault of Brig itself: ${error instanceof Error ? error.message : String(error)}\n`);
  return toExitStatus('internal_error');
}
