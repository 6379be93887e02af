import { describeIssue } from './core/validation/describe-issue.ts';
import { nearest } from './core/text/nearest.ts';
import type { SessionPolicy } from './core/contract/sessions/session-request.ts';
import { narrowPolicy, type LimitPolicy, type Limits } from './core/contract/limits.ts';
import type { OperatorPolicy } from './core/contract/policy/policy.ts';
import { readDescriptorLimit } from './descriptor-limit.ts';
import type { Dialect, DialectValues } from './dialects/dialect.ts';
import { dialects } from './dialects/list.ts';
import { capacitySettings } from './settings/capacity.ts';
import { complainAboutCeilings, cutDefaults, type Ceilings } from './settings/ceilings.ts';
import { environmentsSettings } from './settings/environments.ts';
import { hostSettings } from './settings/host.ts';
import { jobsSettings } from './settings/jobs.ts';
import { sessionsSettings } from './settings/sessions.ts';
import { templateSettings } from './settings/templates.ts';
import { keysSettings } from './settings/keys.ts';
import { limitsSettings } from './settings/limits.ts';
import { modelSettings } from './settings/model.ts';
import { observabilitySettings } from './settings/observability.ts';
import { networkSettings } from './settings/network.ts';
import { policySettings } from './settings/policy.ts';
import { preloadSettings } from './settings/preload.ts';
import { runtimesSettings } from './settings/runtimes.ts';
import { serverSettings } from './settings/server.ts';
import { findSaid, isSet, type Said } from './settings/said.ts';
import { namesOf, type Setting, type Settings, type ValuesOf } from './settings/setting.ts';

/*
 * All settings: environment variable, default, unit and one sentence of help. The table in docs/settings.md is
 * generated from them.
 */

const ownSettings = {
  ...serverSettings,
  ...keysSettings,
  ...observabilitySettings,
  ...limitsSettings,
  ...capacitySettings,
  ...jobsSettings,
  ...sessionsSettings,
  ...policySettings,
  ...networkSettings,
  ...runtimesSettings,
  ...environmentsSettings,
  ...modelSettings,
  ...preloadSettings,
  ...hostSettings,
  ...templateSettings,
} as const;

/** Returns what dialects have for their settings, by the name of the dialect and that of the setting. */
const byDialect = <T>(
  find: (dialect: Dialect) => Readonly<Record<string, T>> | undefined,
): Record<string, T> =>
  Object.fromEntries(
    dialects.flatMap((dialect) =>
      Object.entries(find(dialect) ?? {}).map(([name, value]) => [`${dialect.name}.${name}`, value]),
    ),
  );

const foreignCeilings: Ceilings = byDialect(({ ceilings }) => ceilings);

export const settings: Settings = { ...ownSettings, ...byDialect<Setting>((dialect) => dialect.settings) };

/** All settings, parsed. */
export interface Config extends ValuesOf<typeof ownSettings> {
  /** Settings of dialects, by their names. */
  readonly dialects: DialectValues;
  /** Sentences for the log about settings that are not what their defaults say. */
  readonly notes: readonly string[];
  /** True when the address to listen on comes from `HOST`, another system's name of the setting. */
  readonly isForeignHost: boolean;
}

/** An invalid setting: its name, its value, and what it must be. */
export interface SettingMistake {
  readonly name: string;
  /** Undefined when the mistake is not in a variable. */
  readonly value?: string;
  readonly complaint: string;
}

/**
 * The environment does not fit the settings; every mistake is listed, not only the first.
 * @example
 * const brig = await createBrig({ BRIG_MAX_CONCURRENT: 'many' }).catch((error: unknown) => {
 *   if (error instanceof ConfigError) console.error(error.mistakes);
 *   throw error;
 * });
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: readonly SettingMistake[];

  constructor(all: readonly SettingMistake[]) {
    const mistakes = all.map(hideSecret);
    const lines = mistakes.map(
      ({ name, value, complaint }) =>
        `  ${name}${value === undefined ? '' : `=${value}`}${/^(?:is|must) /.test(complaint) ? '' : ':'} ${complaint}`,
    );
    super(
      [`${mistakes.length === 1 ? 'A setting is' : `${mistakes.length} settings are`} wrong:`, ...lines].join(
        '\n',
      ),
    );
    this.mistakes = mistakes;
  }
}

/** True for variables whose value is never shown, even when the name is misspelt. */
const isSecret = (name: string): boolean => /(KEYS?|TOKENS?|SECRETS?|PASSWORDS?)$/.test(name);

/** True when a value may be a URL with a user, and so with a password. */
const holdsUserInfo = (value: string): boolean => value.includes('//') && value.includes('@');

