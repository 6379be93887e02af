import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { describeInJail } from './support/attack.ts';
import { joinText, openStream, type SeenEvent } from './support/event-stream.ts';
import { findMarked, until, waiting } from './support/serve.ts';
import { startService, type AnswerBody } from './support/service.ts';

const names = (events: readonly SeenEvent[]): string[] => events.map(({ event }) => event);
const outcomeOf = (events: readonly SeenEvent[]): AnswerBody => {
  const last = events.at(-1);
  if (last?.event !== 'done') throw new Error(`the last event is ${last?.event}`);
  return last.data;
};

/** Waits for a process on the host that carries the marker, and ends it: how a test tells a script to go on. */
async function goOn(marker: string): Promise<void> {
  await until(() => findMarked(marker).length === 1);
  for (const pid of findMarked(marker)) process.kill(pid, 'SIGKILL');
}

describeInJail('POST /execute, streamed', (arena) => {
  const open = (script: string, fields = {}) => openStream(arena.service.url, { script, ...fields });

  it('says what the script writes while it still runs', async () => {
    const script = `${waiting('streams')}
wait, main = main, None
def main():
    print('before', flush=True)
    wait()
    print('after')
    return 5`;
    const stream = await open(script, { execution_id: 'mine' });
    expect(stream.incoming.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'server-timing': expect.stringMatching(
        /^analysis;dur=[\d.]+,queue;dur=[\d.]+,jail;dur=[\d.]+,total;dur=[\d.]+$/,
      ),
    });
    expect(await stream.next()).toEqual({ event: 'start', data: { id: 'mine' } });
    expect(await stream.next()).toEqual({ event: 'stdout', data: { text: 'before\n' } });
    expect(arena.service.service.health().pool.running).toBe(1);
    await goOn('streams');
    const rest = await stream.rest();
    expect(names(rest)).toEqual(['stdout', 'done']);
    expect(outcomeOf(rest)).toMatchObject({ result: 5, stdout: 'before\nafter\n' });
  });

  it('keeps the order of what is written to both streams with time between', async () => {
    const script = `${waiting('both')}
wait, main = main, None
def main():
    import sys
    print('out', flush=True)
    wait()
    print('err', file=sys.stderr, flush=True)
    wait()
    print('out again')`;
    const stream = await open(script);
    const seen = [await stream.next(), await stream.next()];
    await goOn('both');
    seen.push(await stream.next());
    await goOn('both');
    expect([...seen, ...(await stream.rest())].map((event) => event?.event)).toEqual([
      'start',
      'stdout',
      'stderr',
      'stdout',
      'done',
    ]);
  });

  it('ends with the body of the plain answer', async () => {
    const request = {
      script: 'import sys\ndef main():\n    print(1)\n    print(2, file=sys.stderr)\n    return [3]',
    };
    const plain = (await arena.service.execute(request)).body;
    const streamed = outcomeOf(await (await openStream(arena.service.url, request)).rest());
    const { id, duration_ms, cpu_ms, memory_peak_bytes } = plain.execution;
    const own = { ...streamed.execution, id, duration_ms, cpu_ms, memory_peak_bytes };
    expect(JSON.stringify({ ...streamed, execution: own })).toBe(JSON.stringify(plain));
  });

  it('never cuts a character, and gives what the plain answer gives of bytes that are no UTF-8', async () => {
    const script = `import os, time
def main():
    text = b'\\xef\\xbb\\xbf' + 'äöü€😀\\u2028\\r\\n'.encode() * 3 + b'\\xff\\xe2\\x82|\\xf0\\x9f\\x98'
    for at in range(len(text)):
        os.write(1, text[at:at + 1])
        time.sleep(0.002)`;
    const events = await (await open(script)).rest();
    expect(names(events).filter((name) => name === 'stdout').length).toBeGreaterThan(3);
    expect(joinText(events, 'stdout')).toBe(outcomeOf(events).stdout);
    expect(joinText(events, 'stdout')).toBe(`\ufeff${'äöü€😀\u2028\r\n'.repeat(3)}\ufffd\ufffd|\ufffd`);
  });

  it('has nothing to say of a script that prints nothing, or that is not started', async () => {
    expect(names(await (await open('def main(): pass')).rest())).toEqual(['start', 'done']);
    const missing = await (await open('def other(): pass')).rest();
    expect(names(missing)).toEqual(['done']);
    expect(outcomeOf(missing)).toMatchObject({ success: false, error: 'missing_main' });
    const validated = await (await open('def main(): pass', { validate_only: true })).rest();
    expect(names(validated)).toEqual(['done']);
    expect(outcomeOf(validated)).toHaveProperty('validation');
  });

  it('says what a script wrote before it failed, and how', async () => {
    const events = await (
      await open('import os\ndef main():\n    os.write(1, b"so far")\n    os._exit(7)')
    ).rest();
    expect(names(events)).toEqual(['start', 'stdout', 'done']);
    expect(outcomeOf(events)).toMatchObject({ error: 'exited', return_code: 7, stdout: 'so far' });
  });

  it('gives all that is written, also where the outcome keeps less', async () => {
    const script = 'def main():\n    for line in range(20_000): print(line)';
    const events = await (await open(script, { limits: { output_bytes: 100 } })).rest();
    expect(joinText(events, 'stdout')).toBe(
      Array.from({ length: 20_000 }, (_, line) => `${line}\n`).join(''),
    );
    expect(outcomeOf(events).stdout).toContain('bytes left out');
  });

  it('stops a flood', async () => {
    const script = 'import os\ndef main():\n    while True: os.write(1, b"x" * 65536)';
    const events = await (await open(script)).rest();
    expect(outcomeOf(events).error).toBe('output_limit');
    expect(joinText(events, 'stdout').length).toBe(outcomeOf(events).execution.output.stdout.bytes);
  });

  it('sends a large outcome whole, and a result that has lines', async () => {
    const large = await (
      await open('def main():\n    print("é" * 400_000)\n    return ["x" * 9_000_000]')
    ).rest();
    expect(outcomeOf(large).result).toEqual(['x'.repeat(9_000_000)]);
    const lines = '{"a":\\r\\n\\n\\r["event: done",\\n 2]}';
    const script = `import os\ndef main():\n    text = b'${lines}'\n    os.write(4, b'r' + len(text).to_bytes(4, 'big') + text)`;
    expect(outcomeOf(await (await open(script)).rest()).result).toEqual({ a: ['event: done', 2] });
  });

  it('a caller who leaves ends the execution', async () => {
    const stream = await open(waiting('left-stream'));
    expect((await stream.next())?.event).toBe('start');
    await until(() => findMarked('left-stream').length === 1);
    stream.leave();
    await until(() => findMarked('left-stream').length === 0);
    await until(() => arena.service.service.health().pool.running === 0);
  });
});

