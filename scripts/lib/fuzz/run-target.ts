import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/paths.ts';
import type { Coverage } from './coverage.ts';
import { mutate } from './mutate.ts';
import { createRandom } from './random.ts';
import type { OpenTarget, Target } from './target.ts';

export interface RunOptions {
  readonly seed: number;
  /** Whichever is reached first. */
  readonly seconds: number;
  readonly executions: number;
  /** Mutants that reach something new become parents of others; without it only the corpus is. */
  readonly coverage?: Coverage | undefined;
}

export interface RunReport {
  readonly executions: number;
  /** Ranges of the sources that ran; 0 if nothing counted them. */
  readonly ranges: number;
  /** Inputs that reached something new. */
  readonly found: readonly Buffer[];
  readonly failures: readonly { readonly input: Buffer; readonly message: string }[];
}

/** Mutants between two looks at what they reached: a look takes milliseconds. */
const BATCH = 50;
const MOST_FAILURES = 5;

export const corpusFolder = (name: string): string => join(packageRoot, 'test', 'corpora', name);

/** The inputs of a target: those that are kept, in the order of their names, then its seeds. */
export function readCorpus({ name, seeds }: Pick<Target, 'name' | 'seeds'>): Buffer[] {
  const folder = corpusFolder(name);
  const names = existsSync(folder) ? readdirSync(folder).toSorted() : [];
  return [...names.map((file) => readFileSync(join(folder, file))), ...(seeds?.() ?? [])];
}

/** Keeps an input beside the others; gives its path. */
export function keepInput(name: string, input: Buffer, prefix = ''): string {
  mkdirSync(corpusFolder(name), { recursive: true });
  const id = createHash('sha256').update(input).digest('hex').slice(0, 12);
  const file = join(corpusFolder(name), `${prefix}${id}`);
  writeFileSync(file, input);
  return file;
}

/** Gives a target the corpus, then mutants of it. */
export async function runTarget(
  target: Target,
  corpus: readonly Buffer[],
  { seed, seconds, executions: most, coverage }: RunOptions,
): Promise<RunReport> {
  const open = await target.open();
  const random = createRandom(seed);
  const words = target.words.map((word) => Buffer.from(word, 'latin1'));
  const parents = [...corpus];
  const found: Buffer[] = [];
  const reached = new Set<string>();
  const failures: { input: Buffer; message: string }[] = [];
  const end = performance.now() + seconds * 1000;
  let executions = 0;
  const execute = async (input: Buffer): Promise<void> => {
    executions += 1;
    const message = await complainAbout(target, open, input);
    if (message !== undefined) failures.push({ input, message });
  };
  const isOver = (): boolean =>
    executions >= most || performance.now() > end || failures.length >= MOST_FAILURES;
  try {
    for (const input of corpus) await execute(input);
    for (const range of (await coverage?.take()) ?? []) reached.add(range);
    while (!isOver()) {
      const batch = Array.from({ length: BATCH }, () =>
        mutate(parents[random.below(parents.length)] ?? Buffer.alloc(0), { random, corpus: parents, words }),
      );
      for (const input of batch) if (!isOver()) await execute(input);
      if (coverage === undefined) continue;
      const isNew = (range: string): boolean => !reached.has(range);
      const fresh = (await coverage.take()).filter(isNew);
      // Finds the one that failed by running each once more, the short ones first.
      for (const input of fresh.length === 0 ? [] : batch.toSorted((a, b) => a.length - b.length)) {
        await complainAbout(target, open, input);
        const own = (await coverage.take()).filter(isNew);
        if (own.length === 0) continue;
        for (const range of own) reached.add(range);
        parents.push(input);
        found.push(input);
      }
      for (const range of fresh) reached.add(range);
    }
  } finally {
    await open.close?.();
  }
  return { executions, found, failures, ranges: reached.size };
}

/** Returns the fault of a target with an input; undefined if there is none. */
async function complainAbout(
  { budget }: Target,
  open: OpenTarget,
  input: Buffer,
): Promise<string | undefined> {
  const most = budget.fixed + (budget.perKiB * input.length) / 1024;
  let took = Infinity;
  // Once more where it took long: the first time pays for compilers and collectors, too.
  for (let tries = 0; tries < 3 && took > most; tries += 1) {
    const { user } = process.cpuUsage();
    try {
      await open.run(input);
    } catch (error) {
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    took = (process.cpuUsage().user - user) / 1000;
  }
  return took > most ? `took ${Math.round(took)} ms of CPU time for ${input.length} bytes` : undefined;
}
