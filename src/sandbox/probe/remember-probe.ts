import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
 * Probes a kind of jail, each of which has a stored result of its own. The first time, it returns the stored reports
 * instead if they are of the same sandbox (`identity`), within the hour, and every layer held. Later probes follow a
 * failure, of which a stored result knows nothing.
 */
export type RememberProbe = (
  kind: string,
  identity: string,
  probe: () => Promise<LayerReports>,
) => Promise<LayerReports>;

/**
 * For commands that run one script and end: a service probes at every start.
 * @param folder that only the service's own user can write.
 */
export function openProbeMemory(folder: string): RememberProbe {
  const probed = new Set<string>();
  return async (kind, identity, probe) => {
    const file = join(folder, kind === 'python' ? 'probe.json' : `probe-${kind}.json`);
    const remembered = probed.has(kind) ? undefined : await recall(file);
    probed.add(kind);
    if (remembered !== undefined && remembered.identity === identity && isFresh(remembered.at))
      return remembered.layers;
    const reports = await probe();
    if (Object.values(reports).every(({ active }) => active))
      await store(file, { identity, at: Date.now(), layers: reports });
    // Otherwise the next command would trust an older result, of before the failure.
    else await rm(file, { force: true }).catch(() => undefined);
    return reports;
  };
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
