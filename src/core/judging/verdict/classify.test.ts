import { describe, expect, it } from 'vitest';
import { classify } from './classify.ts';
import { missingMain } from './not-started.ts';
import {
  context,
  fail,
  failWith,
  limits,
  makeEvidence,
  makeReport,
  makeResult,
} from './classify.test-support.ts';
import type { Ending, Evidence, Stop } from '../../contract/evidence.ts';
import { failureSchema } from '../../contract/outcome.ts';

const exit = (code: number): Ending => ({ kind: 'exit', code });
const signal = (number: number, name = 'SIG'): Ending => ({ kind: 'signal', signal: number, name });
const killed = signal(9, 'SIGKILL');
const said = (text: string): Evidence['stderr'] => ({ text, bytes: text.length, truncated: false });
const result = makeResult('{"big":9007199254740993}');
const exception = makeReport({ kind: 'runtime_error', type: 'ValueError', message: 'bad' });

describe('success', () => {
  it('is a result with status 0, its text untouched', () => {
    const outcome = classify(makeEvidence({ ending: exit(0), report: result }), context);
    expect(outcome).toMatchObject({
      success: true,
      result: '{"big":9007199254740993}',
      return_code: 0,
      files: [],
    });
  });

  it('stays one where a child was killed for memory', () => {
    const evidence = makeEvidence({ ending: exit(0), report: result, usage: { oomKills: 1 } });
    expect(classify(evidence, context).success).toBe(true);
  });

  it('in mode script is status 0 without an error, and its result null whatever was reported', () => {
    for (const report of [undefined, result]) {
      const outcome = classify(makeEvidence({ mode: 'script', ending: exit(0), report }), context);
      expect(outcome).toMatchObject({ success: true, result: 'null' });
    }
  });
});

describe('the order of evidence', () => {
  const stops: [Stop, string][] = [
    [{ reason: 'flood', stream: 'stderr' }, 'output_limit'],
    [{ reason: 'result_too_large' }, 'output_limit'],
    [{ reason: 'deadline' }, 'timeout'],
    [{ reason: 'cpu_time' }, 'cpu_limit'],
    [{ reason: 'protocol', detail: 'an unknown frame' }, 'exited'],
  ];
  it.each(stops)('a stop counts before all else: %j', (stop, error) => {
    const evidence = makeEvidence({ stop, ending: killed, report: result, usage: { oomKills: 1 } });
    expect(fail(evidence)).toMatchObject({ error, return_code: -9 });
    expect(fail({ ...evidence, ending: exit(0) })).toMatchObject({ error, return_code: 0 });
  });

  it.each([
    ['an OOM kill without a report', { ending: killed, usage: { oomKills: 1 } }, 'memory_limit'],
    ['an OOM kill and a bare status', { ending: exit(137), usage: { oomKills: 1 } }, 'memory_limit'],
    [
      'an OOM kill after a result',
      { ending: killed, report: result, usage: { oomKills: 1 } },
      'memory_limit',
    ],
    [
      'an OOM kill in script mode',
      { mode: 'script', ending: killed, usage: { oomKills: 1 } },
      'memory_limit',
    ],
    ['an OOM kill of a child', { report: exception, usage: { oomKills: 1 } }, 'runtime_error'],
    [
      'an OOM kill and a signal',
      { ending: killed, report: exception, usage: { oomKills: 1 } },
      'memory_limit',
    ],
    ['an exception', { report: exception }, 'runtime_error'],
    ['an exception and a signal', { report: exception, ending: signal(11) }, 'crashed'],
    ['an exception claimed with status 0', { report: exception, ending: exit(0) }, 'runtime_error'],
    ['SIGXCPU near the CPU limit', { ending: signal(24), usage: { cpuMs: 9600 } }, 'cpu_limit'],
    ['SIGXCPU far from it, which no limit of ours sends', { ending: signal(24) }, 'crashed'],
    ['SIGKILL near the CPU limit', { ending: killed, usage: { cpuMs: 9600 } }, 'cpu_limit'],
    ['SIGKILL far from it', { ending: killed, usage: { cpuMs: 9400 } }, 'crashed'],
    ['SIGSEGV near the CPU limit', { ending: signal(11), usage: { cpuMs: 9900 } }, 'crashed'],
    ['a result and a signal', { report: result, ending: killed }, 'crashed'],
    ['a result and a status', { report: result, ending: exit(3) }, 'exited'],
    ['status 0 without a report', { ending: exit(0) }, 'exited'],
    ['a faked 137', { ending: exit(137) }, 'exited'],
    ['a status in script mode', { mode: 'script', ending: exit(3) }, 'exited'],
  ] as const)('%s', (_what, evidence, error) => {
    expect(fail(makeEvidence(evidence)).error).toBe(error);
  });

  it.each([
    [{ kind: 'missing_main' }, 'missing_main'],
    [{ kind: 'syntax_error', type: 'SyntaxError', message: 'invalid syntax' }, 'syntax_error'],
    [{ kind: 'invalid_result', path: 'result', type: 'set', reason: 'type' }, 'invalid_result'],
    [{ kind: 'result_too_large', bytes: 3 * 1024 * 1024 }, 'output_limit'],
    [{ kind: 'exited', code: 3 }, 'exited'],
    [{ kind: 'runtime_error', type: 'MemoryError', message: '', memory: true }, 'memory_limit'],
  ])('the report %j', (report, error) => {
    expect(fail(makeEvidence({ report: makeReport(report) })).error).toBe(error);
    expect(fail(makeEvidence({ report: makeReport(report), ending: signal(11) })).error).toBe('crashed');
  });
});

