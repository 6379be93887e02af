import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../paths.ts';
import { bareJob, type Job } from '../../sandbox.ts';
import { harnessModules, JOIN_PROGRAM } from '../image/layout.ts';
import { encodeJob } from './encode-job.ts';
import { createFrameReader } from './frame-reader.ts';
import { frame } from './frame.test-support.ts';
import { PROTOCOL_VERSION, SECRET_BYTES } from './messages.ts';

const SECRET = 'sixteen letters.';
const caps = { resultBytes: 100, files: 0, filesBytes: 0 };
const entry = { kind: 'function', name: 'main', argsJson: '[20]', kwargsJson: '{"b": 3}' } as const;
const job: Job = { ...bareJob, script: 'def main(a, b):\n    return a + b', entry };
const encode = (parts: Partial<Job> = {}): Buffer =>
  Buffer.concat([
    ...encodeJob({ ...job, ...parts }, { caps, secret: Buffer.from(SECRET), hosts: undefined }),
  ]);

const version = (number: number): Buffer => frame('H', `\0${String.fromCodePoint(number)}${SECRET}`);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'brig-protocol-'));
  const harness = join(packageRoot, 'harness');
  const modules = harnessModules.map((name) => join(harness, name));
  const programs = [{ target: join(folder, 'harness.pyc'), name: 'harness.py', modules }];
  spawnSync('python3', ['-I', join(harness, JOIN_PROGRAM), JSON.stringify(programs)]);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the harness outside a jail with this input; returns the frames that it sends. */
function speak(request: Buffer): { frames: string[]; status: number | null; printed: string } {
  const { output, status } = spawnSync('python3', ['-s', '-P', '-S', '-B', join(folder, 'harness.pyc')], {
    input: request,
    stdio: ['pipe', 'pipe', 'pipe', 'ignore', 'pipe'],
  });
  const frames: string[] = [];
  const reader = createFrameReader(100, {
    onFrame: ({ name, payload }) => frames.push(`${name} ${payload.toString()}`),
    onBreach: (detail) => frames.push(detail),
    onOversizedResult: () => frames.push('oversized'),
  });
  reader.push(output[4] as unknown as Buffer);
  return { frames, status, printed: `${String(output[1])}${String(output[2])}` };
}

describe('the harness', () => {
  it('greets with its version, and runs a job', () => {
    const { frames } = speak(encode());
    expect(frames).toEqual([
      expect.stringMatching(new RegExp(`^ready ${PROTOCOL_VERSION} 3\\.`)),
      'result 23',
    ]);
  });

  it('ends quietly where there is no job, or half of one', () => {
    for (const request of [Buffer.alloc(0), encode().subarray(0, 10), encode().subarray(0, 40)])
      expect(speak(request)).toMatchObject({
        frames: [expect.stringMatching(/^ready/)],
        status: 0,
        printed: '',
      });
  });

  it.each([
    ['another version', version(1), 'the service has version 1 of it, the harness 5'],
    ['no version at all', encode().subarray(23), 'the service does not begin with a version'],
    [
      'an unknown message',
      Buffer.concat([version(PROTOCOL_VERSION), frame('Z', 'x'), encode().subarray(23)]),
      "the service sent 'Z', which the harness does not know",
    ],
    [
      'a message of its own',
      Buffer.concat([version(PROTOCOL_VERSION), frame('r', '1')]),
      "the service sent 'r', which the harness does not know",
    ],
    [
      'a message longer than any of its kind',
      Buffer.concat([version(PROTOCOL_VERSION), frame('M', '', 2 ** 31)]),
      'the service sent 2147483648 bytes of mode, which has at most 8',
    ],
  ])('refuses %s, and runs nothing', (_, request, why) => {
    const { frames, status, printed } = speak(request);
    const secret = request.toString('latin1', 7, 7 + SECRET_BYTES);
    expect(frames.slice(1)).toEqual([`refusal ${secret}${why}`]);
    expect([status, printed]).toEqual([70, '']);
  });

  it('forgets the secret before the script begins', () => {
    // The pattern is not what it matches: the search does not find itself.
    const script = `
import re
def main(a, b):
    found = 0
    with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb', 0) as memory:
        for span, access, *rest in map(str.split, maps):
            if access.startswith('rw') and rest[-1][:3] != '[vv':
                start, end = (int(n, 16) for n in span.split('-'))
                memory.seek(start)
                found += len(re.findall(rb's[i]xteen letters[.]', memory.read(end - start)))
    return found
`;
    expect(speak(encode({ script })).frames.at(-1)).toBe('result 0');
  });
});
