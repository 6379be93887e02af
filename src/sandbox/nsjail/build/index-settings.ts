import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { JailFailure } from '../../sandbox.ts';
import { runTool } from '../../../host/process.ts';
import { findTrusted, readProxies } from '../../../host/network-settings.ts';
import { createRedactor, type Redact } from './redact.ts';

/** Access of this machine's pip to its indexes, in a form that works inside a jail. */
export interface IndexSettings {
  /** Environment variables; `{files}` stands for the folder of `files`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Certificates as text, by file name. */
  readonly files: Readonly<Record<string, string>>;
  /** Folders with packages that the jail has to see. */
  readonly folders: readonly string[];
  /** Removes the secrets of the settings from a text. */
  readonly redact: Redact;
}

/** Options of pip that choose the source of packages; the build sets all others itself. */
const passed = new Set([
  'index-url',
  'extra-index-url',
  'no-index',
  'find-links',
  'trusted-host',
  'proxy',
  'timeout',
  'default-timeout',
  'retries',
  'cert',
  'client-cert',
]);
/** Scopes of pip's configuration, the strongest last. */
const scopes = ['global', 'install', ':env:'];
/** Folder of packages inside the jail, to which a number is added. */
export const linkFolder = '/work/links';

/**
 * Asks pip for its configuration: files of the machine and the user, and PIP_* variables.
 * @throws JailFailure when it cannot be read.
 */
export async function readIndexSettings(python: string, wheel: string): Promise<IndexSettings> {
  const options = await readOptions(python, wheel);
  const { cert, 'client-cert': clientCert, 'find-links': links, ...plain } = options;
  const found = findLinks(links);
  const files: Record<string, string> = {};
  const variables: Record<string, string> = {};
  const addFile = async (path: string | undefined, name: string, ...to: string[]): Promise<void> => {
    if (path === undefined || !existsSync(path) || !statSync(path).isFile()) return;
    files[name] = await readFile(path, 'utf8');
    for (const variable of to) variables[variable] = `{files}/${name}`;
  };
  for (const [option, value] of Object.entries(plain)) variables[toVariable(option)] = value;
  if (found.value !== '') variables['PIP_FIND_LINKS'] = found.value;
  const trusted = findTrusted();
  await addFile(cert, 'cert.pem', 'PIP_CERT');
  await addFile(trusted, 'trusted.pem', 'SSL_CERT_FILE');
  await addFile(clientCert, 'client.pem', 'PIP_CLIENT_CERT');
  Object.assign(variables, readProxies());
  return { variables, files, folders: found.folders, redact: createRedactor(Object.values(variables)) };
}

const toVariable = (option: string): string => `PIP_${option.toUpperCase().replaceAll('-', '_')}`;

const listing = `
import ast, json, subprocess, sys
text = subprocess.run([sys.executable, "-I", sys.argv[1] + "/pip", "config", "list"], capture_output=True, text=True, check=True).stdout
pairs = [line.partition("=") for line in text.splitlines() if "=" in line]
print(json.dumps([[name, ast.literal_eval(value)] for name, _, value in pairs]))
`;

async function readOptions(python: string, wheel: string): Promise<Record<string, string>> {
  const { ok, stdout, stderr } = await runTool(python, ['-I', '-c', listing, wheel]);
  if (!ok) {
    const detail = stderr.trim().split('\n').at(-1);
    throw new JailFailure("pip's configuration cannot be read.", {
      remedy: 'Look at `pip config list`.',
      detail,
    });
  }
  const pairs = z.array(z.tuple([z.string(), z.string()])).parse(JSON.parse(stdout));
  const options: Record<string, string> = {};
  for (const scope of scopes) {
    for (const [key, value] of pairs) {
      const option = key.startsWith(`${scope}.`) ? key.slice(scope.length + 1) : '';
      if (passed.has(option) && value !== '') options[option] = value;
    }
  }
  return options;
}

/** Replaces folders by their mount points in the jail; addresses stay as they are. */
function findLinks(links: string | undefined): { value: string; folders: string[] } {
  const folders: string[] = [];
  const places = (links ?? '')
    .split(/\s+/)
    .filter(Boolean)
    .flatMap((place) => {
      if (/^https?:/.test(place)) return [place];
      const folder = resolve(place.replace(/^file:\/\//, ''));
      if (!isReachable(folder)) return [];
      folders.push(folder);
      return [`${linkFolder}/${folders.length - 1}`];
    });
  return { value: places.join(' '), folders };
}

/**
 * True when a jail's user, who owns nothing on the host, can read a folder. Excludes colons, with which nsjail
 * separates the parts of a mount.
 */
function isReachable(folder: string): boolean {
  if (folder.includes(':') || !existsSync(folder) || !statSync(folder).isDirectory()) return false;
  if (process.getuid?.() !== 0) return true;
  for (let path = folder; ; path = dirname(path)) {
    if ((statSync(path).mode & 0o001) === 0) return false;
    if (path === '/') return true;
  }
}
