import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { classify } from './classify.ts';
import { context, limits, makeEvidence, makeResult } from './classify.test-support.ts';
import type { Ending, Evidence, Stop } from '../../contract/evidence.ts';
import { errorReportSchema } from '../../contract/harness-report.ts';
import { failureSchema, successSchema } from '../../contract/outcome.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'main() missing 1',
    'json',
    'SyntaxError',
    'TypeError',
    'collections',
    '__proto__',
    'constructor',
    '',
  ),
);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const location = optional(
  fc.record({ line: fc.integer({ min: 1, max: 99 }), column: optional(fc.integer({ min: 1, max: 99 })) }),
);
const names = fc.array(text, { maxLength: 5 });

const report: fc.Arbitrary<Evidence['report']> = fc.oneof(
  fc.constant(undefined),
  fc.jsonValue().map((value) => makeResult(JSON.stringify(value))),
  fc
    .oneof(
      fc.record({ kind: fc.constant('missing_main'), found: optional(text), functions: names }),
      fc.record({
        kind: fc.constant('syntax_error'),
        type: text,
        message: text,
        location,
        traceback: optional(text),
      }),
      fc.record({
        kind: fc.constant('runtime_error'),
        type: text,
        message: text,
        location,
        traceback: optional(text),
        missing: optional(
          fc.record({
            what: fc.constantFrom('name', 'attribute', 'module', 'import'),
            name: text,
            of: optional(text),
            candidates: names,
          }),
        ),
        memory: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant('invalid_result'),
        path: text,
        type: text,
        reason: fc.constantFrom('type', 'key', 'not_finite', 'circular', 'depth'),
        value: optional(text),
      }),
      fc.record({ kind: fc.constant('result_too_large'), bytes: fc.nat() }),
      fc.record({ kind: fc.constant('exited'), code: fc.integer(), message: optional(text) }),
    )
    .map((value) => errorReportSchema.parse(value)),
);

const stop: fc.Arbitrary<Stop | undefined> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(undefined) },
  fc.constantFrom<Stop>({ reason: 'deadline' }, { reason: 'cpu_time' }, { reason: 'result_too_large' }),
  fc.constantFrom<Stop>({ reason: 'flood', stream: 'stdout' }, { reason: 'flood', stream: 'stderr' }),
  text.map((detail): Stop => ({ reason: 'protocol', detail })),
);

const ending: fc.Arbitrary<Ending> = fc.oneof(
  fc.record({ kind: fc.constant('exit' as const), code: fc.oneof(fc.constant(0), fc.nat(255)) }),
  fc.record({ kind: fc.constant('signal' as const), signal: fc.integer({ min: 1, max: 64 }), name: text }),
);

const evidence: fc.Arbitrary<Evidence> = fc
  .record({
    mode: fc.constantFrom('function' as const, 'script' as const),
    stop,
    ending,
    report,
    output_bytes: fc.oneof(fc.constant(0), fc.nat()),
    usage: fc.record({
      durationMs: fc.double({ min: 0, max: 1e7 }),
      cpuMs: fc.double({ min: 0, max: 1e7 }),
      memoryPeakBytes: fc.nat(),
      oomKills: fc.nat(2),
      processRefusals: fc.nat(2),
    }),
  })
  .map(({ output_bytes, ...rest }) => makeEvidence({ ...rest, limits: { ...limits, output_bytes } }));

it('every evidence has an outcome of the documented shape; a success needs status 0 and no stop', () => {
  fc.assert(
    fc.property(evidence, names, (given, availableFunctions) => {
      const outcome = classify(given, { ...context, availableFunctions });
      const schema = outcome.success ? successSchema : failureSchema;
      expect(schema.safeParse(outcome).error).toBeUndefined();
      if (outcome.success) {
        expect(given).toMatchObject({ stop: undefined, ending: { kind: 'exit', code: 0 } });
        expect(() => JSON.parse(outcome.result)).not.toThrow();
      } else {
        expect(outcome.suggestions.length).toBeGreaterThan(0);
        expect(outcome.suggestions.length).toBeLessThanOrEqual(4);
        expect(outcome.message).not.toBe('');
      }
    }),
    { numRuns: 1000 },
  );
});
