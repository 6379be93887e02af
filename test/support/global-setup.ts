import { execFileSync } from 'node:child_process';
import { glob, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveStateDir } from '../../src/sandbox/nsjail/image/image-store.ts';
import { startService } from './service.ts';

/** These tests attack real jails; without one they would prove nothing, so what is missing ends the run at once. */
export default async function checkPrerequisites(): Promise<void> {
  if (process.platform !== 'linux') throw new Error('These tests need Linux: jails are made by its kernel.');
  const python = process.env['BRIG_PYTHON'] ?? 'python3';
  try {
    execFileSync(python, ['-c', 'pass'], { stdio: 'ignore' });
  } catch {
    throw new Error(`These tests need CPython 3.11 or later: install it, or name it in BRIG_PYTHON.`);
  }
  await forgetProbes();
  const { service, close } = await startService();
  const { status, reason } = service.health();
  await close();
  if (status !== 'healthy') throw new Error(`These tests need jails that hold: ${reason ?? 'unknown'}`);
}

/** Each run attacks every kind of jail once; the services of one run share the result. */
async function forgetProbes(): Promise<void> {
  const folder = resolveStateDir(process.env['BRIG_STATE_DIR']);
  for await (const name of glob('probe*.json', { cwd: folder }))
    await rm(join(folder, name), { force: true });
}
