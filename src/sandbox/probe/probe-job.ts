import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../paths.ts';
import { bareJob, type Job } from '../sandbox.ts';

/** Returns a job that runs a script of harness/probe, named without its extension. */
export async function makeProbeJob(name: string, args: readonly unknown[]): Promise<Job> {
  const script = await readFile(join(packageRoot, 'harness', 'probe', `${name}.py`), 'utf8');
  const entry = { kind: 'function', name: 'main', argsJson: JSON.stringify(args), kwargsJson: '{}' } as const;
  return { ...bareJob, script, entry };
}
