import { join } from 'node:path';
import { startMessenger } from '../../host/process.ts';
import { packageRoot } from '../../paths.ts';
import type { FromKeeper, KeeperOptions, OpenOrder, ToKeeper } from './messages.ts';
import { createOpenings } from './openings.ts';
import { createResolver } from './resolve.ts';
import { createSession, type Session, type Turnstile } from './session.ts';

/*
 * The doorkeeper: a process of the service beside it, which passes on the bytes of scripts. What a script makes it do
 * delays no request. It ends when the service does.
 */

const options = JSON.parse(process.argv[2] ?? '') as KeeperOptions;
const openings = createOpenings(() =>
  startMessenger(options.python, ['-I', '-S', '-B', join(packageRoot, 'nsjail', 'opener.py')]),
);
/** Sessions by id; undefined while their doors are being opened. */
const sessions = new Map<number, Session>();
const turnstile = createTurnstile(options.allAtOnce);

function createTurnstile(most: number): Turnstile {
  let inside = 0;
  return {
    enter: () => {
      if (inside >= most) return false;
      inside += 1;
      return true;
    },
    leave: () => {
      inside -= 1;
    },
  };
}

const tell = (message: FromKeeper): void => {
  if (process.connected) process.send?.(message);
};

async function open(order: OpenOrder): Promise<void> {
  const { id, doors, grant } = order;
  const resolver = createResolver({ servers: options.dns });
  const session = createSession(doors, { grant, bounds: options, resolver, turnstile });
  sessions.set(id, session);
  try {
    const handles = await openings.open(order);
    for (const [index, handle] of handles.entries()) {
      const door = doors[index];
      if (door !== undefined) await session.listen(door, handle);
    }
    tell({ type: 'opened', id });
  } catch (error) {
    sessions.delete(id);
    session.close();
    tell({ type: 'failed', id, detail: (error as Error).message });
  }
}

process.on('message', (message: ToKeeper) => {
  if (message.type === 'open') return void open(message);
  const session = sessions.get(message.id);
  sessions.delete(message.id);
  if (session !== undefined) tell({ type: 'closed', id: message.id, report: session.close() });
});
process.on('disconnect', () => process.exit(0));
