import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBuildRequest } from '../src/core/validation/read-build-request.ts';
import { packageRoot } from '../src/paths.ts';
import { cells } from './notebook/cells.ts';
import { INSTALL_MS, readMatplotlibLock, stateWithMatplotlib } from './support/matplotlib.ts';
import { startService, type TestService } from './support/service.ts';
import { openTestSession, type CellBody, type Result, type TestSession } from './support/sessions.ts';

/** What a notebook shows of a cell. */
interface Shown {
  readonly stdout: string;
  readonly stderr: string;
  readonly results: readonly Result[];
  readonly error: readonly [name: string, message: string] | null;
}

const folder = join(packageRoot, '.tools', 'ipykernel');
const requirements = join(packageRoot, 'test', 'notebook', 'requirements.txt');

/** Brings an ipykernel into .tools, where it is not there yet, or not in the version that is asked for. */
async function installKernel(): Promise<void> {
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  const stamp = join(folder, '.brig-stamp');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const uv = join(packageRoot, '.tools', 'uv', 'bin', 'uv');
  if (!existsSync(uv)) throw new Error('uv is missing: run ./scripts/setup');
  const options = ['--quiet', '--python', 'python3', '--only-binary', ':all:', '--require-hashes'];
  const { failed, stderr } = await execa(
    uv,
    ['pip', 'install', ...options, '--target', folder, '--requirement', requirements],
    { reject: false },
  );
  if (failed) throw new Error(`ipykernel could not be installed from PyPI: ${stderr}`);
  writeFileSync(stamp, wanted);
}

/** Runs all cells in an ipykernel. */
async function runInKernel(): Promise<(Shown | null)[]> {
  const home = mkdtempSync(join(tmpdir(), 'brig-notebook-'));
  try {
    const file = join(home, 'cells.json');
    writeFileSync(file, JSON.stringify(cells));
    const { stdout } = await execa('python3', [join(packageRoot, 'test', 'notebook', 'kernel.py'), file], {
      cwd: home,
      env: {
        PYTHONPATH: folder,
        HOME: home,
        IPYTHONDIR: home,
        JUPYTER_RUNTIME_DIR: home,
        MPLCONFIGDIR: home,
      },
    });
    return JSON.parse(stdout) as (Shown | null)[];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** The packages of the kernel that scripts use, as the default environment locks them. */
function readLock(): string {
  const lock = readFileSync(join(packageRoot, 'environments/default.lock'), 'utf8');
  const pandas = lock.split(/^(?=[a-z])/m).filter((entry) => entry.startsWith('pandas=='));
  return `${readMatplotlibLock()}${pandas.join('')}`;
}

/** Runs a cell as a stream, and interrupts it when a word has come. */
async function interruptAfter(session: TestSession, script: string, word: string): Promise<CellBody> {
  const answer = await fetch(`${session.url}/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ script }),
  });
  let text = '';
  let isInterrupted = false;
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (!isInterrupted && text.includes(word)) {
      isInterrupted = true;
      await session.ask('POST', '/interrupt');
    }
  }
  const [, data = ''] = text.split('event: done\ndata: ');
  return JSON.parse(data) as CellBody;
}

const toShown = ({ stdout, stderr, results, success, error_type, error, message }: CellBody): Shown => ({
  ...{ stdout, stderr, results },
  error: success
    ? null
    : [error_type ?? (error === 'syntax_error' ? 'SyntaxError' : String(error)), message ?? ''],
});

async function runInSession(url: string): Promise<(Shown | null)[]> {
  const open = () =>
    openTestSession(url, { environment: 'notebook', limits: { timeout: 60, memory_mb: 512 } });
  let session = await open();
  const shown: (Shown | null)[] = [];
  for (const { source, interrupt } of cells) {
    if (source === null) {
      await session.close();
      session = await open();
      shown.push(null);
    } else if (interrupt === undefined) shown.push(toShown(await session.run(source)));
    else shown.push(toShown(await interruptAfter(session, source, interrupt)));
  }
  await session.close();
  return shown;
}

/** What differs from run to run: addresses, and the bytes of pictures. */
function settle({ stdout, stderr, results, error }: Shown, isPretty = false) {
  const write = (type: string, form: unknown): unknown => {
    if (type.startsWith('image/')) return 'a picture';
    if (type === 'text/plain' && isPretty) return 'a text';
    return typeof form === 'string' ? form.replaceAll(/0x[0-9a-f]+/g, '0x…').trim() : form;
  };
  return {
    stdout,
    stderr,
    results: results.map(({ main, data }) => ({
      main,
      data: Object.fromEntries(
        Object.entries(data)
          .toSorted(([one], [other]) => one.localeCompare(other))
          .map(([type, form]) => [type, write(type, form)]),
      ),
    })),
    error: error && [error[0], settleMessage(...error)],
  };
}

/** IPython adds the place to the message of a SyntaxError, and an answer names an exception that says nothing. */
const settleMessage = (name: string, message: string): string | undefined =>
  name === 'SyntaxError' ? message.split(' (')[0] : message === name ? '' : message;

describe('a notebook', () => {
  let service: TestService;
  let kernel: readonly (Shown | null)[];
  let session: readonly (Shown | null)[];
  beforeAll(async () => {
    await installKernel();
    service = await startService({ BRIG_STATE_DIR: stateWithMatplotlib });
    const { environments } = service.service;
    const order = { name: 'notebook', lock: readLock() };
    const request = readBuildRequest(order, { isOperator: true, builds: 'all' });
    if (!environments.isCurrent(request)) await environments.build(request).done;
    [kernel, session] = [await runInKernel(), await runInSession(service.url)];
  }, INSTALL_MS);
  afterAll(() => service.close());

  it.each(cells.map((cell, index) => [cell.what, index, cell] as const))(
    'shows of %s what Jupyter shows',
    (_what, index, { isPretty }) => {
      const [theirs, ours] = [kernel[index], session[index]];
      expect([theirs === null, ours === null]).toEqual([ours === null, theirs === null]);
      if (theirs && ours) expect(settle(ours, isPretty)).toEqual(settle(theirs, isPretty));
    },
  );
});
