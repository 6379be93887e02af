import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { inspectionProgram } from './adopt-folder.ts';
import { findingsSchema } from './inspect.ts';

test('the program that looks at a folder of packages says what it imports', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'brig-adopt-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'harmless.py'), 'value = 1\n');
  const args = ['-I', '-B', '-c', await inspectionProgram(), folder, 'harmless', 'missing'];

  const { stdout } = await execa('python3', args);

  const findings = findingsSchema.parse(JSON.parse(stdout));
  expect(findings.loose).toEqual(['harmless']);
  expect(findings.broken.map(({ module }) => module)).toEqual(['missing']);
});
