import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { joinRuns, listDifferences, type Difference } from './compare.ts';
import type { Options } from './options.ts';
import { subjectSchema, type Part, type Subject } from './side.ts';

export interface Ran {
  readonly part: Part;
  readonly subjects: ReadonlyMap<string, Subject>;
}

export interface RunOptions extends Pick<Options, 'wanted' | 'jobs' | 'results'> {
  /** Differences that have their reason already are not tried again. */
  readonly isExpected: (difference: Difference) => boolean;
  readonly say: (what: string) => void;
}

/** Runs the subjects of a part that are wanted, and those with a difference that nobody expects once more. */
export async function runPart(part: Part, { wanted, jobs, ...options }: RunOptions): Promise<Ran> {
  const names = part.subjects.filter((name) => wanted.length === 0 || wanted.includes(name));
  const subjects = new Map<string, Subject>();
  const waiting = [...names];
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const kept = wanted.length > 0 ? undefined : await readKept(part, name, options.results);
      const subject = kept ?? (await runSubject(part, name, options));
      subjects.set(name, subject);
      if (kept === undefined) await keep(part, name, subject, options.results);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, names.length) }, work));
  return { part, subjects: new Map(names.map((name) => [name, subjects.get(name) as Subject])) };
}

/** Returns names that no part knows: a misspelt one would otherwise pass, because nothing differs. */
export const listUnknown = (wanted: readonly string[], ran: readonly Ran[]): string[] =>
  wanted.filter((name) => !ran.some(({ subjects }) => subjects.has(name)));

async function runSubject(
  part: Part,
  name: string,
  { isExpected, say }: Pick<RunOptions, 'isExpected' | 'say'>,
): Promise<Subject> {
  const run = async (): Promise<Subject> => {
    const outside = await part.runOutside(name);
    return { outside, inside: await part.runInside(name, outside) };
  };
  const count = (subject: Subject): number =>
    listDifferences(part.name, name, subject).filter((one) => !isExpected(one)).length;
  const start = performance.now();
  const first = await run();
  const subject = count(first) === 0 ? first : joinRuns(part.name, name, first, await run());
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const all = Object.keys(subject.outside).length;
  say(`${part.name} ${name}: ${all} checks, ${count(subject)} unexpected differences, ${seconds} s`);
  return subject;
}

/** Results of another version of what is compared are in other files. */
const fileOf = (part: Part, name: string, folder: string): string =>
  join(folder, part.name, `${name.replaceAll('/', '+')} ${part.versions.join(' ').slice(0, 100)}.json`);

async function readKept(part: Part, name: string, folder: string | undefined): Promise<Subject | undefined> {
  if (folder === undefined) return undefined;
  const text = await readFile(fileOf(part, name, folder), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : subjectSchema.parse(JSON.parse(text));
}

async function keep(part: Part, name: string, subject: Subject, folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  const file = fileOf(part, name, folder);
  await mkdir(join(folder, part.name), { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(subject));
  await rename(`${file}.new`, file);
}
