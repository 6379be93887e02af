/*
 * Reads a config of nsjail/, so that jails of the nursery have the mounts and limits of the text that a reviewer
 * reads. Lines that it does not know are refused: nothing of a jail is left out.
 */

/** A mount of a config, its flags by name. */
export interface ConfigMount {
  readonly place: string;
  /** Variable of the folder that is bound here, and the path in it; undefined for a new file system. */
  readonly source?: { readonly variable: string; readonly path: string } | undefined;
  readonly type?: string | undefined;
  readonly options: string;
  readonly isWritable: boolean;
  readonly isNosuid: boolean;
  readonly isNodev: boolean;
  readonly isNoexec: boolean;
  /** False when the jail does without it where the kernel refuses it. */
  readonly isNeeded: boolean;
}

/** The parts of a config that differ between kinds of jails. */
export interface JailConfig {
  readonly folder: string;
  readonly mounts: readonly ConfigMount[];
  /** Limits by the name that setrlimit(2) has for them, in its units; Infinity for none. */
  readonly limits: ReadonlyMap<string, number>;
  readonly variables: readonly string[];
}

/** Bytes of a unit of nsjail's config; one for those without. */
const units: Readonly<Record<string, number>> = {
  as: 2 ** 20,
  core: 2 ** 20,
  fsize: 2 ** 20,
  stack: 2 ** 20,
  memlock: 2 ** 10,
};

/** Settings that the nursery's steps have in every jail; a config with another value is refused. */
const fixed: Readonly<Record<string, string>> = {
  mode: 'ONCE',
  hostname: '"jail"',
  log_level: 'INFO',
  nice_level: '0',
  keep_env: 'false',
  keep_caps: 'false',
  disable_no_new_privs: 'false',
  skip_setsid: 'false',
  clone_newuser: 'true',
  clone_newns: 'true',
  clone_newpid: 'true',
  clone_newipc: 'true',
  clone_newuts: 'true',
  clone_newcgroup: 'true',
  clone_newnet: 'true',
  iface_no_lo: 'false',
};

/** Settings of nsjail itself. */
const ofNsjail = new Set(['name', 'time_limit']);

/** @throws Error at a line that it does not know. */
export function readJailConfig(text: string): JailConfig {
  const mounts: ConfigMount[] = [];
  const limits = new Map<string, number>();
  const variables: string[] = [];
  let folder = '/';
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('mount {')) {
      mounts.push(readMount(line));
      continue;
    }
    const [name, value] = splitAt(line, ': ');
    const limit = name.startsWith('rlimit_') ? name.slice('rlimit_'.length) : undefined;
    if (limit !== undefined) readLimit(limits, limit, value, line);
    else if (name === 'envar') variables.push(unquote(value));
    else if (name === 'cwd') folder = unquote(value);
    else if (fixed[name] !== value && !ofNsjail.has(name)) throw unknown(line);
  }
  return { folder, mounts, limits, variables };
}

function readLimit(limits: Map<string, number>, name: string, value: string, line: string): void {
  if (name.endsWith('_type')) {
    if (value === 'INF') limits.set(name.slice(0, -'_type'.length), Number.POSITIVE_INFINITY);
    else if (value !== 'VALUE') throw unknown(line);
    return;
  }
  const amount = Number(value);
  if (!Number.isSafeInteger(amount)) throw unknown(line);
  limits.set(name, amount * (units[name] ?? 1));
}

function readMount(line: string): ConfigMount {
  const fields = readFields(line);
  const flag = (name: string, otherwise = false): boolean =>
    (fields.get(name) ?? String(otherwise)) === 'true';
  const variable = fields.get('prefix_src_env');
  if (flag('is_bind') !== (variable !== undefined) || !fields.has('dst')) throw unknown(line);
  return {
    place: fields.get('dst') ?? '',
    source: variable === undefined ? undefined : { variable, path: fields.get('src') ?? '' },
    type: fields.get('fstype'),
    options: fields.get('options') ?? '',
    isWritable: flag('rw'),
    isNosuid: flag('nosuid'),
    isNodev: flag('nodev'),
    isNoexec: flag('noexec'),
    isNeeded: flag('mandatory', true),
  };
}

const mountFields = new Set(
  'prefix_src_env src dst is_bind rw nosuid nodev noexec fstype options mandatory'.split(' '),
);

/** Reads `mount { name: value name: "value" }`. */
function readFields(line: string): Map<string, string> {
  const fields = new Map<string, string>();
  let rest = line.slice('mount {'.length).trim();
  while (rest !== '}') {
    const [name, after] = splitAt(rest, ': ');
    if (!mountFields.has(name) || fields.has(name)) throw unknown(line);
    const isText = after.startsWith('"');
    const end = isText ? after.indexOf('"', 1) + 1 : after.indexOf(' ');
    if (end <= 0) throw unknown(line);
    fields.set(name, isText ? unquote(after.slice(0, end)) : after.slice(0, end));
    rest = after.slice(end).trim();
  }
  return fields;
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

const unquote = (text: string): string => text.slice(1, -1);

const unknown = (line: string): Error =>
  new Error(`The nursery does not know this line of a jail's config: ${line}`);
