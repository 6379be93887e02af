import { existsSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type AnswerBody, type TestService } from './support/service.ts';

/* Programs that behave inside a jail as they do outside one. */

let service: TestService;
beforeAll(async () => {
  service = await startService({ BRIG_TERMINALS: 'on' });
});
afterAll(() => service.close());

async function run(script: string, fields: Record<string, unknown> = {}): Promise<AnswerBody> {
  const { status, body, text } = await service.execute({ script, ...fields });
  expect(status, text.slice(0, 2000)).toBe(200);
  return body;
}

/** Names of the files that come back. */
async function returned(script: string, globs: string[]): Promise<string[]> {
  const { files } = await run(script, { mode: 'script', return_files: globs });
  return files.map(({ path }) => path);
}

describe('a script of Python', () => {
  it('is a file that its children can read and run', async () => {
    const script = `import os, subprocess, sys
def main():
    from multiprocessing import get_context
    with get_context('spawn').Pool(1) as pool: squares = pool.map(square, [1, 2, 3])
    run = subprocess.run([sys.executable, __file__], capture_output=True, text=True)
    return [__file__, os.path.isabs(__file__), squares, run.stdout, run.stderr]
def square(x): return x * x
if __name__ == '__main__': print('as a program')`;
    expect((await run(script)).result).toEqual(['/work/script.py', true, [1, 4, 9], 'as a program\n', '']);
  });

  it('has its lines in warnings, and in tracebacks of threads', async () => {
    const script = `import threading, warnings
warnings.warn('careful')
thread = threading.Thread(target=lambda: 1 / 0)
thread.start(); thread.join()`;
    const { stderr } = await run(script, { mode: 'script' });
    expect(stderr).toContain("script.py:2: UserWarning: careful\n  warnings.warn('careful')");
    expect(stderr).toContain('thread = threading.Thread(target=lambda: 1 / 0)');
  });

  it('has no frames below its own, as a program, in its function, and in what they call', async () => {
    const script = `import asyncio, atexit, sys, traceback
def below():
    frame, names = sys._getframe(1), []
    while frame is not None:
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    return names
atexit.register(lambda: print('ended', below()))
def tell():
    try: int('x')
    except ValueError as error: return below(), [one.name for one in traceback.extract_tb(error.__traceback__)], error.__traceback__.tb_frame.f_back.f_back
print(tell())
def main():
    return [below(), len(traceback.extract_stack()), asyncio.run(wait())[-2:]]
async def wait():
    return below()`;
    const program = await run(script, { mode: 'script' });
    expect(program.stdout.split('\n')).toEqual([
      "(['tell', '<module>'], ['tell'], None)",
      "ended ['<lambda>']",
      '',
    ]);
    expect((await run(script)).result).toEqual([['main'], 1, ['run', 'main']]);
    const wrong = await run('def main(alpha): pass', { kwargs: { alpa: 1 } });
    expect(wrong).toMatchObject({ error: 'runtime_error', error_type: 'TypeError' });
    expect(wrong.suggestions?.join()).toContain('alpha');
  });

  it('comes back where it was named or changed, and no other time', async () => {
    const write = "open('a.txt', 'w').write('a')";
    expect(await returned(write, ['*'])).toEqual(['a.txt']);
    expect(await returned(write, ['*.txt', 'script.py'])).toEqual(['a.txt', 'script.py']);
    expect(await returned("open(__file__, 'a').write('#')", ['*'])).toEqual(['script.py']);
  });

  it('is none where the caller sends a file of that name, or there is no room', async () => {
    const files = [{ path: 'script.py', content: "print('mine')" }];
    const read = "def main(): return open('script.py').read()";
    expect((await run(read, { files })).result).toBe("print('mine')");
    const long = `def main(): return 1\n#${'x'.repeat(1_040_000)}`;
    const full = [{ path: 'full', content: 'x'.repeat(600_000) }];
    expect((await run(long, { files: full, limits: { disk_mb: 1 } })).result).toBe(1);
  });

  it.each(['function', 'script'])(
    'has the depth and the digits of an interpreter in mode %s',
    async (mode) => {
      const script = `import json, sys
def descend(levels): return levels and descend(levels - 1)
def bottom(level=1):
    try: return bottom(level + 1)
    except RecursionError: return level
def main(number=10**5000):
    seen = [descend(990), 990 < bottom() < 1005, sys.getrecursionlimit(), sys.get_int_max_str_digits(), number > 10**4400]
    sys.setrecursionlimit(500)
    seen += [sys.getrecursionlimit(), 490 < bottom() < 505]
    try: str(number)
    except ValueError: seen.append('too long')
    return seen
if __name__ == '__main__': json.dump(main(), sys.stdout)`;
      const { result, stdout } = await run(script, { mode });
      const seen: unknown = mode === 'script' ? JSON.parse(stdout) : result;
      expect(seen).toEqual([0, true, 1000, 4300, true, 500, true, 'too long']);
    },
  );

  it('starts children with the options that it seems to have itself', async () => {
    const script = `import subprocess, sys
def main():
    shown = 'import sys; print(sys.flags.no_site, sys.flags.isolated, help is not None)'
    run = subprocess.run([sys.executable, *subprocess._args_from_interpreter_flags(), '-c', shown], capture_output=True, text=True)
    return [run.stdout, sys.flags.isolated, sys.flags[8], str(sys.flags)[:16], help is not None, sys.orig_argv[1:]]`;
    expect((await run(script)).result).toEqual(['0 0 True\n', 0, 0, 'sys.flags(debug=', true, ['script.py']]);
  });
});

