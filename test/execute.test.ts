import { expect, it } from 'vitest';
import { describeInJail } from './support/attack.ts';

describeInJail('POST /execute', (arena) => {
  it('runs main() and gives its result, its output and figures of the run', async () => {
    const answer = await arena.service.execute({
      script:
        'import sys\ndef main():\n    print("out"); print("err", file=sys.stderr)\n    return {"a": [1, None, True, "é"]}',
      execution_id: 'my-own-id',
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.headers['server-timing']).toMatch(/run;dur=/);
    const { execution, ...rest } = answer.body;
    expect(rest).toEqual({
      success: true,
      result: { a: [1, null, true, 'é'] },
      stdout: 'out\n',
      stderr: 'err\n',
      return_code: 0,
      files: [],
    });
    expect(execution).toMatchObject({
      id: 'my-own-id',
      runtime: 'python',
      environment: 'default',
      output: { stdout: { bytes: 4, truncated: false }, stderr: { bytes: 4, truncated: false } },
      limits: {
        timeout: 10,
        memory_mb: 256,
        cpus: 1,
        processes: 64,
        output_bytes: 1_048_576,
        disk_mb: 64,
        open_files: 256,
      },
    });
    expect(execution.duration_ms).toBeGreaterThan(0);
    expect(execution.cpu_ms).toBeGreaterThan(0);
    expect(execution.memory_peak_bytes).toBeGreaterThan(1_000_000);
    expect(execution.memory_peak_bytes).toBeLessThan(256 * 1024 * 1024);
  });

  it('gives an id of its own where the caller has none', async () => {
    expect((await arena.run('def main(): pass')).execution.id).toMatch(/^[\da-f-]{36}$/);
  });

  it.each([
    ['None', 'null'],
    ['2 ** 70', '1180591620717411303424'],
    ['5.0', '5.0'],
    ['-0.0', '-0.0'],
    ['1e300', '1e+300'],
    ['(1, 2)', '[1,2]'],
    ['{1: 2, None: 3, True: 4}', '{"1":4,"null":3}'],
    ['"\\u2028\\x00\\U0001f600"', String.raw`"\u2028\u0000\ud83d\ude00"`],
    ['__import__("enum").IntEnum("E", "A").A', '1'],
  ])('a result %s is written as %s', async (value, text) => {
    const answer = await arena.service.execute({ script: `def main():\n    return ${value}` });
    expect(answer.text).toContain(`"result":${text},"stdout"`);
  });

  it('takes args and kwargs with every digit, and keeps 5.0 from 5', async () => {
    const script = 'def main(*a, **k):\n    return [repr(a), repr(k)]';
    const body = `{"script": ${JSON.stringify(script)}, "args": [1180591620717411303424, 5.0, 5, -0.0, 1e2, "x", null], "kwargs": {"k": 0.1}}`;
    const { body: said } = await arena.service.execute(body);
    expect(said.result).toEqual(["(1180591620717411303424, 5.0, 5, -0.0, 100.0, 'x', None)", "{'k': 0.1}"]);
  });

  it('calls another function than main', async () => {
    expect(await arena.result('def other(x): return x * 2', { function: 'other', args: [21] })).toBe(42);
  });

  it('awaits an async main', async () => {
    const script = 'import asyncio\nasync def main(x):\n    await asyncio.sleep(0.01)\n    return x';
    expect(await arena.result(script, { args: ['waited'] })).toBe('waited');
  });

  it('gives stdin, also as /dev/stdin', async () => {
    const script = 'import sys\ndef main():\n    return [input(), sys.stdin.read()]';
    expect(await arena.result(script, { stdin: 'one\ntwo é\n' })).toEqual(['one', 'two é\n']);
    const byPath = 'def main(): return open("/dev/stdin").read()';
    expect(await arena.result(byPath, { stdin: 'one\ntwo é\n' })).toEqual('one\ntwo é\n');
  });

  it('an empty stdin is at its end', async () => {
    expect(await arena.result('import sys\ndef main(): return sys.stdin.read()')).toBe('');
  });

  it('sets env, and TZ before the script starts', async () => {
    const script =
      'import os, time\ndef main():\n    return [os.environ["GREETING"], time.strftime("%H", time.gmtime(0)), time.localtime(0).tm_hour]';
    expect(await arena.result(script, { env: { GREETING: 'hällo', TZ: 'XXX-5' } })).toEqual([
      'hällo',
      '00',
      5,
    ]);
  });

  it('the standard library works: threads, processes, sqlite, temporary files, subprocesses', async () => {
    const script = `
import concurrent.futures, multiprocessing, sqlite3, subprocess, sys, tempfile, zoneinfo, hashlib, decimal
def square(x): return x * x
def main():
    with concurrent.futures.ThreadPoolExecutor() as threads: a = list(threads.map(square, range(3)))
    with multiprocessing.get_context('fork').Pool(2) as pool: b = pool.map(square, range(3))
    c = sqlite3.connect('/work/x.db').execute('select 40 + 2').fetchone()[0]
    d = subprocess.run([sys.executable, '-c', 'print(6 * 7)'], capture_output=True, text=True).stdout
    with tempfile.TemporaryFile() as f: e = f.write(b'x' * 10)
    return [a, b, c, d, e]`;
    expect(await arena.result(script)).toEqual([[0, 1, 4], [0, 1, 4], 42, '42\n', 10]);
  });

  it('mode script runs the file as __main__, with its arguments', async () => {
    const body = await arena.run('import sys\nif __name__ == "__main__": print(sys.argv)', {
      mode: 'script',
      args: ['a', 'b c'],
    });
    expect(body).toMatchObject({
      success: true,
      result: null,
      stdout: "['script.py', 'a', 'b c']\n",
      return_code: 0,
    });
  });

  it('mode script: exit handlers run, and threads are waited for', async () => {
    const script =
      'import atexit, threading, time\natexit.register(print, "handler")\nthreading.Thread(target=lambda: (time.sleep(0.1), print("thread"))).start()';
    expect((await arena.run(script, { mode: 'script' })).stdout).toBe('thread\nhandler\n');
  });

  it.each([
    ['sys.exit(0)', true, 0, ''],
    ['sys.exit(3)', false, 3, ''],
    ['sys.exit("last words")', false, 1, 'last words\n'],
    ['os._exit(4)', false, 4, ''],
    ['os._exit(0)', true, 0, ''],
  ])('mode script: %s gives success %s with status %i', async (statement, success, status, stderr) => {
    const body = await arena.run(`import os, sys\n${statement}`, { mode: 'script' });
    expect(body).toMatchObject({
      success,
      return_code: status,
      stderr,
      ...(success ? {} : { error: 'exited' }),
    });
  });

  it('output over its cap keeps head and tail, with a line between that says what is missing', async () => {
    const script = 'def main():\n    for i in range(10000): print(f"line {i}")';
    const body = await arena.run(script, { limits: { output_bytes: 200 } });
    expect(body.success).toBe(true);
    expect(body.stdout).toMatch(
      /^line 0\nline 1\n[^]*\n\[\.\.\. \d+ bytes left out \.\.\.\]\n[^]*line 9999\n$/,
    );
    expect(body.execution.output.stdout).toEqual({ bytes: 98_890, truncated: true });
  });

  it('a cut never splits a character, and bytes that are no UTF-8 become U+FFFD', async () => {
    const cut = await arena.run('def main():\n    print("€" * 1000, end="")', {
      limits: { output_bytes: 100 },
    });
    expect(cut.stdout).not.toContain('\ufffd');
    const broken = await arena.run('import os\ndef main():\n    os.write(1, b"a\\xffb")');
    expect(broken.stdout).toBe('a\ufffdb');
  });

  it('output that comes byte by byte is all there, up to the last byte before the result', async () => {
    const script = `
import os
def main(count):
    for i in range(count):
        os.write(1, b'%d' % (i % 10))
        if i % 3 == 0: os.write(2, b'!')
    return count`;
    for (const count of [2, 300, 60_000]) {
      const body = await arena.run(script, { args: [count] });
      expect(body.result).toBe(count);
      expect(body.stdout).toBe('0123456789'.repeat(count / 10 + 1).slice(0, count));
      expect(body.stderr).toBe('!'.repeat(Math.ceil(count / 3)));
    }
  });

  it.each([
    [0, '[... 5 bytes left out ...]\n'],
    [1, 'a\n[... 4 bytes left out ...]\n'],
    [5, 'a€b'],
  ])('a cap of %i bytes is kept to the byte', async (cap, stdout) => {
    const body = await arena.run('def main():\n    print("a€b", end="")', { limits: { output_bytes: cap } });
    expect(body).toMatchObject({ success: true, stdout });
    expect(body.execution.output.stdout).toEqual({ bytes: 5, truncated: cap < 5 });
  });

  it('output that was printed before a failure is there', async () => {
    const body = await arena.run('import time\ndef main():\n    print("before")\n    time.sleep(9)', {
      limits: { timeout: 0.5 },
    });
    expect(body).toMatchObject({ error: 'timeout', stdout: 'before\n' });
  });

  it('CPU time, peak and processes are measured over children too', async () => {
    const script =
      'import subprocess, sys\ndef main():\n    subprocess.run([sys.executable, "-c", "x = bytearray(50 * 2**20); [i for i in range(3 * 10**6)]"])';
    const { execution } = await arena.run(script);
    expect(execution.cpu_ms).toBeGreaterThan(50);
    expect(execution.memory_peak_bytes).toBeGreaterThan(50 * 1024 * 1024);
  });

  it('limits of the request are echoed as they held', async () => {
    const limits = { timeout: 3, memory_mb: 100, cpus: 0.5, processes: 9, output_bytes: 10, disk_mb: 5 };
    const { execution } = await arena.run('def main(): pass', { limits });
    expect(execution.limits).toMatchObject(limits);
    expect(execution.enforcement).toMatchObject({
      network: 'namespace',
      filesystem: 'namespace',
      syscalls: 'seccomp',
      identity: 'own-id',
    });
  });

  it('sixty executions that are asked for at once, all come out right', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => arena.result('def main(x): return x', { args: [index] })),
    );
    expect(answers).toEqual(Array.from({ length: 60 }, (_, index) => index));
  });
});
