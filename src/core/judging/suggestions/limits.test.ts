import { describe, expect, it } from 'vitest';
import { MIB } from '../../contract/limits.ts';
import {
  context,
  fail,
  failWith,
  limits,
  makeEvidence,
  makeReport,
} from '../verdict/classify.test-support.ts';
import type { Evidence } from '../../contract/evidence.ts';

const ceilings = context.ceilings;
const deadline = {
  stop: { reason: 'deadline' },
  ending: { kind: 'signal', signal: 9, name: 'SIGKILL' },
} as const;

describe('timeout', () => {
  it('names what the run had and the ceiling', () => {
    expect(fail(makeEvidence(deadline)).suggestions[0]).toBe(
      'Raise "limits": {"timeout": 20} (this run had 10; the ceiling is 600)',
    );
    expect(fail(makeEvidence({ ...deadline, limits: { ...limits, timeout: 400 } })).suggestions[0]).toContain(
      '"timeout": 600}',
    );
    expect(fail(makeEvidence({ ...deadline, limits: { ...limits, timeout: 600 } })).suggestions[0]).toBe(
      '"timeout" is at its ceiling already (600): only the operator can raise it',
    );
  });

  it.each([
    [9_940, 'It used 9.94 s of CPU in 10 s: look for a loop that does not end, or for less work to do'],
    [4_000, undefined],
    // Nothing was counted.
    [0, undefined],
  ])('says whether it computed all the time: %d ms of CPU', (cpuMs, expected) => {
    const evidence = makeEvidence({ ...deadline, usage: { durationMs: 10_000, cpuMs } });
    expect(fail(evidence).suggestions[1]).toBe(expected);
  });

  it('does not begin with more time for a script that waits, which may wait for ever', () => {
    const evidence = makeEvidence({ ...deadline, usage: { durationMs: 10_000, cpuMs: 12 } });
    expect(fail(evidence).suggestions).toEqual([
      'It used 12 ms of CPU in 10 s: look for what it waits for (sleep, a lock, a queue, a child process)',
      'Raise "limits": {"timeout": 20} (this run had 10; the ceiling is 600)',
    ]);
  });

  it('names no limit where children of a pool fail at the lines of the script', () => {
    const text =
      '  File "/usr/lib/python3.13/multiprocessing/spawn.py", line 297, in _fixup_main_from_path\n';
    const stderr = { text, bytes: text.length, truncated: false };
    for (const stop of [deadline, { stop: { reason: 'cpu_time' } } as const]) {
      const { suggestions } = fail(makeEvidence({ ...stop, stderr }));
      expect(suggestions).toEqual([expect.stringContaining('if __name__ == "__main__"')]);
    }
  });

  it('names the limit for which children were lost, and no more time for those who wait for them', () => {
    const waiting = { durationMs: 10_000, cpuMs: 12 };
    const suggest = (usage: Partial<Evidence['usage']>): readonly string[] =>
      fail(makeEvidence({ ...deadline, usage: { ...waiting, ...usage } })).suggestions;
    const refused = suggest({ processRefusals: 2 });
    expect(refused[0]).toMatch(/^Threads or processes were refused: Raise "limits": \{"processes": /);
    expect(refused.join()).not.toContain('"timeout"');
    expect(suggest({ processRefusals: 2, cpuMs: 5_000 }).join()).toContain('"timeout"');
  });
});

it('cpu_limit names the limit', () => {
  const evidence = makeEvidence({ stop: { reason: 'cpu_time' }, usage: { cpuMs: 10_020 } });
  expect(fail(evidence).suggestions).toEqual([
    'Raise "limits": {"cpu_time": 20} (this run had 10; the ceiling is 2400)',
    'It used 10 s of CPU time: look for a loop that does not end, or for less work to do',
  ]);
});

it('memory_limit names the limit and the peak, killed or not', () => {
  const usage = { oomKills: 1, memoryPeakBytes: 256 * 1024 * 1024 };
  const killed = fail(makeEvidence({ ending: deadline.ending, usage }));
  const raised = failWith({ type: 'MemoryError', memory: true }, { usage });
  expect(killed.suggestions[0]).toBe(
    'Raise "limits": {"memory_mb": 512} (this run had 256; the ceiling is 8192)',
  );
  expect(killed.suggestions[1]).toContain('256 MiB');
  expect(raised.suggestions).toEqual(killed.suggestions);
});

const flood = (output_bytes: number, ceiling: number): string[] => {
  const evidence = makeEvidence({
    stop: { reason: 'flood', stream: 'stdout' },
    limits: { ...limits, output_bytes },
  });
  return fail(evidence, { ceilings: { ...ceilings, output_bytes: ceiling } }).suggestions;
};

describe('output_limit', () => {
  it('of a stream names a cap that would help', () => {
    expect(flood(MIB, 10 * MIB)[2]).toBe(
      'Raise "limits": {"output_bytes": 2097152} (this run had 1048576; the ceiling is 10485760)',
    );
    expect(flood(1024, 10 * MIB)[2]).toContain('{"output_bytes": 2097152}');
    expect(flood(0, 10 * MIB)[2]).toContain('{"output_bytes": 2097152}');
  });

  it('says so where no cap would', () => {
    expect(flood(1024, MIB)).toHaveLength(2);
    expect(flood(MIB, MIB)[2]).toContain('at its ceiling already');
  });

  it('of a result asks for less of it', () => {
    const failure = fail(
      makeEvidence({ report: makeReport({ kind: 'result_too_large', bytes: 1_572_864 }) }),
    );
    expect(failure.message).toBe('The result is larger than the cap of results: it has 1.5 MiB as JSON.');
    expect(failure.suggestions[0]).toBe('Return less from main(): a summary, a count, the first rows');
  });
});

const bySignal = (signal: number, rest: Partial<Evidence> = {}): string =>
  fail(makeEvidence({ ...rest, ending: { kind: 'signal', signal, name: 'SIG' } })).suggestions.join('; ');

describe('exited and crashed', () => {
  it('asks for a return', () => {
    expect(fail(makeEvidence()).suggestions[0]).toBe(
      'Return a value from main() instead of ending the process',
    );
    expect(fail(makeEvidence({ mode: 'script' })).suggestions[0]).toMatch(/^End the script with status 0/);
  });

  it.each([
    [4, 'native code'],
    [6, 'os.abort()'],
    [9, 'os.kill()'],
    [11, 'faulthandler'],
    [14, 'signal.signal()'],
    [15, 'os.kill()'],
    [25, '"disk_mb": 128'],
    [31, 'what the sandbox forbids'],
    [40, 'os.kill()'],
  ])('signal %d', (signal, expected) => {
    expect(bySignal(signal)).toContain(expected);
  });

  it('points to the CPU limit where nothing counts but the kernel', () => {
    const enforcement = { ...makeEvidence().enforcement, cpu: 'rlimit' };
    expect(bySignal(9, { enforcement })).toContain('"cpu_time": 20');
    expect(bySignal(9)).not.toContain('cpu_time');
  });
});
