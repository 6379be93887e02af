import type { InputFile } from '../core/request.ts';
import { beside, mention, type Sources } from './sources.ts';

/** What the go command reads of a module: sources, assembly, the module's own files. It passes over tests. */
const isSource = (path: string): boolean =>
  /(?:^|\/)(?:go\.mod|go\.sum|modules\.txt|[^/]+\.(?:go|s|h|syso))$/.test(path) && !path.endsWith('_test.go');

/** What a module is called whose caller sent no `go.mod`: its packages are imported as `app/util`. */
const MODULE = 'app';

/**
 * What takes part in the compilation of a Go script. Data can by `//go:embed` alone, and only then all of it does: what a
 * pattern matches is the compiler's to find.
 * @param version of the toolchain, `1.26.8`: the language that a module without `go.mod` is written in.
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
