import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groupNames } from '../attacks/attack.ts';
import { catalogue } from '../attacks/catalogue/index.ts';
import { layersOff } from '../attacks/matrix/layers.ts';
import { measureMatrix } from '../attacks/matrix/draw-matrix.ts';
import { jailGroups, type Row } from '../attacks/matrix/measure-row.ts';
import { sealedReportSchema } from '../attacks/report/seal.ts';
import { packageRoot } from '../src/paths.ts';
import { readPage } from './support/markdown.ts';
import { startService, type TestService } from './support/service.ts';

const HANG_MS = 300_000;

const attack = (...words: string[]) =>
  execa(process.execPath, [join(packageRoot, 'attacks/main.ts'), ...words], {
    reject: false,
    env: { BRIG_RUNTIMES: 'python' },
  });

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brig-attack-suite-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('./scripts/attack', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startService({ BRIG_RUNTIMES: 'python' });
  });
  afterAll(() => service.close());

  it(
    'attacks a service by its port, and writes a report that can be checked',
    async () => {
      const groups = ['filesystem', 'identity', 'door'] as const;
      const { exitCode, stdout } = await attack(service.url, '--report', folder, '--group', ...groups);
      expect(exitCode, stdout).toBe(0);
      const text = await readFile(join(folder, 'report.json'), 'utf8');
      const { report } = sealedReportSchema.parse(JSON.parse(text));
      const all = groups.flatMap((group) => catalogue[group]);
      expect(report.results).toHaveLength(all.length);
      expect(report.results.filter(({ verdict }) => verdict === 'held').length).toBeGreaterThan(30);
      expect(report.layers).toMatchObject({ network: 'namespace' });
      expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('everything held');
      expect(await attack('--verify', join(folder, 'report.json'))).toMatchObject({ exitCode: 0 });
    },
    HANG_MS,
  );

  it(
    'attacks a service of its own, and looks at what is left of it on the host',
    async () => {
      const { exitCode, stdout } = await attack('--group', 'identity');
      expect(exitCode, stdout).toBe(0);
      expect(stdout).toMatch(/held: leaks: .*processes, cgroups, mounts/);
    },
    HANG_MS,
  );

  it('says that something got through where a service answers anything else', async () => {
    const health = await (await fetch(`${service.url}/health`)).text();
    const liar = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      if (request.url === '/health') return response.end(health);
      if (request.url === '/runtimes')
        return response.end('{"runtimes":[{"name":"python","available":true}]}');
      return response.end('{"success":true,"result":42,"stdout":"","stderr":"","return_code":0}');
    });
    await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(liar.address() as AddressInfo).port}`;
    const { exitCode, stdout } = await attack(url, '--group', 'identity');
    liar.close();
    expect(exitCode).toBe(1);
    expect(stdout).toContain('got through: identity');
    expect(stdout).not.toMatch(/^held/m);
  });

  it('ends with 2 where there is nothing to attack', async () => {
    expect(await attack('http://127.0.0.1:1')).toMatchObject({ exitCode: 2 });
  });
});

describe('the matrix', () => {
  const groups = ['filesystem', 'identity', 'network'] as const;
  const wanted = new Set(['none', 'seccomp filter', 'network namespace', 'dropped capabilities']);
  let rows: ReadonlyMap<string, Row>;
  beforeAll(async () => {
    const layers = layersOff.filter(({ name }) => wanted.has(name));
    const measured = await measureMatrix({ layers, groups, env: process.env, onRow: () => undefined });
    rows = new Map(measured.map((row) => [row.layer.name, row]));
  }, HANG_MS);
  const titles = (name: string): string[] => rows.get(name)?.breaches.map(({ title }) => title) ?? ['no row'];

  it('lets nothing through, and has nothing to notice, where no layer is off', () => {
    expect(rows.get('none')).toMatchObject({ breaches: [], noticed: [] });
  });

  it('shows what stands against the filter alone, that the probe notices, and that files stay out of reach', () => {
    expect(titles('seccomp filter')).toContain('AF_VSOCK, which a network namespace does not confine');
    expect(rows.get('seccomp filter')?.noticed).toContain('syscalls');
    expect(rows.get('seccomp filter')?.breaches.filter(({ group }) => group === 'filesystem')).toEqual([]);
  });

  it("shows that the host's ports are reached without a network namespace, and nothing beyond them tried", () => {
    expect(titles('network namespace')).toContain('a port of the host on its loopback');
    expect(titles('network namespace')).not.toContain('the internet');
    expect(rows.get('network namespace')?.noticed).toContain('network');
  });

  it('shows that capabilities in a namespace of their own change nothing outside', () => {
    expect(rows.get('dropped capabilities')?.noticed).toContain('identity');
    expect(titles('dropped capabilities')).not.toContain(
      'a file of the host that everybody may read and write',
    );
  });
});

describe('the page of the matrix', () => {
  const page = readPage('docs/attack-matrix.md');

  it('has a row for each layer, and a column for each group that reaches a jail', () => {
    for (const { name } of layersOff) expect(page, name).toMatch(new RegExp(`^\\| ${name} +\\| `, 'm'));
    const head = /^\| layer off .*$/m.exec(page)?.[0] ?? '';
    for (const group of jailGroups) expect(head).toContain(`| ${group} `);
  });

  it('says of what got through only what the catalogue has', () => {
    const known = new Set(
      groupNames.flatMap((group) => catalogue[group].map(({ title }) => `${group}: ${title}`)),
    );
    const named = [...page.matchAll(/^- ([\w ]+): \*\*(.+?)\*\*/gm)].map(
      ([, group, title]) => `${group}: ${title}`,
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((one) => !known.has(one.replaceAll('\\', '')))).toEqual([]);
  });

  it('lets nothing through where no layer is off', () => {
    expect(page).toMatch(/^\| none +\|[^|]+\| no +(\| · +)+\|$/m);
  });
});
