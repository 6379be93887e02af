import { fileURLToPath } from 'node:url';
import type { NetworkGrant } from '../core/contract/network/grant.ts';
import type { NetworkReport } from '../core/contract/network/report.ts';
import { startMessenger, type Messenger } from '../host/process.ts';
import { JailFailure } from '../sandbox/sandbox.ts';
import type { Doorkeeper, JailIdentity, OpenDoors } from '../sandbox/doors.ts';
import type { FromKeeper, KeeperOptions, OpenOrder, ToKeeper } from './keeper/messages.ts';
import { planDoors } from './plan-doors.ts';

interface Pending {
  /** The process that was asked. */
  readonly of: Messenger;
  readonly opened: PromiseWithResolvers<void>;
  readonly closed: PromiseWithResolvers<NetworkReport>;
  readonly lost: PromiseWithResolvers<JailFailure>;
}

/** Milliseconds for an answer of the doorkeeper: it takes a few. One that is stopped, or hangs, is ended. */
const ANSWER_MS = 10_000;

const lost = (detail: string): JailFailure =>
  new JailFailure('The network of a script could not be opened, or was lost.', {
    remedy: 'Run `brig doctor` on the host.',
    detail,
  });

/**
 * Opens the doors of jails through a process of its own, which is started at once, and again after it has ended.
 * Closing it ends every connection.
 * @param patienceMs time until a doorkeeper that does not answer is ended.
 */
export function createDoorkeeper(
  options: KeeperOptions,
  patienceMs = ANSWER_MS,
): Doorkeeper & { close(): Promise<void> } {
  const pending = new Map<number, Pending>();
  let keeper: Messenger | undefined;
  let count = 0;
  let isClosing = false;

  const settle = (): void => {
    if (pending.size === 0) keeper?.setAwaited(false);
  };

  const onMessage = (message: FromKeeper): void => {
    const asked = pending.get(message.id);
    if (asked === undefined) return;
    if (message.type === 'opened') return asked.opened.resolve();
    pending.delete(message.id);
    if (message.type === 'closed') asked.closed.resolve(message.report);
    else asked.opened.reject(lost(message.detail));
    settle();
  };

  const onEnd = (ended: Messenger): void => {
    if (keeper === ended) keeper = undefined;
    const failure = lost('the doorkeeper ended');
    for (const [id, asked] of pending) {
      if (asked.of !== ended) continue;
      pending.delete(id);
      asked.opened.reject(failure);
      asked.closed.reject(failure);
      asked.lost.resolve(failure);
    }
  };

  const start = (): Messenger => {
    const file = fileURLToPath(new URL(`keeper/main.${extension}`, import.meta.url));
    const started = startMessenger(process.execPath, [file, JSON.stringify(options)]);
    started.onMessage((message) => onMessage(message as FromKeeper));
    void started.ended.then(() => onEnd(started));
    return started;
  };

  const openDoors = async (jail: JailIdentity, grant: NetworkGrant): Promise<OpenDoors> => {
    if (isClosing) throw new JailFailure('The sandbox is closed.');
    const { doors, addresses, hosts, env } = planDoors(grant);
    count += 1;
    const id = count;
    const running = (keeper ??= start());
    const asked: Pending = {
      of: running,
      opened: Promise.withResolvers(),
      closed: Promise.withResolvers(),
      lost: Promise.withResolvers(),
    };
    // Nobody may be waiting for either.
    for (const { promise } of [asked.opened, asked.closed]) promise.catch(() => undefined);
    pending.set(id, asked);
    running.setAwaited(true);
    const send = (message: ToKeeper): void => running.send(message);
    send({ type: 'open', id, jail, grant, doors, addresses } satisfies OpenOrder);
    // The end of the doorkeeper ends the wait.
    const impatiently = <T>(answer: Promise<T>): Promise<T> => {
      const timer = setTimeout(() => {
        if (keeper === running) keeper = undefined;
        running.kill();
      }, patienceMs);
      return answer.finally(() => clearTimeout(timer));
    };
    try {
      await impatiently(asked.opened.promise);
    } catch (error) {
      send({ type: 'close', id });
      throw error;
    }
    let isClosed = false;
    const shut = (): void => {
      if (!isClosed) send({ type: 'close', id });
      isClosed = true;
    };
    return {
      hosts,
      env,
      shut,
      lost: asked.lost.promise,
      report: () => {
        shut();
        return impatiently(asked.closed.promise);
      },
    };
  };

  keeper = start();
  return {
    open: openDoors,
    close: async () => {
      isClosing = true;
      const running = keeper;
      const timer = setTimeout(() => running?.kill(), patienceMs);
      await running?.close();
      clearTimeout(timer);
    },
  };
}

// Sources run as `.ts`, and `dist` holds their compiled `.js`.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
