import { styleText } from 'node:util';
import { Option, type Command } from 'commander';
import {
  DEFAULT_ENVIRONMENT,
  type BuildRequestInput,
  type Environment,
} from '../../core/contract/environment.ts';
import { packageRuntimes, type PackageRuntime } from '../../core/contract/runtimes.ts';
import { Refusal } from '../../core/contract/refusal.ts';
import { readBuildRequest } from '../../core/validation/read-build-request.ts';
import { BuildFailure } from '../../environments/build-failure.ts';
import { defaultBuild } from '../../environments/default-build.ts';
import type { Build } from '../../environments/environments.ts';
import type { Service } from '../../service.ts';
import { findFolder } from '../find-folder.ts';
import { numberOption } from '../number-option.ts';
import { openTrialService } from '../open-service.ts';
import { readInput } from '../read-input.ts';

interface BuildOptions {
  readonly runtime: PackageRuntime;
  readonly requirements?: string;
  readonly lock?: string;
  readonly setup?: string;
  readonly from?: string;
  readonly preload?: string;
  readonly allowSource?: boolean;
}

export function addEnvCommand(program: Command): void {
  const env = program.command('env').description('build, list, show and remove package environments');
  env
    .command('build')
    .description('build an environment; without packages, default is the scientific one')
    .argument('[name]', 'what scripts call it', DEFAULT_ENVIRONMENT)
    .argument('[packages...]', 'requirements as pip takes them, six "attrs>=25,<26"; for npm lodash@4')
    .addOption(
      new Option('--runtime <name>', 'what the packages are for').choices(packageRuntimes).default('python'),
    )
    .option(
      '-r, --requirements <file>',
      'a requirements file, for npm a package.json; - reads it from standard input',
    )
    .option(
      '--lock <file>',
      'a requirements file with versions and hashes for every package, for npm a package-lock.json',
    )
    .option(
      '--setup <file>',
      'a shell script that installs into $TARGET; it is foreign code, and has the network',
    )
    .option(
      '--from <folder>',
      'a folder of packages, as pip install --target makes it; for npm a node_modules',
    )
    .option('--preload <modules>', 'modules that waiting jails have imported already, with commas between')
    .option('--allow-source', 'also take packages that come as source: their set-up is foreign code')
    .action((name: string, packages: string[], options: BuildOptions) =>
      withService((service) => build(service, name, packages, options)),
    );
  env
    .command('list')
    .description('list environments')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: boolean }) => withService((service) => list(service, json === true)));
  env
    .command('show')
    .description('show the packages of an environment')
    .argument('<name>')
    .option('--import <module>', 'only whether this module can be imported; the exit status says it too')
    .option('--json', 'as JSON')
    .action((name: string, options: { import?: string; json?: boolean }) =>
      withService((service) => show(service, name, options)),
    );
  env
    .command('rm')
    .description('remove environments')
    .argument('<names...>')
    .action((names: string[]) =>
      withService(async ({ environments }) => {
        for (const name of names) await environments.remove(name);
        return 0;
      }),
    );
  env
    .command('prune')
    .description('remove environments that nobody used for long; never default')
    .addOption(numberOption('--unused-days <days>', 'for how long').default(30))
    .action(({ unusedDays }: { unusedDays: number }) =>
      withService(async ({ environments }) => {
        if (!(unusedDays >= 0)) throw new Refusal('invalid_input', '--unused-days is a number of days.');
        const removed = await environments.prune(unusedDays * 24 * 60 * 60);
        for (const name of removed) process.stdout.write(`${name}\n`);
        return 0;
      }),
    );
}

async function withService(action: (service: Service) => Promise<number>): Promise<void> {
  const { service } = await openTrialService();
  const stop = (): void => void service.close();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    process.exitCode = await action(service);
  } finally {
    await service.close();
  }
}

async function build(
  { environments }: Service,
  name: string,
  packages: readonly string[],
  options: BuildOptions,
): Promise<number> {
  const preload = options.preload?.split(',').filter(Boolean) ?? [];
  const started =
    options.from === undefined
      ? environments.build(await toRequest(name, packages, options, preload))
      : environments.importFolder({
          ...{ name, runtime: options.runtime, folder: await findFolder(options.from), preload },
        });
  return follow(started);
}

/** Shows the progress of a build on standard error; returns the exit status. */
async function follow(started: Build): Promise<number> {
  started.subscribe((event) => {
    if (event.type === 'progress')
      process.stderr.write(`${styleText('dim', event.line, { stream: process.stderr })}\n`);
  });
  try {
    await started.done;
    process.stdout.write(`${started.name}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof BuildFailure)) throw error;
    process.stderr.write(`${error.reason}: ${error.message}\n`);
    return 1;
  }
}

async function toRequest(
  name: string,
  packages: readonly string[],
  { runtime, requirements, lock, setup, allowSource }: BuildOptions,
  preload: string[],
) {
  const body: BuildRequestInput = {
    name,
    runtime,
    ...(packages.length === 0 ? {} : { packages: [...packages] }),
    ...(requirements === undefined ? {} : { requirements: await readInput(requirements) }),
    ...(lock === undefined ? {} : { lock: await readInput(lock) }),
    ...(setup === undefined ? {} : { setup_script: await readInput(setup) }),
    ...(allowSource === true ? { allow_source: true } : {}),
    preload,
  };
  const saysNothing = Object.keys(body).length === 3;
  if (saysNothing && name === DEFAULT_ENVIRONMENT) return defaultBuild();
  return readBuildRequest(body, { isOperator: true, builds: 'all' });
}

async function list({ environments }: Service, asJson: boolean): Promise<number> {
  const all = await environments.list();
  if (asJson) process.stdout.write(`${JSON.stringify(all)}\n`);
  else process.stdout.write(all.map(describe).join(''));
  return 0;
}

function describe({ name, runtime, state, size_bytes, packages, last_used_at }: Environment): string {
  const size = `${Math.ceil(size_bytes / 1024 / 1024)} MiB`.padStart(9);
  const used = last_used_at?.slice(0, 16).replace('T', ' ') ?? '';
  return `${name.padEnd(20)} ${runtime.padEnd(6)} ${state.padEnd(9)} ${size} ${String(packages.length).padStart(4)} packages  ${used}\n`;
}

async function show(
  { environments }: Service,
  name: string,
  options: { readonly import?: string; readonly json?: boolean },
): Promise<number> {
  const environment = await environments.get(name);
  const module = options.import;
  if (module !== undefined) {
    const answer = await environments.answerImport(name, module);
    const { available, source, package: owner, version, error } = answer;
    const origin = source === 'standard_library' ? 'standard library' : `${owner ?? ''} ${version ?? ''}`;
    const words = available ? `${module}: ${origin}` : `${module}: ${error ?? 'is not there'}`;
    process.stdout.write(options.json === true ? `${JSON.stringify(answer)}\n` : `${words.trimEnd()}\n`);
    return available ? 0 : 1;
  }
  if (options.json === true) process.stdout.write(`${JSON.stringify(environment)}\n`);
  else {
    process.stdout.write(describe(environment));
    for (const one of environment.packages) {
      process.stdout.write(
        `  ${one.name} ${one.version}${one.imports.length === 0 ? '' : `  (${one.imports.join(', ')})`}\n`,
      );
    }
    for (const { module: flawed, error } of environment.broken)
      process.stdout.write(`  broken: ${flawed}: ${error}\n`);
  }
  return 0;
}
