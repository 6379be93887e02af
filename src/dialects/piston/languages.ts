import { maxSatisfying, validRange } from 'semver';
import type { RuntimeName, RuntimeReport } from '../../core/contract/runtimes.ts';

/** A language as Piston lists it. */
export interface Language {
  readonly language: string;
  readonly version: string;
  readonly aliases: readonly string[];
  /** Name of the program, where several run the same language. */
  readonly runtime?: string;
}

/** A language, and the runtime of Brig that runs it. */
export interface Known extends Language {
  readonly brig: RuntimeName;
}

/** Languages by runtime, in the order in which a name that several share is looked up. */
const languages: Readonly<Record<RuntimeName, readonly Omit<Language, 'version'>[]>> = {
  python: [{ language: 'python', aliases: ['py', 'py3', 'python3'] }],
  node: [
    {
      language: 'javascript',
      aliases: ['node-javascript', 'node-js', 'javascript', 'js'],
      runtime: 'node',
    },
  ],
  deno: [
    { language: 'typescript', aliases: ['deno', 'deno-ts', 'ts'], runtime: 'deno' },
    { language: 'javascript', aliases: ['deno-js'], runtime: 'deno' },
  ],
  bun: [
    { language: 'typescript', aliases: ['bun', 'bun-ts'], runtime: 'bun' },
    { language: 'javascript', aliases: ['bun-js'], runtime: 'bun' },
  ],
  go: [{ language: 'go', aliases: ['go', 'golang'] }],
  rust: [{ language: 'rust', aliases: ['rs'] }],
};

/** Returns the languages of the runtimes that can run here. */
export const listLanguages = (runtimes: readonly RuntimeReport[]): Known[] =>
  runtimes.flatMap(({ name, available, version }) =>
    available && version !== undefined
      ? languages[name].map((language) => ({ ...language, version, brig: name }))
      : [],
  );

/** Languages without Brig's own name for them, as an answer lists them. */
export const toListed = ({ language, version, aliases, runtime }: Known): Language => ({
  ...{ language, version, aliases },
  ...(runtime === undefined ? {} : { runtime }),
});

/** Longest range of versions; semver itself reads no longer version. */
const MOST_RANGE = 256;

/**
 * Returns the language of a name or alias with the newest version in a range (`3.11.7`, `3.x`, `*`); undefined when there
 * is none.
 */
export function findLanguage(known: readonly Known[], name: string, range: string): Known | undefined {
  if (range.length > MOST_RANGE || validRange(range) === null) return undefined;
  const named = known.filter(({ language, aliases }) => language === name || aliases.includes(name));
  const newest = maxSatisfying(
    named.map(({ version }) => version),
    range,
  );
  return named.find(({ version }) => version === newest);
}
