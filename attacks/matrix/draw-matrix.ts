import { writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../src/config.ts';
import { packageRoot } from '../../src/paths.ts';
import { provideImage } from '../../src/sandbox/nsjail/image/image-store.ts';
import { placeAims } from '../aims.ts';
import type { Aims, Group } from '../attack.ts';
import type { AttackSettings } from '../options.ts';
import { layersOff, type LayerOff } from './layers.ts';
import { measureRow, type Row } from './measure-row.ts';
import { openWeakened } from './open-weakened.ts';
import { renderMatrix } from './render-matrix.ts';

export const matrixPage = join(packageRoot, 'docs/attack-matrix.md');

/** A page's text with another matrix between its marks. */
export const replaceMatrix = (page: string, matrix: string): string =>
  page.replace(
    /(<!-- matrix -->\n)[^]*(<!-- end -->)/,
    (_, start: string, end: string) => `${start}${matrix}${end}`,
  );

export interface MatrixOptions {
  readonly layers: readonly LayerOff[];
  readonly groups: readonly Group[];
  readonly env: NodeJS.ProcessEnv;
  readonly onRow: (row: Row) => void;
}

/** Attacks jails of which each lacks one layer, one layer after the other. */
export async function measureMatrix({ layers, groups, env, onRow }: MatrixOptions): Promise<Row[]> {
  // Its own image: a jail whose root is not read-only could change it.
  const folder = await mkdtemp(join(tmpdir(), 'brig-matrix-'));
  // Jails' users have to reach it.
  await chmod(folder, 0o755);
  const config = parseConfig({ ...env, BRIG_STATE_DIR: join(folder, 'state') });
  const rows: Row[] = [];
  try {
    const image = await provideImage({ python: config.python }, join(folder, 'state'));
    await using aims: Aims & AsyncDisposable = await placeAims();
    for (const [index, layer] of layers.entries()) {
      await using weakened = await openWeakened(layer, {
        config,
        image,
        folder: join(folder, `jails-${index}`),
      });
      const row = await measureRow(layer, weakened, aims, groups);
      rows.push(row);
      onRow(row);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return rows;
}

/** Draws the matrix, and writes it into its page where it is whole. Whether everything holds where nothing is off. */
export async function drawMatrix(
  { layers: wanted, groups, report }: AttackSettings,
  say: (line: string) => void,
): Promise<boolean> {
  const isRoot = process.getuid?.() === 0;
  const layers = layersOff.filter(
    ({ name, needsRoot }) => (wanted?.includes(name) ?? true) && (isRoot || needsRoot !== true),
  );
  if (layers.length === 0) throw new Error(`Layers are: ${layersOff.map(({ name }) => name).join(', ')}.`);
  const told: Row[] = [];
  if (report !== undefined) await mkdir(report, { recursive: true });
  const onRow = (row: Row): void => {
    told.push(row);
    say(describeRow(row));
    // After each row: all of them take long.
    if (report !== undefined) writeFileSync(join(report, 'matrix.json'), writeRows(told));
  };
  const rows = await measureMatrix({ layers, groups, env: process.env, onRow });
  const memory = rows[0]?.memory ?? 'unknown';
  const matrix = renderMatrix(rows, { user: isRoot ? 'root' : 'an ordinary user', memory });
  if (wanted === undefined) {
    await writeFile(matrixPage, replaceMatrix(await readFile(matrixPage, 'utf8'), matrix));
    say(`Written to ${matrixPage}`);
  } else say(matrix);
  const intact = rows.find(({ layer }) => layer.name === 'none');
  return intact === undefined || (intact.refusal === undefined && intact.breaches.length === 0);
}

const writeRows = (rows: readonly Row[]): string =>
  `${JSON.stringify(
    rows.map(({ layer, made, ...row }) => ({ layer: layer.name, made: Object.fromEntries(made), ...row })),
    undefined,
    1,
  )}\n`;

function describeRow({ layer, refusal, noticed, breaches, made }: Row): string {
  if (refusal !== undefined) return `without ${layer.name}: no jail starts: ${refusal}`;
  const all = [...made.values()].reduce((sum, count) => sum + count, 0);
  return `without ${layer.name}: ${breaches.length} of ${all} got through; the probe notices: ${noticed.join(', ') || 'nothing'}`;
}
