import type { Command } from 'commander';
import { parseConfig, type Config } from '../../config.ts';
import { adoptFolder } from '../../environments/adopt-folder.ts';
import { BuildFailure } from '../../environments/build-failure.ts';
import { openStore } from '../../environments/store.ts';
import { programRuntimes } from '../../runtimes/program-runtimes.ts';
import { ToolchainMissing, type Runtime } from '../../runtimes/runtime.ts';
import { findNsjail } from '../../sandbox/nsjail/binary.ts';
import { provideImage, resolveStateDir } from '../../sandbox/nsjail/image/image-store.ts';
import type { Interpreter } from '../../host/interpreter.ts';
import { runTool } from '../../host/process.ts';
import { JailFailure } from '../../sandbox/sandbox.ts';
import { readEnvironment } from '../dotenv.ts';
import { findFolder } from '../find-folder.ts';

/** Adds a command that starts no jail, so that it works where none can run, as in the build of a container image. */
export function addPrepareCommand(program: Command): void {
  program
    .command('prepare')
    .description('make the root images of jails ahead of time, so that nothing waits for them')
    .option(
      '--default-from <folder>',
      'make the default environment of a folder of packages; their imports are tried here, outside any jail',
    )
    .action(async ({ defaultFrom }: { defaultFrom?: string }) => {
      process.exitCode = await prepare(defaultFrom);
    });
}

async function prepare(packages: string | undefined): Promise<number> {
  const config = parseConfig(readEnvironment());
  const folderOfPackages = packages === undefined ? undefined : await findFolder(packages);
  const stateDir = resolveStateDir(config.stateDir);
  try {
    findNsjail(config.nsjail);
    const { folder, interpreter } = await provideImage(config, stateDir, config.preparedDir);
    process.stdout.write(`${folder}\n`);
    if (folderOfPackages !== undefined) {
      await prepareDefault(config, stateDir, folderOfPackages, interpreter);
    }
    for (const runtime of programRuntimes) {
      if (config.runtimes.includes(runtime.name)) await prepareRuntime(runtime, config, stateDir);
    }
    return 0;
  } catch (error) {
    if (error instanceof BuildFailure) {
      process.stderr.write(`${error.reason}: ${error.message}\n`);
      return 1;
    }
    if (!(error instanceof JailFailure)) throw error;
    const lines = [error.message, error.detail, error.remedy].filter((line) => line !== undefined);
    process.stderr.write(`${lines.join('\n')}\n`);
    return 1;
  }
}

async function prepareDefault(
  config: Config,
  stateDir: string,
  folder: string,
  interpreter: Interpreter,
): Promise<void> {
  const store = openStore(stateDir);
  const manifest = await adoptFolder(store, folder, {
    runtimeVersion: interpreter.version,
    runPython: (args) => runTool(interpreter.executable, args),
    storeMb: config.environmentsMb,
    storeFiles: config.environmentsFiles,
  });
  process.stdout.write(`${store.packagesOf(manifest.id)}\n`);
}

/** Prepares a runtime. A missing runtime is no failure: the service reports it on use. */
async function prepareRuntime({ name, find }: Runtime, config: Config, stateDir: string): Promise<void> {
  try {
    const { recipe, compiler } = await find(config);
    for (const one of [recipe, compiler]) {
      if (one === undefined) continue;
      const source = { python: config.python, toolbox: config.toolbox, recipe: one };
      const { folder } = await provideImage(source, stateDir, config.preparedDir);
      process.stdout.write(`${folder}\n`);
    }
  } catch (error) {
    if (!(error instanceof ToolchainMissing)) throw error;
    process.stderr.write(`${name}: ${error.message} ${error.remedy}\n`);
  }
}
