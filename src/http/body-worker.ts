import { parentPort, resourceLimits } from 'node:worker_threads';
import { Refusal } from '../core/contract/refusal.ts';
import type { ExecuteRequest, PassedText } from '../core/contract/request.ts';
import { holdsTooMuch } from './body-messages.ts';
import { READY } from '../pool/worker-thread.ts';
import type { BodyAnswer, BodyQuestion } from './body-messages.ts';
import { findReader } from './body-readers.ts';
import { estimateHeap } from './estimate-heap.ts';

/* Thread for bodies that would hold up the event loop. It has no deadline of its own: the caller ends it. */
const port = parentPort;
if (port === null) throw new Error('This file is a worker thread.');
port.on('message', (question: BodyQuestion) => {
  const moved: ArrayBuffer[] = [];
  void answer(question, moved).then((answered) => port.postMessage(answered, moved));
});
port.postMessage(READY);

/** Maximum bytes of values; the rest of the heap is for everything else in the thread. */
const MOST_VALUES = (resourceLimits.maxOldGenerationSizeMb ?? 0) * 1024 * 1024 * 0.97;

async function answer({ reader, body, rules }: BodyQuestion, moved: ArrayBuffer[]): Promise<BodyAnswer> {
  /** Converts texts, which may be long, into bytes, which are transferred instead of copied. */
  const pass = (text: PassedText): PassedText => {
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    moved.push(bytes.buffer);
    return bytes;
  };
  try {
    if (estimateHeap(body) > MOST_VALUES) throw holdsTooMuch();
    const value = (await findReader(reader)).read(body, rules as never);
    if (!isRequest(value)) return { value };
    const { argsJson, kwargsJson, stdin, ...rest } = value;
    for (const { bytes } of rest.files) moved.push(bytes.buffer);
    const texts = { argsJson: pass(argsJson), kwargsJson: pass(kwargsJson), stdin: pass(stdin) };
    return { value: { ...rest, ...texts } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { category, message, suggestions } = error;
    return { refusal: { category, message, suggestions } };
  }
}

const isRequest = (value: unknown): value is ExecuteRequest =>
  typeof value === 'object' && value !== null && 'argsJson' in value;
