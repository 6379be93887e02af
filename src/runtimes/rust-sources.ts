import type { InputFile } from '../core/request.ts';
import { beside, mention, type Sources } from './sources.ts';

/** Where a script lies that is compiled alone, or with files laid out as Cargo has them. */
export const CARGO_PATH = 'src/main.rs';
/** Where it lies beside files that are laid out otherwise. */
const FLAT_PATH = 'main.rs';

export interface RustSources {
  readonly scriptPath: string;
  readonly files: readonly InputFile[];
}

/**
 * What takes part in the compilation of a Rust script: other sources, where it has modules; data, where one of the sources
 * includes files, and then all of it, since what a macro includes is the compiler's to find.
 */
export function selectRustSources({ script, files }: Sources): RustSources {
  const scriptPath = findScriptPath({ script, files });
  const others = beside(files, scriptPath);
  const modules = /\bmod\b/.test(script) ? others.filter(({ path }) => path.endsWith('.rs')) : [];
  // `#[path = "…"]` makes a module of a file of any name.
  const taken = mention({ script, files: modules }, /include|\bpath\s*=/) ? others : modules;
  return taken.length === 0 ? { scriptPath: CARGO_PATH, files: [] } : { scriptPath, files: taken };
}

/** A file is looked for beside the source that names it: `mod util;` of `src/main.rs` is `src/util.rs`. */
function findScriptPath({ script, files }: Sources): string {
  const isCargo = files.some(({ path }) => path === 'Cargo.toml' || path.startsWith('src/'));
  const looksAbove = /["(]\.\.\//.test(script);
  return isCargo || looksAbove ? CARGO_PATH : FLAT_PATH;
}
