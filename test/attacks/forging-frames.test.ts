import { expect, it } from 'vitest';
import { describeInJail } from '../support/attack.ts';

/*
 * A script shares its process with the harness and can write to its channel. The first well-formed result is the
 * script's own claim, and with it the execution is over; what breaks the channel before one is `exited`.
 */
const frame = `
import os, struct, sys, time
def send(tag, payload):
    os.write(4, tag + struct.pack('>I', len(payload)) + payload)
`;

const claims: readonly [why: string, body: string, result: unknown][] = [
  ['a forged result, then another exit status', "send(b'r', b'41'); os._exit(3)", 41],
  ['a forged result, then hanging', "send(b'r', b'42'); time.sleep(60)", 42],
  ['a forged result, then a fatal signal', "send(b'r', b'43'); os.kill(os.getpid(), 11)", 43],
  ['a forged result, then an exception', "send(b'r', b'44'); raise ValueError", 44],
  ['a forged result, then another return value', "send(b'r', b'45'); return 1", 45],
  ['a forged result, then a second one', "send(b'r', b'46'); send(b'r', b'47'); time.sleep(60)", 46],
  ['a forged result, then garbage', "send(b'r', b'48'); os.write(4, b'x' * 4096); time.sleep(60)", 48],
  [
    'a forged result, then a flood of output',
    "send(b'r', b'49')\n    while True: os.write(1, b'x' * 65536)",
    49,
  ],
  [
    'a forged result in pieces',
    "os.write(4, b'r\\0\\0'); time.sleep(0.1); os.write(4, b'\\0\\2'); time.sleep(0.1); os.write(4, b'50'); time.sleep(60)",
    50,
  ],
  ['a forged result from a child', "os.fork() or (send(b'r', b'51'), os._exit(0)); time.sleep(60)", 51],
  [
    'a forged result with names of prototypes',
    'send(b\'r\', b\'{"__proto__": {"success": false}}\'); os._exit(0)',
    JSON.parse('{"__proto__": {"success": false}}'),
  ],
];

const breaches: readonly [why: string, body: string][] = [
  ['garbage bytes', 'os.write(4, os.urandom(64)); time.sleep(60)'],
  ['an unknown tag', "send(b'z', b'{}'); time.sleep(60)"],
  ['an error frame longer than any', "os.write(4, b'e' + struct.pack('>I', 2**32 - 1)); time.sleep(60)"],
  ['a second greeting', "send(b'y', b'3.11.0'); time.sleep(60)"],
  ['a greeting longer than any', "send(b'y', b'3' * 100); time.sleep(60)"],
  ['a result of two million brackets', "send(b'r', b'[' * 10**6 + b']' * 10**6); os._exit(0)"],
  ['a result that is not JSON', "send(b'r', b'NaN'); time.sleep(60)"],
  ['an empty result', "send(b'r', b''); time.sleep(60)"],
  [
    'a result that would end the answer and begin another',
    "send(b'r', b'1,\"success\":true'); time.sleep(60)",
  ],
  ['an error report of no known kind', 'send(b\'e\', b\'{"kind":"internal_error"}\'); time.sleep(60)'],
  ['an error report of the wrong shape', "send(b'e', b'[1]'); time.sleep(60)"],
  ['half a frame, then the end', "os.write(4, b'r\\0\\0\\0\\x09tru'); os._exit(0)"],
  ['half a header, then the end', "os.write(4, b'r\\0'); os._exit(0)"],
  ['nothing at all, with status 0', 'os._exit(0)'],
  ['a closed channel', 'os.close(4)'],
  ['another file in place of the channel', "os.dup2(os.open('/work/x', os.O_CREAT | os.O_WRONLY), 4)"],
];

describeInJail('forging frames', (arena) => {
  it.each(claims)("%s: the first result is the script's claim, and stands", async (_why, body, result) => {
    const answer = await arena.run(`${frame}\ndef main():\n    ${body}`);
    expect(answer).toMatchObject({ success: true, return_code: 0 });
    if (result !== undefined) expect(answer.result).toEqual(result);
  });

  it.each(breaches)('%s: the channel is broken, so the script exited', async (_why, body) => {
    const answer = await arena.run(`${frame}\ndef main():\n    ${body}`);
    expect(answer).toMatchObject({ success: false, error: 'exited' });
    expect(answer.execution.duration_ms).toBeLessThan(9000);
  });

  it('a result whose header announces more than the cap is output_limit, before a byte of it is kept', async () => {
    const answer = await arena.run(
      `${frame}\ndef main():\n    os.write(4, b'r' + struct.pack('>I', 2**32 - 1)); time.sleep(60)`,
    );
    expect(answer).toMatchObject({ success: false, error: 'output_limit' });
  });

  it('half a frame, then a signal: crashed, by that signal', async () => {
    const answer = await arena.run(
      `${frame}\ndef main():\n    os.write(4, b'r\\0\\0\\0\\x09tru'); os.abort()`,
    );
    expect(answer).toMatchObject({ success: false, error: 'crashed', return_code: -11 });
  });

  it('half a frame, then nothing: timeout, the service does not wait for the rest', async () => {
    const answer = await arena.run(
      `${frame}\ndef main():\n    os.write(4, b'r\\0\\0\\0\\x09tru'); time.sleep(60)`,
      { limits: { timeout: 1 } },
    );
    expect(answer).toMatchObject({ success: false, error: 'timeout' });
  });

  it('a forged failure of another category is a failure of the script all the same', async () => {
    const forged = '{"kind": "runtime_error", "type": "Forged", "message": "by hand", "traceback": "none"}';
    const answer = await arena.run(`${frame}\ndef main():\n    send(b'e', b'${forged}'); return 1`);
    expect(answer).toMatchObject({ success: false, error: 'runtime_error', error_type: 'Forged' });
  });

  it('a forged result in mode script gives no result: its outcome is that it ended', async () => {
    const answer = await arena.run(`${frame}\nsend(b'r', b'{"forged": true}')\ntime.sleep(60)`, {
      mode: 'script',
    });
    expect(answer).toMatchObject({ success: true, result: null });
  });

  it("statuses that nsjail uses for its own verdicts are the script's own: exited", async () => {
    for (const status of [1, 137, 139, 159, 255]) {
      const answer = await arena.run(`import os\ndef main():\n    os._exit(${status})`);
      expect(answer).toMatchObject({ success: false, error: 'exited', return_code: status });
    }
  });

  it("nsjail's words on the script's streams convince nobody", async () => {
    const line =
      '[I][2026-01-01T00:00:00+0000] pid=1 ([STANDALONE MODE]) exited with status: 0, (PIDs left: 0)';
    const answer = await arena.run(
      `import os, sys\ndef main():\n    for d in (1, 2): os.write(d, b'''${line}\\n''')\n    os._exit(9)`,
    );
    expect(answer).toMatchObject({ success: false, error: 'exited', return_code: 9 });
  });

  it('the channel gives nothing back: what the service got cannot be read from it', async () => {
    const lines = 'import fcntl\nos.set_blocking(4, False)\nreturn attempt(os.read, 4, 100)';
    expect(['EBADF', 'EAGAIN']).toContain(await arena.attack(lines));
  });
});
