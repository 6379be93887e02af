import type { Layer, LayerReport } from '../core/contract/health.ts';
import { JailFailure } from '../sandbox/sandbox.ts';

/** Result of the last probe for each layer of isolation. */
export type LayerReports = Readonly<Partial<Record<Layer, LayerReport>>>;

/** Returns the failure of the first required layer that does not hold; undefined when all hold. */
export function blameLayer(layers: LayerReports): JailFailure | undefined {
  const broken = Object.entries(layers).find(([, { active, required }]) => required && !active);
  if (broken === undefined) return undefined;
  const [layer, { reason, remedy }] = broken;
  return new JailFailure(`The layer "${layer}" does not hold: ${reason ?? 'unknown'}.`, { remedy });
}
