import { describe, expect, it } from 'vitest';
import { blameHost, type HostEvidence } from './blame-host.ts';

const usage = { cpuMs: 20, memoryPeakBytes: 1, oomKills: 0, wasFull: false, processRefusals: 0 };
const killed: HostEvidence = {
  stop: undefined,
  report: undefined,
  ending: { kind: 'signal', signal: 9, name: 'SIGKILL' },
  isSignalTold: false,
  usage,
};

describe('blameHost', () => {
  it.each<[what: string, evidence: Partial<HostEvidence>, why: string]>([
    ['a SIGKILL that nobody inside can have sent', {}, 'Something on the host killed a script.'],
    [
      'the same after much CPU time',
      { usage: { ...usage, cpuMs: 5000 } },
      'Something on the host killed a script.',
    ],
    ['a kill for memory of others', { usage: { ...usage, oomKills: 1 } }, 'The host ran out of memory.'],
    [
      'a child that was killed for memory of others',
      { usage: { ...usage, oomKills: 1 }, ending: { kind: 'exit', code: 1 } },
      'The host ran out of memory.',
    ],
    ['a cgroup that is gone', { usage: undefined }, 'The cgroup of an execution was removed while it ran.'],
    [
      'a result from a cgroup that is gone: nothing bounded it',
      { usage: undefined, report: { kind: 'result', json: '1' as never }, ending: { kind: 'exit', code: 0 } },
      'The cgroup of an execution was removed while it ran.',
    ],
  ])('%s', (_what, evidence, why) => {
    expect(blameHost({ ...killed, ...evidence })).toBe(why);
  });

  it.each<[what: string, evidence: Partial<HostEvidence>]>([
    ['a deadline', { stop: { reason: 'deadline' } }],
    ['its own limit of memory', { usage: { ...usage, oomKills: 1, wasFull: true } }],
    ['another signal', { ending: { kind: 'signal', signal: 11, name: 'SIGSEGV' } }],
    ['a program that sent the signal to itself', { report: { kind: 'signalled', signal: 9 } }],
    ['a script that sent the signal to itself', { isSignalTold: true }],
    ['a status', { ending: { kind: 'exit', code: 137 } }],
    [
      'a result, whatever became of a child',
      { report: { kind: 'result', json: '1' as never }, usage: { ...usage, oomKills: 1 } },
    ],
  ])('is not for %s', (_what, evidence) => {
    expect(blameHost({ ...killed, ...evidence })).toBeUndefined();
  });
});