describe('shared memory', () => {
  const fill = `from multiprocessing.shared_memory import SharedMemory
def main(mebibytes):
    block = SharedMemory(create=True, size=mebibytes << 20)
    for start in range(0, block.size, 1 << 20): block.buf[start:start + (1 << 20)] = b'x' * (1 << 20)
    size = block.size
    block.close(); block.unlink()
    return size >> 20`;

  it('is as large as the memory limit, and counts in it', async () => {
    expect((await run(fill, { args: [150] })).result).toBe(150);
    const { error, suggestions } = await run(fill, { args: [150], limits: { memory_mb: 64 } });
    expect(error).toBe('memory_limit');
    expect(suggestions?.join('\n')).toContain('memory_mb');
  });
});

describe('standard input', () => {
  const streamed = `import asyncio, os, select, stat, subprocess, sys
async def read():
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return (await reader.read()).decode()
def main():
    ready = bool(select.select([sys.stdin], [], [], 5)[0])
    return [stat.S_ISFIFO(os.fstat(0).st_mode), ready, sys.stdin.isatty(), asyncio.run(read())]`;

  it('is a pipe, for asyncio and select too', async () => {
    expect((await run(streamed, { stdin: 'grüezi' })).result).toEqual([true, true, false, 'grüezi']);
    expect((await run(streamed)).result).toEqual([true, true, false, '']);
    const full = (await run(streamed, { stdin: 'x'.repeat(65_536) })).result as unknown[];
    expect([full[0], String(full[3]).length]).toEqual([true, 65_536]);
  });

  it('has a path, and is read by children, whether it is a pipe or a file', async () => {
    const script = `import os, stat, subprocess, sys
def main():
    kind = stat.S_ISFIFO(os.fstat(0).st_mode)
    first = os.read(0, 1).decode()
    second = subprocess.run([sys.executable, '-c', 'import os; print(os.read(0, 1).decode())'], capture_output=True, text=True).stdout
    return [kind, first, second, len(open('/dev/stdin').read())]`;
    expect((await run(script, { stdin: 'ab1' })).result).toEqual([true, 'a', 'b\n', 1]);
    // A path of a file opens it anew, from its beginning.
    const beyond = `ab${'x'.repeat(65_535)}`;
    expect((await run(script, { stdin: beyond })).result).toEqual([false, 'a', 'b\n', beyond.length]);
  });
});

