import { parentPort } from 'node:worker_threads';
import { answerQuestion } from './answer-question.ts';
import { unlimited } from './clock.ts';
import { READY } from '../pool/worker-thread.ts';
import { createParser } from './grammar.ts';
import { normalizeSource } from './source-text.ts';
import type { Question } from './worker-messages.ts';

/*
 * The thread for analyses that would hold up the caller's. It has no deadline of its own: the caller ends it. Any
 * failure ends the thread, since a parser that trapped cannot be used again.
 */
const port = parentPort;
if (port === null) throw new Error('This file is a worker thread.');
const parser = await createParser();
port.on('message', (question: Question) => {
  const answer = answerQuestion(parser, normalizeSource(question.script), question, unlimited);
  port.postMessage(answer);
});
port.postMessage(READY);