/** Writes without waiting until nothing was taken for a second, or 48 MB were; gives how many bytes. */
const writeWhatIsTaken = `import os, time
def main():
    os.set_blocking(1, False)
    written, last = 0, time.monotonic()
    while time.monotonic() - last < 1 and written < 48_000_000:
        try:
            written += os.write(1, b'x' * 65536)
            last = time.monotonic()
        except BlockingIOError:
            time.sleep(0.01)
    return written`;
const roomy = { output_bytes: 10_000_000 };

describeInJail('a reader who is slow', (arena) => {
  const open = (script: string, limits = {}) =>
    openStream(arena.service.url, { script, limits: { ...roomy, ...limits } });
  const isIdle = () => arena.service.service.health().pool.running === 0;

  it('holds the script up, costs bounded memory, and misses nothing', async () => {
    const stream = await open(writeWhatIsTaken);
    // Nobody reads: the script ends when its pipe has taken nothing for a second.
    await until(isIdle, 30_000);
    const events = await stream.rest();
    const { result, success } = outcomeOf(events);
    expect(success).toBe(true);
    expect(result).toBeGreaterThan(100_000);
    expect(result).toBeLessThan(20_000_000);
    expect(joinText(events, 'stdout').length).toBe(result);
    expect(outcomeOf(events).execution.output.stdout.bytes).toBe(result);
  });

  it('who reads on lets the script go on: ten megabytes come whole', async () => {
    const script = `import os\ndef main():\n    for line in range(100_000): os.write(1, b'%099d\\n' % line)`;
    const stream = await open(script);
    const events: SeenEvent[] = [];
    for (let event = await stream.next(); event !== undefined; event = await stream.next()) {
      events.push(event);
      if (events.length % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const lines = joinText(events, 'stdout').split('\n');
    expect(lines.length).toBe(100_001);
    expect(lines.slice(0, -1).every((line, at) => Number(line) === at)).toBe(true);
    expect(outcomeOf(events).success).toBe(true);
  });

  it('does not move the deadline, nor keep the jail and its turn', async () => {
    const stream = await open('import os\ndef main():\n    while True: os.write(1, b"x" * 65536)', {
      timeout: 1,
    });
    await until(isIdle, 30_000);
    const events = await stream.rest();
    expect(outcomeOf(events).error).toBe('timeout');
    expect(joinText(events, 'stdout').length).toBe(outcomeOf(events).execution.output.stdout.bytes);
  });

  it.each([
    ['ends itself', 'os._exit(3)', 'exited'],
    ['dies', 'import ctypes; ctypes.string_at(0)', 'crashed'],
  ])('gets the right verdict on a script that %s meanwhile', async (_, end, error) => {
    const stream = await open(writeWhatIsTaken.replace('return written', end), { timeout: 30 });
    await until(isIdle, 25_000);
    const events = await stream.rest();
    expect(outcomeOf(events).error).toBe(error);
    expect(joinText(events, 'stdout').length).toBe(outcomeOf(events).execution.output.stdout.bytes);
  });

  it('who leaves while the script waits for him ends it', async () => {
    const script = `import os, threading\n${waiting('held-up')}\nwait = main\ndef main():\n    threading.Thread(target=wait).start()\n    while True: os.write(1, b"x" * 65536)`;
    const stream = await open(script, { timeout: 60 });
    await until(() => findMarked('held-up').length === 1);
    stream.leave();
    await until(() => findMarked('held-up').length === 0);
    await until(isIdle);
  });
});

describe('a stream', () => {
  it('shows that it is alive while the script is silent', async () => {
    const service = await startService({}, { heartbeatMs: 20 });
    const stream = await openStream(service.url, { script: waiting('silent') });
    expect((await stream.next())?.event).toBe('start');
    const rest = stream.rest();
    await until(() => stream.comments > 3);
    await goOn('silent');
    expect(names(await rest)).toEqual(['done']);
    await service.close();
  });

  it('is cut off, and its execution ended, where nobody reads it', async () => {
    const service = await startService({}, { sendTimeout: 300 });
    const script = `import os, threading\n${waiting('unread')}\nwait = main\ndef main():\n    threading.Thread(target=wait).start()\n    while True: os.write(1, b"x" * 65536)`;
    const stream = await openStream(service.url, { script, limits: { ...roomy, timeout: 60 } });
    await until(() => findMarked('unread').length === 1);
    await until(() => findMarked('unread').length === 0);
    await until(() => service.service.health().pool.running === 0);
    await expect(stream.rest()).rejects.toThrow('aborted');
    await service.close();
  });

  it('of a script that is silent is not cut off', async () => {
    const service = await startService({}, { sendTimeout: 50 });
    const events = await (
      await openStream(service.url, { script: 'import time\ndef main(): time.sleep(1)' })
    ).rest();
    expect(outcomeOf(events).success).toBe(true);
    await service.close();
  });

  it('ends with an error where the service is shut down meanwhile', async () => {
    const service = await startService({ BRIG_SHUTDOWN_GRACE: '0.2' });
    const stream = await openStream(service.url, { script: waiting('shut-down'), limits: { timeout: 60 } });
    await until(() => findMarked('shut-down').length === 1);
    const closing = service.close();
    const events = await stream.rest();
    expect(names(events)).toEqual(['start', 'error']);
    expect(events.at(-1)?.data).toMatchObject({ error: 'overloaded', retryable: true, execution: null });
    await closing;
  });
});

describe('what is refused before a stream begins', () => {
  const headers = { accept: 'text/event-stream' };

  it('is answered with its status, as JSON', async () => {
    const service = await startService({ BRIG_MAX_CONCURRENT: '1', BRIG_MAX_WAITING: '0' });
    const wrong = await service.execute({ script: 5 }, { headers });
    expect(wrong).toMatchObject({ status: 400, body: { error: 'invalid_input' } });
    const running = service.execute({ script: waiting('busy') });
    await until(() => findMarked('busy').length === 1);
    const full = await service.execute({ script: 'def main(): pass' }, { headers });
    expect(full).toMatchObject({ status: 503, body: { error: 'overloaded' } });
    expect(full.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
    expect(Number(full.headers['retry-after'])).toBeGreaterThan(0);
    await goOn('busy');
    await running;
    await service.close();
  });

  it('is answered so by a service without a sandbox, too', async () => {
    const service = await startService({ BRIG_NSJAIL: '/nonexistent/nsjail' });
    const answer = await service.execute({ script: 'def main(): pass' }, { headers });
    expect(answer).toMatchObject({ status: 503, body: { error: 'sandbox_unavailable' } });
    await service.close();
  });
});

describeInJail('a stream on the wire', (arena) => {
  const body = JSON.stringify({ script: 'def main():\n    print("hello")\n    return 1' });
  const send = (version: string, fields = ''): Promise<string> => {
    const { hostname, port } = new URL(arena.service.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /execute HTTP/${version}\r\nHost: localhost\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${fields}\r\n${body}`,
    );
    return text(socket);
  };

  it('is chunked in HTTP/1.1, each event as a chunk', async () => {
    const answer = await send('1.1', 'Connection: close\r\n');
    const [head = '', ...chunks] = answer.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(head.toLowerCase()).toContain('transfer-encoding: chunked');
    const sent = chunks.join('\r\n\r\n');
    expect(sent).toMatch(
      /^[\da-f]+\r\nevent: start\ndata: \{"id":"[^"]+"\}\n\n\r\n[\da-f]+\r\nevent: stdout\n/,
    );
    expect(sent).toMatch(/\n\n\r\n0\r\n\r\n$/);
  });

  it('ends with the connection in HTTP/1.0', async () => {
    const answer = await send('1.0');
    expect(answer.toLowerCase()).not.toContain('transfer-encoding');
    expect(answer).toMatch(
      /event: stdout\ndata: \{"text":"hello\\n"\}\n\nevent: done\ndata: \{[^\n]+\}\n\n$/,
    );
  });

  it('is no answer to HEAD and GET', async () => {
    for (const method of ['HEAD', 'GET']) {
      const { status } = await fetch(`${arena.service.url}/execute`, {
        method,
        headers: { accept: 'text/event-stream' },
      });
      expect(status).toBe(405);
    }
  });
});
