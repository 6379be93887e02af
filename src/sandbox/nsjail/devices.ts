import { randomBytes } from 'node:crypto';
import { readdir, readlink, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../make-folder.ts';
import { packageRoot } from '../../paths.ts';
import { judgeOwner, ownName } from '../owner.ts';
import { runTool } from '../../host/process.ts';

/**
 * Device nodes for jails. Each jail has its own, so that a lock on a node, which the kernel keeps with its file,
 * affects no other jail.
 */
export interface DevicePool {
  /** Folder of all sets of nodes; undefined where jails have the host's. */
  readonly root: string | undefined;
  /** Returns a folder of nodes that no other jail has until it is given back. */
  take(): Promise<string>;
  giveBack(folder: string): void;
  /** Removes the nodes; every jail must be gone. */
  close(): Promise<void>;
}

/** The host's own nodes, which jails share where the service cannot make any. */
const HOST_DEVICES = '/dev';
/** Nodes made in one go, because each go starts the interpreter (20 ms). */
const AT_ONCE = 32;
let pools = 0;

/** Makes the first nodes below `parent`; jails get the host's where none can be made or opened. */
export async function openDevices(python: string, parent: string): Promise<DevicePool> {
  const shared: DevicePool = {
    root: undefined,
    take: () => Promise.resolve(HOST_DEVICES),
    giveBack: () => undefined,
    close: () => Promise.resolve(),
  };
  if (process.getuid?.() !== 0) return shared;
  await sweep(parent);
  pools += 1;
  // Random, because a jail sees the path of its nodes (/proc/self/mountinfo); the link, whose name holds the
  // service's pid, stays outside.
  const name = randomBytes(8).toString('hex');
  const root = join(parent, name);
  const link = join(parent, `${ownName()}-${pools}`);
  const free: string[] = [];
  let made = 0;
  let making: Promise<void> | undefined;
  const make = async (): Promise<void> => {
    const first = made;
    made += AT_ONCE;
    const program = join(packageRoot, 'nsjail', 'make_devices.py');
    const args = ['-I', '-S', '-B', program, root, String(first), String(AT_ONCE)];
    const { ok, stderr } = await runTool(python, args);
    if (!ok) throw new Error(`Device nodes cannot be made: ${stderr.trim().split('\n').at(-1) ?? ''}`);
    for (let index = first; index < made; index += 1) free.push(join(root, String(index)));
  };
  const remove = async (): Promise<void> => {
    await rm(root, { recursive: true, force: true });
    await rm(link, { force: true });
  };
  try {
    await makeFolder(parent);
    await symlink(name, link);
    await make();
  } catch {
    await remove().catch(() => undefined);
    return shared;
  }
  return {
    root,
    take: async () => {
      for (;;) {
        const folder = free.pop();
        if (folder !== undefined) return folder;
        making ??= make().finally(() => (making = undefined));
        await making;
      }
    },
    giveBack: (folder) => void free.push(folder),
    close: remove,
  };
}

/** Removes the nodes of services that were killed. */
async function sweep(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names)
    if (judgeOwner(name) === 'dead') await removeNodes(parent, name).catch(() => undefined);
}

async function removeNodes(parent: string, link: string): Promise<void> {
  const target = await readlink(join(parent, link));
  // Removes only folders that a service made, whose names have this form.
  if (/^[0-9a-f]{16}$/.test(target)) await rm(join(parent, target), { recursive: true, force: true });
  await rm(join(parent, link), { force: true });
}
