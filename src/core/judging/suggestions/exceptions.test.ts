import { describe, expect, it } from 'vitest';
import { failWith } from '../verdict/classify.test-support.ts';

const disk = 'Raise "limits": {"disk_mb": 128} (this run had 64; the ceiling is 1024)';
const processes = 'Raise "limits": {"processes": 128} (this run had 64; the ceiling is 1024)';
const offline = 'Scripts have no network: send the data with the request, as "files", "stdin" or "args"';
const readOnly = 'Write to the working directory or to /tmp: all else is read-only';

describe('what the jail causes', () => {
  it.each([
    ['EOFError', 'EOF when reading a line', 'Send what it reads as "stdin"'],
    ['OSError', "[Errno 28] No space left on device: '/tmp/x'", disk],
    ['OperationalError', 'database or disk is full', disk],
    ['RuntimeError', "can't start new thread", processes],
    ['PermissionError', "[Errno 13] Permission denied: '/etc/x'", readOnly],
    ['OSError', "[Errno 30] Read-only file system: '/x'", readOnly],
    [
      'PermissionError',
      '[Errno 1] Operation not permitted',
      'Do without this operation: the sandbox does not allow it',
    ],
    ['OSError', '[Errno 101] Network is unreachable', offline],
    ['gaierror', '[Errno -3] Temporary failure in name resolution', offline],
    ['URLError', '<urlopen error [Errno -2] Name or service not known>', offline],
    ['ConnectionRefusedError', '[Errno 111] Connection refused', offline],
    [
      'RecursionError',
      'maximum recursion depth exceeded',
      'Check that the recursion ends: it needs a case that does not call itself again',
    ],
    [
      'FileNotFoundError',
      "[Errno 2] No such file or directory: '/proc/meminfo'",
      'Jails do not show the host: /proc has the processes of the script and nothing else, and there is no /sys',
    ],
    [
      'OSError',
      '[Errno 24] inotify instance limit reached',
      'Scripts cannot watch files: jails have no inotify, which the kernel counts for the whole host',
    ],
    [
      'CalledProcessError',
      "Command 'sort a | uniq' returned non-zero exit status 127.",
      'There are no programs here but Python, a shell and at most a few tools such as ls',
    ],
    [
      'OSError',
      "[Errno 24] Too many open files: 'x'",
      'Close files, sockets and pipes that are done with: open them in a `with` statement',
    ],
    [
      'FileNotFoundError',
      "[Errno 2] No such file or directory: 'a.csv'",
      'Send the file with the request: "files": [{"path": "a.csv", "content": …}]',
    ],
  ])('%s: %s', (type, message, expected) => {
    expect(failWith({ type, message }).suggestions[0]).toBe(expected);
  });

  it('speaks of input only where some is read, and of a function only where one is called', () => {
    const read = { type: 'EOFError', message: 'EOF when reading a line' };
    expect(failWith(read).suggestions).toContain('Or send the values as "args" of the function');
    expect(failWith(read, { mode: 'script' }).suggestions.join()).not.toContain('args');
    for (const [line, expected] of [
      ['getpass.getpass()', true],
      ['connection.recv()', false],
    ] as const) {
      const traceback = `  File "script.py", line 2, in <module>\n    ${line}\n`;
      const { suggestions } = failWith({ type: 'EOFError', traceback });
      expect(suggestions.includes('Send what it reads as "stdin"')).toBe(expected);
    }
  });

  it('tells a child that failed at the lines of the script', () => {
    const text =
      '  File "/usr/lib/python3.13/multiprocessing/spawn.py", line 297, in _fixup_main_from_path\n';
    const stderr = { text, bytes: text.length, truncated: false };
    const guard = /^Start processes below `if __name__ == "__main__":`/;
    expect(failWith({ type: 'BrokenProcessPool' }, { stderr }).suggestions[0]).toMatch(guard);
    expect(failWith({ type: 'ValueError' }, { stderr }).suggestions[0]).not.toMatch(guard);
  });

  it.each([
    ['[Errno 28] No space left on device', /^Close pseudo-terminals .* at most 16 at once$/],
    ['[Errno 2] No such file or directory', /^Scripts of this service may have no pseudo-terminals/],
    ['out of pty devices', /^Scripts of this service may have no pseudo-terminals/],
  ])('tells pseudo-terminals from files: %s', (message, expected) => {
    const traceback = `  File "script.py", line 2, in main\n    pairs.append(os.openpty())\n`;
    const [first] = failWith({ type: 'OSError', message, traceback }).suggestions;
    expect(first).toMatch(expected);
  });

  it('tells psutil that jails do not show the machine', () => {
    const message = '/proc/diskstats nor /sys/block are available on this system';
    const { suggestions } = failWith({ type: 'NotImplementedError', message });
    expect(suggestions[0]).toContain('Jails do not show the host');
    expect(failWith({ type: 'NotImplementedError', message: 'later' }).suggestions.join()).not.toContain(
      'host',
    );
    const traceback = '  File "script.py", line 2, in main\n    return psutil.net_if_addrs()\n';
    const refused = { type: 'OSError', message: '[Errno 97] Address family not supported by protocol' };
    expect(failWith({ ...refused, traceback }).suggestions[0]).toMatch(/^Jails refuse netlink/);
    expect(failWith(refused).suggestions[0]).toBe(offline);
  });

  it.each([
    ['/proc/meminfo', 'limits.memory_mb'],
    ['/proc/stat', 'time.process_time()'],
    ['/proc/net/dev', '/proc/self/net'],
  ])('names what replaces %s', (path, expected) => {
    const message = `[Errno 2] No such file or directory: '${path}'`;
    const { suggestions } = failWith({ type: 'FileNotFoundError', message });
    expect(suggestions[1]).toContain(expected);
    expect(suggestions.join()).not.toContain('"files"');
  });

  it.each([
    [
      'CalledProcessError',
      "Command '['/usr/bin/python3', '-m', 'pip', 'install', '-q', 'six==1.17', 'attrs']' returned non-zero exit status 1.",
      'six',
    ],
    ['CalledProcessError', "Command 'pip install six' returned non-zero exit status 127.", 'six'],
    ['FileNotFoundError', "[Errno 2] No such file or directory: 'pip'", undefined],
  ])('tells who installs packages where they come from: %s: %s', (type, message, name) => {
    const traceback = `  File "script.py", line 2, in main\n    subprocess.run(['pip', 'install', '-r', path])\n`;
    const rest = name === undefined ? { traceback } : {};
    const { suggestions } = failWith({ type, message, ...rest });
    expect(suggestions[0]).toBe('Leave the installation out: packages come with the environment');
    expect(
      suggestions.includes(
        `The environment "default" has the standard library only, so ${name} is not there`,
      ),
    ).toBe(name !== undefined);
  });

  it('blames the limit of processes only where the kernel refused one', () => {
    const report = { type: 'BlockingIOError', message: '[Errno 11] Resource temporarily unavailable' };
    expect(failWith(report, { usage: { processRefusals: 2 } }).suggestions).toContain(processes);
    expect(failWith(report).suggestions).not.toContain(processes);
  });

  it('tells of a child that was killed for memory', () => {
    const { suggestions } = failWith({ type: 'BrokenProcessPool' }, { usage: { oomKills: 1 } });
    expect(suggestions[0]).toMatch(
      /^A process of the script was killed for memory: Raise .*"memory_mb": 512/,
    );
  });
});