describe('children of a script', () => {
  it.each(['function', 'script'])('find its packages in mode %s, whatever starts them', async (mode) => {
    const script = `import json, os, subprocess, sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
try: import _interpreters as interpreters
except ImportError: import _xxsubinterpreters as interpreters
packages = next(path for path in sys.path if path.endswith('site-packages'))
def look(number=0):
    return [packages in sys.path, callable(help), not sys.dont_write_bytecode]
def main():
    seen = [look()]
    for method in ('fork', 'spawn'):
        with ProcessPoolExecutor(1, mp_context=get_context(method)) as pool: seen += pool.map(look, [1])
    tell = f"import sys; words = [{packages!r} in sys.path, callable(help), not sys.dont_write_bytecode]"
    run = subprocess.run([sys.executable, '-c', tell + '; print(words)'], capture_output=True, text=True)
    seen.append(eval(run.stdout))
    interpreters.run_string(interpreters.create(), tell + "; open('told', 'w').write(repr(words))")
    seen.append(eval(open('told').read()))
    return seen
if __name__ == '__main__': json.dump(main(), sys.stdout)`;
    const { result, stdout, stderr } = await run(script, { mode, limits: { timeout: 60 } });
    const seen: unknown = mode === 'script' ? JSON.parse(stdout || '0') : result;
    expect(seen, stderr).toEqual(Array.from({ length: 5 }, () => [true, true, true]));
  });
});

describe('the tools of a shell', () => {
  it('are there: files, texts, archives', async () => {
    const script = `import subprocess
def main():
    def sh(line):
        return subprocess.run(line, shell=True, check=True, capture_output=True, text=True).stdout
    sh('mkdir -p a/b && echo two > a/b/x.txt && printf "one\\nthree\\n" > a/y.txt && cp -r a c && ln -s a/y.txt z')
    sh('tar -czf a.tar.gz a && rm -r a && tar -xzf a.tar.gz')
    return [
        subprocess.run(['ls', 'a'], capture_output=True, text=True).stdout.split(),
        sh("cat a/b/x.txt a/y.txt | sort | uniq -c | awk '{print $2}'").split(),
        sh('find a -name "*.txt" | xargs grep -l two').split(),
        sh('sed s/o/0/ a/b/x.txt | tr a-z A-Z; wc -l < a/y.txt').split(),
        sh('basename $(realpath z); id -u; whoami 2>/dev/null || true').split()[:2],
        subprocess.run(['true']).returncode, subprocess.run(['false']).returncode,
        subprocess.run(['timeout', '0.1', 'sleep', '5']).returncode,
        subprocess.check_output(['date', '-u', '-d', '@0', '+%Y']).decode().strip(),
    ]`;
    expect((await run(script)).result).toEqual([
      ...[['b', 'y.txt'], ['one', 'three', 'two'], ['a/b/x.txt'], ['TW0', '2'], ['y.txt', '65534']],
      ...[0, 1, 124, '1970'],
    ]);
  });
});

describe('a package', () => {
  it('finds the shared libraries that it may count on, where the host has them', async () => {
    const names = ['libmvec.so.1', 'libgomp.so.1', 'libquadmath.so.0', 'libstdc++.so.6', 'libexpat.so.1'];
    const folders = ['/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu', '/lib64', '/usr/lib64'];
    const there = names.filter((name) => folders.some((folder) => existsSync(`${folder}/${name}`)));
    expect(there).toContain('libmvec.so.1');
    const script = `import ctypes
def main(*names): return [name for name in names if ctypes.CDLL(name)]`;
    expect((await run(script, { args: there })).result).toEqual(there);
  });
});

describe('byte code', () => {
  const script = `import compileall, os, py_compile, sys
for name in ('made', 'compiled'): open(f'{name}.py', 'w').write('x = 1')
import brought, made
py_compile.compile('compiled.py')
print(sys.dont_write_bytecode, sys.flags.dont_write_bytecode)
print(*sorted(name.partition('.')[0] for name in os.listdir('__pycache__')))
print(os.path.relpath(brought.__cached__) in map(lambda name: '__pycache__/' + name, os.listdir('__pycache__')))`;
  const files = [{ path: 'brought.py', content: 'x = 2' }];
  const fields = { mode: 'script', files };

  it('is written for modules that are imported or compiled', async () => {
    const { stdout } = await run(script, fields);
    expect(stdout).toBe('False 0\nbrought compiled made\nTrue\n');
  });

  it('comes back where its folder was named, and no other time', async () => {
    const all = await run(script, { ...fields, return_files: ['**'] });
    expect(all.files.map(({ path }) => path)).toEqual(['brought.py', 'compiled.py', 'made.py']);
    const { files: named } = await run(script, { ...fields, return_files: ['__pycache__/m*'] });
    expect(named.map(({ path }) => path)).toEqual([expect.stringMatching(/^__pycache__\/made\..*\.pyc$/)]);
  });
});

