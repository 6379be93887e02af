import { expect, it } from 'vitest';
import { failureSchema, successSchema } from '../../contract/outcome.ts';
import { context, makeEvidence, makeReport, makeResult } from '../verdict/classify.test-support.ts';
import { judgePreflight } from './judge-preflight.ts';

const nothing = { problems: [], entry_point: null, imports: [], complete: true, modules: ['json'] };
const ended = { kind: 'exit', code: 0 } as const;

const judge = (report: unknown, isMissing = false) => {
  const evidence = makeEvidence({ ending: ended, report: makeResult(JSON.stringify(report)) });
  const outcome = judgePreflight(evidence, context, { isMissing });
  expect((outcome.success ? successSchema : failureSchema).parse(outcome)).toEqual(outcome);
  return outcome;
};

it('passes where nothing is wrong, and where something only may be', () => {
  expect(judge(nothing)).toMatchObject({ success: true, result: 'null', return_code: null });
  const report = { kind: 'syntax_error', type: 'SyntaxWarning', message: 'invalid escape' };
  const outcome = judge({ ...nothing, problems: [{ severity: 'warning', report }] });
  expect(outcome.success).toBe(true);
  expect(outcome.validation?.findings).toMatchObject([{ severity: 'warning', message: 'invalid escape' }]);
});

it('fails with the first error, and compares missing modules with those there are', () => {
  const missing = { what: 'module', name: 'jsn', candidates: [] };
  const absent = {
    kind: 'runtime_error',
    type: 'ModuleNotFoundError',
    message: "No module named 'jsn'",
    missing,
  };
  const outcome = judge({ ...nothing, problems: [{ severity: 'error', report: absent }] });
  expect(outcome).toMatchObject({
    success: false,
    error: 'runtime_error',
    error_type: 'ModuleNotFoundError',
  });
  expect(outcome.success ? [] : outcome.suggestions).toContain('Did you mean `import json`?');
});

const absentAs = (at: number) => ({
  severity: 'error',
  report: {
    ...{ kind: 'runtime_error', type: 'ModuleNotFoundError', message: `No module named 'jsn${at}'` },
    missing: { what: 'module', name: 'jsn', candidates: [] },
  },
});

it('compares no more missing modules than it has time for', () => {
  const problems = Array.from({ length: 100 }, (_, at) => absentAs(at));
  const compared = judge({ ...nothing, problems }).validation?.findings.filter(({ suggestions }) =>
    suggestions.includes('Did you mean `import json`?'),
  );
  expect(compared).toHaveLength(20);
});

it('says a missing entry point once, before all else', () => {
  const problems = [
    { severity: 'error', report: { kind: 'runtime_error', type: 'ModuleNotFoundError', message: 'gone' } },
    { severity: 'error', report: { kind: 'missing_main', functions: [] } },
  ];
  const outcome = judge({ ...nothing, problems, entry_point: { name: 'main', status: 'unknown' } }, true);
  expect(outcome).toMatchObject({ success: false, error: 'missing_main' });
  expect(outcome.validation?.findings.map(({ error }) => error)).toEqual(['missing_main', 'runtime_error']);
  expect(outcome.validation?.entry_point?.status).toBe('missing');
});

it.each([
  {},
  null,
  [],
  'x'.repeat(2_000_000),
  { ...nothing, problems: [{ severity: 'error', report: { kind: 'exited' } }] },
  { ...nothing, imports: Array.from({ length: 501 }, () => ({})) },
])('takes nothing else for a report', (report) => {
  expect(judge(report)).toMatchObject({ success: false, error: 'exited', validation: { complete: false } });
});

it('gives the verdict of a run where the jail ended without a report', () => {
  const stopped = makeEvidence({ stop: { reason: 'deadline' } });
  expect(judgePreflight(stopped, context, { isMissing: false })).toMatchObject({
    error: 'timeout',
    validation: { entry_point: null, complete: false, findings: [{ error: 'timeout' }] },
  });
  expect(judgePreflight(stopped, context, { isMissing: true })).toMatchObject({ error: 'missing_main' });
  const memory = makeReport({ kind: 'runtime_error', type: 'MemoryError', message: '', memory: true });
  expect(judgePreflight(makeEvidence({ report: memory }), context, { isMissing: false })).toMatchObject({
    error: 'memory_limit',
  });
});
