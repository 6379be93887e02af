import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/paths.ts';
import { isRunning } from './host-state.ts';
import { startServe, type ServeProcess } from './serve.ts';

/** A user that no distribution gives to anybody. */
export const USER = 12_345;
/** Ids that its jails get, where it has subordinate ones. */
export const FIRST_SUBORDINATE = 1_910_000_000;
const SUBORDINATES = 1000;

/** Settings for an ordinary user on a host that delegates no cgroup. */
export interface OrdinaryOptions {
  readonly hasSubordinateIds: boolean;
  readonly settings?: Record<string, string>;
}

export interface OrdinaryUser extends AsyncDisposable {
  /** A folder of the user's own. */
  readonly folder: string;
  /** The command that runs another as this user, in a checkout that it can read wherever that lies. */
  readonly asUser: readonly string[];
  readonly program: readonly [string, string];
  readonly settings: Record<string, string>;
}

/**
 * An ordinary user of this host: its checkout, its files, its subordinate ids or none. What it needs of /etc is mounted for its
 * processes alone.
 */
export async function createOrdinaryUser({
  hasSubordinateIds,
  settings,
}: OrdinaryOptions): Promise<OrdinaryUser> {
  if (process.getuid?.() !== 0) throw new Error('run this test as root: it becomes an ordinary user itself');
  if (hasSubordinateIds && !existsSync('/usr/bin/newuidmap'))
    throw new Error('newuidmap is missing: install it (Debian, Ubuntu: apt-get install uidmap)');
  const folder = await mkdtemp(join(tmpdir(), 'brig-ordinary-'));
  const [checkout, node, state] = [join(folder, 'checkout'), join(folder, 'node'), join(folder, 'state')];
  await chmod(folder, 0o755);
  for (const path of [checkout, state]) await mkdir(path, { mode: 0o755 });
  await chown(state, USER, USER);
  await writeFile(node, '');
  const passwd = await readFile('/etc/passwd', 'utf8');
  await writeFile(join(folder, 'passwd'), `${passwd}brig-ordinary:x:${USER}:${USER}::/nonexistent:/bin/sh\n`);
  const ranges = hasSubordinateIds ? `brig-ordinary:${FIRST_SUBORDINATE}:${SUBORDINATES}\n` : '';
  for (const name of ['subuid', 'subgid']) await writeFile(join(folder, name), ranges);
  // A checkout or a Node may lie below a folder that only root may enter.
  const mounts = [
    [packageRoot, checkout],
    [process.execPath, node],
    ...['passwd', 'subuid', 'subgid'].map((name) => [join(folder, name), `/etc/${name}`]),
  ].map(([from, to]) => `mount --bind '${from}' '${to}'`);
  const identity = ['--reuid', String(USER), '--regid', String(USER), '--clear-groups', '--inh-caps=-all'];
  return {
    folder: state,
    asUser: [
      'unshare',
      '-m',
      'sh',
      '-c',
      `${mounts.join(' && ')} && exec setpriv ${identity.join(' ')} "$@"`,
      'sh',
    ],
    program: [node, join(checkout, 'src', 'cli', 'main.ts')],
    settings: {
      BRIG_STATE_DIR: state,
      BRIG_OPTIONAL_LAYERS: 'memory,processes,cpu',
      HOME: state,
      TMPDIR: state,
      ...settings,
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Processes that run as this user, or as one of its jails. */
export function listOrdinary(): { readonly pid: number; readonly uid: number }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), uid: readUser(name) }))
    .filter(({ pid, uid }) => isIts(uid) && isRunning(pid));
}

const isIts = (uid: number): boolean =>
  uid === USER || (uid >= FIRST_SUBORDINATE && uid < FIRST_SUBORDINATE + SUBORDINATES);

function readUser(pid: string): number {
  try {
    return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return NaN;
  }
}

/** A service of that user. */
export const serveAs = ({ asUser, program, settings }: OrdinaryUser): Promise<ServeProcess> =>
  startServe(settings, [...asUser, ...program]);
