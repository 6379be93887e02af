import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageRoot } from '../../paths.ts';
import { createMetrics } from './create-metrics.ts';
import { families, type Family } from './families.ts';

/* Dashboard and alerts ask only for metrics and labels that there are, and each alert has its page. */

const readText = (file: string): string => readFileSync(join(packageRoot, file), 'utf8');

const rulesSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.strictObject({
          alert: z.string(),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.strictObject({ severity: z.enum(['critical', 'warning', 'info']) }),
          annotations: z.strictObject({ summary: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
});
const rules = rulesSchema
  .parse(parse(readText('deploy/prometheus/alerts.yaml')))
  .groups.flatMap((group) => group.rules);

const dashboardSchema = z.object({
  panels: z.array(
    z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).optional() }),
  ),
});
const panels = dashboardSchema
  .parse(JSON.parse(readText('deploy/grafana/brig.json')))
  .panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));

/** Labels of each metric, by its name in a query. */
async function knownSeries(): Promise<ReadonlyMap<string, readonly string[]>> {
  const known = new Map<string, readonly string[]>([['up', []]]);
  const { text } = createMetrics({ version: '', ofProcess: true });
  for (const [, name = ''] of (await text()).matchAll(/^# TYPE ((?:process|nodejs)_\S+)/gm))
    known.set(name, []);
  for (const { name, type, labels } of Object.values<Family>(families)) {
    const parts = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    for (const part of parts) known.set(`${name}${part}`, part === '_bucket' ? [...labels, 'le'] : labels);
  }
  return known;
}

/** Returns the metrics and labels that a query names. @throws Error where it is no PromQL. */
function readQuery(given: string): { readonly metrics: string[]; readonly labels: string[] } {
  // Grafana puts an interval there.
  const query = given.replaceAll('$__rate_interval', '5m');
  const metrics: string[] = [];
  const labels: string[] = [];
  parser.parse(query).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) throw new Error(`no PromQL: ${query}`);
      const text = query.slice(from, to);
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector') metrics.push(text);
      if (type.name === 'LabelName') labels.push(text);
    },
  });
  return { metrics, labels };
}

const queries = [
  ...rules.map(({ alert, expr }) => ({ title: `alert ${alert}`, expr })),
  ...panels.map(({ title, expr }) => ({ title: `panel "${title}"`, expr })),
];

describe('dashboard and alerts', () => {
  it('are some', () => {
    expect(rules.length).toBeGreaterThan(10);
    expect(panels.length).toBeGreaterThan(30);
  });

  it.each(queries)('$title asks for what there is: $expr', async ({ expr }) => {
    const known = await knownSeries();
    const { metrics, labels } = readQuery(expr);
    expect(metrics.length).toBeGreaterThan(0);
    expect(metrics.filter((name) => !known.has(name))).toEqual([]);
    const allowed = new Set(['instance', 'job', ...metrics.flatMap((name) => known.get(name) ?? [])]);
    expect(labels.filter((name) => !allowed.has(name))).toEqual([]);
  });

  it('show or watch every metric of ours', () => {
    const used = new Set(queries.flatMap(({ expr }) => readQuery(expr).metrics));
    const missing = Object.values(families).filter(
      ({ name }) => ![name, `${name}_bucket`].some((series) => used.has(series)),
    );
    expect(missing).toEqual([]);
  });
});

describe('alerts', () => {
  const sections = [...readText('docs/runbook.md').matchAll(/^## (.*)$/gm)].map(([, title = '']) => title);

  it('have a section of the runbook each, in order, and no other is there', () => {
    expect(sections).toEqual(rules.map(({ alert }) => alert));
  });

  it.each(rules)('$alert names its section', ({ alert, annotations }) => {
    expect(annotations.runbook).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
  });
});
