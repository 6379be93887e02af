import type { Attack } from '../attack.ts';
import { answers, both, fails, lastsAtMost, returns } from '../expectations.ts';
import { lines, script } from '../python.ts';
import { honest } from './harness.ts';

/*
 * A script shares its process with the harness and can write to its channel. The first well-formed result is the
 * script's own claim, and with it the execution is over; what breaks the channel before one is `exited`.
 */
const frame = `
import os, struct, sys, time
def send(tag, payload):
    os.write(4, tag + struct.pack('>I', len(payload)) + payload)
`;

const claims: readonly [title: string, body: string, result: unknown][] = [
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

const breaches: readonly [title: string, body: string][] = [
  ['garbage bytes', 'os.write(4, os.urandom(64)); time.sleep(60)'],
  ['an unknown tag', "send(b'z', b'{}'); time.sleep(60)"],
  ['an error frame longer than any', "os.write(4, b'e' + struct.pack('>I', 2**32 - 1)); time.sleep(60)"],
  ['a second greeting', "send(b'y', b'1 3.11.0'); time.sleep(60)"],
  ['a second greeting in another version', "send(b'y', b'2 3.11.0'); time.sleep(60)"],
  ['a refusal of the job, as if the machine had failed', "send(b'u', b'x' * 16 + b'broken'); time.sleep(60)"],
  ['a refusal with the secret that was overwritten', "send(b'u', bytes(16) + b'broken'); time.sleep(60)"],
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

const write = (body: string): string => `${frame}\ndef main():\n    ${body}`;

const log = '[I][2026-01-01T00:00:00+0000] pid=1 ([STANDALONE MODE]) exited with status: 0, (PIDs left: 0)';
const failure = '{"kind": "runtime_error", "type": "Forged", "message": "by hand", "traceback": "none"}';

const singles: readonly Attack[] = [
  script(
    'a result whose header announces more than its cap',
    write("os.write(4, b'r' + struct.pack('>I', 2**32 - 1)); time.sleep(60)"),
    fails('output_limit'),
  ),
  script(
    'half a frame, then a signal',
    write("os.write(4, b'r\\0\\0\\0\\x09tru'); os.abort()"),
    answers({ success: false, error: 'crashed', return_code: -6 }),
  ),
  script(
    'half a frame, then nothing',
    write("os.write(4, b'r\\0\\0\\0\\x09tru'); time.sleep(60)"),
    fails('timeout'),
    { fields: { limits: { timeout: 1 } } },
  ),
  script(
    'a failure of another category',
    write(`send(b'e', b'${failure}'); return 1`),
    answers({ success: false, error: 'runtime_error', error_type: 'Forged' }),
  ),
  script(
    'a result in mode script',
    `${frame}\nsend(b'r', b'{"forged": true}')\ntime.sleep(60)`,
    answers({ success: true, result: null }),
    { fields: { mode: 'script' } },
  ),
  ...[1, 137, 139, 159, 255].map((status) =>
    script(
      `status ${status}, which nsjail uses for verdicts of its own`,
      `import os\ndef main():\n    os._exit(${status})`,
      answers({ success: false, error: 'exited', return_code: status }),
    ),
  ),
  script(
    "nsjail's words on the script's streams",
    `import os, sys\ndef main():\n    for d in (1, 2): os.write(d, b'''${log}\\n''')\n    os._exit(9)`,
    answers({ success: false, error: 'exited', return_code: 9 }),
  ),
  lines(
    'reading from the channel what the service got',
    'os.set_blocking(4, False)\nreturn attempt(os.read, 4, 100)',
    returns('EBADF', 'EAGAIN'),
  ),
  lines(
    'signals to process 1, by itself and by a child',
    'return [attempt(os.kill, 1, s) for s in (15, 9, 19)] + [os.getpid(), in_child(lambda: attempt(os.kill, 1, 9))]',
    returns(['ok', 'ok', 'ok', 2, 'ok']),
  ),
];

/**
 * At these limits the kernel kills a process. A script that sets them for itself ends by its own doing; those of process 1 would
 * have the host blamed. The one of CPU time is counted in ticks of the clock: who runs during each and sleeps between reaches a
 * second within a tenth of one.
 */
const selfKills: readonly Attack[] = [
  lines(
    'limits of CPU time, and of time without a pause, for process 1',
    'return [syscall(302, 1, limit, (ctypes.c_ulong * 2)(1, 1), None) for limit in (0, 15)]',
    returns(['EPERM', 'EPERM']),
  ),
  lines(
    'a limit of CPU time that the script sets itself',
    'libc.setrlimit(0, (ctypes.c_ulong * 2)(1, 1))\nwhile True: pass',
    answers({ success: false, error: 'crashed', return_code: -9 }),
  ),
  script(
    'a limit of time without a pause, and a clock of its thread',
    `
import ctypes, signal, time
def main():
    libc = ctypes.CDLL(None, use_errno=True)
    timer = ctypes.c_int()
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    libc.timer_create(3, None, ctypes.byref(timer))
    libc.timer_settime(timer, 0, (ctypes.c_long * 4)(0, 10**7, 0, 10**7), None)
    libc.setrlimit(15, (ctypes.c_ulong * 2)(0, 0))
    while True: pass
`,
    answers({ success: false, error: 'crashed', return_code: -9 }),
  ),
];

export const forging: readonly Attack[] = [
  ...claims.map(([title, body, result]) =>
    script(title, write(body), answers({ success: true, return_code: 0, result })),
  ),
  ...breaches.map(([title, body]) => script(title, write(body), both(fails('exited'), lastsAtMost(9000)))),
  ...singles,
  ...selfKills,
  ...honest.map(([title, source, result]) => script(title, source, returns(result))),
];
