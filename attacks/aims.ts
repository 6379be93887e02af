import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Aims } from './attack.ts';

/** Places what attacks go for on this machine, and listens whether anything comes. */
export async function placeAims(pid = process.pid): Promise<Aims & AsyncDisposable> {
  const reached: string[] = [];
  const listen = async (name: string, address: number | string): Promise<Server> => {
    const server = createServer((socket) => socket.destroy()).on('connection', () => reached.push(name));
    // On all addresses: whichever way out there is would end here.
    if (typeof address === 'number') server.listen(address, '0.0.0.0');
    else server.listen(address);
    await once(server, 'listening');
    return server;
  };
  const abstractName = `brig-attack-${process.pid}`;
  const tcp = await listen('a TCP port of the host', 0);
  const abstract = await listen('an abstract unix socket of the host', `\0${abstractName}`);
  const udp = createSocket('udp4').on('message', () => reached.push('a UDP port of the host'));
  udp.bind(0);
  await once(udp, 'listening');
  const folder = await mkdtemp(join(tmpdir(), 'brig-attack-'));
  await chmod(folder, 0o777);
  await writeFile(join(folder, 'secret'), 'secret');
  await chmod(join(folder, 'secret'), 0o666);
  return {
    tcpPort: (tcp.address() as AddressInfo).port,
    udpPort: udp.address().port,
    abstractName,
    folder,
    pid,
    reached,
    [Symbol.asyncDispose]: async () => {
      tcp.close();
      abstract.close();
      udp.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
