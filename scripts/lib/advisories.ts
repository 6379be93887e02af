import { z } from 'zod';
import { listPinnedPackages, type PinnedPackage } from './pinned-packages.ts';

/*
 * Asks an advisory database (the OSV schema, https://osv.dev) for known holes in the packages that this project pins.
 * A known hole in a package that the service runs fails the check; one in a tool of checks and tests is shown. Where the
 * database cannot be reached, the check says so and passes: nothing is known then.
 * BRIG_ADVISORIES_URL names another database with the same `querybatch` interface.
 */

/** Advisories that were read and do not reach this project, each with its reason. */
const judged: Readonly<Record<string, string>> = {};

const DATABASE = 'https://api.osv.dev/v1/querybatch';
const PATIENCE_MS = 20_000;
/** The database takes this many packages in one request. */
const BATCH = 1000;

const answerSchema = z.object({
  results: z.array(z.object({ vulns: z.array(z.object({ id: z.string() })).optional() })),
});

/** One package with the advisories that are known of it, without those that were judged. */
export interface Finding {
  readonly pinned: PinnedPackage;
  readonly advisories: readonly string[];
}

/** @throws what `fetch` throws, or an Error with the status, where the database gives no answer. */
export async function askAdvisories(
  packages: readonly PinnedPackage[],
  database: string,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (let start = 0; start < packages.length; start += BATCH) {
    const batch = packages.slice(start, start + BATCH);
    const queries = batch.map(({ ecosystem, name, version }) => ({ package: { ecosystem, name }, version }));
    const answer = await fetch(database, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ queries }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const { results } = answerSchema.parse(await answer.json());
    // One result for each query, in their order: anything else could hide a finding.
    if (results.length !== batch.length)
      throw new Error(`${results.length} results for ${batch.length} queries`);
    for (const [index, pinned] of batch.entries()) {
      const ids = (results[index]?.vulns ?? []).map(({ id }) => id).filter((id) => !(id in judged));
      if (ids.length > 0) findings.push({ pinned, advisories: ids });
    }
  }
  return findings;
}

/** Prints what is known. Gives whether the packages that the service runs have no known hole, or none could be asked for. */
export async function checkAdvisories(
  database = process.env['BRIG_ADVISORIES_URL'] ?? DATABASE,
  print: (line: string) => void = console.log,
): Promise<boolean> {
  const packages = listPinnedPackages();
  let findings: Finding[];
  try {
    findings = await askAdvisories(packages, database);
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
    print(
      `advisories: the database could not be asked (${reason}), so nothing is known of ${packages.length} packages`,
    );
    return true;
  }
  for (const { pinned, advisories } of findings) {
    const role = pinned.runs ? 'runs in the service' : 'tool of checks and tests';
    print(
      `advisories: ${pinned.ecosystem} ${pinned.name} ${pinned.version} (${role}): ${advisories.join(', ')}`,
    );
  }
  print(`advisories: ${packages.length} packages asked for, ${findings.length} with known holes`);
  return findings.every(({ pinned }) => !pinned.runs);
}

if (import.meta.main) process.exitCode = (await checkAdvisories()) ? 0 : 1;