const about = (name: string) => ({
  type: 'TypeError',
  message: `${name}() missing 1 required positional argument: 'x'`,
});

describe('arguments of the entry function', () => {
  it.each([
    [
      "main() missing 1 required positional argument: 'x'",
      'Send "args": […] or "kwargs": {"x": …} in the request',
    ],
    [
      "main() missing 2 required positional arguments: 'x' and 'y'",
      'Send "args": […, …] or "kwargs": {"x": …, "y": …} in the request',
    ],
    [
      "main() missing 1 required keyword-only argument: 'k'",
      'Send "kwargs": {"k": …} in the request, or give k a default',
    ],
    [
      "main() got an unexpected keyword argument 'y'",
      'Remove y from the "kwargs" of the request, or add the parameter to main()',
    ],
    [
      "main() got multiple values for argument 'x'",
      'Send x in "args" or in "kwargs" of the request, not in both',
    ],
    [
      'main() takes 1 positional argument but 2 were given',
      'Send as many "args" as main() has parameters, or add a parameter (*args takes any number)',
    ],
  ])('%s', (message, expected) => {
    expect(failWith({ type: 'TypeError', message }).suggestions[0]).toBe(expected);
  });

  it("are not the request's for another function, nor in mode script", () => {
    expect(failWith(about('helper')).suggestions.join()).not.toContain('kwargs');
    expect(failWith(about('main'), { mode: 'script' }).suggestions.join()).not.toContain('kwargs');
  });
});

describe("the script's own logic", () => {
  it('depends on the mode', () => {
    const traceback = '  File "script.py", line 2, in <module>\n    print(sys.argv[1])\n';
    const index = { type: 'IndexError', message: 'list index out of range', traceback };
    expect(failWith(index).suggestions[0]).toContain('use "mode": "script"');
    expect(failWith(index, { mode: 'script' }).suggestions[0]).toBe(
      'Send the arguments of the script as "args": they become sys.argv[1:]',
    );
    const running = {
      type: 'RuntimeError',
      message: 'asyncio.run() cannot be called from a running event loop',
    };
    expect(failWith(running, { mode: 'script' }).suggestions[0]).not.toContain('main()');
  });

  it('names each column of several tables once', () => {
    const missing = { what: 'key', name: 'missing', of: 'pandas', candidates: ['a', 'b', 'a', 'c'] };
    expect(failWith({ type: 'KeyError', message: "'missing'", missing }).suggestions[0]).toBe(
      'Columns and labels of the tables there: "a", "b", "c"',
    );
  });

  it.each([
    ['ZeroDivisionError', 'division by zero', 'Check that the divisor is not zero'],
    ['KeyError', "'a'", "Check for the key first, or read it with .get('a')"],
    [
      'UnicodeEncodeError',
      "'utf-8' codec can't encode character '\\ud83d' in position 0: surrogates not allowed",
      'Look for half of a surrogate pair in the text, or replace it: encode("utf-8", "replace")',
    ],
    ['IndexError', 'list index out of range', 'Check the length first: the last index is len(value) - 1'],
    [
      'TypeError',
      'can only concatenate str (not "int") to str',
      'Convert to text first: str(value), or an f-string',
    ],
    [
      'TypeError',
      "'NoneType' object is not subscriptable",
      'Check for None first: a function without a return gives None',
    ],
    [
      'TypeError',
      'Object of type set is not JSON serializable',
      'Give json.dumps a default: json.dumps(value, default=str)',
    ],
    [
      'RuntimeError',
      'asyncio.run() cannot be called from a running event loop',
      'Write `await` instead of asyncio.run(): `async def main()` is awaited by itself',
    ],
  ])('%s: %s', (type, message, expected) => {
    expect(failWith({ type, message, location: { line: 3, column: 9 } }).suggestions).toEqual([
      expected,
      'Look at line 3, column 9 of the script',
    ]);
  });
});
