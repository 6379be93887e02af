import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { describeInJail } from '../support/attack.ts';

/*
 * The script controls its working directory and the files that it sends. The service's memory, the verdict and the
 * names in an answer may not depend on its good will.
 */
const all = { return_files: ['**', '**/.*'] };
const MIB = 1024 * 1024;

describeInJail('the working directory as a trap', (arena) => {
  it('what is no regular file is listed, not opened; links are not followed, not even in circles', async () => {
    const script = `
import os, socket
def main():
    os.symlink('/etc/passwd', 'link'); os.symlink('.', 'loop'); os.symlink('/', 'root'); os.symlink('a', 'b'); os.symlink('b', 'a')
    socket.socket(socket.AF_UNIX).bind('socket')
    open('real', 'w').write('x'); os.link('real', 'hard')
    return sorted(os.listdir('loop/loop/loop'))`;
    const { files, execution } = await arena.run(script, all);
    expect(files.map(({ path, content }) => [path, content])).toEqual([
      ['hard', 'x'],
      ['real', 'x'],
    ]);
    const omitted = ['a', 'b', 'link', 'loop', 'root', 'socket'];
    expect(execution.files?.omitted).toEqual(
      omitted.map((path) => ({ path, size: null, reason: 'not_a_file' })),
    );
  });

  it('a sparse file of gigabytes is left out by its size, and the small ones still come', async () => {
    const script = `
import os
def main():
    with open('a', 'wb') as f: f.truncate(3 << 30)
    with open('b', 'wb') as f: f.truncate(1 << 20)
    open('c', 'w').write('small')`;
    const { files, execution } = await arena.run(script, all);
    expect(files.map(({ path, size }) => [path, size])).toEqual([
      ['b', MIB],
      ['c', 5],
    ]);
    expect(execution.files).toMatchObject({
      omitted: [{ path: 'a', size: 3 * 1024 * MIB, reason: 'too_large' }],
      complete: true,
    });
  });

  it('of thousands of files the first hundred come, and the others are counted', async () => {
    const script = 'def main():\n    for n in range(5000): open(f"{n:05}", "w").close()';
    const { files, execution } = await arena.run(script, all);
    expect(files.map(({ path }) => path)).toEqual(
      Array.from({ length: 100 }, (_, n) => `000${String(n).padStart(2, '0')}`),
    );
    expect(execution.files).toMatchObject({ returned: 100, omitted_total: 4900, complete: true });
    expect(execution.files?.omitted).toHaveLength(100);
    expect(execution.files?.omitted[0]).toEqual({ path: '00100', size: 0, reason: 'too_many' });
  });

  it('folders a thousand deep end where paths do, and names that are not UTF-8 are told', async () => {
    const script = `
import os
def main():
    open(b'\\xff\\xfe', 'w').close(); open('closed', 'w').close(); os.chmod('closed', 0)
    os.mkdir('dark'); os.chmod('dark', 0)
    open('\\x1b[31m\\u202e', 'w').write('1')
    for _ in range(1000):
        os.mkdir('d'); os.chdir('d')
    open('bottom', 'w').close()`;
    const { files, execution } = await arena.run(script, all);
    expect(files.map(({ path }) => path)).toEqual(['\u001b[31m\u202e']);
    expect(execution.files?.omitted).toEqual(
      expect.arrayContaining([
        { path: '\ufffd\ufffd', size: 0, reason: 'bad_path' },
        { path: 'closed', size: 0, reason: 'unreadable' },
        { path: 'dark', size: null, reason: 'unreadable' },
        { path: Array.from({ length: 32 }, () => 'd').join('/'), size: null, reason: 'bad_path' },
      ]),
    );
  });

  it('files that grow, shrink, vanish and become something else meanwhile do no harm', async () => {
    const script = `
import os, threading
def grow():
    with open('grows', 'ab') as f:
        while True:
            f.write(b'x' * 4096)
            if f.tell() > 8 << 20: f.truncate(0)
def swap():
    while True:
        for action in (lambda: open('swaps', 'w').close(), lambda: os.unlink('swaps'), lambda: os.symlink('/etc/passwd', 'swaps'),
                       lambda: os.unlink('swaps'), lambda: os.mkdir('swaps'), lambda: os.rmdir('swaps')):
            try: action()
            except OSError: pass
def main():
    for target in (grow, swap): threading.Thread(target=target, daemon=True).start()
    for n in range(50): open(f'f{n}', 'wb').write(b'y' * 100_000)
    return 'made'`;
    const { result, files } = await arena.run(script, all);
    expect(result).toBe('made');
    expect(files.filter(({ path }) => path.startsWith('f'))).toHaveLength(50);
    expect(files.every(({ path }) => /^(f\d+|grows|swaps)$/.test(path))).toBe(true);
    expect(files.find(({ path }) => path === 'swaps')?.content ?? '').toBe('');
  });

  it('a script that takes the tools of the search away loses its files, not its result', async () => {
    const script = `
import builtins, os, posix
def main():
    open('a', 'w').write('x')
    for module, names in ((posix, ('open', 'read', 'listdir', 'lstat', 'fstat', 'close')), (os, ('open', 'listdir'))):
        for name in names: setattr(module, name, None)
    return 'kept'`;
    expect(await arena.run(script, all)).toMatchObject({
      result: 'kept',
      files: [{ path: 'a', content: 'x' }],
    });
    const broken = await arena.run(
      script.replace("return 'kept'", "builtins.sorted = None; return 'kept'"),
      all,
    );
    expect(broken).toMatchObject({ result: 'kept', files: [], execution: { files: { complete: false } } });
  });
});

