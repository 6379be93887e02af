import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scopes } from '../src/core/contract/keys.ts';
import { keyRecordSchema } from '../src/keys/key-file.ts';
import { packageRoot } from '../src/paths.ts';
import { replayConsole, runShell } from './support/console.ts';
import { findBlock, readBlocks, readTable } from './support/markdown.ts';
import { expectExchange, findExchanges } from './support/pages.ts';
import { until } from './support/serve.ts';
import { send } from './support/service.ts';

const SHOWN_FILE = '/etc/brig/keys.json';
const blocks = readBlocks('docs/keys.md');
const inHeading = (heading: string) =>
  findBlock(blocks, heading, 'console') ?? { at: '', text: '', language: '', heading };

/** Values that differ from run to run: keys, ids, times. */
const settle = (text: string): string =>
  text
    .replaceAll(/brig_[0-9a-f]{12}_[\w-]{43}/g, 'KEY')
    .replaceAll(/ [0-9a-f]{12} /g, ' ID ')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'TIME');

let folder: string;
let file: string;
let service: ChildProcess;
let url = '';
let said = '';
let log = '';

/** A service as an operator starts it: what it says and logs is read. */
async function serve(env: Record<string, string>): Promise<ChildProcess> {
  [url, said, log] = ['', '', ''];
  const child = spawn(process.execPath, [join(packageRoot, 'src/cli/main.ts'), 'serve'], {
    env: { ...process.env, BRIG_PORT: '0', BRIG_MAX_WARM_JAILS: '1', BRIG_PREPARE_RUNTIMES: 'off', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  await until(() => /docs\/keys.md/.test(said) || child.exitCode !== null, 60_000);
  url = /listens on (http:\S+)/.exec(said)?.[1] ?? '';
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await until(() => child.exitCode !== null || child.signalCode !== null, 30_000);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-docs-'));
  file = join(folder, 'keys.json');
});
afterAll(async () => {
  await stop(service);
  delete process.env['KEY'];
  await rm(folder, { recursive: true });
});

describe('the page of keys', () => {
  it('shows how a key is made, and how keys are listed', async () => {
    const block = inHeading('Make a key');
    const printed = await replayConsole({ ...block, text: block.text.replaceAll(SHOWN_FILE, file) });
    expect(settle(printed.replaceAll(file, SHOWN_FILE))).toBe(settle(block.text));
    process.env['KEY'] = /brig_[0-9a-f]{12}_[\w-]{43}/.exec(printed)?.[0] ?? '';
    service = await serve({ BRIG_KEYS_FILE: file });
    expect(said).toContain('API keys are asked for (docs/keys.md).');
  });

  it.each([...findExchanges(blocks), ...findExchanges(readBlocks('docs/errors/unauthorized.md'))])(
    'shows the answer to the curl of $at',
    async (exchange) => {
      await expectExchange(exchange, url);
    },
  );

  it('shows what is answered to a key that is over its rate', async () => {
    const headers = { 'x-api-key': process.env['KEY'] ?? '' };
    await Promise.all(Array.from({ length: 60 }, () => send(`${url}/nothing`, undefined, { headers })));
    for (const exchange of findExchanges(readBlocks('docs/errors/rate_limited.md')))
      await expectExchange(exchange, url);
  });

  it('shows the line that an execution leaves in the log', () => {
    const shown = JSON.parse(findBlock(blocks, 'In the log', 'json')?.text ?? '') as Record<string, unknown>;
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const line = lines.find(({ msg }) => msg === 'execution') ?? {};
    expect(Object.keys(line)).toEqual(Object.keys(shown));
    expect(line).toMatchObject({ key: 'ada', runtime: 'python', verdict: 'success', return_code: 0 });
    expect(lines.filter(({ msg }) => msg === 'not let in').map(({ reason }) => reason)).toEqual(
      expect.arrayContaining(['wrong_scope', 'no_key', 'over_rate']),
    );
    expect(log).not.toContain(process.env['KEY']);
  });

  it('has a row for each field of a key, and for each scope', () => {
    const fields = readTable('docs/keys.md', 'What a key has').flatMap((cells) =>
      cells.slice(0, 2).flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, word = '']) => word)),
    );
    const own = Object.keys(keyRecordSchema.shape).filter(
      (field) => !['id', 'sha256', 'created_at'].includes(field),
    );
    expect(fields).toEqual(expect.arrayContaining([...own, ...scopes]));
  });

  it('shows that an open service does not listen beyond loopback; elsewhere it says that it is open', async () => {
    const block = inHeading('Without keys');
    expect(await replayConsole(block)).toBe(block.text);
    await stop(service);
    service = await serve({});
    expect(said).toContain('Open: there are no API keys, so whoever is on this machine may run scripts');
    expect((await send(`${url}/runtimes`)).status).toBe(200);
  });
});

describe('the README', () => {
  it('makes a key that is printed once, and kept as a hash', async () => {
    const text = findBlock(readBlocks('README.md'), 'API keys', 'sh')?.text ?? '';
    const own = join(folder, 'readme.json');
    const { stdout } = await runShell(
      `${text.replaceAll(SHOWN_FILE, own)}\necho "made $KEY"\nbrig key list; cat ${own}; stat -c 'mode %a' ${own}; ` +
        'brig key revoke ada; brig key list; echo end',
    );
    const [, key = 'none'] = /^made (brig_\w{12}_[\w-]{43})$/m.exec(stdout) ?? [];
    expect(stdout.split(key)).toHaveLength(2);
    expect(settle(stdout)).toContain('ada              ID  execute; 60/m; 2 at once; memory_mb at most 512;');
    expect(stdout).toMatch(/"sha256": "[0-9a-f]{64}"[^]*mode 600\nend\n$/);
  });
});
