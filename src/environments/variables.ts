import type { Manifest } from './manifest.ts';

/** Environment variables that the packages of an environment want; a caller's own win. */
export function variablesFor({ fonts }: Manifest): Record<string, string> {
  if (fonts === null) return {};
  // BRIG_FONTS is the harness's: it puts the list where matplotlib looks for it.
  return { MPLCONFIGDIR: '/tmp/.matplotlib', BRIG_FONTS: fonts };
}
