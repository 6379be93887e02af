import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../../../src/paths.ts';
import {
  HEADER_BYTES,
  messages,
  SECRET_BYTES,
  VERSION_BYTES,
} from '../../../../src/sandbox/nsjail/protocol/messages.ts';
import { must, type Target } from '../target.ts';

const python = process.env['BRIG_PYTHON'] ?? 'python3';
const SECRET_AT = HEADER_BYTES + VERSION_BYTES;
const toService = Object.values(messages)
  .filter(({ from }) => from === 'service')
  .map(({ tag }) => `${tag}\0\0\0`);

interface Answer {
  /** Names of the messages that were read; null where the job did not come to its end. */
  readonly names: readonly string[] | null;
  readonly status: number | null;
  readonly refusal: readonly (readonly [tag: string, payload: string])[] | null;
  /** Whether nothing is left of the secret. */
  readonly forgot: boolean;
}

/** Messages of the service to a jail, read by the harness's own modules. */
export const jobs: Target = {
  name: 'jobs',
  words: [
    ...toService,
    'H\0\0\0\x12\0\x01sixteen letters.',
    '\0\0\0\0',
    '\xff\xff\xff\xff',
    '\x04',
    '[]',
    'a=b',
  ],
  budget: { fixed: 200, perKiB: 20 },
  open: () => {
    const program = join(packageRoot, 'scripts', 'lib', 'fuzz', 'targets', 'read_job.py');
    const harness = spawn(python, ['-B', program], { stdio: ['pipe', 'pipe', 'inherit'] });
    const answers = createInterface(harness.stdout)[Symbol.asyncIterator]();
    return {
      run: async (input) => {
        harness.stdin.write(`${input.toString('base64')}\n`);
        const line = (await answers.next()).value;
        must(line !== undefined, 'the harness broke');
        const { names, status, refusal, forgot } = JSON.parse(line ?? '') as Answer;
        must(forgot, 'the secret is still there');
        must((names === null) === (status !== null), 'a job was neither read nor given up');
        if (refusal === null) return;
        const [[tag, payload] = ['', ''], ...more] = refusal;
        must(status === 70 && more.length === 0, 'a refusal was not the last word');
        must(tag === messages.refusal.tag, 'a refusal was another message');
        must(
          payload.startsWith(input.toString('latin1', SECRET_AT, SECRET_AT + SECRET_BYTES)),
          'a refusal did not show the secret',
        );
        must(payload.length <= messages.refusal.mostBytes, 'a refusal was too long');
      },
      close: async () => {
        harness.stdin.end();
        await once(harness, 'close');
      },
    };
  },
};
