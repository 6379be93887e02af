import { z } from 'zod';
import { optionalLayers } from './core/health.ts';
import { limitNames, type LimitPolicy, type Limits } from './core/limits.ts';
import { runtimeNames } from './core/runtimes.ts';
import { nearest } from './core/nearest.ts';
import {
  deniedFunctionSchema,
  deniedModuleSchema,
  MOST_DENIED,
  policyModes,
  type OperatorPolicy,
} from './core/policy/policy.ts';

/*
 * Every setting there is: an environment variable, its default, its unit and one sentence of help. The table in
 * the README is checked against this file.
 */

const seconds = z.coerce.number().positive();
const count = z.coerce.number().int().min(1);
const bytes = z.coerce.number().int().min(1024);
/** Words with commas between. */
const words = z.string().transform((text) =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== ''),
);
const list = <T extends readonly [string, ...string[]]>(of: T) => words.pipe(z.array(z.enum(of)));

interface Setting {
  /** The environment variable. */
  readonly env: string;
  readonly schema: z.ZodType;
  /** As it would be written in the environment; undefined where it is found out at start. */
  readonly fallback: string | undefined;
  readonly unit: string;
  readonly help: string;
  /** Other names under which the same setting is known, tried after its own. */
  readonly aliases: readonly string[];
}

const setting = <S extends z.ZodType, const F extends string | undefined>(
  env: string,
  schema: S,
  fallback: F,
  unit: string,
  help: string,
  aliases: readonly string[] = [],
): Setting & { readonly schema: S; readonly fallback: F } => ({ env, schema, fallback, unit, help, aliases });

