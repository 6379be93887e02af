import type { Layer, LayerReport } from '../core/health.ts';
import { JailFailure } from '../sandbox/sandbox.ts';

/** What the last probe saw of each layer of isolation. */
export type LayerReports = Readonly<Partial<Record<Layer, LayerReport>>>;

/** Why jails cannot be used, where a required layer does not hold; undefined where all do. */
export function blameLayer(layers: LayerReports): JailFailure | undefined {
  const broken = Object.entries(layers).find(([, { active, required }]) => required && !active);
  if (broken === undefined) return undefined;
  const [layer, { reason, remedy }] = broken;
  return new JailFailure(`The layer "${layer}" does not hold: ${reason ?? 'unknown'}.`, { remedy });
}
