import { connect } from 'node:net';
import { once } from 'node:events';
import { createTestApp } from '../../../../src/http/app.test-support.ts';
import { listen } from '../../../../src/http/listen.ts';
import { must, type Target } from '../target.ts';

/** Milliseconds until a connection that gets no answer is closed from this side: a half request may wait for its rest. */
const PATIENCE = 20;

/** Bytes on a connection, well-framed or not. */
export const http: Target = {
  name: 'http',
  words: [
    ...[
      'GET /live HTTP/1.1\r\n',
      'POST /execute HTTP/1.1\r\n',
      'Host: localhost\r\n',
      'Content-Length: 2\r\n',
      '\r\n',
      '\n',
    ],
    ...[
      'Transfer-Encoding: chunked\r\n',
      '0\r\n\r\n',
      'ffffffff\r\n',
      'Content-Type: application/json\r\n',
      '{}',
      '\0',
    ],
    ...[
      'Connection: close\r\n',
      'Connection: upgrade\r\n',
      'Expect: 100-continue\r\n',
      'HTTP/1.0\r\n',
      '{"script":"x"}',
      ':',
    ],
    ...[
      'X-API-Key: a\r\n',
      'Authorization: Bearer a\r\n',
      'traceparent: 00-',
      'Accept: text/event-stream\r\n',
      '%00',
      '/../',
    ],
    ...[
      'Idempotency-Key: a\r\n',
      'Origin: http://a\r\n',
      'OPTIONS * HTTP/1.1\r\n',
      'PRI * HTTP/2.0\r\n',
      ' ',
      '\t',
      '\xff',
    ],
  ],
  budget: { fixed: 300, perKiB: 20 },
  open: async () => {
    const door = await listen(createTestApp(), { host: '127.0.0.1', port: 0 });
    const { port } = new URL(door.address.url);
    return {
      run: async (input) => {
        const answer = await exchange(Number(port), input);
        must(
          answer.length === 0 || answer.startsWith('HTTP/1.1 '),
          `an answer is ${JSON.stringify(answer.slice(0, 80))}`,
        );
        must(!/^HTTP\/1\.1 500/m.test(answer), 'an internal error');
        const { status } = await fetch(`${door.address.url}/live`);
        must(status === 200, `GET /live answers ${status}`);
      },
      close: () => door.close(),
    };
  },
};

async function exchange(port: number, input: Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined);
  socket.setTimeout(PATIENCE, () => socket.destroy());
  socket.write(input);
  if (!socket.destroyed) await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}
