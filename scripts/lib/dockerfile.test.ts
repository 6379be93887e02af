import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/paths.ts';

/* What the Dockerfile says of itself, and what its build makes of the parts of the image. No engine runs here. */

const run = promisify(execFile);
const readText = (file: string): string => readFileSync(join(packageRoot, file), 'utf8');
const manifest = JSON.parse(readText('package.json')) as {
  readonly version: string;
  readonly license: string;
  readonly description: string;
  readonly dependencies: Readonly<Record<string, string>>;
};
/** Instructions, each on one line. */
const instructions = readText('Dockerfile')
  .split('\n')
  .filter((line) => !line.startsWith('#'))
  .join('\n')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line.trim() !== '');

describe('the Dockerfile', () => {
  const copied = instructions.flatMap((line) => {
    const [word, ...paths] = line.split(/ +/);
    return word === 'COPY' && !line.includes('--from=') ? paths.slice(0, -1) : [];
  });

  it.each([...new Set(copied)])('copies %s, which is there and not ignored', (path) => {
    expect(existsSync(join(packageRoot, path))).toBe(true);
    const [all, ...allowed] = readText('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(all).toBe('*');
    expect(allowed.some((line) => line.startsWith('!') && `${path}/`.startsWith(`${line.slice(1)}/`))).toBe(
      true,
    );
  });

  it('has the labels of OCI, with the words of the package', () => {
    const labels = Object.fromEntries(
      instructions
        .filter((line) => line.startsWith('LABEL '))
        .flatMap((line) => [...line.matchAll(/([\w.]{1,100})="([^"]{0,300})"/g)])
        .map(([, name = '', value = '']) => [name.replace('org.opencontainers.image.', ''), value]),
    );
    expect(labels).toEqual({
      title: 'Brig',
      description: manifest.description,
      version: manifest.version,
      licenses: manifest.license,
      'base.name': '${BASE}',
      revision: '${REVISION}',
    });
  });

  it('names the commit in each image that it makes', () => {
    const stages = instructions.join('\n').split(/^FROM /m);
    const final = stages.filter((stage) => stage.includes('prepare-image.sh\nUSER '));
    expect(final).toHaveLength(2);
    for (const stage of final) expect(stage).toMatch(/ARG REVISION\nLABEL \S+revision="\$\{REVISION\}"$/m);
  });
});

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly dev?: boolean }>>;
}
const readLock = (): Lock => JSON.parse(readText('package-lock.json')) as Lock;

interface Component {
  readonly name: string;
  readonly version: string;
  readonly 'bom-ref': string;
  readonly purl: string;
  readonly licenses?: readonly unknown[];
}
interface Bill {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber?: string;
  readonly metadata: {
    readonly component: { readonly name: string; readonly 'bom-ref': string };
    readonly timestamp?: string;
  };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

describe('the bill of materials', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'brig-bill-'));
    const [, command = ''] = /(npm sbom .*) >npm\.cdx\.json/.exec(readText('Dockerfile')) ?? [];
    const [file = '', ...words] = command.split(' ');
    const { stdout } = await run(file, words, { cwd: packageRoot, maxBuffer: 1 << 26 });
    await writeFile(join(folder, 'npm.json'), stdout);
    const wheels = join(folder, 'wheels');
    for (const [name, lines] of [
      ['a', ['Name: A_b', 'Version: 1.2', 'License-Expression: MIT OR ISC']],
      [
        'c',
        [
          'Name: c',
          'Version: 3',
          'License: a long\n        text',
          'Classifier: License :: OSI Approved :: BSD License',
        ],
      ],
      ['d', ['Name: d', 'Version: 4']],
    ] as const) {
      await mkdir(join(wheels, `${name}-1.dist-info`), { recursive: true });
      await writeFile(join(wheels, `${name}-1.dist-info`, 'METADATA'), `${lines.join('\n')}\n\nText`);
    }
    const script = join(packageRoot, 'scripts', 'lib', 'bill_of_materials.py');
    await run('python3', [script, join(folder, 'npm.json'), folder, wheels]);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });
  const readBill = async (): Promise<Bill> =>
    JSON.parse(await readFile(join(folder, 'sbom.cdx.json'), 'utf8')) as Bill;

  it('is CycloneDX, the same for the same parts', async () => {
    const { serialNumber, ...bill } = await readBill();
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5' });
    expect([serialNumber, bill.metadata.timestamp, bill.metadata.component.name]).toEqual([
      ...[undefined, undefined, 'brig'],
    ]);
    const purls = bill.components.map(({ purl }) => purl);
    expect(new Set(purls).size).toBe(purls.length);
    const known = new Set([...bill.components, bill.metadata.component].map((one) => one['bom-ref']));
    const named = bill.dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]);
    expect(named.filter((ref) => !known.has(ref))).toEqual([]);
  });

  it('has every package of npm that the service loads, each with its licence, and none of the tests', async () => {
    const { components } = await readBill();
    const ofNpm = components.filter(({ purl }) => purl.startsWith('pkg:npm/'));
    const found = ofNpm.map(({ purl }) => decodeURIComponent(purl.replace('pkg:npm/', '')));
    const locked = Object.entries(readLock().packages).flatMap(([path, { version = '', dev = false }]) =>
      path === '' || dev ? [] : [`${path.replace(/^.*node_modules\//, '')}@${version}`],
    );
    expect(found.toSorted()).toEqual([...new Set(locked)].toSorted());
    for (const entry of Object.entries(manifest.dependencies)) expect(found).toContain(entry.join('@'));
    expect(ofNpm.filter(({ licenses = [] }) => licenses.length === 0)).toEqual([]);
  });

  it('has wheels, with the licence that each declares', async () => {
    const { components } = await readBill();
    const wheels = components.filter(({ purl }) => purl.startsWith('pkg:pypi/'));
    expect(wheels.map(({ purl, licenses }) => [purl, licenses])).toEqual([
      ['pkg:pypi/a-b@1.2', [{ expression: 'MIT OR ISC' }]],
      ['pkg:pypi/c@3', [{ license: { name: 'BSD License' } }]],
      ['pkg:pypi/d@4', undefined],
    ]);
    const page = await readFile(join(folder, 'LICENSES.md'), 'utf8');
    expect(page).toContain('| a-b | 1.2 | MIT OR ISC |\n');
    expect(page).toContain('| d | 4 | not declared |\n');
    expect(page).toContain(`| hono | ${manifest.dependencies['hono']} | MIT |\n`);
  });
});
