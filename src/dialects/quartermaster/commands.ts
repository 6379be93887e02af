import { Refusal } from '../../core/refusal.ts';
import type { RuntimeName } from '../../core/runtimes.ts';
import { imageOf } from './images.ts';

/** Commands that say what happens anyway where nothing is said. */
const usual: Readonly<Record<RuntimeName, RegExp>> = {
  python: /^python3? (?:\.\/)?main\.py$/,
  node: /^node (?:\.\/)?main(?:\.js)?$/,
  bun: /^bun (?:run )?(?:\.\/)?main\.ts$/,
  deno: /^deno run (?:--allow-all|-A) (?:\.\/)?main\.ts$/,
  go: /^go run (?:(?:\.\/)?main\.go|\.)$/,
  rust: /^cargo run(?: --release| -r| --quiet| -q)*$/,
};

/** What compiles and runs: where the program runs its compiler is not, and the program is there already. */
const compilers: Partial<Record<RuntimeName, RegExp>> = {
  go: /(^|[\s;&|(])go run (?:(?:\.\/)?main\.go|\.)(?=$|[\s;&|)])/g,
  rust: /(^|[\s;&|(])cargo run(?: --release| -r| --quiet| -q)*(?: --(?=$|\s))?(?=$|[\s;&|)])/g,
};

const toolchain = /(?:^|[\s;&|(])(?:go|cargo|rustc|rustup)(?:$|\s)/;

/**
 * The shell command that an entrypoint amounts to; undefined where the script is run as ever.
 * @throws Refusal for one that would need a toolchain.
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
