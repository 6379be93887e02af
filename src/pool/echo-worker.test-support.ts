import { parentPort } from 'node:worker_threads';
import { READY } from './worker-thread.ts';

/* Worker thread for tests: echoes, fails, ends or spins on request. */
const port = parentPort;
if (port === null) throw new Error('This file is a worker thread.');
port.on('message', (question: unknown) => {
  if (question === 'fail') throw new Error('planted');
  if (question === 'end') process.exit(0);
  for (;;) if (question !== 'spin') return port.postMessage(question);
});
port.postMessage(READY);
