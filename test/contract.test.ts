import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executeExamples } from '../src/http/openapi/examples.ts';
import { createContractCheck, type OpenApi } from './support/contract.ts';
import { send, startService, type TestService } from './support/service.ts';
import { expectShown } from './support/shown.ts';

let service: TestService;
let document: OpenApi;
beforeAll(async () => {
  service = await startService();
  document = JSON.parse((await send(`${service.url}/openapi.json`)).text) as OpenApi;
});
afterAll(() => service.close());

describe('the document', () => {
  it.each(Object.entries(executeExamples))('shows what comes of its example "%s"', async (_name, example) => {
    const { status, body } = await service.execute(example.request);
    expect(status).toBe(example.status);
    expectShown(body, example.response);
  });

  it.each([
    ['GET', '/health', 200],
    ['GET', '/live', 200],
    ['GET', '/openapi.json', 200],
    ['POST', '/health', 405],
    ['DELETE', '/execute', 405],
  ])('says what %s %s answers', async (method, path, status) => {
    const answer = await send(`${service.url}${path}`, undefined, { method });
    expect(answer.status).toBe(status);
    const described = method === 'DELETE' ? 'POST' : method === 'POST' ? 'GET' : method;
    expect(createContractCheck(document)({ method: described, path, ...answer })).toEqual([]);
  });

  it('holds the service to what it says', () => {
    const check = createContractCheck(document);
    const headers = {
      'content-type': 'application/json',
      'x-request-id': 'a',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    };
    const live = { method: 'GET', path: '/live', status: 200, headers };
    expect(check({ ...live, body: { status: 'alive' } })).toEqual([]);
    expect(check({ ...live, body: { status: 'alive', since: 1 } })).toHaveLength(1);
    expect(check({ ...live, body: { status: 'dead' } })).toHaveLength(1);
    expect(check({ ...live, status: 418, body: {} })).toHaveLength(1);
    expect(
      check({ ...live, headers: { 'content-type': 'application/json' }, body: { status: 'alive' } }),
    ).toHaveLength(3);
  });

  it('says what a service without a sandbox, and a full one, answers', async () => {
    const broken = await startService({ BRIG_NSJAIL: '/nonexistent/nsjail' });
    const refused = await broken.execute({ script: 'def main(): pass' });
    const health = await send(`${broken.url}/health`);
    await broken.close();
    expect([refused.status, health.status]).toEqual([503, 503]);
    expect(createContractCheck(document)({ method: 'GET', path: '/health', ...health })).toEqual([]);
  });
});