describe('terminals and named pipes', () => {
  it('lets a program talk to another over a pseudo-terminal', async () => {
    const script = `import os, pty, sys, termios
def main():
    said = []
    def read(terminal):
        said.append(os.read(terminal, 1024))
        if b'name?' in b''.join(said) and b'ada' not in b''.join(said): os.write(terminal, b'ada\\n')
        return b''
    asks = 'import os; print(os.isatty(0), os.get_terminal_size().columns); print("hello", input("name? "))'
    pid, terminal = pty.fork()
    if pid == 0: os.execv(sys.executable, [sys.executable, '-c', asks])
    termios.tcsetwinsize(terminal, (24, 80))
    try:
        while True: read(terminal)
    except OSError: pass
    return [os.waitpid(pid, 0)[1], b''.join(said).decode().splitlines()[-1], os.ttyname(os.openpty()[1])]`;
    expect((await run(script)).result).toEqual([0, 'hello ada', '/dev/pts/1']);
  });

  it('makes a named pipe', async () => {
    const script = `import os, threading
def main():
    os.mkfifo('pipe')
    threading.Thread(target=lambda: open('pipe', 'w').write('through')).start()
    return open('pipe').read()`;
    expect((await run(script)).result).toBe('through');
  });
});

describe('what a jail does not show', () => {
  it('is named, with what to use instead', async () => {
    const proc = await run("def main(): return open('/proc/meminfo').read()");
    expect(proc.suggestions?.slice(0, 2).join(' ')).toMatch(
      /^Jails do not show the host: .* 256 MiB of memory/,
    );
    const stat = await run("def main(): return open('/proc/stat').read()");
    expect(stat.suggestions?.[1]).toContain('time.process_time() tells its CPU time');
    const netlink = `import socket
def main():
    getifaddrs = lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)
    return getifaddrs()`;
    const { suggestions } = await run(netlink);
    expect(suggestions?.[0]).toMatch(/^Jails refuse netlink, .* socket\.if_nameindex/);
    const interfaces = 'import socket\ndef main(): return socket.if_nameindex()';
    expect((await run(interfaces)).result).toEqual([[1, 'lo']]);
    const watch = `import ctypes, os
def main():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.inotify_init1(0) < 0: raise OSError(ctypes.get_errno(), 'inotify instance limit reached')`;
    expect((await run(watch)).suggestions?.join(' ')).toContain('PollingObserver');
  });
});

describe('open files', () => {
  const open = `import os, resource
def main(count):
    files = [open('/dev/null') for _ in range(count)]
    return [len(files), *resource.getrlimit(resource.RLIMIT_NOFILE)]`;

  it('are as many as the request asks for, up to the ceiling', async () => {
    const few = await run(open, { args: [300] });
    expect([few.error, few.suggestions?.[1]]).toEqual([
      'runtime_error',
      'Raise "limits": {"open_files": 512} (this run had 256; the ceiling is 4096)',
    ]);
    const limits = { open_files: 2000 };
    const { result, execution } = await run(open, { args: [1900], limits });
    expect([result, execution.limits['open_files']]).toEqual([[1900, 2000, 2000], 2000]);
    const { status, body } = await service.execute({ script: open, limits: { open_files: 5000 } });
    expect([status, body.error]).toEqual([400, 'invalid_input']);
  });
});

describe('names that programs look up', () => {
  it('has users, groups, services, protocols and types of files', async () => {
    const script = `import grp, mimetypes, os, pwd, socket
def main():
    me = pwd.getpwuid(os.getuid())
    return [me.pw_name, me.pw_dir, pwd.getpwnam('root').pw_uid, pwd.getpwnam('nobody').pw_uid, os.path.expanduser('~root'),
            grp.getgrgid(os.getgid()).gr_name, grp.getgrnam('tty').gr_gid,
            socket.getservbyname('https'), socket.getservbyname('smtps', 'tcp'), socket.getservbyport(53, 'udp'),
            socket.getprotobyname('udp'), socket.if_nameindex(), [info[4][1] for info in socket.getaddrinfo('localhost', 'http', socket.AF_INET, socket.SOCK_STREAM)],
            mimetypes.guess_type('a.md')[0], mimetypes.guess_type('a.docx')[0]]`;
    expect((await run(script)).result).toEqual([
      ...[
        'jail',
        '/work',
        0,
        65_534,
        '/',
        'jail',
        5,
        443,
        465,
        'domain',
        17,
        [[1, 'lo']],
        [80],
        'text/markdown',
      ],
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    ]);
  });
});

