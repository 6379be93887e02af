import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseConfig, type Config } from '../src/config.ts';
import { createService } from '../src/service.ts';
import { packageRoot } from '../src/paths.ts';

/** The files that the nsjails below this process were started with. */
function listJailFiles(): string[] {
  const commands = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(readProcess)
    .filter((one) => one.isOurs);
  return commands.flatMap(({ words }) =>
    words.filter((_, index) => ['--config', '--seccomp_policy', '-C'].includes(words[index - 1] ?? '')),
  );
}

/** Jails are the starter's children, which is the keeper's, which is ours. */
function readProcess(pid: string): { isOurs: boolean; words: string[] } {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return { isOurs: readParent(readParent(readParent(pid))) === String(process.pid), words };
  } catch {
    // It ended meanwhile.
    return { isOurs: false, words: [] };
  }
}

const readParent = (pid: string): string =>
  /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';

it('no setting names other jail files: a service starts its jails with those of the package', async () => {
  const names = ['BRIG_JAIL_FOLDER', 'BRIG_JAILS', 'BRIG_NSJAIL_CONFIG', 'BRIG_SECCOMP', 'BRIG_KAFEL'];
  for (const name of names) expect(() => parseConfig({ [name]: '/tmp/x' }), name).toThrow(name);
  const config = parseConfig({ BRIG_MAX_WARM_JAILS: '1', BRIG_STATE_DIR: process.env['BRIG_STATE_DIR'] });
  // Whatever an object of settings holds beside what its type says.
  const crowded = { ...config, jailFolder: '/tmp/x' } as Config;
  const service = await createService(crowded);
  try {
    expect(service.health().status).toBe('healthy');
    await expect.poll(listJailFiles).not.toEqual([]);
    const files = ['python.cfg', 'python.kafel'].map((name) => join(packageRoot, 'nsjail', name));
    expect(new Set(listJailFiles())).toEqual(new Set(files));
  } finally {
    await service.close();
  }
});
