import type { Manifest } from './manifest.ts';

/** Returns the environment variables that the packages need; the caller's own override them. */
export function variablesFor({ fonts }: Manifest): Record<string, string> {
  if (fonts === null) return {};
  // The harness reads BRIG_FONTS and puts the list where matplotlib looks for it. The backend is
  // harness/brig_figures.py.
  return { MPLCONFIGDIR: '/tmp/.matplotlib', MPLBACKEND: 'module://brig_figures', BRIG_FONTS: fonts };
}
