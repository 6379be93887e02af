import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, it } from 'vitest';
import { createTestApp } from '../http/app.test-support.ts';
import { dialects } from './list.ts';

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
}
interface Described {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
}

const app = createTestApp();
const read = async (name: string): Promise<Document> => {
  const response = await app.request(`/dialects/${name}/openapi.json`);
  expect(response.status).toBe(200);
  return (await response.json()) as Document;
};
const schemaOf = (document: Document, path: string): unknown =>
  document.paths[path]?.['post']?.requestBody?.content['application/json']?.schema;

describe.each(dialects)('the document of $name', ({ name, access }) => {
  it('has each of its routes', async () => {
    const { paths } = await read(name);
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    // A route may be there a second time, with a slash at its end.
    const routes = Object.keys(access).filter(
      (route) => !(route.endsWith('/') && route.slice(0, -1) in access),
    );
    expect(described.toSorted()).toEqual(routes.toSorted());
  });

  it('is OpenAPI', async () => {
    const source = JSON.stringify(await read(name));
    const config = await createConfig({ extends: ['spec'] });
    expect(await lintFromString({ source, absoluteRef: '/openapi.json', config })).toEqual([]);
  });

  it('has a page', async () => {
    const page = await app.request(`/dialects/${name}/docs`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('docs/start.js')]);
    expect((await app.request(`/dialects/${name}/docs/start.js`)).status).toBe(200);
  });
});

it('shows fields as their readers take them', async () => {
  expect(schemaOf(await read('code-executor'), '/execute')).toMatchObject({
    required: ['code'],
    properties: {
      code: { type: 'string' },
      language: { type: 'string', default: 'python' },
      execution_id: { type: ['string', 'null'] },
      timeout: { anyOf: [{ type: 'integer', minimum: 0 }, { type: 'null' }] },
    },
  });
  expect(schemaOf(await read('secure-python'), '/execute')).toMatchObject({
    required: ['code'],
    properties: { memory_limit: { type: 'string', default: '100m' }, cpu_limit: { type: 'number' } },
  });
  expect(schemaOf(await read('quartermaster'), '/run')).toMatchObject({
    properties: {
      mem_limit: { type: ['string', 'null'] },
      environment: { type: ['object', 'null'], additionalProperties: { type: 'string' } },
      prebuild_spec: { type: ['object', 'null'], required: ['setup_script'] },
    },
  });
  expect(schemaOf(await read('code-cantation'), '/execute')).toMatchObject({
    properties: { code_type: { type: ['string', 'null'], enum: ['SCRIPT', 'FUNCTION', null] } },
  });
});
