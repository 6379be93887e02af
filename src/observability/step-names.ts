import type { Timings } from '../executor/executor.ts';

/** Names of the steps of an execution in metrics and traces. */
export const stepNames = {
  model: 'model',
  analysis: 'analysis',
  queue: 'queue',
  compile: 'compile',
  jail: 'lease',
  run: 'run',
  collect: 'collect',
} as const satisfies Record<keyof Timings, string>;
