import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { z } from 'zod';
import type { Evidence } from '../../core/contract/evidence.ts';
import type { NetworkGrant } from '../../core/contract/network/grant.ts';
import type { Jail, Sandbox } from '../sandbox.ts';
import { NO_ANSWER, probeLimits, readResult } from './attacks.ts';
import { makeProbeJob } from './probe-job.ts';

/** Names the attack of `attackDoors` in findings. */
export const DOORS_TRIED =
  'with a door open: other ports, addresses and families, packets, the door of a jail beside it';

/** A port of the host that says a word to each connection, holds it, and counts what reaches it. */
interface Target extends AsyncDisposable {
  readonly port: number;
  /** Resolves at the first connection. */
  readonly first: Promise<void>;
  /** Connections and packets. */
  reached(): number;
  letGo(): void;
}

const foundSchema = z.object({ door: z.string().nullable(), found: z.array(z.string()) });
const unknownEnd: z.infer<typeof foundSchema> = { door: null, found: [NO_ANSWER] };

/**
 * Opens a door in each of two jails, and has the second one try the door of the first, and a port that has none.
 * @returns what succeeded, or why an open door leads nowhere; undefined when all held.
 * @throws JailFailure when no door can be opened.
 */
export async function attackDoors(sandbox: Sandbox): Promise<string | undefined> {
  await using held = await placeTarget();
  await using own = await placeTarget();
  await using closed = await placeTarget();
  await using holder = await sandbox.lease(probeLimits);
  await using attacker = await sandbox.lease(probeLimits);
  const holding = runDoors(holder, held.port, [], true);
  const attacking = (async (): Promise<Evidence> => {
    await Promise.race([held.first, holding]);
    return runDoors(attacker, own.port, [closed.port, held.port], false);
  })();
  // Whichever fails, the other one ends too.
  const letGo = (): void => held.letGo();
  attacking.then(letGo, letGo);
  const ends = await Promise.all([holding, attacking]);
  const [first = unknownEnd, second = unknownEnd] = ends.map((end) => readResult(end, foundSchema));
  // Each jail goes through its own door once.
  const strays =
    closed.reached() + [held, own].reduce((sum, { reached }) => sum + Math.max(0, reached() - 1), 0);
  const said = [
    ...[first, second].flatMap(({ door }) => (door === null ? [] : [`an open door leads nowhere: ${door}`])),
    ...first.found,
    ...second.found,
    ...(strays === 0 ? [] : [`${strays} connections or packets came where no door leads`]),
  ];
  return said.length === 0 ? undefined : said.join('; ');
}

async function runDoors(
  jail: Jail,
  port: number,
  closed: readonly number[],
  holds: boolean,
): Promise<Evidence> {
  const entry = { kind: 'address', host: '127.0.0.1', port } as const;
  const network: NetworkGrant = { allow: [entry], operator: [entry] };
  return jail.run({ ...(await makeProbeJob('doors', [port, closed, holds])), network });
}

async function placeTarget(): Promise<Target> {
  let count = 0;
  const sockets = new Set<Socket>();
  const first = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    count += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write('!');
    first.resolve();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const packets = createSocket('udp4', () => (count += 1));
  packets.bind(port, '127.0.0.1');
  await once(packets, 'listening');
  const letGo = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    ...{ port, first: first.promise, letGo },
    reached: () => count,
    [Symbol.asyncDispose]: async () => {
      letGo();
      packets.close();
      server.close();
      await once(server, 'close');
    },
  };
}
