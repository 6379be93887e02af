import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import {
  checkScriptSchema,
  describeOnly,
  listEnvironmentsSchema,
  runCodeSchema,
  runPythonSchema,
} from './tool-schemas.ts';

it('describes tools with patterns that Python compiles', () => {
  const schemas = [checkScriptSchema, listEnvironmentsSchema, runCodeSchema, runPythonSchema];
  const documents = schemas.map((schema) =>
    describeOnly(schema)['~standard'].jsonSchema.input({ target: 'draft-2020-12' }),
  );
  const patterns = [...JSON.stringify(documents).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
    ([, text = '']) => JSON.parse(text) as string,
  );
  expect(patterns.length).toBeGreaterThan(3);
  const program = 'import json, re, sys\nfor one in json.load(sys.stdin): re.compile(one)';
  execFileSync('python3', ['-c', program], { input: JSON.stringify(patterns) });
});
