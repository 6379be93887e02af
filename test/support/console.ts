import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../src/paths.ts';
import type { Block } from './markdown.ts';

/** Ends the output of one command: nothing that a page shows has it. */
const MARK = '\u0001';

/**
 * Runs the commands of a `console` block (lines after `$ `) in one shell at the project's root, with `brig` and
 * `./scripts/brig` as the sources' own command line, and gives the block as it would then be written.
 */
export async function replayConsole({ text }: Block): Promise<string> {
  const commands = text
    .split('\n')
    .filter((line) => line.startsWith('$ '))
    .map((line) => line.slice(2));
  const program = commands.map((command) => `${command}\ns=$?; printf '${MARK}'; (exit $s)`);
  const { stdout } = await runShell(`exec 2>&1\n${program.join('\n')}`);
  const outputs = stdout.split(MARK);
  return commands
    .map((command, index) => `$ ${command}\n${outputs[index] ?? ''}`)
    .join('')
    .trimEnd();
}

/** Runs shell text at the project's root. */
export async function runShell(text: string): Promise<{ stdout: string }> {
  const brig = `brig() { '${process.execPath}' '${join(packageRoot, 'src/cli/main.ts')}' "$@"; }`;
  const program = `${brig}\n${text.replaceAll('./scripts/brig', 'brig')}`;
  const { stdout } = await execa('bash', ['-c', program], {
    cwd: packageRoot,
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: false,
  });
  return { stdout };
}
