import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { families, type Family, type FamilyName } from './families.ts';

type Types = {
  readonly counter: Counter;
  readonly gauge: Gauge;
  readonly histogram: Histogram;
};

/** The metrics of all families, by the names of the table. */
export type Metrics = { readonly [K in FamilyName]: Types[(typeof families)[K]['type']] };

/** Creates the metric of every family in a registry. */
export function createFamilies(registry: Registry): Metrics {
  const create = ({ name, type, help, labels, buckets = [] }: Family): Counter | Gauge | Histogram => {
    const shared = { name, help, labelNames: [...labels], registers: [registry] };
    if (type === 'counter') return new Counter(shared);
    if (type === 'gauge') return new Gauge(shared);
    return new Histogram({ ...shared, buckets: [...buckets] });
  };
  const all = Object.entries(families).map(([key, family]) => [key, create(family)]);
  return Object.fromEntries(all) as Metrics;
}
