import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../src/paths.ts';

const folder = join(packageRoot, '.tools', 'pyston');
const requirements = join(packageRoot, 'test', 'piston', 'requirements.txt');

/** Brings Pyston, a client of Piston, into .tools, where it is not there yet in the version that is asked for. */
export async function installPyston(): Promise<void> {
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  const stamp = join(folder, '.brig-stamp');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const uv = join(packageRoot, '.tools', 'uv', 'bin', 'uv');
  const options = ['pip', 'install', '--quiet', '--python', 'python3', '--target', folder];
  // It comes as sources only, which pip could not build without packages of the host.
  const { failed, stderr } = await execa(
    uv,
    [...options, '--require-hashes', '--requirement', requirements],
    {
      reject: false,
    },
  );
  if (failed) throw new Error(`Pyston could not be installed from PyPI: ${stderr}`);
  writeFileSync(stamp, wanted);
}

/** Runs a program that has `client`, connected to the dialect at `url`, and `File`; returns the JSON that it prints. */
export async function runPyston(url: string, program: readonly string[]): Promise<unknown> {
  const source = `import asyncio, json
from pyston import PystonClient, File
async def main():
    client = PystonClient(base_url=${JSON.stringify(`${url}/dialects/piston/api/v2/`)})
    try:
${program.map((line) => `        ${line}`).join('\n')}
    finally:
        await client.close_session()
asyncio.run(main())`;
  const { stdout } = await execa('python3', ['-c', source], { env: { PYTHONPATH: folder } });
  return JSON.parse(stdout);
}
