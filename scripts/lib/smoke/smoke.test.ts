import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createTestApp } from '../../../src/http/app.test-support.ts';
import { dialects } from '../../../src/dialects/list.ts';
import { foreignRequests } from './foreign-requests.ts';
import { ownRequests } from './own-requests.ts';
import { postmanFile, renderPostman } from './postman.ts';
import { toPath } from './request.ts';
import { judge } from './send.ts';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const app = createTestApp();

async function readRoutes(base: string): Promise<string[]> {
  const response = await app.request(`${base}/openapi.json`);
  const { paths } = (await response.json()) as Document;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

it('asks every route of the document', async () => {
  const routes = await readRoutes('');
  expect(routes.length).toBeGreaterThan(20);
  expect(new Set(ownRequests.map(({ route }) => route))).toEqual(new Set(routes));
});

it.each(dialects)('asks every route of the document of $name', async ({ name }) => {
  const asked = foreignRequests.filter(({ door }) => door === name).map(({ route }) => route);
  expect(new Set(asked)).toEqual(new Set(await readRoutes(`/dialects/${name}`)));
});

it('puts parameters and saved values into paths', () => {
  const request = { door: 'piston', route: 'GET /jobs/{id}', shows: '', status: 200 };
  const saved = new Map([['job', 'a/b']]);
  expect(toPath({ ...request, parameters: { id: '{{job}}' }, query: 'wait=1' }, saved)).toBe(
    '/dialects/piston/jobs/a%2Fb?wait=1',
  );
});

it('tells what is wrong, and what the operator left out', () => {
  const request = { door: 'brig', route: 'GET /', shows: '', status: 200, has: { answer: 42 } };
  expect(judge(request, { status: 200, text: '{"answer":42,"more":1}' }).verdict).toBe('ok');
  expect(judge(request, { status: 200, text: '{"answer":43}' }).because).toContain('answer differs');
  expect(judge(request, { status: 200, text: 'no JSON' }).verdict).toBe('failed');
  expect(judge(request, { status: 500, text: 'oh' }).because).toBe('status 500 in place of 200: oh');
  expect(judge(request, { status: 0, text: 'refused' }).because).toBe('no answer: refused');
  const off = { statuses: [403], because: 'off' };
  expect(judge({ ...request, off }, { status: 403, text: '' })).toEqual({ verdict: 'off', because: 'off' });
});

it('has its requests in the Postman collection', () => {
  expect(JSON.parse(readFileSync(postmanFile, 'utf8'))).toEqual(JSON.parse(renderPostman()));
});
