/** States of a session. `lost` and `closed` are final. */
export const sessionStates = [
  'opening',
  'idle',
  'running',
  'interrupting',
  'frozen',
  'lost',
  'closed',
] as const;
export type SessionState = (typeof sessionStates)[number];

/** Why a session ended, each in a sentence that begins with "it". */
export const lossReasons = {
  closed: 'it was closed',
  idle: 'it was idle for longer than its idle_timeout',
  lifetime: 'its lifetime was over',
  timeout: 'a script did not end at its interrupt after the wall clock limit',
  cpu_limit: 'a script did not end at its interrupt after the CPU time limit',
  output_limit: 'a script flooded its output or its results',
  memory_limit: 'its processes took more memory than its limit',
  protocol: 'a script broke the channel on which its results travel',
  exited: 'a script ended its process',
  crashed: 'a signal ended its process',
  host: 'the machine failed under it',
  shutdown: 'the service was shut down',
  restarted: 'the service was started anew',
  forgotten: 'it ended too long ago for the service to know why',
} as const;
export type LossReason = keyof typeof lossReasons;

export const isFinalState = (state: SessionState): boolean => state === 'lost' || state === 'closed';
