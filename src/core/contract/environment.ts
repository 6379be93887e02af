import { z } from 'zod';
import { packageRuntimes } from './runtimes.ts';

/** Name of a set of installed packages, in which scripts of a runtime run. */
export const environmentNameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'the name of an environment has 1 to 64 characters: a-z, 0-9, ".", "_" and "-", a letter or digit first',
  );

/** Environment of scripts that name none; it has the standard library only until it is built. */
export const DEFAULT_ENVIRONMENT = 'default';
/** Environment with the standard library only, which always exists and is never built. */
export const PLAIN_ENVIRONMENT = 'plain';

/**
 * Whether a name is derived by one of Brig's doors from a caller's description. Callers may not choose such a name:
 * the first to take it would decide what others run in.
 */
export const isGivenName = (name: string): boolean => /^prebuilt-spec-[0-9a-f]{32}$/.test(name);

/** Size limits of every request for a build. */
export const buildCaps = { packages: 200, textBytes: 512 * 1024, preload: 20 } as const;

const moduleName = z
  .string()
  .regex(/^[\p{XIDS}_][\p{XIDC}]*(\.[\p{XIDS}_][\p{XIDC}]*){0,9}$/u, 'a module name is dotted identifiers');

/** Modules that warm jails import ahead. */
export const importedModuleListSchema = z.array(moduleName).max(buildCaps.preload);

/**
 * `import` of `GET /environments/{name}`. Any text is allowed; no environment has a module whose name is invalid.
 */
export const importedModuleSchema = z
  .string()
  .min(1)
  .meta({ description: 'A module, such as `sklearn`: the answer is whether scripts can import it there.' });

const sourceText = z.string().min(1);

/** Body of `POST /environments`: the content to install, in exactly one of four ways. */
export const buildRequestSchema = z.strictObject({
  name: environmentNameSchema.meta({ description: 'The name under which scripts ask for it.' }),
  runtime: z.enum(packageRuntimes).default('python').meta({
    description:
      'What its packages are for. Those of Node, Deno and Bun come from npm, and serve the scripts of all three.',
  }),
  packages: z.array(z.string().min(1).max(500)).min(1).max(buildCaps.packages).optional().meta({
    description:
      'Requirements as pip takes them, `["six", "attrs>=25,<26"]`; for npm `["lodash@4", "@scope/name"]`.',
  }),
  requirements: sourceText.optional().meta({
    description: 'The text of a requirements file; for npm of a package.json, whose `dependencies` are used.',
  }),
  lock: sourceText.optional().meta({
    description:
      'The text of a requirements file in which every package has its version and hashes; for npm of a package-lock.json.',
  }),
  setup_script: sourceText.optional().meta({
    description:
      'A shell script that installs into the folder `$TARGET` with `pip install …`, or `npm install …`; where the operator allows foreign code in builds.',
  }),
  allow_source: z.boolean().default(false).meta({
    description:
      'Also take packages that come as source and run a set-up program of theirs; where the operator allows foreign code in builds.',
  }),
  preload: importedModuleListSchema
    .default([])
    .meta({ description: 'Modules that waiting jails have imported already.' }),
  shared: z.boolean().default(false).meta({
    description: 'Whether others than the key that builds it may use it; those of the operator are for all.',
  }),
});

export type BuildRequest = z.output<typeof buildRequestSchema>;

/**
 * Body of `POST /environments`: the packages of an environment, and its name.
 * @example
 * const request: BuildRequest = { name: 'plots', packages: ['numpy', 'matplotlib'] };
 */
export type BuildRequestInput = z.input<typeof buildRequestSchema>;

/** An environment that cannot be used yet, because its first build waits or runs. */
export interface ComingEnvironment {
  /** Progress of the build, in words. */
  readonly progress: string;
  /** Returns the names of the packages that it will have, as far as they were asked for by name. */
  readonly packages: () => readonly string[];
}

/** The four ways to specify the content. */
export const buildSources = ['packages', 'requirements', 'lock', 'setup_script'] as const;

export const installedPackageSchema = z.object({
  name: z.string().max(200),
  version: z.string().max(100),
  /** Names under which its code is imported. */
  imports: z.array(z.string().max(200)).max(2000),
});

/** An installed module that cannot be imported, with the exception's text. */
export const brokenModuleSchema = z.object({ module: z.string().max(200), error: z.string().max(1000) });

/** Reasons of a failed build. The previous environment of that name stays as it was. */
export const buildErrors = [
  'install_failed',
  'import_failed',
  'timeout',
  'memory_limit',
  'disk_limit',
  'invalid_files',
  'store_full',
  'sandbox_unavailable',
  'cancelled',
] as const;
export type BuildError = (typeof buildErrors)[number];

/** Steps of a build, in their order. */
export const buildSteps = ['installing', 'importing', 'keeping'] as const;
export type BuildStep = (typeof buildSteps)[number];

export const buildReportSchema = z.object({
  state: z.enum(['queued', 'building', 'succeeded', 'failed']),
  step: z.enum(buildSteps).optional().meta({
    description:
      'How far it is, or where it failed: the packages are installed, their imports are tried, the files are kept. Absent while it waits for other builds.',
  }),
  started_at: z.string(),
  finished_at: z.string().optional(),
  progress: z.array(z.string()).meta({ description: 'What the installer said, line by line; the last 200.' }),
  error: z.object({ reason: z.enum(buildErrors), message: z.string() }).optional(),
});
export type BuildReport = z.infer<typeof buildReportSchema>;

export const environmentSchema = z.object({
  name: z.string(),
  state: z.enum(['ready', 'building', 'failed', 'outdated']).meta({
    description:
      '`building` and `failed` where nothing is there to run in yet; `outdated` where it was built for another interpreter.',
  }),
  id: z
    .string()
    .nullable()
    .meta({ description: 'The address of its content: the same packages, the same id.' }),
  runtime: z.enum(packageRuntimes),
  runtime_version: z.string().nullable(),
  size_bytes: z.number().int(),
  packages: z.array(installedPackageSchema),
  broken: z.array(brokenModuleSchema),
  preload: z.array(z.string()),
  created_at: z.string().nullable(),
  last_used_at: z.string().nullable(),
  owner: z.string().nullable().meta({
    description:
      'The key that built it, for itself and `admin`; null for all others, and where the operator did.',
  }),
  shared: z.boolean().meta({ description: 'Whether others than its owner may use it.' }),
  build: buildReportSchema.nullable().meta({
    description:
      'The latest build that this service has run, for its owner and `admin`; null for all others.',
  }),
});

/**
 * A package environment: its content, and the state of its latest build.
 * @example
 * const { packages, state }: Environment = await brig.environments.get('default');
 */
export type Environment = z.infer<typeof environmentSchema>;
