import { findDifferences, toKind } from '../check.ts';
import type { Kind } from '../kind.ts';

const dialects: readonly Kind[] = [
  toKind({
    name: 'dialect: code-executor',
    request: {
      path: '/dialects/code-executor/execute',
      body: { code: 'print("Hello")', language: 'python' },
    },
    wanted: { status: 'completed', stdout: 'Hello\n', exit_code: 0 },
  }),
  toKind({
    name: 'dialect: code-cantation',
    request: {
      path: '/dialects/code-cantation/execute',
      body: { code: 'def add(a, b):\n    return a + b\n', code_type: 'FUNCTION', input_values: [5, 7] },
    },
    wanted: { captured_output: 12, exec_error: null, safety_violation: null },
  }),
  toKind({
    name: 'dialect: code-cantation, its own folder',
    request: {
      path: '/dialects/code-cantation/execute',
      body: { code: "open('data.txt', 'w').write('ok')", allowed_root: '/sandbox/work' },
    },
    wanted: { exec_error: null, safety_violation: null },
  }),
  toKind({
    name: 'dialect: quartermaster',
    request: {
      path: '/dialects/quartermaster/run',
      body: { code: "print('hello')", image: 'code-runner-python' },
    },
    wanted: { stdout: 'hello\n', exit_code: 0 },
  }),
];

/** One call of a tool, without a session. */
const mcp: Kind = {
  name: 'MCP',
  weight: 2,
  run: async ({ index, send }) => {
    const { status, text } = await send({
      path: '/mcp',
      headers: { accept: 'application/json, text/event-stream' },
      body: {
        jsonrpc: '2.0',
        id: index,
        method: 'tools/call',
        params: {
          name: 'run_python',
          arguments: { script: 'def main(n):\n    return n * 2', args: [index] },
        },
      },
    });
    const json = /^data: (.*)$/m.exec(text)?.[1] ?? text;
    const answer = JSON.parse(json) as { id?: number; result?: { content?: { text?: string }[] } };
    const said = JSON.parse(answer.result?.content?.[0]?.text ?? 'null') as unknown;
    return findDifferences(
      { status, id: answer.id, said },
      { status: 200, id: index, said: { success: true, result: index * 2 } },
    );
  },
};

const refused = (name: string, body: unknown, status = 400, error = 'invalid_input'): Kind =>
  toKind({ name: `wrong request: ${name}`, weight: 0.5, request: { body }, wanted: { status, error } });

/** A key that is none, one over its rate, one with ceilings: none of them holds up another. */
const keys: readonly Kind[] = [
  toKind({
    name: 'a key with ceilings',
    needs: ['keys'],
    request: { key: 'narrow', body: { script: 'def main(): return 1' } },
    wanted: { success: true, result: 1 },
  }),
  toKind({
    name: 'a key with ceilings, above one',
    weight: 0.5,
    needs: ['keys'],
    request: { key: 'narrow', body: { script: 'def main(): return 1', limits: { memory_mb: 2048 } } },
    wanted: { status: 400, error: 'invalid_input' },
  }),
  {
    name: 'a key with a rate',
    weight: 2,
    needs: ['keys'],
    run: async ({ send }) => {
      const { status, headers, body } = await send({
        key: 'rated',
        body: { script: 'def main(): return 1' },
      });
      if (status === 200) return findDifferences(body, { success: true, result: 1 });
      const wait = Number(headers['retry-after']);
      return findDifferences(
        { status, ...body, hasWait: wait > 0 },
        { status: 429, error: 'rate_limited', hasWait: true },
      );
    },
  },
  {
    name: 'a key that is none',
    weight: 0.3,
    needs: ['keys'],
    run: async ({ send }) => {
      const { status } = await send({ key: 'wrong', body: { script: 'def main(): return 1' } });
      // Too many of them are slowed down.
      return [401, 429].includes(status) ? [] : [{ status }];
    },
  },
];

export const doorKinds: readonly Kind[] = [
  ...dialects,
  mcp,
  refused('not JSON', '{"script": '),
  refused('no script', {}),
  refused('an unknown field', { script: 'def main(): pass', scirpt: 1 }),
  refused('a limit above its ceiling', { script: 'def main(): pass', limits: { memory_mb: 10_000_000 } }),
  refused('a script that is too long', { script: `#${'x'.repeat(2_000_000)}` }, 413, 'payload_too_large'),
  toKind({
    name: 'wrong request: no such route',
    weight: 0.5,
    request: { method: 'GET', path: '/nowhere' },
    wanted: { status: 404, error: 'not_found' },
  }),
  ...keys,
];
