import { Refusal } from '../../../../src/core/contract/refusal.ts';
import { dialects } from '../../../../src/dialects/list.ts';
import { generateReader, requestReader } from '../../../../src/http/body-readers.ts';
import { limits } from '../../../../src/http/app.test-support.ts';
import type { Target } from '../target.ts';

const rules = {
  policy: { defaults: limits, ceilings: { ...limits, timeout: 60 } },
  scriptBytes: 4096,
  modelBytes: 4096,
  repairs: 3,
};

const doors = await Promise.all(dialects.map((dialect) => dialect.load()));
const readers = [requestReader, generateReader, ...doors.flatMap((door) => door.readers)];

/** Bodies of requests, as every door reads them. */
export const requests: Target = {
  name: 'requests',
  words: [
    ...[
      '{"script":"',
      '"args":[',
      '"kwargs":{',
      '"files":[{"path":"a","content":"',
      '"encoding":"base64"',
      '"limits":{',
    ],
    ...[
      '"timeout":',
      '"mode":"script"',
      '"env":{"',
      '"return_files":["**"]',
      '"policy":{"mode":"report"}',
      '"query":"',
    ],
    ...[
      '"code":"',
      '"image":"python',
      '"entrypoint":"',
      '"mem_limit":"1g"',
      '"unsafe_modules":["',
      '"allowed_root":"/',
    ],
    ...[
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '\\u0000',
      '\\ud800',
      '1e999',
      '0',
      '-',
      'null',
      'true',
      '/',
      '../',
      '\xff',
    ],
  ],
  budget: { fixed: 200, perKiB: 20 },
  open: () => ({
    run: (input) => {
      for (const { read } of readers) {
        try {
          read(input, rules as never);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
        }
      }
    },
  }),
};
