import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/paths.ts';

it('takes no option but one, before anything is set up', async () => {
  const { exitCode, stdout, stderr } = await execa(
    join(packageRoot, 'scripts', 'test'),
    ['--fast', '--slow'],
    {
      reject: false,
    },
  );
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: 'test: there is no option --slow; the only one is --fast.',
  });
});
