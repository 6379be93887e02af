import type { Manifest } from './manifest.ts';

/** Environment variables that the packages of an environment want; a caller's own win. */
export function variablesFor({ fonts }: Manifest): Record<string, string> {
  if (fonts === null) return {};
  // BRIG_FONTS is the harness's: it puts the list where matplotlib looks for it. The backend is harness/brig_figures.py.
  return { MPLCONFIGDIR: '/tmp/.matplotlib', MPLBACKEND: 'module://brig_figures', BRIG_FONTS: fonts };
}
