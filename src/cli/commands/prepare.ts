import type { Command } from 'commander';
import { parseConfig } from '../../config.ts';
import { findNsjail } from '../../sandbox/nsjail/binary.ts';
import { provideImage, resolveStateDir } from '../../sandbox/nsjail/image/image-store.ts';
import { JailFailure } from '../../sandbox/sandbox.ts';

/** Nothing of it starts a jail: it works where none can run, as in the build of a container image. */
export function addPrepareCommand(program: Command): void {
  program
    .command('prepare')
    .description('make the root image of jails ahead of time, so that the service starts at once')
    .action(async () => {
      process.exitCode = await prepare();
    });
}

async function prepare(): Promise<number> {
  const config = parseConfig(process.env);
  try {
    findNsjail(config.nsjail);
    const { folder } = await provideImage(config, resolveStateDir(config.stateDir));
    process.stdout.write(`${folder}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof JailFailure)) throw error;
    const lines = [error.message, error.detail, error.remedy].filter((line) => line !== undefined);
    process.stderr.write(`${lines.join('\n')}\n`);
    return 1;
  }
}
