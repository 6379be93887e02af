import { randomBytes } from 'node:crypto';
import { readdir, readlink, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../make-folder.ts';
import { packageRoot } from '../../paths.ts';
import { judgeOwner, ownName } from '../owner.ts';
import { runTool } from './process.ts';

/** Device nodes for jails: a lock on a node, which the kernel keeps with its file, is then a jail's own affair. */
export interface DevicePool {
  /** A folder with the nodes, which no other jail has until it is given back. */
  take(): Promise<string>;
  giveBack(folder: string): void;
  /** Removes the nodes; every jail has to be gone. */
  close(): Promise<void>;
}

/** The host's own nodes: where the service may make none, jails share them with everybody. */
const HOST_DEVICES = '/dev';
/** Making them costs a start of the interpreter, 20 ms. */
const AT_ONCE = 32;
let pools = 0;

/** Makes the first nodes below `parent`; where none can be made or opened, jails get the host's. */
export async function openDevices(python: string, parent: string): Promise<DevicePool> {
  const shared: DevicePool = {
    take: () => Promise.resolve(HOST_DEVICES),
    giveBack: () => undefined,
    close: () => Promise.resolve(),
  };
  if (process.getuid?.() !== 0) return shared;
  await sweep(parent);
  pools += 1;
  // A jail sees the path of its nodes (/proc/self/mountinfo): the name of their owner, its pid in it, leads to them instead.
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

/** Removes what services left that were killed. */
async function sweep(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names)
    if (judgeOwner(name) === 'dead') await removeNodes(parent, name).catch(() => undefined);
}

async function removeNodes(parent: string, link: string): Promise<void> {
  const target = await readlink(join(parent, link));
  // Only what a service made: a name of its own beside the link.
  if (/^[0-9a-f]{16}$/.test(target)) await rm(join(parent, target), { recursive: true, force: true });
  await rm(join(parent, link), { force: true });
}
