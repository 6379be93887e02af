import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/paths.ts';
import type { Send } from './kind.ts';
import type { Fit, Point } from './fit.ts';

export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly points: readonly Point[];
  readonly fit: Fit | undefined;
}

/** More points than the plot has room for only make it large. */
const MOST_POINTS = 240;

/** Has the soaked service itself draw the plot, in its default environment: SVG text. @throws Error where it does not. */
export async function drawPlot(panels: readonly Panel[], send: Send): Promise<string> {
  const script = readFileSync(join(packageRoot, 'bench/soak/plot.py'), 'utf8');
  const stdin = JSON.stringify(
    panels.map(({ title, unit, points, fit }) => ({
      title: `${title.replaceAll('`', '')}${unit === '' ? '' : `, ${unit}`}`,
      points: thin(points),
      line: toLine(points, fit),
    })),
  );
  const { body } = await send({
    body: { script, stdin, return_files: ['soak.svg'], limits: { timeout: 60 } },
  });
  const svg = body.files?.find(({ path }) => path === 'soak.svg')?.content;
  if (svg === undefined) throw new Error(`The plot was not drawn: ${body.message ?? 'no file'}`);
  return svg;
}

/** Means of neighbours, so that no peak is left out without a trace. */
function thin(points: readonly Point[]): readonly (readonly [number, number])[] {
  const size = Math.ceil(points.length / MOST_POINTS);
  return Array.from({ length: Math.ceil(points.length / size) }, (_, group) => {
    const some = points.slice(group * size, (group + 1) * size);
    const mean = (pick: (point: Point) => number): number =>
      some.reduce((total, point) => total + pick(point), 0) / some.length;
    return [Number(mean(({ at }) => at).toFixed(1)), Number(mean(({ value }) => value).toFixed(2))];
  });
}

function toLine(points: readonly Point[], fit: Fit | undefined): readonly (readonly [number, number])[] {
  const end = points.at(-1)?.at;
  if (fit === undefined || end === undefined) return [];
  return [
    [end / 3, fit.mean - fit.growth / 2],
    [end, fit.mean + fit.growth / 2],
  ];
}
