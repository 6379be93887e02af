import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialects } from '../src/dialects/list.ts';
import { connectHttp, eras } from './support/mcp-client.ts';
import { installSchemaTools, runJsonschema, runSpectral, type SchemaCase } from './support/schema-tools.ts';
import { startService, type TestService } from './support/service.ts';

/* What the service says about itself, judged by tools that its callers use. */

let service: TestService;
beforeAll(async () => {
  await installSchemaTools();
  service = await startService();
}, 240_000);
afterAll(() => service.close());

describe('Spectral', () => {
  it.each(['', ...dialects.map(({ name }) => `/dialects/${name}`)])(
    'finds no error in %s/openapi.json',
    async (base) => {
      const document = (await (await fetch(`${service.url}${base}/openapi.json`)).json()) as object;
      const complaints = await runSpectral(document);
      expect(complaints.filter(({ severity }) => severity === 0)).toEqual([]);
      expect(complaints.map(({ code }) => code)).not.toContain('unrecognized-format');
    },
  );

  it('finds one where there is one', async () => {
    const document = { openapi: '3.1.0', info: { title: 'x', version: '1' }, paths: { '/x': { get: {} } } };
    const wrong = { ...document, paths: { '/{x}': { get: { responses: {} } } } };
    const errors = (await runSpectral(wrong)).filter(({ severity }) => severity === 0);
    expect(errors.map(({ code }) => code)).toContain('path-params');
  });
});

describe("Python's jsonschema", () => {
  it.each(eras)('finds the schemas of every tool valid, for a client of the %s revision', async (era) => {
    await using mcp = await connectHttp(service.url, era);
    const { tools } = await mcp.client.listTools();
    expect(tools.length).toBeGreaterThan(3);
    const cases = tools.flatMap(({ name, inputSchema, outputSchema }): SchemaCase[] => [
      { name: `${name}: input`, schema: inputSchema },
      ...(outputSchema === undefined ? [] : [{ name: `${name}: output`, schema: outputSchema }]),
    ]);
    expect(await runJsonschema(cases)).toEqual([]);
  });

  it('finds that answers are what the schemas of their tools say', async () => {
    await using mcp = await connectHttp(service.url, 'auto');
    const { tools } = await mcp.client.listTools();
    const script = 'def main(n):\n    print(n)\n    return 1 / n';
    const calls = [
      ['run_python', { script, args: [2] }],
      ['run_python', { script, args: [0] }],
      ['run_code', { script: 'console.log(1)', runtime: 'node' }],
      ['check_script', { script }],
      ['list_environments', {}],
    ] as const;
    const cases = [];
    for (const [name, given] of calls) {
      const tool = tools.find((one) => one.name === name);
      const { structuredContent } = await mcp.client.callTool({ name, arguments: given });
      cases.push({ name: `${name}: call`, schema: tool?.inputSchema, value: given });
      if (tool?.outputSchema !== undefined)
        cases.push({ name: `${name}: answer`, schema: tool.outputSchema, value: structuredContent });
    }
    expect(await runJsonschema(cases)).toEqual([]);
  });

  it('finds what is wrong', async () => {
    const schema = { type: 'object', properties: { a: { type: 'text' } } };
    const wrong = [
      { name: 'schema', schema },
      { name: 'value', schema: { type: 'string' }, value: 1 },
    ];
    expect(await runJsonschema(wrong)).toEqual([
      ['schema', expect.stringContaining('$.properties.a.type'), expect.stringContaining('text')],
      ['value', '$', "1 is not of type 'string'"],
    ]);
  });
});
