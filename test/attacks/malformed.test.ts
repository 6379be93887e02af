import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { describeInJail } from '../support/attack.ts';
import { send } from '../support/service.ts';

const main = 'def main(*a, **k):\n    return [len(a), len(k)]';
const MIB = 1024 * 1024;
describeInJail('malformed requests', (arena) => {
  it.each([
    ['text', 'text/plain'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['another charset', 'application/json; charset=utf-16'],
  ])('a body that is %s is refused with 415', async (_why, type) => {
    const answer = await arena.service.execute({ script: main }, { headers: { 'content-type': type } });
    expect([answer.status, answer.body.error]).toEqual([415, 'invalid_input']);
  });

  it('a compressed body is refused with 415: no bomb is ever unpacked', async () => {
    const answer = await arena.service.execute('x', { headers: { 'content-encoding': 'gzip' } });
    expect(answer.status).toBe(415);
  });

  it('bytes that are no UTF-8 are invalid_input', async () => {
    const answer = await arena.service.execute(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_input']);
  });

  it('a script of exactly 1 MiB runs, one byte more is payload_too_large', async () => {
    const script = `${main}\n`;
    const padded = `${script}#${'é'.repeat((MIB - script.length - 2) / 2)}`.padEnd(0);
    const exact = padded + 'x'.repeat(MIB - Buffer.byteLength(padded));
    const [fits, over] = [
      await arena.service.execute({ script: exact }),
      await arena.service.execute({ script: `${exact}x` }),
    ];
    expect([fits.status, fits.body.success]).toEqual([200, true]);
    expect([over.status, over.body.error]).toEqual([413, 'payload_too_large']);
  });

  it('a body over its cap is payload_too_large, also when its length is not declared', async () => {
    const declared = await arena.service
      .execute('', { headers: { 'content-length': String(64 * MIB) } })
      .catch(() => undefined);
    expect(declared?.status ?? 413).toBe(413);
    const chunked = await send(`${arena.service.url}/execute`, Buffer.alloc(33 * MIB, 32), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
    });
    expect([chunked.status, chunked.body.error]).toEqual([413, 'payload_too_large']);
  });

  it('a NUL in a script is for CPython to refuse: syntax_error', async () => {
    const body = await arena.run('def main():\n    return 1\0');
    expect(body.error).toBe('syntax_error');
  });

  it('two hundred thousand arguments and keyword arguments with strange names arrive', async () => {
    const args = Array.from({ length: 200_000 }, (_, index) => index);
    const answer = await arena.service.execute(
      JSON.stringify({ script: main, args, kwargs: {} }).replace(
        '"kwargs":{}',
        '"kwargs":{"__proto__":1,"constructor":2,"":3}',
      ),
    );
    expect(answer.body.result).toEqual([200_000, 3]);
  });

  it('keyword arguments that would reach into the call are arguments like any other', async () => {
    const script = 'def main(**k):\n    return sorted(k)';
    expect(await arena.result(script, { kwargs: { self: 1, function: 2, 'a b': 3 } })).toEqual([
      'a b',
      'function',
      'self',
    ]);
  });

  it('a body that comes a byte at a time is read, and does not hold up others', async () => {
    const { hostname, port } = new URL(arena.service.url);
    const body = JSON.stringify({ script: main });
    const socket = connect(Number(port), hostname);
    const answered = new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString())).on('close', () => resolve(text));
    });
    socket.write(
      `POST /execute HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    const writing = (async () => {
      for (const letter of body) {
        socket.write(letter);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    expect(await arena.result(main)).toEqual([0, 0]);
    await writing;
    expect(await answered).toContain('"result":[0,0]');
  });

  it('a body that ends before its length costs nothing: the service goes on', async () => {
    const { hostname, port } = new URL(arena.service.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      'POST /execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{"script"',
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    expect(await arena.result(main)).toEqual([0, 0]);
  });

  it.each([
    ['GET', '/execute', 405],
    ['POST', '/nothing', 404],
    ['POST', '/execute/../health', 405],
    ['GET', '/%2e%2e/%2e%2e/etc/passwd', 404],
  ])('%s %s is answered with %i', async (method, path, status) => {
    expect((await send(`${arena.service.url}${path}`, undefined, { method })).status).toBe(status);
  });
});
