import type { InputFile } from '../core/contract/request.ts';
import { beside, mention, type Sources } from './sources.ts';

/** True for files that the go command reads: sources, assembly and module files, but no tests. */
const isSource = (path: string): boolean =>
  /(?:^|\/)(?:go\.mod|go\.sum|modules\.txt|[^/]+\.(?:go|s|h|syso))$/.test(path) && !path.endsWith('_test.go');

/** Name of a module that comes without `go.mod`: its packages are imported as `app/util`. */
const MODULE = 'app';

/**
 * Selects the files that can affect the compilation of a Go script. Data files can only through `//go:embed`; then
 * all are selected, because the compiler matches the patterns.
 * @param version of the toolchain, `1.26.8`: sets the language of a module without `go.mod`.
 */
export function selectGoSources(
  { script, files }: Sources,
  scriptPath: string,
  version: string,
): InputFile[] {
  const others = beside(files, scriptPath);
  const sources = others.filter(({ path }) => isSource(path));
  const taken = mention({ script, files: sources }, /\/\/go:embed\b/) ? [...others] : sources;
  if (taken.length === 0 || taken.some(({ path }) => path === 'go.mod')) return taken;
  const [language] = /^\d+\.\d+/.exec(version) ?? [];
  const text = `module ${MODULE}\n${language === undefined ? '' : `\ngo ${language}\n`}`;
  return [...taken, { path: 'go.mod', bytes: new TextEncoder().encode(text) }];
}
