import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { brokenModuleSchema, installedPackageSchema } from '../core/contract/environment.ts';
import type { Limits } from '../core/contract/limits.ts';
import { describeMissingLibrary } from '../core/judging/suggestions/shared-libraries.ts';
import { packageRoot } from '../paths.ts';
import { bareJob, type JailEnvironment } from '../sandbox/sandbox.ts';
import { BuildFailure } from './build-failure.ts';
import type { Workshop } from './workshop.ts';

export const findingsSchema = z.object({
  packages: z.array(installedPackageSchema).max(2000),
  /** Modules that no package owns. */
  loose: z.array(z.string().max(200)).max(200),
  broken: z.array(brokenModuleSchema).max(2000),
  fonts: z
    .object({ name: z.string().regex(/^fontlist-v[\w.]{1,20}\.json$/), text: z.string().max(4_000_000) })
    .nullable(),
});
export type Findings = z.infer<typeof findingsSchema>;

/** Reads the script that inspects an environment of Python packages, or of npm packages. */
export const readInspection = (name: 'packages' | 'node_modules' = 'packages'): Promise<string> =>
  readFile(join(packageRoot, 'harness', `inspect_${name}.py`), 'utf8');

interface Inspection {
  readonly environment: JailEnvironment;
  /** Packages that were requested by name. For npm these are tried, or all when there are none. */
  readonly wanted: readonly string[];
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

/** Inspects an environment from a jail: which packages and modules it has, and which of them fail. */
export async function inspectEnvironment(
  { sandbox, plan }: Workshop,
  { environment, wanted, limits, signal }: Inspection,
): Promise<Findings> {
  const program = plan?.(limits);
  const script = await readInspection(program === undefined ? 'packages' : 'node_modules');
  const args =
    program === undefined
      ? [environment.preload]
      : [program.command, program.scriptPath, program.env, wanted];
  await using jail = await sandbox.lease(limits, { environment, signal });
  const argsJson = JSON.stringify(args);
  const entry = { kind: 'function', name: 'main', argsJson, kwargsJson: '{}' } as const;
  const evidence = await jail.run({ ...bareJob, script, entry }, { signal });
  const { report, stop, usage } = evidence;
  if (stop?.reason === 'deadline' || stop?.reason === 'cpu_time') {
    throw new BuildFailure('timeout', 'Importing the packages takes too long.');
  }
  if (report?.kind !== 'result' && usage.oomKills > 0) {
    throw new BuildFailure(
      'memory_limit',
      'Importing the packages takes more memory than BRIG_BUILD_MEMORY_MB.',
    );
  }
  const findings =
    report?.kind === 'result' ? findingsSchema.safeParse(JSON.parse(report.json)).data : undefined;
  if (findings === undefined)
    throw new BuildFailure('import_failed', 'The packages could not be looked at.', evidence);
  refuseLongWords(findings);
  return findings;
}

/**
 * Longest description of an environment, in UTF-16 units of JSON; more than two thousand packages take. It is kept in
 * memory, and part of every listing.
 */
const MOST_WORDS = 256 * 1024;

/** Rejects descriptions that are too long to keep. @throws BuildFailure */
export function refuseLongWords({ packages, loose, broken }: Omit<Findings, 'fonts'>): void {
  if (JSON.stringify([packages, loose, broken]).length <= MOST_WORDS) return;
  throw new BuildFailure(
    'invalid_files',
    'The packages name more modules, or failures of them, than are kept.',
  );
}

/**
 * Rejects an environment when every module of a package requested by name, or any preloaded module, fails to import.
 * @throws BuildFailure
 */
export function requireImports(
  { packages, broken }: Findings,
  wanted: readonly string[],
  preload: readonly string[],
): void {
  const complaints = new Map(broken.map(({ module, error }) => [module, error]));
  for (const name of wanted) {
    const found =
      packages.find(({ imports }) => imports.includes(name)) ??
      packages.find((one) => normalise(one.name) === normalise(name));
    const modules = found?.imports.filter((module) => !module.startsWith('_')) ?? [];
    const [first] = modules;
    if (first === undefined || modules.some((module) => !complaints.has(module))) continue;
    throw new BuildFailure(
      'import_failed',
      `${name} was installed, and \`import ${first}\` fails: ${explain(complaints.get(first) ?? '', name)}`,
    );
  }
  const module = preload.find((one) => complaints.has(one));
  if (module !== undefined) {
    throw new BuildFailure(
      'import_failed',
      `\`import ${module}\` fails: ${explain(complaints.get(module) ?? '', module)}`,
    );
  }
}

/** Adds advice to an error where a shared library is missing. */
const explain = (error: string, name: string): string =>
  [error, ...describeMissingLibrary(error, name)].join('. ');

/** Normalises the name of a package for comparison (PEP 503). */
const normalise = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');
