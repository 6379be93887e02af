import type { Command } from 'commander';
import { runTool } from '../../host/process.ts';
import { packageRoot } from '../../paths.ts';
import { readEnvironment } from '../dotenv.ts';
import { bringTools, SetupFailure } from '../setup/bring-tools.ts';

/** Adds the command that brings what npm does not: nsjail, and the installers of environments. */
export function addSetupCommand(program: Command): void {
  program
    .command('setup')
    .description(
      'bring nsjail, pip and uv, checked by their hashes, into the folder of Brig; needs CPython 3.11 with pip',
    )
    .action(async () => {
      const env = readEnvironment();
      try {
        await bringTools({
          packageRoot,
          python: env['BRIG_PYTHON'] ?? 'python3',
          hasNsjail: (env['BRIG_NSJAIL'] ?? '') !== '',
          run: runTool,
          say: (line) => process.stdout.write(`setup: ${line}\n`),
        });
      } catch (error) {
        if (!(error instanceof SetupFailure)) throw error;
        process.stderr.write(`setup: ${error.message}\n`);
        process.exitCode = 1;
      }
    });
}