describe('messages', () => {
  it.each([
    [
      { stop: { reason: 'flood', stream: 'stdout' } },
      'The script flooded stdout: it was stopped after 16 MiB, of which 1 MiB are kept.',
    ],
    [{ stop: { reason: 'deadline' } }, 'The script was stopped after 10 s, its limit of wall clock time.'],
    [{ ending: killed, usage: { oomKills: 1 } }, 'The script was killed at its memory limit of 256 MiB.'],
    [{ ending: signal(11) }, 'The interpreter was ended by SIGSEGV: a segmentation fault.'],
    [
      { ending: signal(6), stderr: said('x\nfree(): invalid pointer\n') },
      'The interpreter aborted itself: free(): invalid pointer',
    ],
    [
      { ending: signal(11), stderr: said('Fatal Python error: Segmentation fault\n') },
      'The interpreter was ended by SIGSEGV: a segmentation fault.',
    ],
    [
      {
        ending: signal(6),
        stderr: said('Fatal Python error: Aborted\n\nFatal Python error: Segmentation fault\n'),
      },
      'The interpreter aborted itself: Fatal Python error: Aborted',
    ],
    [{ ending: signal(6) }, 'The interpreter was ended by SIGABRT: it aborted itself.'],
    [
      { ending: signal(14) },
      'The interpreter was ended by SIGALRM: its alarm went off, and nothing handled the signal.',
    ],
    [{ ending: signal(31) }, 'The interpreter was ended by SIGSYS: a forbidden system call.'],
    [{ ending: signal(34, 'SIGRTMIN') }, 'The interpreter was ended by signal 34 (SIGRTMIN).'],
    [{ ending: exit(3) }, 'The script ended the process with status 3 before main() returned.'],
    [
      { ending: exit(3), report: result },
      'The script ended the process with status 3, although a result had been reported.',
    ],
    [{ mode: 'script', ending: exit(3) }, 'The script ended the process with status 3.'],
    // The status is the host's, not the one in the report.
    [
      { ending: exit(4), report: makeReport({ kind: 'exited', code: 3 }) },
      'The script ended the process with status 4 before main() returned.',
    ],
    [
      { report: makeReport({ kind: 'missing_main' }) },
      'Script must contain a main() function as the entry point.',
    ],
    [
      { report: makeReport({ kind: 'missing_main', found: 'int' }) },
      '`main` is an int, not a function; the script must contain a main() function as the entry point.',
    ],
  ] as const)('%j', (evidence, message) => {
    expect(fail(makeEvidence(evidence)).message).toBe(message);
  });

  it('of an exception is its text alone, or its class where it has none', () => {
    expect(
      failWith({ type: 'ZeroDivisionError', message: 'division by zero', location: { line: 3, column: 9 } }),
    ).toMatchObject({
      error_type: 'ZeroDivisionError',
      message: 'division by zero',
      location: { line: 3, column: 9 },
    });
    expect(failWith({ type: 'AssertionError' }).message).toBe('AssertionError');
  });
});

describe('the shape of a failure', () => {
  it('lists the functions with the wanted one and its likes first', () => {
    const names = ['zebra', 'man', 'main'];
    expect(fail(makeEvidence(), { availableFunctions: names }).available_functions).toEqual([
      'main',
      'man',
      'zebra',
    ]);
    const report = makeReport({ kind: 'missing_main', functions: ['other', 'mian'] });
    expect(fail(makeEvidence({ report })).available_functions).toEqual(['mian', 'other']);
  });

  it('leaves out what does not apply', () => {
    const failure = fail(makeEvidence());
    for (const field of ['error_type', 'location', 'traceback']) expect(failure).not.toHaveProperty(field);
  });

  it('rounds what was measured', () => {
    const { execution } = fail(makeEvidence({ usage: { durationMs: 2.94567, cpuMs: 12_345.678 } }));
    expect(execution).toMatchObject({ duration_ms: 2.95, cpu_ms: 12_346 });
  });
});

it('missingMain is the failure of a script that was never started', () => {
  const { enforcement, isolation } = makeEvidence();
  const failure = missingMain({
    ...context,
    availableFunctions: ['other_function'],
    limits,
    enforcement,
    isolation,
  });
  expect(failureSchema.parse(failure)).toEqual(failure);
  expect(failure).toMatchObject({
    error: 'missing_main',
    message: 'Script must contain a main() function as the entry point.',
    suggestions: [
      'Add a main() function to your script',
      "Example: def main():\n    # Your code here\n    return 'success'",
    ],
    available_functions: ['other_function'],
    return_code: 1,
    stdout: '',
    execution: { duration_ms: 0, cpu_ms: 0, memory_peak_bytes: 0 },
  });
});
