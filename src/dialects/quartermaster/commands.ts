import { Refusal } from '../../core/contract/refusal.ts';
import type { RuntimeName } from '../../core/contract/runtimes.ts';
import { imageOf } from './images.ts';

/** Commands that do the same as no command at all. */
const usual: Readonly<Record<RuntimeName, RegExp>> = {
  python: /^python3? (?:\.\/)?main\.py$/,
  node: /^node (?:\.\/)?main(?:\.js)?$/,
  bun: /^bun (?:run )?(?:\.\/)?main\.ts$/,
  deno: /^deno run (?:--allow-all|-A) (?:\.\/)?main\.ts$/,
  go: /^go run (?:(?:\.\/)?main\.go|\.)$/,
  rust: /^cargo run(?: --release| -r| --quiet| -q)*$/,
};

/**
 * Commands that compile and run. The compiler is not in the jail of the program, and the program is compiled already,
 * so only the part that runs it is left.
 */
const compilers: Partial<Record<RuntimeName, RegExp>> = {
  go: /(^|[\s;&|(])go run (?:(?:\.\/)?main\.go|\.)(?=$|[\s;&|)])/g,
  rust: /(^|[\s;&|(])cargo run(?: --release| -r| --quiet| -q)*(?: --(?=$|\s))?(?=$|[\s;&|)])/g,
};

const toolchain = /(?:^|[\s;&|(])(?:go|cargo|rustc|rustup)(?:$|\s)/;

/**
 * Returns the shell command for an entrypoint; undefined when the script runs as usual.
 * @throws Refusal when it would need a toolchain.
 */
export function toCommand(runtime: RuntimeName, entrypoint: string, hasScript: boolean): string | undefined {
  if (hasScript && usual[runtime].test(entrypoint)) return undefined;
  const pattern = compilers[runtime];
  if (pattern === undefined) return entrypoint;
  const command = entrypoint.replaceAll(pattern, '$1"$0"');
  if (command !== entrypoint && !toolchain.test(command)) return command;
  const { id, default_entrypoint: own } = imageOf(runtime);
  throw new Refusal(
    'invalid_input',
    `Entrypoint not available for ${id}: its toolchain is not there where programs run. Use '${own}', with arguments or in a longer command.`,
  );
}
