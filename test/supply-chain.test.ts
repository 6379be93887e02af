import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAdvisories } from '../scripts/lib/advisories.ts';
import {
  listPinnedPackages,
  pythonLocks,
  readNpmLock,
  readPythonLock,
} from '../scripts/lib/pinned-packages.ts';
import { packageRoot } from '../src/paths.ts';
import { readTable } from './support/markdown.ts';

const page = 'docs/supply-chain.md';
const readText = (file: string): string => readFileSync(join(packageRoot, file), 'utf8');
const manifest = JSON.parse(readText('package.json')) as Record<
  'dependencies' | 'devDependencies' | 'peerDependencies',
  Record<string, string>
> & { readonly allowScripts: Record<string, boolean> };
const namesIn = (heading: string): string[] =>
  readTable(page, heading).flatMap(([cell = '']) => (cell.startsWith('`') ? [cell.replaceAll('`', '')] : []));

describe('dependencies', () => {
  const all = Object.entries({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.peerDependencies,
  });

  it.each(all)('%s is pinned to one version', (_name, version) => {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('have a row each on the page, and no row is of anything else', () => {
    const runs = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    expect(namesIn('What the service runs').toSorted()).toEqual(runs.toSorted());
    expect(namesIn('What checks and tests use').toSorted()).toEqual(
      Object.keys(manifest.devDependencies)
        .filter((name) => !(name in manifest.peerDependencies))
        .toSorted(),
    );
  });

  it('are locked by hash, indirect ones included', () => {
    const lock = readNpmLock();
    expect(lock.length).toBeGreaterThan(all.length);
    expect(lock.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true)).toEqual([]);
  });

  it('bring no install script but those that are denied by name', () => {
    const bringing = new Set(
      readNpmLock().flatMap(([name, entry]) => (entry.hasInstallScript ? [name] : [])),
    );
    expect(manifest.allowScripts).toEqual(Object.fromEntries([...bringing].map((name) => [name, false])));
  });

  it.each(['scripts/setup', 'Dockerfile'])('are installed by %s without install scripts', (file) => {
    const installs = readText(file)
      .split('\n')
      .filter((line) => /\bnpm (ci|install|pack|prune)\b/.test(line));
    expect(installs.length).toBeGreaterThan(0);
    for (const line of installs) expect(line).toContain('--ignore-scripts');
  });

  it.each(pythonLocks)('of Python are locked by hash: %s', (file) => {
    const pinned = readPythonLock(file);
    expect(pinned.length).toBeGreaterThan(0);
    const entries = readText(file).split(/^(?=[\w.-]+==)/m);
    expect(entries.filter((entry) => /^[\w.-]+==/.test(entry) && !entry.includes('--hash=sha256:'))).toEqual(
      [],
    );
  });
});

describe('advisories', () => {
  let database: ReturnType<typeof createServer>;
  let url: string;
  /** Content of the database: advisories by package name, or a status in place of an answer. */
  let known: Record<string, string[]> | number = {};
  const asked: { package: { ecosystem: string; name: string }; version: string }[] = [];

  beforeAll(async () => {
    database = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (typeof known === 'number') return void response.writeHead(known).end();
        const holes = known;
        const { queries } = JSON.parse(Buffer.concat(chunks).toString()) as { queries: typeof asked };
        asked.push(...queries);
        const results = queries.map((query) => ({
          vulns: (holes[query.package.name] ?? []).map((id) => ({ id })),
        }));
        response.end(JSON.stringify({ results }));
      });
    }).listen(0, '127.0.0.1');
    await once(database, 'listening');
    url = `http://127.0.0.1:${(database.address() as AddressInfo).port}`;
  });
  afterAll(() => database.close());

  const check = async (): Promise<{ ok: boolean; lines: string[] }> => {
    const lines: string[] = [];
    return { ok: await checkAdvisories(url, (line) => lines.push(line)), lines };
  };

  it('are asked for every pinned package', async () => {
    known = {};
    asked.length = 0;
    expect(await check()).toMatchObject({ ok: true });
    expect(asked).toHaveLength(listPinnedPackages().length);
    const names = asked.map((query) => `${query.package.ecosystem} ${query.package.name}`);
    expect(names).toEqual(expect.arrayContaining(['npm hono', 'npm vitest', 'PyPI numpy', 'PyPI pip']));
  });

  it('of a package that the service runs fail the check', async () => {
    known = { hono: ['GHSA-0000-0000-0001'] };
    const { ok, lines } = await check();
    expect(ok).toBe(false);
    expect(lines[0]).toContain('npm hono');
    expect(lines[0]).toContain('GHSA-0000-0000-0001');
  });

  it('of a tool are shown', async () => {
    known = { vitest: ['GHSA-0000-0000-0002'] };
    const { ok, lines } = await check();
    expect(ok).toBe(true);
    expect(lines[0]).toContain('npm vitest');
  });

  it('that cannot be asked for are called unknown', async () => {
    known = 405;
    const { ok, lines } = await check();
    expect(ok).toBe(true);
    expect(lines).toEqual([
      expect.stringMatching(/could not be asked \(status 405\), so nothing is known of \d+ packages/),
    ]);
  });
});
