import { parentPort } from 'node:worker_threads';
import { answerQuestion } from './answer-question.ts';
import { unlimited } from './clock.ts';
import { READY } from '../pool/worker-thread.ts';
import { createParser } from './grammar.ts';
import { normalizeSource } from './source-text.ts';
import type { Question } from './worker-messages.ts';

/*
 * The thread that analyses what the caller's thread must not. It has no deadline of its own: whoever asks ends it.
 * What fails here ends the thread, since a parser that trapped cannot be used again.
 */
const port = parentPort;
if (port === null) throw new Error('This file is a worker thread.');
const parser = await createParser();
port.on('message', (question: Question) => {
  const answer = answerQuestion(parser, normalizeSource(question.script), question, unlimited);
  port.postMessage(answer);
});
port.postMessage(READY);
