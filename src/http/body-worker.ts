import { parentPort } from 'node:worker_threads';
import { Refusal } from '../core/refusal.ts';
import type { PassedText } from '../core/request.ts';
import { readGenerateRequest } from '../core/validation/read-generate-request.ts';
import { readRequest } from '../core/validation/read-request.ts';
import type { BodyAnswer, BodyQuestion } from './body-messages.ts';

/*
 * The thread that reads bodies which would hold up the event loop. It has no deadline of its own: whoever asks ends it.
 */
const port = parentPort;
if (port === null) throw new Error('This file is a worker thread.');
port.on('message', ({ body, rules }: BodyQuestion) => {
  const moved: ArrayBuffer[] = [];
  port.postMessage(answer(body, rules, moved), moved);
});

function answer(
  body: Uint8Array<ArrayBuffer>,
  rules: BodyQuestion['rules'],
  moved: ArrayBuffer[],
): BodyAnswer {
  /** Texts that may be long go as bytes, which are handed over instead of copied. */
  const pass = (text: PassedText): PassedText => {
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    moved.push(bytes.buffer);
    return bytes;
  };
  try {
    const read = 'queryBytes' in rules ? readGenerateRequest(body, rules) : readRequest(body, rules);
    const { argsJson, kwargsJson, stdin, ...rest } = read;
    for (const { bytes } of rest.files) moved.push(bytes.buffer);
    const texts = { argsJson: pass(argsJson), kwargsJson: pass(kwargsJson), stdin: pass(stdin) };
    return { request: { ...rest, ...texts } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { category, message, suggestions } = error;
    return { refusal: { category, message, suggestions } };
  }
}
