import type { InputFile } from '../core/contract/request.ts';
import { beside, mention, type Sources } from './sources.ts';

/** Path of a script that is alone or beside files in Cargo's layout. */
export const CARGO_PATH = 'src/main.rs';
/** Path of a script beside files in another layout. */
const FLAT_PATH = 'main.rs';

export interface RustSources {
  readonly scriptPath: string;
  readonly files: readonly InputFile[];
}

/**
 * Selects the files that can affect the compilation of a Rust script: other sources when it has modules, and all
 * files when a source includes one, because only the compiler knows which a macro includes.
 */
export function selectRustSources({ script, files }: Sources): RustSources {
  const scriptPath = findScriptPath({ script, files });
  const others = beside(files, scriptPath);
  const modules = /\bmod\b/.test(script) ? others.filter(({ path }) => path.endsWith('.rs')) : [];
  // `#[path = "…"]` makes a module of a file of any name.
  const taken = mention({ script, files: modules }, /include|\bpath\s*=/) ? others : modules;
  return taken.length === 0 ? { scriptPath: CARGO_PATH, files: [] } : { scriptPath, files: taken };
}

/**
 * Chooses the path of the script, because the compiler looks for files beside the source that names them: `mod util;`
 * in `src/main.rs` is `src/util.rs`.
 */
function findScriptPath({ script, files }: Sources): string {
  const isCargo = files.some(({ path }) => path === 'Cargo.toml' || path.startsWith('src/'));
  const looksAbove = /["(]\.\.\//.test(script);
  return isCargo || looksAbove ? CARGO_PATH : FLAT_PATH;
}
