import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { errorCategories } from '../src/core/contract/error-category.ts';
import { startService, type Answer, type TestService } from './support/service.ts';

const SEED = 20_260_101;
/** Requests under way at once. */
const LANES = 4;

let service: TestService;
beforeAll(async () => {
  service = await startService({ BRIG_MAX_WARM_JAILS: '4', BRIG_MIN_WARM_JAILS: '2' });
});
afterAll(() => service.close());

const limits = { timeout: 2 };
const main = 'def main(*a, **k):\n    return [len(a), len(k)]';

/** Fields as a caller would write them, and as one would not. */
const field = fc.oneof(
  fc.record({ mode: fc.constantFrom('function', 'script', 'shell', null) }),
  fc.record({ function: fc.oneof(fc.constant('main'), fc.string()) }),
  fc.record({ args: fc.oneof(fc.array(fc.jsonValue(), { maxLength: 4 }), fc.jsonValue()) }),
  fc.record({ kwargs: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()) }),
  fc.record({ stdin: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()) }),
  fc.record({ env: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()) }),
  fc.record({
    limits: fc.oneof(fc.constant(limits), fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()),
  }),
  fc.record({ limits: fc.record({ timeout: fc.double(), memory_mb: fc.integer(), processes: fc.double() }) }),
  fc.record({
    policy: fc.oneof(
      fc.record({
        mode: fc.constantFrom('off', 'report', 'enforce'),
        deny_modules: fc.array(fc.constantFrom('os', 'urllib.request', 'é', 'a b', '')),
        deny_functions: fc.array(fc.oneof(fc.constantFrom('os.*', 'open', '*', 'eval'), fc.string())),
      }),
      fc.jsonValue(),
    ),
  }),
  fc.record({
    files: fc.oneof(fc.array(fc.record({ path: fc.string(), content: fc.string() })), fc.jsonValue()),
  }),
  fc.record({ return_files: fc.oneof(fc.array(fc.string()), fc.jsonValue()) }),
  fc.record({ validate_only: fc.oneof(fc.boolean(), fc.jsonValue()) }),
  fc.record({ execution_id: fc.oneof(fc.uuid(), fc.string()) }),
  fc.record({ script: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()) }),
  fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 2 }),
);

const tokens = fc.constantFrom(
  ...`def main ( ) : pass return lambda x y = == + - * ** @ . , [ ] { } if else for in while try except finally with as class
  async await yield global nonlocal import from os sys eval exec match case _ type del not and or is None True 1 0x 1e9 "a" 'b' """ f"
  {x} # \\ ; \n \n \n \t ; -> := ! ~ print é ｍain \u0000 \u2028 \ud83d\ude00`.split(' '),
  '\n    ',
  '\n',
  ' ',
);
const soup = fc.array(tokens, { maxLength: 60 }).map((parts) => parts.join(' '));

/** Cuts, doubles and overwrites pieces of a valid body. */
const mutated = fc
  .tuple(
    fc.nat(200),
    fc.nat(20),
    fc.oneof(fc.string(), fc.constantFrom('"', '{', '}', '[', ',', ':', '\\u', '1e999')),
  )
  .map(([at, length, text]) => {
    const body = JSON.stringify({
      script: main,
      args: [1, 'two'],
      kwargs: { k: null },
      limits,
      policy: { mode: 'report' },
    });
    return body.slice(0, at) + text + body.slice(at + length);
  });

const sample = <Value>(arbitrary: fc.Arbitrary<Value>, count: number): Value[] =>
  fc.sample(arbitrary, { numRuns: count, seed: SEED });

it.each<[what: string, bodies: () => readonly unknown[]]>([
  [
    '1,000 bodies of random bytes',
    () => sample(fc.uint8Array({ maxLength: 400 }), 1000).map((bytes) => Buffer.from(bytes)),
  ],
  ['200 bodies of any JSON', () => sample(fc.json(), 200)],
  ['200 valid bodies with pieces changed', () => sample(mutated, 200)],
  [
    '150 requests with any fields',
    () =>
      sample(fc.array(field, { minLength: 1, maxLength: 3 }), 150).map((fields) =>
        JSON.stringify(Object.assign({ script: main, limits }, ...fields)),
      ),
  ],
  [
    '900 scripts of random characters',
    () => sample(fc.string({ unit: 'binary', maxLength: 200 }), 900).map((script) => ({ script, limits })),
  ],
  [
    '100 scripts of random tokens, judged by a policy too',
    () =>
      sample(soup, 100).map((script, index) => ({
        script,
        limits,
        mode: index % 2 === 0 ? 'script' : 'function',
        ...(index % 3 === 0 ? { policy: { mode: 'report' } } : {}),
      })),
  ],
])('%s get an outcome or a typed error each', { timeout: 180_000 }, async (_what, bodies) => {
  const wrong: unknown[] = [];
  await inLanes(bodies(), async (body) => {
    const answer = await service.execute(body);
    if (!isTyped(answer)) wrong.push({ body, status: answer.status, answer: answer.text.slice(0, 300) });
  });
  expect(wrong).toEqual([]);
  expect(service.incidents).toEqual([]);
});

it('the service is as healthy as before', async () => {
  const { body } = await service.execute({ script: main, args: [1] });
  expect(body.result).toEqual([1, 0]);
});

/** A request's or a script's own failure, said in the one shape; never one of the service. */
function isTyped({ status, body }: Answer): boolean {
  if (status === 200 && body.success) return 'result' in body;
  const { error, message, suggestions, retryable } = body;
  if (error === undefined || !(error in errorCategories)) return false;
  const { side } = errorCategories[error as keyof typeof errorCategories];
  const isSpoken =
    typeof message === 'string' && Array.isArray(suggestions) && typeof retryable === 'boolean';
  return isSpoken && side === (status === 200 ? 'script' : 'request') && status < 500;
}

async function inLanes<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const rest = items.values();
  const lane = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
