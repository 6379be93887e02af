import type { Messenger } from '../../host/process.ts';
import type { OpenOrder } from './messages.ts';

/** Listening sockets of jails, made by nsjail/opener.py. */
export interface Openings {
  /** Returns handles of listening sockets, one for each door in order. @throws Error with what the opener says. */
  open(order: Pick<OpenOrder, 'jail' | 'doors' | 'addresses'>): Promise<readonly object[]>;
}

interface Pending {
  /** The opener that was asked. */
  readonly asked: Messenger;
  readonly handles: object[];
  readonly count: number;
  readonly done: PromiseWithResolvers<readonly object[]>;
}

/** Milliseconds that the opener may take; it gives up on a jail after five seconds. */
const PATIENCE_MS = 8000;

interface FromOpener {
  readonly id?: number;
  readonly error?: string;
}

/**
 * @param start starts the opener; called again after one has ended.
 * @param patienceMs time that it may take for one jail, and for those before it.
 */
export function createOpenings(start: () => Messenger, patienceMs = PATIENCE_MS): Openings {
  let opener: Messenger | undefined;
  let count = 0;
  const pending = new Map<number, Pending>();

  const onMessage = ({ id = 0, error }: FromOpener, handle: object | undefined): void => {
    const asked = pending.get(id);
    if (asked === undefined) return discard(handle);
    if (error !== undefined) {
      asked.handles.forEach(discard);
      asked.done.reject(new Error(error));
    } else if (handle !== undefined) asked.handles.push(handle);
    if (error === undefined && asked.handles.length < asked.count) return;
    pending.delete(id);
    asked.done.resolve(asked.handles);
  };

  const onEnd = (ended: Messenger): void => {
    if (opener === ended) opener = undefined;
    for (const [id, { asked, handles, done }] of pending) {
      if (asked !== ended) continue;
      pending.delete(id);
      handles.forEach(discard);
      done.reject(new Error('the opener ended'));
    }
  };

  const startOne = (): Messenger => {
    const started = start();
    started.onMessage((message, handle) => onMessage(message as FromOpener, handle));
    void started.ended.then(() => onEnd(started));
    return started;
  };

  return {
    open: ({ jail, doors, addresses }) => {
      const running = (opener ??= startOne());
      count += 1;
      const asked: Pending = {
        ...{ asked: running, handles: [], count: doors.length },
        done: Promise.withResolvers(),
      };
      pending.set(count, asked);
      running.send({
        id: count,
        ...jail,
        addresses,
        sockets: doors.map(({ address, port }) => [address, port]),
      });
      // One that does not answer, a stopped one, is no use to the next jails either.
      const timer = setTimeout(() => {
        if (opener === running) opener = undefined;
        running.kill();
      }, patienceMs);
      return asked.done.promise.finally(() => clearTimeout(timer));
    },
  };
}

/** Closes a socket that nobody waits for. */
export function discard(handle: object | undefined): void {
  if (handle !== undefined && 'close' in handle && typeof handle.close === 'function') handle.close();
}
