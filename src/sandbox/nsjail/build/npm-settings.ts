import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { JailFailure } from '../../sandbox.ts';
import { runTool } from '../../../host/process.ts';
import { findTrusted, readProxies } from '../../../host/network-settings.ts';
import { createRedactor, type Redact } from './redact.ts';

/** Access of this machine's npm to its registries, in a form that works inside a jail. */
export interface NpmSettings {
  /** Lines of npm's configuration; `{files}` stands for the folder of `files`. */
  readonly config: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** Certificates and their keys as text, by file name. */
  readonly files: Readonly<Record<string, string>>;
  /** Removes the secrets of the settings from a text. */
  readonly redact: Redact;
}

/** Options of npm that choose the source of packages; the build sets all others itself. */
const passed = new Set([
  ...['registry', 'replace-registry-host', 'strict-ssl', 'ca', 'cafile', 'cert', 'key'],
  ...['proxy', 'https-proxy', 'noproxy', 'local-address', 'maxsockets'],
  ...[
    'fetch-retries',
    'fetch-retry-factor',
    'fetch-retry-mintimeout',
    'fetch-retry-maxtimeout',
    'fetch-timeout',
  ],
]);
/** `@scope:registry` for a scope, and `//host/path/:_authToken` for one registry. */
const ofScope = /^@[^:\s]+:registry$/;
const ofRegistry = /^\/\/\S+:(_authToken|_auth|_password|username|email|certfile|keyfile)$/;
const secretOption = /(^|:)(_authToken|_auth|_password|key|cert)$/;
const fileOption = /(^|:)(cafile|certfile|keyfile)$/;

const valueSchema = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);
type Value = z.infer<typeof valueSchema>;

/*
 * Uses npm's own reader, which knows the files, their precedence and the variables in them. Leaves out the `.npmrc`
 * of the folder that the service was started in, which belongs to some other project.
 */
const listing = `
const { join } = require('node:path');
const npm = process.argv[1];
const Config = require(join(npm, 'node_modules/@npmcli/config'));
const definitions = require(join(npm, 'node_modules/@npmcli/config/lib/definitions'));
// npm's global configuration lies beside the npm that is used, whichever Node runs this.
const execPath = join(npm, '../../../bin/node');
const config = new Config({ ...definitions, npmPath: npm, argv: [execPath, npm], cwd: '/', env: process.env, warn: false, execPath });
config.load().then(() => {
  const layers = ['builtin', 'global', 'user', 'env'].map((layer) => config.data.get(layer)?.data ?? {});
  console.log(JSON.stringify(Object.assign({}, ...layers)));
});
`;

/**
 * Asks npm's own reader for its configuration: files of npm, the machine and the user, and npm_config_* variables.
 * @param npm the folder of npm.
 * @throws JailFailure when it cannot be read.
 */
export async function readNpmSettings(node: string, npm: string): Promise<NpmSettings> {
  const options = await readOptions(node, npm);
  const files: Record<string, string> = {};
  const config: string[] = [];
  const secrets: string[] = [];
  for (const [option, value] of Object.entries(options)) {
    if (!passed.has(option) && !ofScope.test(option) && !ofRegistry.test(option)) continue;
    if (secretOption.test(option)) secrets.push(...spell(value));
    const given = fileOption.test(option) ? await takeFile(files, value) : value;
    if (given === undefined) continue;
    for (const one of Array.isArray(given) ? given : [given]) {
      config.push(`${option}${Array.isArray(given) ? '[]' : ''}=${JSON.stringify(one)}`);
    }
  }
  const variables = readProxies();
  const trusted = findTrusted(process.env['NODE_EXTRA_CA_CERTS']);
  if (trusted !== undefined) {
    files['trusted.pem'] = await readFile(trusted, 'utf8');
    variables['NODE_EXTRA_CA_CERTS'] = '{files}/trusted.pem';
  }
  return {
    config,
    variables,
    files,
    redact: createRedactor([...config, ...Object.values(variables)], secrets),
  };
}

async function takeFile(files: Record<string, string>, value: Value): Promise<string | undefined> {
  const path = String(value);
  if (!existsSync(path) || !statSync(path).isFile()) return undefined;
  const name = `${Object.keys(files).length}.pem`;
  files[name] = await readFile(path, 'utf8');
  return `{files}/${name}`;
}

/** Returns the forms in which a secret may appear: `_auth` and `_password` are base64 of the secret. */
function spell(value: Value): string[] {
  const text = String(value);
  const plain = Buffer.from(text, 'base64').toString('utf8');
  return [text, plain, plain.slice(plain.indexOf(':') + 1)];
}

async function readOptions(node: string, npm: string): Promise<Record<string, Value>> {
  const { ok, stdout, stderr } = await runTool(node, ['-e', listing, npm]);
  const options = ok ? z.record(z.string(), z.unknown()).safeParse(parse(stdout)).data : undefined;
  if (options === undefined) {
    const detail = stderr.trim().split('\n').at(-1);
    throw new JailFailure("npm's configuration cannot be read.", {
      remedy: 'Look at `npm config list`.',
      detail,
    });
  }
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => {
      const { data } = valueSchema.safeParse(value);
      return data === undefined || data === '' ? [] : [[name, data] as const];
    }),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