export const settings = {
  host: setting('BRIG_HOST', z.string().min(1), '127.0.0.1', 'address', 'Address to listen on.', ['HOST']),
  port: setting(
    'BRIG_PORT',
    z.coerce.number().int().min(0).max(65_535),
    '8080',
    'port',
    'Port to listen on; 0 takes a free one.',
    ['PORT'],
  ),
  logLevel: setting(
    'BRIG_LOG_LEVEL',
    z.enum(['debug', 'info', 'warn', 'error', 'silent']),
    'info',
    'level',
    'What is logged, as JSON lines on standard error.',
  ),
  maxConcurrent: setting(
    'BRIG_MAX_CONCURRENT',
    count,
    undefined,
    'executions',
    'Executions at once; by default one and a half per core, at least 2.',
  ),
  maxWaiting: setting(
    'BRIG_MAX_WAITING',
    z.coerce.number().int().min(0),
    '100',
    'requests',
    'Requests that may wait for their turn; beyond it `overloaded`.',
  ),
  maxWait: setting(
    'BRIG_MAX_WAIT',
    seconds,
    '30',
    'seconds',
    'Longest wait for a turn; beyond it `overloaded`.',
  ),
  maxBodyBytes: setting(
    'BRIG_MAX_BODY_BYTES',
    bytes,
    '33554432',
    'bytes',
    'Largest request body; beyond it `payload_too_large`.',
  ),
  maxScriptBytes: setting(
    'BRIG_MAX_SCRIPT_BYTES',
    bytes,
    '1048576',
    'bytes',
    'Largest script; beyond it `payload_too_large`.',
  ),
  maxResultBytes: setting(
    'BRIG_MAX_RESULT_BYTES',
    bytes,
    '10485760',
    'bytes',
    'Largest result, as JSON text; beyond it `output_limit`.',
  ),
  maxReturnBytes: setting(
    'BRIG_MAX_RETURN_BYTES',
    bytes,
    '33554432',
    'bytes',
    'Most bytes of the files that one execution returns, together; what does not fit is left out and listed.',
  ),
  maxReturnFiles: setting(
    'BRIG_MAX_RETURN_FILES',
    z.coerce.number().int().min(1).max(10_000),
    '100',
    'files',
    'Most files that one execution returns; the others are left out and listed.',
  ),
  shutdownGrace: setting(
    'BRIG_SHUTDOWN_GRACE',
    seconds,
    '30',
    'seconds',
    'Time that running executions get to finish after SIGTERM.',
  ),
  defaultTimeout: setting(
    'BRIG_DEFAULT_TIMEOUT',
    seconds,
    '10',
    'seconds',
    'Wall clock limit where a request names none.',
  ),
  maxTimeout: setting(
    'BRIG_MAX_TIMEOUT',
    seconds,
    '600',
    'seconds',
    'Highest wall clock limit a request may ask for.',
  ),
  defaultCpuTime: setting(
    'BRIG_DEFAULT_CPU_TIME',
    seconds,
    '10',
    'seconds',
    'CPU time limit where a request names none; never less than its timeout allows.',
  ),
  maxCpuTime: setting(
    'BRIG_MAX_CPU_TIME',
    seconds,
    '2400',
    'seconds',
    'Highest CPU time limit a request may ask for.',
  ),
  defaultMemoryMb: setting(
    'BRIG_DEFAULT_MEMORY_MB',
    count.min(16),
    '256',
    'MiB',
    'Memory limit where a request names none.',
  ),
  maxMemoryMb: setting(
    'BRIG_MAX_MEMORY_MB',
    count.min(16),
    '8192',
    'MiB',
    'Highest memory limit a request may ask for.',
  ),
  defaultCpus: setting(
    'BRIG_DEFAULT_CPUS',
    z.coerce.number().min(0.05),
    '1',
    'cores',
    'CPU bandwidth where a request names none.',
  ),
  maxCpus: setting(
    'BRIG_MAX_CPUS',
    z.coerce.number().min(0.05),
    '4',
    'cores',
    'Highest CPU bandwidth a request may ask for.',
  ),
  defaultProcesses: setting(
    'BRIG_DEFAULT_PROCESSES',
    count,
    '64',
    'processes',
    'Processes and threads at once where a request names none.',
  ),
  maxProcesses: setting(
    'BRIG_MAX_PROCESSES',
    count,
    '1024',
    'processes',
    'Most processes and threads a request may ask for.',
  ),
  defaultOutputBytes: setting(
    'BRIG_DEFAULT_OUTPUT_BYTES',
    z.coerce.number().int().min(0),
    '1048576',
    'bytes',
    'Bytes kept of each stream where a request names none.',
  ),
  maxOutputBytes: setting(
    'BRIG_MAX_OUTPUT_BYTES',
    z.coerce.number().int().min(0),
    '10485760',
    'bytes',
    'Most bytes of each stream a request may ask for.',
  ),
  defaultDiskMb: setting(
    'BRIG_DEFAULT_DISK_MB',
    count,
    '64',
    'MiB',
    'Size of the working directory and of /tmp where a request names none.',
  ),
  maxDiskMb: setting(
    'BRIG_MAX_DISK_MB',
    count,
    '4096',
    'MiB',
    'Largest working directory a request may ask for.',
  ),
  minWarmJails: setting(
    'BRIG_MIN_WARM_JAILS',
    z.coerce.number().int().min(0),
    '1',
    'jails',
    'Fewest jails of the default environment that wait for a script with their interpreter loaded.',
  ),
  maxWarmJails: setting(
    'BRIG_MAX_WARM_JAILS',
    z.coerce.number().int().min(0),
    undefined,
    'jails',
    'Most jails of one kind that wait; demand decides between the two. By default 2 per core; 0 starts every jail for its script.',
  ),
  maxWarmAge: setting(
    'BRIG_MAX_WARM_AGE',
    seconds,
    '300',
    'seconds',
    'Time after which a jail that nobody needed is replaced by a fresh one.',
  ),
  optionalLayers: setting(
    'BRIG_OPTIONAL_LAYERS',
    list(optionalLayers),
    '',
    'layers',
    'Layers of isolation that may be missing, with commas between; `/health` and every response then say what holds instead.',
  ),
  defaultPolicy: setting(
    'BRIG_DEFAULT_POLICY',
    z.enum(policyModes),
    'off',
    'mode',
    'Policy mode where a request names none: `off`, `report` or `enforce`.',
  ),
  minPolicy: setting(
    'BRIG_MIN_POLICY',
    z.enum(policyModes),
    'off',
    'mode',
    'Laxest policy mode a request may ask for; it holds for those that name none, too.',
  ),
  denyModules: setting(
    'BRIG_DENY_MODULES',
    words.pipe(z.array(deniedModuleSchema).max(MOST_DENIED)),
    '',
    'modules',
    'Modules that every policy denies beside the built-in ones, with commas between.',
  ),
  denyFunctions: setting(
    'BRIG_DENY_FUNCTIONS',
    words.pipe(z.array(deniedFunctionSchema).max(MOST_DENIED)),
    '',
    'functions',
    'Functions that every policy denies beside the built-in ones, with commas between.',
  ),
  python: setting(
    'BRIG_PYTHON',
    z.string().min(1),
    'python3',
    'path',
    'The interpreter that jails run: a path, or a name on `PATH`.',
  ),
  runtimes: setting(
    'BRIG_RUNTIMES',
    list(runtimeNames),
    runtimeNames.join(','),
    'runtimes',
    'Runtimes that are offered, with commas between; of these `GET /runtimes` tells which the host has.',
  ),
  node: setting(
    'BRIG_NODE',
    z.string().min(1),
    undefined,
    'path',
    'The Node program for scripts; by default the one that runs the service.',
  ),
  deno: setting(
    'BRIG_DENO',
    z.string().min(1),
    undefined,
    'path',
    'The deno program; by default that of the npm package @deno/linux-x64-glibc, else the one on `PATH`.',
  ),
  bun: setting(
    'BRIG_BUN',
    z.string().min(1),
    undefined,
    'path',
    'The bun program; by default that of the npm package @oven/bun-linux-x64-baseline, else the one on `PATH`.',
  ),
  go: setting(
    'BRIG_GO',
    z.string().min(1),
    undefined,
    'path',
    'The go program of a Go toolchain; by default the one on `PATH` or in /usr/local/go.',
  ),
  rust: setting(
    'BRIG_RUST',
    z.string().min(1),
    undefined,
    'path',
    'The rustc program of a Rust toolchain; by default the one on `PATH` or in ~/.cargo.',
  ),
  programCacheMb: setting(
    'BRIG_PROGRAM_CACHE_MB',
    count,
    '512',
    'MiB',
    'Compiled programs that are kept, all together; what nobody ran for a week is removed.',
  ),
  maxWarmKinds: setting(
    'BRIG_MAX_WARM_KINDS',
    count.min(2),
    '6',
    'kinds',
    'Kinds of jails that wait at once: those of an environment, and those of it with modules imported ahead.',
  ),
  builds: setting(
    'BRIG_BUILDS',
    z.enum(['off', 'wheels', 'all']),
    'off',
    'what',
    'What callers of the API may build: nothing, packages that come as wheels, or anything (`all`: foreign code runs, with the network, in the build jail).',
  ),
  buildNetwork: setting(
    'BRIG_BUILD_NETWORK',
    z.enum(['on', 'off']),
    'on',
    'on or off',
    "Whether builds have the host's network; without it they install only from folders of pip's `find-links`.",
  ),
  buildTimeout: setting('BRIG_BUILD_TIMEOUT', seconds, '900', 'seconds', 'Longest time a build may take.'),
  buildMemoryMb: setting(
    'BRIG_BUILD_MEMORY_MB',
    count.min(256),
    '2048',
    'MiB',
    'Memory of a build, its files not counted.',
  ),
  buildDiskMb: setting(
    'BRIG_BUILD_DISK_MB',
    count.min(32),
    '3072',
    'MiB',
    'Files of a build, downloads and temporary ones included; they lie in memory until it is done.',
  ),
  environmentsMb: setting(
    'BRIG_ENVIRONMENTS_MB',
    count,
    '20480',
    'MiB',
    'Disk space of all environments together; beyond it none is built.',
  ),
  maxUnusedDays: setting(
    'BRIG_MAX_UNUSED_DAYS',
    z.coerce.number().min(0),
    '30',
    'days',
    'Days after which an environment that nobody used is removed; 0 keeps all. `default` always stays.',
  ),
  nsjail: setting(
    'BRIG_NSJAIL',
    z.string().min(1),
    undefined,
    'path',
    'The nsjail binary; by default the one that the set-up installed, else `nsjail` on `PATH`.',
  ),
  stateDir: setting(
    'BRIG_STATE_DIR',
    z.string().min(1),
    undefined,
    'path',
    'Where the root images of jails and the environments are kept; by default /var/lib/brig as root, else ~/.cache/brig.',
  ),
  cgroupParent: setting(
    'BRIG_CGROUP_PARENT',
    z.string().min(1),
    undefined,
    'path',
    'A cgroup delegated to the service, relative to the cgroup mount; by default its own.',
  ),
} as const;