describe('an exception beside live threads', () => {
  it('is told, and not the time that they would take', async () => {
    const script = `import threading, time
for _ in range(20): threading.Thread(target=time.sleep, args=(60,)).start()
raise ValueError('seen')`;
    const { error, message, stdout } = await run(script, { mode: 'script' });
    expect([error, message, stdout]).toEqual(['runtime_error', 'seen', '']);
  });

  it('waits for threads that end, and for what atexit holds', async () => {
    const script = `import atexit, threading, time
atexit.register(print, 'atexit')
threading.Thread(target=lambda: (time.sleep(0.2), print('thread'))).start()
raise ValueError('seen')`;
    const { error, stdout } = await run(script, { mode: 'script' });
    expect([error, stdout]).toEqual(['runtime_error', 'thread\natexit\n']);
  });

  it('is handed to a hook of the script', async () => {
    const script = `import sys
sys.excepthook = lambda kind, error, trace: print(kind.__name__, error, trace.tb_lineno)
raise ValueError('seen')`;
    const { error, stdout } = await run(script, { mode: 'script' });
    expect([error, stdout]).toEqual(['runtime_error', 'ValueError seen 3\n']);
  });
});

describe('the end of a script', () => {
  const open = `import gzip
class Last:
    def __del__(self): print('__del__')
def count():
    try: yield 1
    finally: print('finally')
`;
  const left = `last, counting = Last(), count()
next(counting)
packed = gzip.open('x.gz', 'wt')
packed.write('hello' * 1000)`;

  it('is that of the interpreter where it is run as a program', async () => {
    const body = await run(open + left, { mode: 'script', return_files: ['*'] });
    expect(body.stdout).toBe('__del__\nfinally\n');
    const [file] = body.files;
    expect(gunzipSync(Buffer.from(file?.content ?? '', 'base64')).toString()).toBe('hello'.repeat(1000));
  });

  it('closes what a function left open before files are collected', async () => {
    const script = `${open}def main():
    global last, counting, packed
    ${left.replaceAll('\n', '\n    ')}
    return 'value'`;
    const body = await run(script, { return_files: ['*'] });
    expect([body.result, body.stdout]).toEqual(['value', '__del__\nfinally\n']);
    const [file] = body.files;
    expect(gunzipSync(Buffer.from(file?.content ?? '', 'base64')).toString()).toBe('hello'.repeat(1000));
  });

  it('completes archives beside a thread that still runs', async () => {
    const script = `import gzip, threading, time
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
packed = gzip.open('x.gz', 'wt')
packed.write('hello')`;
    const { files } = await run(script, { mode: 'script', return_files: ['*'] });
    expect(gunzipSync(Buffer.from(files[0]?.content ?? '', 'base64')).toString()).toBe('hello');
  });

  it('runs no code of objects that it only looks at', async () => {
    const script = `import gzip, sys
class Kind(type):
    def __eq__(self, other): print('compared classes'); raise ValueError
    __hash__ = type.__hash__
class Shy(metaclass=Kind):
    @property
    def __class__(self): print('touched')
    def __eq__(self, other): print('compared')
    def __hash__(self): print('hashed'); return 1
shy = sys.modules['shy'] = Shy()
class Packed(gzip.GzipFile): pass
packed = Packed('x.gz', 'w')
packed.write(b'hello')
def main(): return 1`;
    const body = await run(script, { return_files: ['*'] });
    expect(body.stdout).toBe('');
    expect(gunzipSync(Buffer.from(body.files[0]?.content ?? '', 'base64')).toString()).toBe('hello');
  });

  it('takes nothing from threads that still run', async () => {
    const script = `import threading, time
words = ['a'] * 3
def work():
    for word in words: time.sleep(0.05)
threading.Thread(target=work, daemon=True).start()`;
    const { success, stderr } = await run(script, { mode: 'script' });
    expect([success, stderr]).toEqual([true, '']);
  });
});

