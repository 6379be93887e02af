import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Health } from '../src/core/contract/health.ts';
import { createOrdinaryUser, listOrdinary, serveAs, type OrdinaryUser } from './support/ordinary.ts';
import { until, type ServeProcess } from './support/serve.ts';
import { postExecute, send, type AnswerBody } from './support/service.ts';

const connect = `
import socket
def main(ports):
    said = []
    for port in ports:
        try:
            with socket.create_connection(("127.0.0.1", port), 2) as s:
                said.append(s.recv(5).decode())
        except OSError as error:
            said.append(type(error).__name__)
    return said
`;

describe.each([
  { kind: 'shared-id', hasSubordinateIds: false },
  { kind: 'subordinate-id', hasSubordinateIds: true },
])('a network of an ordinary user: $kind', ({ hasSubordinateIds }) => {
  const servers: Server[] = [];
  let allowed: number;
  let other: number;
  let user: OrdinaryUser;
  let serve: ServeProcess;

  const place = async (): Promise<number> => {
    const server = createServer((socket) => socket.on('error', () => undefined).end('hello'));
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };

  beforeAll(async () => {
    [allowed, other] = [await place(), await place()];
    user = await createOrdinaryUser({
      hasSubordinateIds,
      settings: { BRIG_NETWORK: `127.0.0.1:${allowed}` },
    });
    serve = await serveAs(user);
  });
  afterAll(async () => {
    serve.kill('SIGTERM');
    expect(await serve.ended).toBe(0);
    await until(() => listOrdinary().length === 0);
    await user[Symbol.asyncDispose]();
    for (const server of servers) server.close();
  });

  const run = async (network: unknown): Promise<AnswerBody> =>
    (await postExecute(serve.url, { script: connect, args: [[allowed, other]], network })).body;

  it('is attacked at the start, and holds', async () => {
    const { sandbox } = (await send(`${serve.url}/health`)).body as unknown as Health;
    expect(sandbox.network).toMatchObject({ active: true });
    expect(sandbox.network?.tried).toContain('with a door open');
  });

  it('has the doors that were asked for, and no others', async () => {
    expect(await run({ allow: [`127.0.0.1:${allowed}`] })).toMatchObject({
      result: ['hello', 'ConnectionRefusedError'],
      execution: {
        network: { doors: [{ door: `127.0.0.1:${allowed}`, connections: 1, bytes_received: 5 }] },
      },
    });
    expect((await run(false)).result).toEqual(['ConnectionRefusedError', 'ConnectionRefusedError']);
    expect((await run({ allow: [`127.0.0.1:${other}`] })).error).toBe('forbidden');
  });
});
