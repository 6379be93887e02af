import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

interface PackageFiles {
  readonly name: string;
  readonly version?: string;
  /** More of its package.json. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, string>>;
}

/** A registry of packages of our own, on the loopback, which a build jail reaches as it does any other. */
export interface NpmRegistry extends AsyncDisposable {
  /** With a slash at its end. */
  readonly url: string;
  /** The hash of a package's archive, as a lock has it. */
  integrityOf(name: string): string;
  /** Paths that were asked for. */
  readonly requests: readonly string[];
}

/** @param token without it nothing is given. A package called `stuck` is announced and never sent. */
export async function startNpmRegistry(
  token: string,
  packages: readonly PackageFiles[],
): Promise<NpmRegistry> {
  const archives = new Map(packages.map((one) => [one.name, pack(one)]));
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').slice(1);
    requests.push(path);
    const [name = '', isArchive] = path.split('/-/');
    const archive = archives.get(name);
    if (request.headers.authorization !== `Bearer ${token}`)
      return response.writeHead(401).end(`not ${token}`);
    if (archive === undefined) return response.writeHead(404).end('{}');
    if (isArchive === undefined) return response.end(describe(name));
    return name.endsWith('stuck') ? undefined : response.end(archive);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const integrityOf = (name: string): string =>
    `sha512-${createHash('sha512')
      .update(archives.get(name) ?? '')
      .digest('base64')}`;
  const describe = (name: string): string => {
    const { version = '1.0.0', manifest } = packages.find((one) => one.name === name) ?? {};
    const dist = { tarball: `${url}${name}/-/archive-${version}.tgz`, integrity: integrityOf(name) };
    const versions = { [version]: { name, version, ...manifest, dist } };
    return JSON.stringify({ name, 'dist-tags': { latest: version }, versions });
  };
  return {
    ...{ url, integrityOf, requests },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pack({ name, version = '1.0.0', manifest, files }: PackageFiles): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'npm-package-'));
  const all = { ...files, 'package.json': JSON.stringify({ name, version, ...manifest }) };
  for (const [path, text] of Object.entries(all)) {
    const file = join(folder, 'package', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  execFileSync('tar', ['-czf', join(folder, 'archive.tgz'), '-C', folder, 'package']);
  const archive = readFileSync(join(folder, 'archive.tgz'));
  rmSync(folder, { recursive: true });
  return archive;
}
