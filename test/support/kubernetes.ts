import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { execa } from 'execa';
import { packageRoot } from '../../src/paths.ts';

/** The oldest version that the chart accepts. */
const VERSION = '1.36.0';
const tools = join(packageRoot, '.tools', 'kubernetes');
const folder = join(tools, 'kubernetes_validate', 'kubernetes-json-schema', `v${VERSION}-local-strict`);

/** Brings the schemas of Kubernetes from PyPI into .tools, where they are not there yet. */
export async function bringSchemas(): Promise<void> {
  if (existsSync(join(folder, '_definitions.json'))) return;
  const download = await mkdtemp(join(packageRoot, '.tools', 'download-'));
  try {
    const requirements = join(packageRoot, 'test', 'kubernetes', 'requirements.txt');
    const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes'];
    const { failed, stderr } = await execa(
      'python3',
      ['-m', 'pip', 'download', ...options, '--dest', download, '--requirement', requirements],
      { reject: false },
    );
    if (failed) throw new Error(`The schemas of Kubernetes could not be fetched from PyPI: ${stderr}`);
    const [wheel = ''] = await readdir(download);
    const unpack = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    wheel.extractall(sys.argv[2], [name for name in wheel.namelist() if sys.argv[3] in name])`;
    await execa('python3', ['-c', unpack, join(download, wheel), tools, `/v${VERSION}-local-strict/`]);
  } finally {
    await rm(download, { recursive: true });
  }
}

/** An object of a manifest. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Record<string, unknown>;
}

const readSchema = (name: string): object => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object;

/** Returns what Kubernetes would say about an object's fields; empty where all are known and of the right type. */
export function complainAbout(manifest: Manifest): string[] {
  const group = manifest.apiVersion.replace('.k8s.io/', '/').replace('/', '-');
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(readSchema('_definitions.json'));
  const validate = ajv.compile(readSchema(`${manifest.kind.toLowerCase()}-${group}.json`));
  if (validate(manifest)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, JSON.stringify(params)].join(' '),
  );
}
