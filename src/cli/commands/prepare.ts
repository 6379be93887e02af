import type { Command } from 'commander';
import { parseConfig, type Config } from '../../config.ts';
import { findNsjail } from '../../sandbox/nsjail/binary.ts';
import { provideImage, resolveStateDir } from '../../sandbox/nsjail/image/image-store.ts';
import { programRuntimes } from '../../runtimes/open-runtimes.ts';
import { ToolchainMissing, type Runtime } from '../../runtimes/runtime.ts';
import { JailFailure } from '../../sandbox/sandbox.ts';

/** Nothing of it starts a jail: it works where none can run, as in the build of a container image. */
export function addPrepareCommand(program: Command): void {
  program
    .command('prepare')
    .description('make the root images of jails ahead of time, so that nothing waits for them')
    .action(async () => {
      process.exitCode = await prepare();
    });
}

async function prepare(): Promise<number> {
  const config = parseConfig(process.env);
  try {
    findNsjail(config.nsjail);
    const stateDir = resolveStateDir(config.stateDir);
    const { folder } = await provideImage(config, stateDir);
    process.stdout.write(`${folder}\n`);
    for (const runtime of programRuntimes) {
      if (config.runtimes.includes(runtime.name)) await prepareRuntime(runtime, config, stateDir);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof JailFailure)) throw error;
    const lines = [error.message, error.detail, error.remedy].filter((line) => line !== undefined);
    process.stderr.write(`${lines.join('\n')}\n`);
    return 1;
  }
}

/** A runtime that the host lacks is no failure: the service says so when it is asked for. */
async function prepareRuntime({ name, find }: Runtime, config: Config, stateDir: string): Promise<void> {
  try {
    const { recipe, compiler } = await find(config);
    for (const one of [recipe, compiler]) {
      if (one === undefined) continue;
      const { folder } = await provideImage(
        { python: config.python, packages: undefined, recipe: one },
        stateDir,
      );
      process.stdout.write(`${folder}\n`);
    }
  } catch (error) {
    if (!(error instanceof ToolchainMissing)) throw error;
    process.stderr.write(`${name}: ${error.message} ${error.remedy}\n`);
  }
}
