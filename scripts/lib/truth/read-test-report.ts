import { z } from 'zod';
import type { Side } from './side.ts';

const MARK = '#truth ';

const recordSchema = z.union([
  z.object({ begin: z.string() }),
  z.object({ test: z.string(), outcome: z.string(), text: z.string() }),
  z.object({ ended: z.string(), seconds: z.number() }),
]);

export interface TestReport {
  readonly tests: Side;
  /** The last test that began and did not end. */
  readonly begun: string | undefined;
  readonly isWhole: boolean;
}

/** Reads what test/truth/run_tests.py wrote, between lines that tests may have written. */
export function readTestReport(stdout: string): TestReport {
  const tests: Record<string, { outcome: string; text?: string }> = {};
  let begun: string | undefined;
  let isWhole = false;
  for (const line of stdout.split('\n')) {
    const record = line.startsWith(MARK) ? parseRecord(line.slice(MARK.length)) : undefined;
    if (record === undefined) continue;
    if ('begin' in record) begun = record.begin;
    else if ('ended' in record) isWhole = true;
    else {
      const { test, outcome, text } = record;
      // Some suites have two tests of one name: the worse one counts.
      if (tests[test] === undefined || tests[test].outcome === 'passed')
        tests[test] = { outcome, ...(text !== '' && { text }) };
      if (test === begun) begun = undefined;
    }
  }
  return { tests, begun, isWhole };
}

function parseRecord(text: string): z.infer<typeof recordSchema> | undefined {
  try {
    return recordSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