const forge = `
import os, struct, time
def send(tag, payload): 
    data = tag + struct.pack('>I', len(payload)) + payload
    while data: data = data[os.write(4, data):]
def file(path, size): send(b'n', struct.pack('>Q', size) + path)
`;

const claims: readonly [why: string, lines: string][] = [
  ['a path out of the directory', "file(b'../x', 1); send(b'd', b'x')"],
  ['an absolute path', "file(b'/etc/x', 1)"],
  ['a path that was not asked for', "file(b'b', 1)"],
  ['a path that is not UTF-8', "file(b'a\\xff', 1)"],
  ['a path with NUL', "file(b'a\\0', 1)"],
  ['an empty path', "file(b'', 1)"],
  ['a path twice', "file(b'a', 1); file(b'a', 1)"],
  ['a file in place of a folder', "file(b'a', 1); file(b'a/b', 1)"],
  ['a size beyond the cap', "file(b'a', 1 << 40)"],
  ['a size beyond all', "file(b'a', (1 << 64) - 1)"],
  ['sizes beyond the cap together', "file(b'a', 30 << 20); file(b'a1', 30 << 20)"],
  ['more bytes than announced', "file(b'a', 1); send(b'd', b'xx')"],
  ['bytes of no file', "send(b'd', b'x')"],
  ['bytes in a frame longer than any', "file(b'a', 1 << 20); send(b'd', b'x' * 100_000)"],
  ['no size', "send(b'n', b'a')"],
  ['a summary that is none', "send(b'o', b'{}')"],
  [
    'a summary of lies',
    'send(b\'o\', b\'{"omitted":[{"path":"\\\\ud800","size":-1,"reason":"x"}],"omitted_total":-1,"complete":true}\')',
  ],
  ['a summary longer than any', "os.write(4, b'o' + struct.pack('>I', 1 << 31))"],
  ['a second result', "send(b'r', b'2')"],
  ['garbage', 'os.write(4, os.urandom(64))'],
  ['half a file', "file(b'a', 2); send(b'd', b'x')"],
];

describeInJail('forging files', (arena) => {
  it.each(claims)('%s: the result stands, and none of it comes out', async (_why, lines) => {
    const script = `${forge}\ndef main():\n    send(b'r', b'1'); ${lines}; os._exit(0)`;
    const { files, ...body } = await arena.run(script, { return_files: ['a*', 'a/*'] });
    expect(body).toMatchObject({ success: true, result: 1 });
    expect(body.execution.files).toMatchObject({ complete: false, omitted: [] });
    expect(files.every(({ path, content }) => path === 'a' && content === '')).toBe(true);
  });

  it('more files than may be returned: those up to the cap', async () => {
    const script = `${forge}\ndef main():\n    send(b'r', b'1')\n    for n in range(10**5): file(b'a%d' % n, 0)\n    os._exit(0)`;
    const { files } = await arena.run(script, { return_files: ['a*'] });
    expect(files).toHaveLength(100);
  });

  it('files before a result break the channel; files that nobody asked for do too', async () => {
    const early = `${forge}\ndef main():\n    file(b'a', 1); send(b'd', b'x'); time.sleep(60)`;
    expect(await arena.run(early, { return_files: ['a'] })).toMatchObject({ error: 'exited', files: [] });
    expect(await arena.run(early)).toMatchObject({ error: 'exited', files: [] });
  });

  it('collecting never ends: it is given up at the deadline, and the result stands', async () => {
    const script = `${forge}\ndef main():\n    open('a', 'w').close(); send(b'r', b'1'); file(b'a', 1); send(b'd', b'x'); file(b'ab', 1); time.sleep(60)`;
    const body = await arena.run(script, { return_files: ['a*'], limits: { timeout: 1 } });
    expect(body).toMatchObject({ success: true, result: 1, files: [{ path: 'a', content: 'x' }] });
    expect(body.execution.files).toMatchObject({ returned: 1, complete: false });
  });

  it('frames of a byte, or of none, end it: they would be work without end', async () => {
    for (const bytes of ["b'x'", "b''"]) {
      const script = `${forge}\ndef main():\n    send(b'r', b'1'); file(b'a', 10**6)\n    while True: send(b'd', ${bytes})`;
      const body = await arena.run(script, { return_files: ['a*'], limits: { timeout: 30 } });
      expect(body).toMatchObject({ result: 1, files: [], execution: { files: { complete: false } } });
    }
  });

  it('a file in memory that is announced and never sent costs nothing', async () => {
    const script = `${forge}\ndef main():\n    send(b'r', b'1'); file(b'a', 30 << 20); send(b'o', b''); time.sleep(60)`;
    const before = process.memoryUsage.rss();
    const { files } = await arena.run(script, { return_files: ['a*'] });
    expect(files).toMatchObject([{ path: 'a', size: 0 }]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * MIB);
  });

  it('a caller who goes away meanwhile ends it', async () => {
    const script = `${forge}\ndef main():\n    send(b'r', b'1'); time.sleep(60)`;
    const leaving = new AbortController();
    const answer = arena.service.execute(
      { script, return_files: ['a'], limits: { timeout: 60 } },
      { signal: leaving.signal },
    );
    await sleep(1000);
    leaving.abort();
    await expect(answer).rejects.toThrow();
  });
});
