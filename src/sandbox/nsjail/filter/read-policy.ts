import { readFileSync } from 'node:fs';

/** Files of a policy of system calls. */
export interface PolicyFiles {
  /** The policy of a kind of jail. */
  readonly seccomp: string;
  /** A policy that comes first: its word on a call counts, whatever the other one says. */
  readonly first?: string | undefined;
}

/**
 * Reads a policy of system calls, as one text.
 *
 * @throws Error when a file cannot be read, or one of them has no `POLICY` and the other no `USE`
 * @example readPolicy(jailFiles('python', { withoutEpoll: true }))
 */
export function readPolicy({ seccomp, first }: PolicyFiles): string {
  const text = readFileSync(seccomp, 'utf8');
  if (first === undefined) return text;
  const before = readFileSync(first, 'utf8');
  const name = /^POLICY (\w+)/m.exec(before)?.[1];
  const [start, use] = [text.search(/^POLICY /m), text.search(/^USE /m)];
  if (name === undefined || start < 0 || use < start)
    throw new Error(`${first} cannot come before ${seccomp}: it has no POLICY, or the other has no USE.`);
  return `${text.slice(0, start)}${before}\n${text.slice(start, use)}USE ${name}, ${text.slice(use)}`;
}

/** Texts that were read: they do not change while a service runs, and each jail that nsjail starts needs one. */
const texts = new Map<string, string>();

/** Returns nsjail's options for a policy: its file, or the text of two files. */
export function planPolicy(files: PolicyFiles): readonly [string, string] {
  const { seccomp, first } = files;
  if (first === undefined) return ['--seccomp_policy', seccomp];
  const key = `${first}\0${seccomp}`;
  const text = texts.get(key) ?? readPolicy(files);
  texts.set(key, text);
  return ['--seccomp_string', text];
}
