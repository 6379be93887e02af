import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/paths.ts';

/** Runs a script with a wrong option, which it tells before it sets anything up. */
async function refuse(script: string, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await execa(join(packageRoot, 'scripts', script), args, {
    reject: false,
  });
  expect([exitCode, stdout]).toEqual([2, '']);
  return stderr;
}

const deploy = async (...args: string[]) =>
  execa(join(packageRoot, 'scripts', 'deploy'), [...args, '--dry-run'], {
    env: { ENGINE: 'podman' },
    reject: false,
  });

describe('scripts/start', () => {
  it.each([
    [['--prot', '9'], 'start: there is no option --prot; did you mean --port?'],
    [['--verbose'], 'start: there is no option --verbose; there are --port and --help.'],
    [['8090'], 'start: 8090 is no option; there are --port and --help.'],
    [['--port'], 'start: --port needs a value, such as --port 8090.'],
    [['--port', '99999'], 'start: 99999 is no port: 1 to 65535, or 0 for a free one.'],
    [['--port=http'], 'start: http is no port: 1 to 65535, or 0 for a free one.'],
  ])('refuses %j in one line', async (args, line) => {
    expect(await refuse('start', ...args)).toBe(line);
  });
});

describe('scripts/deploy', () => {
  const help = './scripts/deploy --help lists the options.';
  it.each([
    [[], `deploy: --mode is missing: local, docker or systemd. ${help}`],
    [['--mode', 'cloud'], `deploy: there is no mode cloud: local, docker or systemd. ${help}`],
    [['--mode', 'local', '--port', '0x1'], `deploy: 0x1 is no port: 1 to 65535. ${help}`],
    [['--mode'], `deploy: --mode needs a value. ${help}`],
    [['--force'], `deploy: there is no option --force. ${help}`],
  ])('refuses %j in one line', async (args, line) => {
    expect(await refuse('deploy', ...args)).toBe(line);
  });

  it('shows what it would do', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brig-deploy-'));
    try {
      const file = join(folder, 'brig.env');
      writeFileSync(file, 'BRIG_LOG_LEVEL=warn\n');
      const systemd = await deploy('--mode', 'systemd', '--port', '8090', '--env-file', file);
      expect(systemd.stdout).toMatch(/^ExecStart=\S+ \S+\/dist\/cli\/main\.js serve --port 8090$/m);
      expect(systemd.stdout).toMatch(new RegExp(`^EnvironmentFile=${file}$`, 'm'));
      expect(systemd.stdout).toMatch(/^systemctl restart brig$/m);
      const { stdout } = await deploy('--mode', 'docker', '--env-file', file);
      expect(stdout).toContain('podman build --tag localhost/brig .');
      expect(stdout).toContain(`--publish 127.0.0.1:8080:8080 --env-file ${file}`);
      const missing = await deploy('--mode', 'local', '--env-file', join(folder, 'none'));
      expect([missing.exitCode, missing.stderr]).toEqual([
        1,
        expect.stringContaining('none cannot be read.'),
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
