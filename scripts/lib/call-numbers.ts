import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../src/paths.ts';
import { findNsjail } from '../../src/sandbox/nsjail/binary.ts';
import { parsePolicy } from '../../src/sandbox/nsjail/filter/parse-policy.ts';
import { refuseWith } from '../../src/sandbox/nsjail/filter/policy.ts';
import { readPolicy } from '../../src/sandbox/nsjail/filter/read-policy.ts';
import { loadFilter, X86_64 } from '../../src/sandbox/nsjail/filter/run-filter.test-support.ts';
import { hasNursery, hasSharedFilter, jailFiles, nurseryPolicy } from '../../src/sandbox/nsjail/kinds.ts';
import { jailKindNames } from '../../src/sandbox/jail-kind.ts';

/*
 * Writes the numbers of the system calls that the policies in nsjail/ name: `sudo node scripts/lib/call-numbers.ts`.
 * nsjail itself tells them: it installs a policy in which each call returns an error of its own for one argument, and the
 * filter is asked which number returns which. So no other table is needed, and both agree about every name.
 */

const file = join(packageRoot, 'src', 'sandbox', 'nsjail', 'filter', 'call-numbers.ts');
/** More than any number of x86-64, below those of x32. */
const NUMBERS = 4096;
/** No program has this argument, so the jail that installs the policy runs on. */
const MARK = 0x5e_ed_5e_ed_5e_ed_5e_edn;

/** Every policy that jails have, by a name of each. */
export const readPolicies = (): Map<string, string> =>
  new Map(
    jailKindNames.flatMap((kind) => [
      [kind, readPolicy(jailFiles(kind))] as const,
      ...(hasSharedFilter(kind)
        ? [[`${kind} without epoll`, readPolicy(jailFiles(kind, { withoutEpoll: true }))] as const]
        : []),
      ...(hasNursery(kind) ? [[`${kind} of a nursery`, readPolicy(nurseryPolicy(kind))] as const] : []),
    ]),
  );

/** System calls that the policies name, in the order of their letters. */
export const listCallNames = (policies: Iterable<string>): string[] =>
  [...new Set([...policies].flatMap((text) => parsePolicy(text).rules.map(({ call }) => call)))].toSorted();

/** Reads the filters that nsjail installs for policies. Root only. */
export async function readFilters(policies: readonly string[]): Promise<Buffer[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'brig-filters-'));
  try {
    const files = policies.map((text, index) => {
      const path = join(scratch, `${index}.kafel`);
      writeFileSync(path, text);
      return path;
    });
    const reader = join(import.meta.dirname, 'read_filter.py');
    const { stdout } = await execa('python3', ['-I', '-B', reader, findNsjail(undefined), ...files]);
    return stdout.split('\n').map((line) => Buffer.from(line, 'hex'));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

async function askNumbers(names: readonly string[]): Promise<[string, number][]> {
  const rules = names
    .map((name, index) => `ERRNO(${index + 1}) { ${name}(first) { first == ${MARK} } }`)
    .join(', ');
  const [bytes = Buffer.alloc(0)] = await readFilters([`POLICY all { ${rules} } USE all DEFAULT ALLOW\n`]);
  const run = loadFilter(bytes);
  const actions = Array.from({ length: NUMBERS }, (_, number) =>
    run({ number, architecture: X86_64, arguments: [MARK] }),
  );
  return names.map((name, index) => [name, actions.indexOf(refuseWith(index + 1))]);
}

const render = (numbers: readonly (readonly [string, number])[]): string =>
  [
    '// Made by scripts/lib/call-numbers.ts.',
    '',
    '/** Numbers of the system calls of x86-64 that the policies name, by the names of the kernel and kafel. */',
    'export const callNumbers: ReadonlyMap<string, number> = new Map([',
    ...numbers.map(([name, number]) => `  ['${name}', ${number}],`),
    ']);',
    '',
  ].join('\n');

if (import.meta.main) writeFileSync(file, render(await askNumbers(listCallNames(readPolicies().values()))));