export type SettingName = keyof typeof settings;

/** All settings, parsed; undefined where the default is found out at start. */
export type Config = {
  readonly [K in SettingName]:
    | z.output<(typeof settings)[K]['schema']>
    | ((typeof settings)[K]['fallback'] extends string ? never : undefined);
};

/** A setting that is wrong: its name, what it says, and what it must be. */
export interface SettingMistake {
  readonly name: string;
  readonly value: string;
  readonly complaint: string;
}

/** The environment does not fit the settings; every mistake is listed, not only the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: readonly SettingMistake[];

  constructor(mistakes: readonly SettingMistake[]) {
    const lines = mistakes.map(({ name, value, complaint }) => `  ${name}=${value}: ${complaint}`);
    super(
      [`${mistakes.length === 1 ? 'A setting is' : `${mistakes.length} settings are`} wrong:`, ...lines].join(
        '\n',
      ),
    );
    this.mistakes = mistakes;
  }
}

/**
 * Reads the settings from an environment. An empty variable counts as one that is not set.
 * @throws ConfigError naming every mistake, `BRIG_…` names that do not exist included.
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const mistakes: SettingMistake[] = complainAboutUnknown(env);
  const values: Record<string, unknown> = {};
  for (const [name, { env: own, aliases, schema, fallback }] of Object.entries<Setting>(settings)) {
    const variable = [own, ...aliases].find((candidate) => isSet(env[candidate]));
    const text = variable === undefined ? fallback : env[variable];
    if (text === undefined) continue;
    const parsed = schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else
      mistakes.push({
        name: variable ?? own,
        value: text,
        complaint: parsed.error.issues[0]?.message ?? 'not valid',
      });
  }
  const config = values as Config;
  if (mistakes.length === 0) mistakes.push(...complainAboutCeilings(config));
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return config;
}

const isSet = (text: string | undefined): text is string => text !== undefined && text !== '';

/** Defaults and ceilings, as the request's validation wants them. */
export function toLimitPolicy(config: Config): LimitPolicy {
  return { defaults: pickLimits(config, 'default'), ceilings: pickLimits(config, 'max') };
}

