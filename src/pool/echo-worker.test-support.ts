import { parentPort } from 'node:worker_threads';
import { READY } from './worker-thread.ts';

/*
 * A thread for tests: it answers what it is told, fails, ends or spins.
 */
const port = parentPort;
if (port === null) throw new Error('This file is a worker thread.');
port.on('message', (question: unknown) => {
  if (question === 'fail') throw new Error('planted');
  if (question === 'end') process.exit(0);
  for (;;) if (question !== 'spin') return port.postMessage(question);
});
port.postMessage(READY);