const hideSecret = (mistake: SettingMistake): SettingMistake =>
  mistake.value !== undefined && (isSecret(mistake.name) || holdsUserInfo(mistake.value))
    ? { ...mistake, value: '…' }
    : mistake;

/**
 * Reads the settings from an environment. An empty variable counts as unset.
 * @param given names that must be settings, whatever their prefix.
 * @throws ConfigError that lists every mistake, including unknown `BRIG_…` names.
 */
export function parseConfig(
  env: Readonly<Record<string, string | undefined>>,
  given: readonly string[] = [],
): Config {
  const mistakes: SettingMistake[] = complainAboutUnknown(env, given);
  const values: Record<string, unknown> = {};
  const said = new Map<string, Said>();
  for (const [name, setting] of Object.entries(settings)) {
    const all = findSaid(setting, env);
    const bad = all.find(({ text }) => text === undefined);
    if (bad !== undefined) {
      mistakes.push({ name: bad.name, value: bad.value, complaint: `must be ${bad.must}` });
      continue;
    }
    const [first] = all;
    const text = first === undefined ? setting.fallback : all.map((one) => one.text).join(',');
    if (text === undefined) continue;
    if (first !== undefined) said.set(name, first);
    // Number(' ') is 0 in JavaScript, and 0 means no bound for some settings.
    if (first !== undefined && text.trim() === '') {
      mistakes.push({
        name: first.name,
        value: first.value,
        complaint: 'is blank: say what it is, or nothing',
      });
      continue;
    }
    const parsed = setting.schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else
      mistakes.push({
        name: all.map((one) => one.name).join(', ') || setting.env,
        value: first?.value ?? text,
        complaint: parsed.error.issues
          .slice(0, 1)
          .map((issue) => describeWrong(issue, text))
          .join(''),
      });
  }
  const notes = cutDefaults(values, settings, said);
  mistakes.push(...complainAboutCeilings(values, settings, said, foreignCeilings));
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  const isForeignHost = said.get('host')?.name === 'HOST';
  return { ...values, dialects: pickDialects(values), notes, isForeignHost } as unknown as Config;
}

/**
 * Merges the variables of an environment and of a file. The environment takes precedence for each setting, under any
 * of its names.
 */
export function mergeEnvironments(
  real: Readonly<Record<string, string | undefined>>,
  file: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const all = Object.values(settings).map(namesOf);
  const isOverruled = (name: string): boolean =>
    all.some((names) => names.includes(name) && names.some((other) => isSet(real[other])));
  const left = Object.entries(file).filter(([name]) => !isOverruled(name));
  return { ...Object.fromEntries(left), ...real };
}

/**
 * Returns defaults and ceilings for the validation of requests.
 * @param descriptors most file descriptors of this process: a jail inherits that limit and cannot raise it.
 */
export function toLimitPolicy(config: Config, descriptors: number = readDescriptorLimit()): LimitPolicy {
  const policy = { defaults: pickLimits(config, 'default'), ceilings: pickLimits(config, 'max') };
  return narrowPolicy(policy, { open_files: descriptors });
}

/** Returns the times that callers may ask for their sessions. */
export const toSessionPolicy = (config: Config): SessionPolicy => ({
  idleTimeout: { default: config.sessionIdleTimeout, most: config.maxSessionIdleTimeout },
  lifetime: { default: config.sessionLifetime, most: config.maxSessionLifetime },
});

/** Returns the settings of each dialect. */
const pickDialects = (values: Readonly<Record<string, unknown>>): DialectValues =>
  Object.fromEntries(
    dialects.map(({ name, settings: own = {} }) => [
      name,
      Object.fromEntries(Object.keys(own).map((key) => [key, values[`${name}.${key}`]])),
    ]),
  );

/** Returns the operator's policy, which applies to every request. */
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
    open_files: config[`${side}OpenFiles`],
  };
}

/** Describes what is wrong with a value, and the one of those to choose from that is probably meant. */
function describeWrong(issue: Parameters<typeof describeIssue>[0], text: string): string {
  const complaint = describeIssue(issue);
  if (issue.code !== 'invalid_value') return complaint;
  const known = issue.values.map(String);
  const wrong = text.split(',').find((word) => !known.includes(word.trim())) ?? '';
  const [like] = nearest(wrong.trim(), known, 1);
  return like === undefined ? complaint : `${complaint}; did you mean ${like}?`;
}

function complainAboutUnknown(
  env: Readonly<Record<string, string | undefined>>,
  given: readonly string[],
): SettingMistake[] {
  const known = new Set(Object.values(settings).flatMap(namesOf));
  return Object.keys(env)
    .filter((name) => (name.startsWith('BRIG_') || given.includes(name)) && !known.has(name))
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
