import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../src/paths.ts';

const source = join(packageRoot, 'test', 'schemas');
const spectralFolder = join(packageRoot, '.tools', 'spectral');
const jsonschemaFolder = join(packageRoot, '.tools', 'jsonschema');

/** Brings Spectral from npm and jsonschema from PyPI into .tools, where they are not there yet in the pinned versions. */
export async function installSchemaTools(): Promise<void> {
  await bring(spectralFolder, 'package-lock.json', () => {
    for (const name of ['package.json', 'package-lock.json'])
      copyFileSync(join(source, name), join(spectralFolder, name));
    return ['npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', spectralFolder]];
  });
  await bring(jsonschemaFolder, 'requirements.txt', () => {
    const options = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore', '--no-deps'];
    const hashed = ['--only-binary', ':all:', '--require-hashes', '-r', join(source, 'requirements.txt')];
    return ['python3', ['-m', 'pip', 'install', ...options, ...hashed, '--target', jsonschemaFolder]];
  });
}

async function bring(
  folder: string,
  lock: string,
  prepare: () => readonly [program: string, args: readonly string[]],
): Promise<void> {
  const wanted = createHash('sha256')
    .update(readFileSync(join(source, lock)))
    .digest('hex');
  const stamp = join(folder, '.brig-stamp');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { failed, stderr } = await execa(...prepare(), { reject: false });
  if (failed) throw new Error(`${folder} could not be filled: ${stderr}`);
  writeFileSync(stamp, wanted);
}

/** A result of Spectral; `severity` 0 is an error, 1 a warning. */
export interface Complaint {
  readonly code: string | number;
  readonly severity: number;
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Lets Spectral judge a document by all its rules for OpenAPI. */
export async function runSpectral(document: unknown): Promise<readonly Complaint[]> {
  const load = createRequire(join(spectralFolder, 'package.json'));
  const { Spectral } = load('@stoplight/spectral-core') as {
    Spectral: new () => {
      setRuleset(rules: unknown): void;
      run(document: unknown): Promise<readonly Complaint[]>;
    };
  };
  const { oas } = load('@stoplight/spectral-rulesets') as { oas: unknown };
  const spectral = new Spectral();
  spectral.setRuleset({ extends: [[oas, 'all']] });
  return spectral.run(document);
}

/** Schema of a tool, and a value that it describes, if there is one. */
export interface SchemaCase {
  readonly name: string;
  readonly schema: unknown;
  readonly value?: unknown;
}

/** Lets jsonschema check schemas against their metaschema, and values against them; returns what it complains about. */
export async function runJsonschema(cases: readonly SchemaCase[]): Promise<unknown> {
  const program = `import json, sys
from jsonschema.validators import Draft202012Validator, validator_for
said = []
for case in json.load(sys.stdin):
    kind = validator_for(case["schema"], default=Draft202012Validator)
    found = list(kind(kind.META_SCHEMA).iter_errors(case["schema"]))
    if not found and "value" in case:
        found = list(kind(case["schema"]).iter_errors(case["value"]))
    said += [[case["name"], error.json_path, error.message] for error in found]
json.dump(said, sys.stdout)`;
  const env = { PYTHONPATH: jsonschemaFolder, PYTHONDONTWRITEBYTECODE: '1' };
  const { stdout } = await execa('python3', ['-c', program], { input: JSON.stringify(cases), env });
  return JSON.parse(stdout);
}
