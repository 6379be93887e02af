import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, it } from 'vitest';
import { errorCategories } from '../../core/contract/error-category.ts';
import { limitNames } from '../../core/contract/limits.ts';
import { executeRequestSchema } from '../../core/contract/request.ts';
import { createTestApp, limits } from '../app.test-support.ts';
import { describeApi } from './document.ts';

const facts = {
  version: '1.0.0',
  limitPolicy: { defaults: limits, ceilings: { ...limits, timeout: 99 } },
  generation: { maxRepairs: 5 },
};
const document = JSON.parse(JSON.stringify(describeApi(facts))) as {
  paths: Record<string, Record<string, { responses: Record<string, unknown>; description?: string }>>;
  components: { schemas: Record<string, { properties: Record<string, Record<string, unknown>> }> };
};

describe('the document', () => {
  it('has every route of our own that is registered, and no other', () => {
    // Contracts of other systems have documents of their own: docs/dialects.md.
    const registered = createTestApp({ metrics: { contentType: '', text: async () => '' } }).routes.filter(
      ({ method, path }) => method !== 'ALL' && !path.startsWith('/dialects/'),
    );
    const routes = registered.map(
      ({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')}`,
    );
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.toSorted()).toEqual([...new Set(routes)].toSorted());
  });

  it.each([false, true])('passes the linter (with keys: %s)', async (hasKeys) => {
    const config = await createConfig({
      extends: ['recommended-strict'],
      rules: { 'no-invalid-media-type-examples': { severity: 'error', allowAdditionalProperties: true } },
    });
    const source = JSON.stringify(describeApi({ ...facts, hasKeys }));
    const problems = await lintFromString({ source, absoluteRef: '/openapi.json', config });
    expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual(
      [],
    );
  });

  it("has the request's fields, each with a description, and the operator's limits", () => {
    const properties = document.components.schemas['ExecuteRequest']?.properties ?? {};
    expect(Object.keys(properties)).toEqual(Object.keys(executeRequestSchema.shape));
    const mute = Object.entries(properties).filter(([, { description }]) => description === undefined);
    expect(mute).toEqual([]);
    const bounds = properties['limits']?.['properties'] as Record<string, unknown>;
    expect(Object.keys(bounds)).toEqual([...limitNames]);
    expect(bounds['timeout']).toMatchObject({ default: 10, maximum: 99, exclusiveMinimum: 0 });
    const { repair } = document.components.schemas['GenerateRequest']?.properties ?? {};
    expect(repair).toMatchObject({ default: 0, minimum: 0, maximum: 5 });
  });

  describe('has patterns that every dialect reads alike', () => {
    const patterns = [...JSON.stringify(document).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
      ([, text = '']) => JSON.parse(text) as string,
    );
    // Anything but escapes, groups, sets and quantifiers common to ECMA-262 without the flag `u` and Python's `re`.
    const foreign = /\\(?![dnrtsSwW.*+?^$|(){}[\]/]|x[\da-f]{2}|u[\da-f]{4})|\(\?(?![:=!])|\[\[|[*+?}]\+/;

    it('of a small language', () => {
      expect(patterns.length).toBeGreaterThan(5);
      expect(patterns.filter((pattern) => foreign.test(pattern))).toEqual([]);
    });

    it('for identifiers, as the service reads them', () => {
      const { pattern = '' } = document.components.schemas['ExecuteRequest']?.properties['function'] ?? {};
      const documented = new RegExp(String(pattern));
      for (let code = 0; code < 0x80; code += 1) {
        for (const name of [String.fromCharCode(code), `a${String.fromCharCode(code)}`]) {
          const isName = executeRequestSchema.shape.function.safeParse(name).success;
          expect([name, documented.test(name)]).toEqual([name, isName]);
        }
      }
      expect(['größe', '名前', '𝒳', 'été_2'].filter((name) => !documented.test(name))).toEqual([]);
    });
  });

  it('has nothing that generators of clients cannot write', () => {
    const text = JSON.stringify(document);
    expect(text).not.toMatch(/"default":\{\}/);
    const properties = Object.values(document.components.schemas).flatMap((schema) =>
      Object.values(schema.properties ?? {}),
    );
    expect(properties.filter(({ type }) => type === 'null')).toEqual([]);
    expect(properties.filter((one) => typeof one['const'] === 'boolean')).toEqual([]);
    expect(document.components.schemas['Outcome']).toEqual({
      anyOf: [{ $ref: '#/components/schemas/Failure' }, { $ref: '#/components/schemas/Success' }],
    });
    const unnamed = Object.keys(document.components.schemas).filter((name) => name.endsWith('Output'));
    expect(unnamed).toEqual([]);
  });

  it('says of each route which keys may use it, where there are keys', () => {
    const { paths, components } = describeApi({ ...facts, hasKeys: true });
    expect(paths?.['/health']?.get?.security).toEqual([]);
    expect(paths?.['/environments']?.get?.security).toEqual([
      { apiKey: ['execute'] },
      { apiKey: ['environments'] },
      { bearer: ['execute'] },
      { bearer: ['environments'] },
    ]);
    expect(Object.keys(components?.securitySchemes ?? {})).toEqual(['apiKey', 'bearer']);
    expect(document.paths['/execute']?.['post']).toMatchObject({ security: [] });
    expect(Object.keys(document.paths['/execute']?.['post']?.responses ?? {})).toEqual(
      expect.arrayContaining(['401', '403', '429']),
    );
  });

  it('names every category', () => {
    const { error } = document.components.schemas['Failure']?.properties ?? {};
    expect(error?.['enum']).toEqual(Object.keys(errorCategories));
  });

  it('is answered with its type, and again only when it changed', async () => {
    const app = createTestApp();
    const first = await app.request('/openapi.json');
    const tag = first.headers.get('etag') ?? '';
    expect([first.status, first.headers.get('content-type')]).toEqual([
      200,
      'application/json; charset=utf-8',
    ]);
    expect(tag).toMatch(/^"[\w-]{22}"$/);
    const again = await app.request('/openapi.json', { headers: { 'If-None-Match': tag } });
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
    expect(again.headers.get('x-request-id')).not.toBeNull();
  });

  it('has a page that allows nothing from elsewhere, and finds no other file', async () => {
    const app = createTestApp();
    const page = await app.request('/docs');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(await page.text()).not.toMatch(/https?:/);
    for (const file of ['../package.json', 'index.html', '%2e%2e%2fpackage.json', 'swagger-ui.css.map'])
      expect((await app.request(`/docs/${file}`)).status).toBe(404);
  });
});
