import type { Answer, Attack, Complaint, RequestBody } from '../attack.ts';
import { both, refuses } from '../expectations.ts';

const main = 'def main(*a, **k):\n    return [len(a), len(k)]';
const deep = (levels: number): string => `{"script":"","args":${'['.repeat(levels)}${']'.repeat(levels)}}`;

const invalid: readonly [title: string, body: RequestBody, says: RegExp][] = [
  ['no JSON', '{"script": ', /JSON/],
  ['nothing', '', /empty/],
  ['an array', '[]', /object/],
  ['null', 'null', /object/],
  ['a script that is missing', {}, /script/],
  ['a script that is a number', { script: 1 }, /script/],
  ['a script with a lone surrogate', '{"script": "\\ud800"}', /surrogate/],
  ['an unknown field', { script: main, scirpt: '' }, /scirpt/],
  ['a field of the wrong type', { script: main, args: {} }, /args/],
  ['a mode that does not exist', { script: main, mode: 'shell' }, /mode/],
  ['a function that is no name', { script: main, function: 'os.system("x")' }, /function/],
  ['a timeout of zero', { script: main, limits: { timeout: 0 } }, /timeout/],
  ['a timeout without end', '{"script":"","limits":{"timeout":1e999}}', /timeout/],
  ['a memory limit below what an interpreter needs', { script: main, limits: { memory_mb: 1 } }, /memory_mb/],
  ['a limit above its ceiling', { script: main, limits: { memory_mb: 10 ** 6 } }, /ceiling of 8192/],
  ['a fraction of a process', { script: main, limits: { processes: 1.5 } }, /processes/],
  ['an unknown limit', { script: main, limits: { disk: 1 } }, /limits.disk/],
  ['an interpreter steered by PYTHONPATH', { script: main, env: { PYTHONPATH: '/work' } }, /reserved/],
  ['a loader steered by LD_PRELOAD', { script: main, env: { LD_PRELOAD: '/work/x.so' } }, /reserved/],
  ['a variable with NUL', { script: main, env: { A: 'a\0b' } }, /NUL/],
  ['a variable without a name', { script: main, env: { '': 'x' } }, /name/],
  ['a variable with = in its name', { script: main, env: { 'A=B': 'x' } }, /name/],
  ['variables of more than 64 KiB', { script: main, env: { A: 'x'.repeat(70_000) } }, /env/],
  ['arguments nested too deeply', deep(1000), /deep/],
  ['arguments nested a hundred thousand deep', deep(100_000), /deep/],
  ['an integer longer than Python reads', `{"script":"","args":[${'9'.repeat(5000)}]}`, /4300/],
  ['an execution_id with a line break', { script: main, execution_id: 'a\nb' }, /execution_id/],
  ['__proto__ as a variable', '{"script":"","env":{"__proto__":"x"}}', /__proto__/],
  ['a host of the network without a port', { script: main, network: { allow: ['nowhere'] } }, /network/],
  ['script arguments that are no strings', { script: main, mode: 'script', args: [1] }, /args/],
];

const nothingRan = { success: false, execution: null, return_code: null, retryable: false };

function saysNothingRan({ body }: Answer): Complaint {
  const said = body as Readonly<Record<string, unknown>>;
  const wrong = Object.entries(nothingRan).find(([name, value]) => said[name] !== value);
  return wrong && `${wrong[0]} is ${JSON.stringify(said[wrong[0]])}`;
}

export const requests: readonly Attack[] = invalid.map(([title, body, says]) => ({
  kind: 'script',
  title,
  runtime: 'python',
  request: () => body,
  judge: both(refuses(400, 'invalid_input', says), saysNothingRan),
}));