/** What holds of the policy, whatever a request says. */
export function toOperatorPolicy(config: Config): OperatorPolicy {
  const { defaultPolicy, minPolicy, denyModules, denyFunctions } = config;
  return { mode: defaultPolicy, floor: minPolicy, modules: denyModules, functions: denyFunctions };
}

function pickLimits(config: Config, side: 'default' | 'max'): Limits {
  return {
    timeout: config[`${side}Timeout`],
    cpu_time: config[`${side}CpuTime`],
    memory_mb: config[`${side}MemoryMb`],
    cpus: config[`${side}Cpus`],
    processes: config[`${side}Processes`],
    output_bytes: config[`${side}OutputBytes`],
    disk_mb: config[`${side}DiskMb`],
  };
}

function complainAboutUnknown(env: Readonly<Record<string, string | undefined>>): SettingMistake[] {
  const known = new Set(
    Object.values<Setting>(settings).flatMap(({ env: own, aliases }) => [own, ...aliases]),
  );
  return Object.keys(env)
    .filter((name) => name.startsWith('BRIG_') && !known.has(name))
    .map((name) => {
      const [like] = nearest(name, known, 1);
      return {
        name,
        value: env[name] ?? '',
        complaint:
          like === undefined ? 'there is no such setting' : `there is no such setting; did you mean ${like}?`,
      };
    });
}

function complainAboutCeilings(config: Config): SettingMistake[] {
  const { defaults, ceilings } = toLimitPolicy(config);
  return limitNames
    .filter((name) => defaults[name] > ceilings[name])
    .map((name) => ({
      name: `BRIG_DEFAULT_${name.toUpperCase()}`,
      value: String(defaults[name]),
      complaint: `is above BRIG_MAX_${name.toUpperCase()} (${ceilings[name]})`,
    }));
}
