import type { Messenger } from '../../host/process.ts';
import type { OpenOrder } from './messages.ts';

/** Listening sockets of jails, made by nsjail/opener.py. */
export interface Openings {
  /** Returns handles of listening sockets, one for each door in order. @throws Error with what the opener says. */
  open(order: Pick<OpenOrder, 'jail' | 'doors' | 'addresses'>): Promise<readonly object[]>;
}

interface Pending {
  readonly handles: object[];
  readonly count: number;
  readonly done: PromiseWithResolvers<readonly object[]>;
}

interface FromOpener {
  readonly id?: number;
  readonly error?: string;
}

/** @param start starts the opener; called again after one has ended. */
export function createOpenings(start: () => Messenger): Openings {
  let opener: Messenger | undefined;
  let count = 0;
  const pending = new Map<number, Pending>();

  const onMessage = ({ id = 0, error }: FromOpener, handle: object | undefined): void => {
    const asked = pending.get(id);
    if (asked === undefined) return discard(handle);
    if (error !== undefined) asked.done.reject(new Error(error));
    else if (handle !== undefined) asked.handles.push(handle);
    if (error === undefined && asked.handles.length < asked.count) return;
    pending.delete(id);
    asked.done.resolve(asked.handles);
  };

  const onEnd = (ended: Messenger): void => {
    if (opener === ended) opener = undefined;
    for (const { handles, done } of pending.values()) {
      handles.forEach(discard);
      done.reject(new Error('the opener ended'));
    }
    pending.clear();
  };

  return {
    open: ({ jail, doors, addresses }) => {
      if (opener === undefined) {
        const started = start();
        started.onMessage((message, handle) => onMessage(message as FromOpener, handle));
        void started.ended.then(() => onEnd(started));
        opener = started;
      }
      count += 1;
      const asked: Pending = { handles: [], count: doors.length, done: Promise.withResolvers() };
      pending.set(count, asked);
      opener.send({
        id: count,
        ...jail,
        addresses,
        sockets: doors.map(({ address, port }) => [address, port]),
      });
      return asked.done.promise;
    },
  };
}

/** Closes a socket that nobody waits for. */
function discard(handle: object | undefined): void {
  if (handle !== undefined && 'close' in handle && typeof handle.close === 'function') handle.close();
}
