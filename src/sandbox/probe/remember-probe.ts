import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { layerReportSchema, layers } from '../../core/contract/health.ts';
import type { LayerReports } from './probe.ts';

/** Milliseconds for which a result is valid: the host changes under a command line tool too. */
const VALID_MS = 60 * 60 * 1000;

const rememberedSchema = z.object({
  identity: z.string(),
  at: z.number(),
  layers: z.record(z.enum(layers), layerReportSchema),
});

/**
 * Returns the reports of the last probe if it was of the same sandbox (`identity`), within the hour, and every layer
 * held; otherwise probes and stores the result. For commands that run one script and end: a service probes at every
 * start.
 *
 * @param folder that only the service's own user can write.
 * @param kind of jail, each of which has a stored result of its own.
 */
export async function rememberProbe(
  folder: string,
  kind: string,
  identity: string,
  probe: () => Promise<LayerReports>,
): Promise<LayerReports> {
  const file = join(folder, kind === 'python' ? 'probe.json' : `probe-${kind}.json`);
  const remembered = await recall(file);
  if (remembered !== undefined && remembered.identity === identity && isFresh(remembered.at))
    return remembered.layers;
  const reports = await probe();
  if (Object.values(reports).every(({ active }) => active))
    await store(file, { identity, at: Date.now(), layers: reports });
  return reports;
}

const isFresh = (at: number): boolean => at <= Date.now() && Date.now() - at < VALID_MS;

async function recall(file: string): Promise<z.infer<typeof rememberedSchema> | undefined> {
  try {
    return rememberedSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

async function store(file: string, value: z.infer<typeof rememberedSchema>): Promise<void> {
  const draft = `${file}.${process.pid}`;
  try {
    await mkdir(join(file, '..'), { recursive: true, mode: 0o755 });
    await writeFile(draft, JSON.stringify(value), { mode: 0o644 });
    await rename(draft, file);
  } catch {
    // A read-only store: the next command probes again.
  }
}
