import { join } from 'node:path';
import { startMessenger } from '../../host/process.ts';
import { packageRoot } from '../../paths.ts';
import type { FromKeeper, KeeperOptions, OpenOrder, ToKeeper } from './messages.ts';
import type { Door } from '../plan-doors.ts';
import { createOpenings, discard } from './openings.ts';
import { createResolver } from './resolve.ts';
import { createSession, type Session } from './session.ts';
import { createTurnstile } from './turnstile.ts';

/*
 * The doorkeeper: a process of the service beside it, which passes on the bytes of scripts. What a script makes it do
 * delays no request. It ends when the service does.
 */

const options = JSON.parse(process.argv[2] ?? '') as KeeperOptions;
const openings = createOpenings(() =>
  startMessenger(options.python, ['-I', '-S', '-B', join(packageRoot, 'nsjail', 'opener.py')]),
);
/** Sessions by id, from the order to open them on. */
const sessions = new Map<number, Session>();
const turnstile = createTurnstile(options.allAtOnce);

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
    await listenAll(session, doors, handles);
    tell({ type: 'opened', id });
  } catch (error) {
    sessions.delete(id);
    session.close();
    tell({ type: 'failed', id, detail: (error as Error).message });
  }
}

/** Listens at each door; where one fails, the sockets of all others are closed too. */
async function listenAll(
  session: Session,
  doors: readonly Door[],
  handles: readonly object[],
): Promise<void> {
  for (const [index, handle] of handles.entries()) {
    const door = doors[index];
    try {
      if (door !== undefined) await session.listen(door, handle);
    } catch (error) {
      handles.slice(index).forEach(discard);
      throw error;
    }
  }
}

process.on('message', (message: ToKeeper) => {
  if (message.type === 'open') return void open(message);
  const session = sessions.get(message.id);
  sessions.delete(message.id);
  if (session !== undefined) tell({ type: 'closed', id: message.id, report: session.close() });
});
process.on('disconnect', () => process.exit(0));