describe('signals and children', () => {
  it.each<[signal: number, name: string, script: string]>([
    [14, 'SIGALRM', 'import signal, time; signal.alarm(1); time.sleep(60)'],
    [27, 'SIGPROF', 'import signal\nsignal.setitimer(signal.ITIMER_PROF, 0.05)\nwhile True: pass'],
    [9, 'SIGKILL', 'import os; os.kill(os.getpid(), 9)'],
    [6, 'SIGABRT', 'import os; os.abort()'],
    [1, 'SIGHUP', 'import os; os.kill(os.getpid(), 1)'],
    [15, 'SIGTERM', 'import os, time; os.fork() or os.kill(os.getppid(), 15); time.sleep(60)'],
    [10, 'SIGUSR1', 'import os; os.killpg(0, 10)'],
    [24, 'SIGXCPU', 'import signal; signal.raise_signal(24)'],
    [11, 'SIGSEGV', 'import ctypes; ctypes.string_at(0)'],
    [34, 'signal 34', 'import signal; signal.raise_signal(34)'],
  ])('signal %i ends a script, and is told', async (signal, name, script) => {
    const isScript = signal % 2 === 0;
    const source = isScript ? script : `def main():\n    ${script.replaceAll('\n', '\n    ')}`;
    const body = await run(source, { mode: isScript ? 'script' : 'function' });
    expect(body).toMatchObject({ success: false, error: 'crashed', return_code: -signal, retryable: false });
    expect(body.message).toContain(`ended by ${name}`);
    expect(body.suggestions?.join()).not.toContain('limits');
  });

  it('are handled where the script handles them, and its children can be ended', async () => {
    const script = `import multiprocessing, os, signal, subprocess, time
def main():
    caught = []
    signal.signal(signal.SIGTERM, lambda number, _: caught.append(number))
    os.fork() or (os.kill(os.getppid(), 15), os._exit(0))
    os.wait()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    process = multiprocessing.Process(target=time.sleep, args=(60,))
    process.start(); process.terminate(); process.join()
    sleeper = subprocess.Popen(['/bin/sh', '-c', 'read x'], stdin=subprocess.PIPE)
    sleeper.terminate()
    aborted = subprocess.run(['/bin/sh', '-c', 'kill -6 $$']).returncode
    group = subprocess.Popen(['/bin/sh', '-c', 'read x'], stdin=subprocess.PIPE, start_new_session=True)
    os.killpg(group.pid, 9)
    limited = subprocess.run(['/bin/sh', '-c', 'ulimit -t 5; ulimit -t'], capture_output=True, text=True).stdout
    return [caught, limited, process.exitcode, sleeper.wait(), aborted, group.wait()]`;
    expect((await run(script)).result).toEqual([[15], '5\n', -15, -15, -6, -9]);
  });

  it('leads a session of its own below a process 1 that reaps orphans', async () => {
    const script = `import os, time
def main():
    if os.fork() == 0:
        for _ in range(3): os.fork()
        os._exit(0)
    os.wait()
    def others(): return [p for p in os.listdir('/proc') if p.isdigit() and p not in ('1', '2')]
    while others(): time.sleep(0.01)
    try: os.waitpid(-1, 0)
    except ChildProcessError: return [os.getpid(), os.getppid(), os.getpgrp(), os.getsid(0)]`;
    expect((await run(script)).result).toEqual([2, 1, 2, 2]);
  });

  it('ends with its own status, and its children with it', async () => {
    const script = `import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: time.sleep(60)
    time.sleep(60)
print('done'); sys.stdout.flush()
os._exit(137)`;
    const body = await run(script, { mode: 'script' });
    expect(body).toMatchObject({ error: 'exited', return_code: 137, stdout: 'done\n' });
    expect(body.execution.duration_ms).toBeLessThan(8000);
  });

  it('says what native code said before it aborted', async () => {
    const script =
      "import ctypes, os\ndef main():\n    os.write(2, b'free(): invalid pointer\\n'); ctypes.CDLL(None).abort()";
    expect(await run(script)).toMatchObject({
      return_code: -6,
      message: 'The interpreter aborted itself: free(): invalid pointer',
    });
  });

  it('is killed for memory as a whole, and told so', async () => {
    const script = 'def main(): return len(bytearray(10**9))';
    expect(await run(script, { limits: { memory_mb: 64 } })).toMatchObject({ error: 'memory_limit' });
  });
});
