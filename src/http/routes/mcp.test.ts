import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeOnly } from '../../mcp/tool-schemas.ts';
import { createTestApp } from '../app.test-support.ts';

async function send(body: string) {
  const app = createTestApp({ caps: { bodyBytes: 2 * 1024 * 1024, scriptBytes: 1000 } });
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const response = await app.request('http://localhost/mcp', { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}
const list = (id: number) => ({ jsonrpc: '2.0', id, method: 'tools/list', params: {} });

describe('messages of the protocol', () => {
  it('are few in one body', async () => {
    const ids = Array.from({ length: 11 }, (_, index) => index);
    const many = await send(JSON.stringify(ids.map(list)));
    expect([many.status, many.text]).toEqual([400, expect.stringContaining('at most 10 messages')]);
    const few = await send(JSON.stringify(ids.slice(1).map(list)));
    expect([few.status, few.text.match(/"name":"run_python"/g)?.length]).toEqual([200, 10]);
  });

  it('hold few parts together, wherever they are', async () => {
    const names = Object.fromEntries(Array.from({ length: 6000 }, (_, index) => [`a${index}`, 1]));
    for (const params of [names, { name: 'list_environments', arguments: names }, { _meta: names }]) {
      const { status, text } = await send(
        JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
      );
      expect([status, text]).toEqual([413, expect.stringContaining('more values than can be read')]);
    }
  });

  it('are described by documents that are made once', () => {
    const schema = z.object({ a: z.string() });
    const make = () => describeOnly(schema)['~standard'].jsonSchema.input({ target: 'draft-2020-12' });
    expect(make()).toBe(make());
    expect(make()).toMatchObject({ type: 'object', required: ['a'] });
  });
});
