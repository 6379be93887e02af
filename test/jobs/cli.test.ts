import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runShell } from '../support/console.ts';
import { startService, type TestService } from '../support/service.ts';

const KEY = 'a-key-for-jobs-of-this-test';
let service: TestService;
let folder: string;
beforeAll(async () => {
  service = await startService({ BRIG_API_KEYS: `ada=${KEY},bob=another-key-of-this-test` });
  folder = await mkdtemp(join(tmpdir(), 'brig-job-cli-'));
  await writeFile(join(folder, 'wrong'), 'a-key-of-nobody\n');
  await writeFile(join(folder, 'key'), `${KEY}\n`);
  await writeFile(
    join(folder, 'sum.py'),
    'def main(*n):\n    print(open("raw", "rb").read())\n    return sum(n)\n',
  );
  await writeFile(join(folder, 'raw'), Buffer.from([0, 255]));
  await writeFile(join(folder, 'bad.py'), 'def main():\n    return 1 / 0\n');
  await writeFile(join(folder, 'long.py'), 'import time\ndef main():\n    time.sleep(60)\n');
});
afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs `brig job` with the options of the service; returns what it said, and its exit status. */
async function job(
  command: string,
  keyFile = 'key',
): Promise<{ readonly said: string; readonly status: number }> {
  const options = `--url ${service.url} --key-file ${keyFile}`;
  const { stdout } = await runShell(`cd '${folder}'; exec 2>&1; brig job ${command} ${options}; echo "#$?"`);
  const at = stdout.lastIndexOf('#');
  return { said: stdout.slice(0, at).trim(), status: Number(stdout.slice(at + 1)) };
}

describe('brig job', () => {
  it('submits, waits, shows and lists', async () => {
    const { said: id, status } = await job(
      'submit sum.py -a 1 -a 12345678901234567890 --file raw --retention 600',
    );
    expect(status).toBe(0);
    expect(id).toMatch(/^[\w-]{22}$/);
    expect(await job(`wait ${id}`)).toEqual({ said: "b'\\x00\\xff'\n12345678901234567891", status: 0 });
    const shown = JSON.parse((await job(`show ${id}`)).said) as object;
    expect(shown).toMatchObject({ id, state: 'done', outcome: { success: true } });
    expect((await job('list --state done --limit 5')).said).toContain(`${id}  done`);
    const again = await job('submit sum.py -a 1 --idempotency-key k');
    expect(await job('submit sum.py -a 1 --idempotency-key k')).toEqual(again);
  });

  it('ends as the script did, and cancels', async () => {
    const { said: bad } = await job('submit bad.py');
    const { said, status } = await job(`wait ${bad}`);
    expect(said).toContain('ZeroDivisionError');
    expect(status).toBe(1);
    const { said: long } = await job('submit long.py');
    expect(await job(`wait ${long} --seconds 0.2`)).toMatchObject({ status: 75 });
    expect(await job(`cancel ${long}`)).toEqual({ said: 'cancelled', status: 0 });
    expect(await job(`wait ${long}`)).toMatchObject({
      said: expect.stringContaining('cancelled'),
      status: 75,
    });
  });

  it('says what is wrong', async () => {
    expect(await job('show nothing')).toMatchObject({
      said: expect.stringContaining('There is no such job.'),
      status: 66,
    });
    expect(await job('submit sum.py --priority 12')).toMatchObject({
      said: expect.stringContaining('priority: must be at most 9'),
      status: 64,
    });
    expect((await job('list', 'sum.py')).status).toBe(64);
    expect((await job('list', 'wrong')).status).toBe(77);
    expect((await job('list', 'missing')).status).toBe(66);
    expect((await job('list --url http://127.0.0.1:1')).said).not.toContain('fault of Brig');
    const { stdout } = await runShell('exec 2>&1; brig job list --url http://127.0.0.1:1; echo "#$?"');
    expect(stdout).toContain('No answer from http://127.0.0.1:1.');
    expect(stdout).toContain('#69');
  });
});
