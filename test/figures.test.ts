import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WrittenFile } from '../src/core/contract/files/returned-files.ts';
import { isPng } from '../src/core/contract/files/figures.ts';
import { packageRoot } from '../src/paths.ts';
import { runShell } from './support/console.ts';
import { openStream } from './support/event-stream.ts';
import { findBlock, readBlocks } from './support/markdown.ts';
import {
  INSTALL_MS,
  PRELOADED,
  startServiceWithMatplotlib,
  stateWithMatplotlib,
} from './support/matplotlib.ts';
import { connectHttp } from './support/mcp-client.ts';
import { holdExamples } from './support/page-examples.ts';
import type { AnswerBody, TestService } from './support/service.ts';

const plt = 'import os, time\nimport matplotlib.pyplot as plt\n';
const main = (...lines: string[]): string => `${plt}def main():\n    ${lines.join('\n    ')}\n`;

/** Width and height of a PNG, from the header that every one begins with. */
function sizeOf(png: Buffer): [width: number, height: number] {
  expect(isPng(png)).toBe(true);
  expect(png.toString('latin1', 12, 16)).toBe('IHDR');
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

const pixelsOf = ({ encoding, content, media_type }: WrittenFile): [number, number] => {
  expect([encoding, media_type]).toEqual(['base64', 'image/png']);
  return sizeOf(Buffer.from(content, 'base64'));
};

let service: TestService;
beforeAll(async () => {
  process.env['BRIG_STATE_DIR'] = stateWithMatplotlib;
  service = await startServiceWithMatplotlib();
}, INSTALL_MS);
afterAll(async () => {
  await service.close();
  process.env['BRIG_STATE_DIR'] = stateWithMatplotlib.replace(/-matplotlib$/, '');
});
beforeEach(() => expect(service.incidents).toEqual([]));

/** An import of pyplot takes a quarter of a second of CPU: on a busy machine that is many on the clock. */
const limits = { timeout: 60, cpu_time: 60 };

const run = async (script: string, fields: Record<string, unknown> = {}): Promise<AnswerBody> => {
  const { status, body } = await service.execute({ script, limits, ...fields });
  expect(status).toBe(200);
  return body;
};

/** Names of the figures and their sizes in pixels. */
const figuresOf = ({ files }: AnswerBody): Record<string, [number, number]> =>
  Object.fromEntries(files.filter(({ figure }) => figure).map((file) => [file.path, pixelsOf(file)]));

describe('figures', () => {
  it('that are open at the end come back, each once, in the order of their numbers', async () => {
    const body = await run(
      main('plt.figure(2, figsize=(2, 1))', 'plt.figure(1, figsize=(1, 1))', 'plt.plot([1, 2])', 'return 5'),
    );
    expect(body).toMatchObject({ success: true, result: 5, stderr: '' });
    expect(figuresOf(body)).toEqual({ 'figure-1.png': [100, 100], 'figure-2.png': [200, 100] });
    expect(body.execution.files).toMatchObject({ returned: 2, omitted: [], complete: true });
  });

  it('that are shown come as they are then, and are closed', async () => {
    const script = `${plt}
plt.figure(figsize=(1, 1))
plt.figure(figsize=(2, 2))
plt.show()
print(plt.get_fignums())
plt.show()
plt.figure(figsize=(3, 3))
import atexit
atexit.register(lambda: plt.figure(figsize=(4, 4)))
`;
    const body = await run(script, { mode: 'script' });
    expect(body).toMatchObject({ success: true, stdout: '[]\n', stderr: '' });
    expect(Object.values(figuresOf(body))).toEqual([
      [100, 100],
      [200, 200],
      [300, 300],
      [400, 400],
    ]);
  });

  it('that are shown without waiting come when they are closed, or at the end', async () => {
    const body = await run(
      main(
        'closed, opened = plt.figure(figsize=(1, 1)), plt.figure(figsize=(2, 2))',
        'plt.show(block=False)',
        'plt.pause(0.01)',
        'closed.set_size_inches(3, 3)',
        'opened.set_size_inches(4, 4)',
        'plt.close(closed)',
        'plt.close(plt.figure())',
        'opened.show()',
        'plt.ion()',
        'plt.show()',
      ),
    );
    expect(body).toMatchObject({ success: true, stderr: '' });
    expect(Object.values(figuresOf(body))).toEqual([
      [300, 300],
      [400, 400],
    ]);
  });

  it.each([
    ['an exception', 'raise ValueError("late")', 'runtime_error'],
    ['sys.exit', 'raise SystemExit(3)', 'exited'],
    ['a result that is no JSON', 'return plt.gcf()', 'invalid_result'],
  ])('come back after %s too', async (_what, line, error) => {
    const body = await run(main('plt.figure()', 'plt.show()', 'plt.figure()', line));
    expect(body).toMatchObject({ success: false, error });
    expect(Object.keys(figuresOf(body))).toEqual(['figure-1.png', 'figure-2.png']);
    if (error === 'invalid_result') expect(body.suggestions?.join()).toContain('comes back in `files`');
  });

  it('come beside the files that were asked for, under names that no file has', async () => {
    const lines = ['plt.figure(figsize=(1, 1))', 'plt.savefig("figure-1.png")', 'os.mkdir("figure-2.png")'];
    const body = await run(main(...lines, 'open("a.txt", "w").write("A")'), {
      return_files: ['*.txt', '*.png'],
    });
    expect(body.files.map(({ path, figure }) => [path, figure])).toEqual([
      ['a.txt', undefined],
      ['figure-1.png', undefined],
      ['figure-3.png', true],
    ]);
    expect(body.execution.files).toMatchObject({ returned: 3, omitted: [], complete: true });
  });

  it.each([
    ['matplotlib.use', 'default', 'import matplotlib; matplotlib.use("Agg")', {}],
    ['env', PRELOADED, 'pass', { MPLBACKEND: 'svg' }],
  ])('that are open come back with a backend of the script: %s', async (_how, environment, line, env) => {
    const script = `${line}\n${main('plt.figure(figsize=(1, 1))', 'plt.show()', 'return plt.get_backend()')}`;
    const body = await run(script, { env, environment });
    expect(body.result).toMatch(/^(agg|svg)$/i);
    expect(Object.values(figuresOf(body))).toEqual([[100, 100]]);
  });

  it('come from a jail that has pyplot imported already', { timeout: 240_000 }, async () => {
    await run(main('pass'), { environment: PRELOADED });
    const script = `import sys\nready = "matplotlib.pyplot" in sys.modules\n${main(
      'plt.figure(figsize=(1, 1))',
      'plt.show()',
      'plt.figure(figsize=(2, 2))',
      'return ready',
    )}`;
    // The jail that waits for such a script is made aside.
    await expect
      .poll(async () => (await run(script, { environment: PRELOADED })).result, { timeout: 180_000 })
      .toBe(true);
    const body = await run(script, { environment: PRELOADED });
    expect(Object.values(figuresOf(body))).toEqual([
      [100, 100],
      [200, 200],
    ]);
  });

  it('are absent where nothing is drawn: no files, and no word of them', async () => {
    for (const script of ['def main(): return 1', main('return 1'), main('plt.close(plt.figure())')]) {
      const body = await run(script);
      expect(body).toMatchObject({ success: true, files: [] });
      expect(body.execution.files).toBeUndefined();
    }
  });

  it('come with the last event of a stream', async () => {
    const stream = await openStream(service.url, { script: main('plt.figure(figsize=(1, 1))') });
    const events = await stream.rest();
    const done = events.at(-1);
    expect(done?.event).toBe('done');
    expect(done?.data.files).toMatchObject([{ path: 'figure-1.png', figure: true }]);
  });

  it('are pictures for a model to look at', async () => {
    await using mcp = await connectHttp(service.url, 'auto');
    const { content } = await mcp.call('run_python', { script: main('plt.figure(figsize=(1, 1))') });
    expect(content[1]).toMatchObject({ type: 'image', mimeType: 'image/png' });
  });
});

describe('figures that cannot be drawn', () => {
  it('change no verdict at the end, and are told', async () => {
    const body = await run(
      main('plt.figtext(0, 0, "$\\\\frac{$")', 'plt.figure(figsize=(1, 1))', 'return "done"'),
    );
    expect(body).toMatchObject({ success: true, result: 'done', stderr: '' });
    expect(Object.keys(figuresOf(body))).toEqual(['figure-2.png']);
    expect(body.execution.files?.omitted).toMatchObject([
      { path: 'figure-1.png', size: null, reason: 'not_drawn' },
    ]);
    expect(body.execution.files?.omitted[0]?.detail).toMatch(/^ValueError: /);
  });

  it('are an exception of `show`', async () => {
    const body = await run(main('plt.figtext(0, 0, "$\\\\frac{$")', 'plt.show()'));
    expect(body).toMatchObject({ success: false, error: 'runtime_error', error_type: 'ValueError' });
    expect(body.location?.line).toBe(5);
  });

  it('for they are larger than the memory leave the verdict, and the other figures', async () => {
    const body = await run(
      main('plt.figure(figsize=(400, 400))', 'plt.figure(figsize=(1, 1))', 'return "done"'),
    );
    expect(body).toMatchObject({ success: true, result: 'done' });
    expect(figuresOf(body)).toEqual({ 'figure-2.png': [100, 100] });
    expect(body.execution.files?.omitted).toMatchObject([{ path: 'figure-1.png', reason: 'too_large' }]);
  });

  it.each([
    ['take more memory than there is', 'f.savefig = lambda *a, **k: bytearray(2 ** 30)', 60],
    ['take for ever', 'f.savefig = lambda *a, **k: time.sleep(60)', 10],
    ['end the process', 'f.savefig = lambda *a, **k: os._exit(3)', 60],
  ])('for they %s leave the verdict, and those before them', async (_what, line, timeout) => {
    const lines = ['plt.figure(figsize=(1, 1))', 'f = plt.figure()', line, 'return "done"'];
    const body = await run(main(...lines), { limits: { timeout } });
    expect(body).toMatchObject({ success: true, result: 'done' });
    expect(figuresOf(body)).toEqual({ 'figure-1.png': [100, 100] });
    expect(body.execution.files?.complete).toBe(false);
  });

  it('for they are a thousand are counted', async () => {
    const script = main('import warnings; warnings.simplefilter("ignore")');
    const flood = `${script}    for i in range(1000): plt.figure(figsize=(1, 1))\n`;
    const body = await run(flood);
    expect(body).toMatchObject({ success: true, stderr: '' });
    expect(body.files).toHaveLength(100);
    expect(body.execution.files).toMatchObject({ returned: 100, omitted_total: 900, complete: true });
    expect(body.execution.files?.omitted).toHaveLength(100);
    expect(body.execution.files?.omitted[0]).toMatchObject({ path: 'figure-101.png', reason: 'too_many' });
  });
});

const frames = `
import os, struct, time
def send(tag, payload=b''):
    os.write(4, tag + struct.pack('>I', len(payload)) + payload)
def picture(name, content):
    send(b'p', struct.pack('>Q', len(content)) + name)
    send(b'd', content)
PNG = b'\\x89PNG\\r\\n\\x1a\\n' + bytes(8)
END = b'{"omitted": [], "omitted_total": 0, "complete": true}'
`;
const forge = (...lines: string[]): string => `${frames}\ndef main():\n    ${lines.join('\n    ')}\n`;

describe('forged figures', () => {
  it.each([
    ['are the claim of the script', 'picture(b"figure-1.png", PNG)', ['figure-1.png'], true],
    ['are PNG, or end it all', 'picture(b"figure-1.png", b"GIF89a" * 9)', [], false],
    ['have names of figures', 'picture(b"figure-1.png/../x.png", PNG)', [], false],
    ['come once', 'for i in (1, 2): picture(b"figure-7.png", PNG)', ['figure-7.png'], false],
  ])('%s', async (_what, line, paths, complete) => {
    const body = await run(forge('send(b"f"); send(b"r", b"1")', line, 'send(b"o", END)', 'time.sleep(60)'));
    expect(body).toMatchObject({ success: true, result: 1 });
    expect(body.files.map(({ path, figure }) => figure && path)).toEqual(paths);
    expect(body.execution.files?.complete).toBe(complete);
  });

  it('are not waited for unless they are announced', async () => {
    const body = await run(forge('send(b"r", b"1")', 'picture(b"figure-1.png", PNG)', 'time.sleep(60)'));
    expect(body).toMatchObject({ success: true, result: 1, files: [] });
  });

  it('break the channel where there are no packages, before the report, and announced twice', async () => {
    const early = forge('send(b"f")', 'picture(b"figure-1.png", PNG)', 'time.sleep(60)');
    expect(await run(early)).toMatchObject({ success: false, error: 'exited', files: [] });
    const twice = forge('while True: send(b"f")');
    expect(await run(twice)).toMatchObject({ success: false, error: 'exited', files: [] });
    const plain = await run(forge('send(b"f")', 'time.sleep(60)'), { environment: 'plain' });
    expect(plain).toMatchObject({ success: false, error: 'exited', files: [] });
  });
});

describe('brig run', () => {
  it('saves figures below --out, and says otherwise how to get them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'figures-'));
    try {
      await writeFile(join(folder, 'draw.py'), main('plt.figure(figsize=(1, 1))', 'plt.figure()'));
      const { stdout } = await runShell(
        `cd '${folder}'; exec 2>&1; brig run draw.py; brig run draw.py --out out --return none`,
      );
      expect(stdout).toBe('2 figures were drawn: --out FOLDER saves them\n');
      expect(await readdir(join(folder, 'out'))).toEqual(['figure-1.png', 'figure-2.png']);
      expect(sizeOf(await readFile(join(folder, 'out/figure-1.png')))).toEqual([100, 100]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('packages of the same environment', () => {
  it.each(['function', 'script'])('compute in processes in mode %s', async (mode) => {
    const script = `import subprocess, sys
from joblib import Parallel, delayed
import numpy
def main():
    roots = Parallel(n_jobs=2)(delayed(numpy.sqrt)(number) for number in (1, 4, 9))
    tell = 'import numpy; print(int(numpy.arange(4).sum()))'
    run = subprocess.run([sys.executable, '-c', tell], capture_output=True, text=True)
    print(*map(int, roots), run.stdout + run.stderr)
if __name__ == '__main__': main()`;
    const { stdout, stderr } = await run(script, { mode });
    expect(stdout, stderr).toBe('1 2 3 6\n\n');
  });
});

describe('the pages about figures', () => {
  holdExamples('docs/figures.md', () => service.url);

  it('save figures with curl', async () => {
    const block = findBlock(readBlocks('docs/figures.md'), 'Figures', 'bash')?.text ?? '';
    const folder = await mkdtemp(join(tmpdir(), 'brig-figures-'));
    try {
      await runShell(`cd '${folder}'; ${block.replaceAll('http://127.0.0.1:8080', service.url)}`);
      expect(sizeOf(await readFile(join(folder, 'figure-1.png')))).toEqual([640, 480]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('have the picture that the script of the README draws', async () => {
    const script = findBlock(readBlocks('README.md'), 'Figures', 'python')?.text ?? '';
    const [figure] = (await run(script)).files;
    const checkedIn = readFileSync(join(packageRoot, 'docs/images/figure.png'));
    expect(checkedIn.length).toBeLessThan(40_000);
    expect(figure && pixelsOf(figure)).toEqual(sizeOf(checkedIn));
  });
});
