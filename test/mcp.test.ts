import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../src/paths.ts';
import { connectHttp, connectStdio, eras, type McpClient } from './support/mcp-client.ts';
import { startService, type TestService } from './support/service.ts';

const initialize = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
});
const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(async () => {
  await service.close();
  expect(service.incidents).toEqual([]);
});

const endless = { script: 'import time\ndef main():\n    time.sleep(60)\n', limits: { timeout: 60 } };

const running = (): number => service.service.health().pool.running;

const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${service.url}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body,
  });

describe.each(eras)('the tools over HTTP, for a client of the %s revision', (era) => {
  let mcp: McpClient;
  beforeAll(async () => {
    mcp = await connectHttp(service.url, era);
  });
  afterAll(() => mcp[Symbol.asyncDispose]());

  it('are described, each with the fields that it takes', async () => {
    const { tools } = await mcp.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'run_python',
      'run_code',
      'check_script',
      'list_environments',
    ]);
    for (const { description, inputSchema, annotations } of tools) {
      expect(description?.length).toBeGreaterThan(100);
      expect(annotations?.destructiveHint).toBe(false);
      expect(inputSchema.type).toBe('object');
      for (const field of Object.values(inputSchema.properties ?? {}))
        expect(field).toHaveProperty('description');
    }
    expect(tools[0]?.inputSchema.required).toEqual(['script']);
    expect(tools[1]?.inputSchema.required).toEqual(['script', 'runtime']);
  });

  it('run Python, and give the result digit by digit', async () => {
    const script =
      'def main(name, *, times=1):\n    print("hello", name)\n    return {"n": 2**64 * times, "x": 5.0}';
    const { isError, text, said } = await mcp.call('run_python', {
      script,
      args: ['Ada'],
      kwargs: { times: 1 },
    });
    expect(isError).toBe(false);
    expect(text).toContain(
      '"result":{"n": 18446744073709551616, "x": 5.0}'.replaceAll(': ', ':').replace(', ', ','),
    );
    expect(said).toMatchObject({ success: true, stdout: 'hello Ada\n', execution: { runtime: 'python' } });
  });

  it('say what is wrong with a script, and what to do', async () => {
    const { isError, said } = await mcp.call('run_python', { script: 'def mian():\n    return 1\n' });
    expect(isError).toBe(true);
    expect(said).toMatchObject({ error: 'missing_main', available_functions: ['mian'] });
    expect(said['suggestions']).not.toEqual([]);
    const failed = await mcp.call('run_python', { script: 'def main():\n    return 1 / 0\n' });
    expect(failed.said).toMatchObject({
      error: 'runtime_error',
      error_type: 'ZeroDivisionError',
      location: { line: 2 },
    });
  });

  it('say what is wrong with a call', async () => {
    const { isError, said } = await mcp.call('run_python', {
      scrpt: 'def main(): pass',
      limits: { timeout: 1e9 },
    });
    expect(isError).toBe(true);
    expect(said).toMatchObject({ error: 'invalid_input', retryable: false });
    expect(said['message']).toContain('"scrpt"');
    const unnamed = await mcp.call('run_code', { script: 'console.log(1)' });
    expect(unnamed.said['message']).toContain('runtime is missing');
    await expect(mcp.client.callTool({ name: 'run_perl', arguments: {} })).rejects.toThrow(/run_perl/);
  });

  it('give pictures as pictures, and other files as resources', async () => {
    const script = [
      'import base64',
      'def main():',
      `    open('dot.png', 'wb').write(base64.b64decode('${png}'))`,
      "    open('a b.csv', 'w').write('x,y\\n1,2\\n')",
      "    open('raw.bin', 'wb').write(bytes([0, 255]))",
    ].join('\n');
    const { content, said } = await mcp.call('run_python', { script, return_files: ['*'] });
    expect(said['files']).toHaveLength(3);
    expect(content).toEqual(
      expect.arrayContaining([
        { type: 'image', data: png, mimeType: 'image/png' },
        {
          type: 'resource',
          resource: { uri: 'file:///work/a%20b.csv', mimeType: 'text/csv', text: 'x,y\n1,2\n' },
        },
        {
          type: 'resource',
          resource: { uri: 'file:///work/raw.bin', mimeType: 'application/octet-stream', blob: 'AP8=' },
        },
      ]),
    );
  });

  it('run other languages', async () => {
    const { said } = await mcp.call('run_code', {
      runtime: 'node',
      script: 'console.log(process.argv[2] + "!")',
      args: ['hi'],
    });
    expect(said).toMatchObject({ success: true, stdout: 'hi!\n', execution: { runtime: 'node' } });
    const failed = await mcp.call('run_code', { runtime: 'python', script: 'raise SystemExit(3)' });
    expect(failed).toMatchObject({ isError: true, said: { error: 'exited', return_code: 3 } });
  });

  it('check a script without running it', async () => {
    const script = 'import json\ndef main(a):\n    raise SystemExit\n';
    expect((await mcp.call('check_script', { script, args: [1] })).said).toMatchObject({
      success: true,
      validation: { imports: [{ module: 'json', available: true }] },
    });
    expect((await mcp.call('check_script', { script })).isError).toBe(true);
  });

  it('list environments, runtimes and modules', async () => {
    const { said } = await mcp.call('list_environments');
    expect(said).toMatchObject({
      environments: expect.arrayContaining([expect.objectContaining({ name: 'plain', runtime: 'python' })]),
      runtimes: expect.arrayContaining([expect.objectContaining({ name: 'python', available: true })]),
    });
    const asked = await mcp.call('list_environments', { name: 'plain', import: 'no_such_module' });
    expect(asked.said['environments']).toMatchObject([{ name: 'plain', available: false }]);
    expect((await mcp.call('list_environments', { name: 'nowhere' })).said['error']).toBe('not_found');
  });

  it('cut what floods, in the middle', async () => {
    const { said } = await mcp.call('run_python', { script: 'def main():\n    print("x" * 200_000)\n' });
    expect(said['truncated']).toEqual(['stdout']);
    expect(String(said['stdout']).length).toBeLessThan(70_000);
  });

  it('end a script whose caller goes away', async () => {
    const leaving = await connectHttp(service.url, era);
    const call = expect(leaving.call('run_python', endless)).rejects.toThrow();
    while (running() === 0) await sleep(10);
    await leaving[Symbol.asyncDispose]();
    await call;
    while (running() > 0) await sleep(10);
  });
});

describe('the tools', () => {
  it('end a script whose call is cancelled: in the revision without handshake the client closes the request', async () => {
    await using mcp = await connectHttp(service.url, 'auto');
    const controller = new AbortController();
    const call = mcp.call('run_python', endless, controller.signal);
    while (running() === 0) await sleep(10);
    controller.abort();
    await expect(call).rejects.toThrow();
    while (running() > 0) await sleep(10);
  });
});

describe('the route of the tools', () => {
  const ping = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });

  it('answers its own pages only, where a browser says whose page it is', async () => {
    expect((await post(ping, { origin: 'https://example.com' })).status).toBe(403);
    expect((await post(ping, { origin: 'null' })).status).toBe(403);
    expect((await post(ping, { origin: 'http://localhost:3000' })).status).toBe(403);
    expect((await post(ping, { origin: service.url })).status).toBe(200);
  });

  it('refuses what is no message of the protocol', async () => {
    for (const body of ['', '{', '['.repeat(100_000), 'null', '7', '{"jsonrpc":"2.0"}']) {
      const answer = await post(body);
      expect([body.slice(0, 10), answer.status]).toEqual([body.slice(0, 10), 400]);
      expect(await answer.json()).toMatchObject({ jsonrpc: '2.0', error: { message: expect.any(String) } });
    }
    expect((await post(`"${'x'.repeat(3_000_000)}"`)).status).toBe(413);
    expect((await post(ping, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await fetch(`${service.url}/mcp`)).status).toBe(405);
  });

  it('takes the largest script', async () => {
    await using mcp = await connectHttp(service.url, 'auto');
    const script = `def main():\n    return len("""${'"x"\\\\'.repeat(170_000)}""")\n`;
    expect((await mcp.call('run_python', { script })).said['error']).toBeUndefined();
  });
});

describe('brig mcp', () => {
  it('ends when nobody asks any more, and when it is told to', async () => {
    const command = [join(packageRoot, 'src/cli/main.ts'), 'mcp'];
    const silent = { BRIG_LOG_LEVEL: 'silent' };
    const { exitCode, stdout } = await execa(process.execPath, command, { input: '', env: silent });
    expect([exitCode, stdout]).toEqual([0, '']);
    const waiting = execa(process.execPath, command, { stdin: 'pipe', env: silent, reject: false });
    waiting.stdin.write(`${initialize}\n`);
    await once(waiting.stdout, 'data');
    waiting.kill('SIGTERM');
    expect((await waiting).exitCode).toBe(143);
  });
});

describe.each(eras)('brig mcp, for a client of the %s revision', (era) => {
  it('offers the same tools on its standard input and output, and ends with them', async () => {
    await using mcp = await connectStdio(era);
    const { tools } = await mcp.client.listTools();
    expect(tools).toHaveLength(4);
    const { said } = await mcp.call('run_python', { script: 'def main(n):\n    return n * 2', args: [21] });
    expect(said).toMatchObject({ success: true, result: 42 });
    const failed = await mcp.call('run_python', { script: '' });
    expect(failed.said['error']).toBe('missing_main');
  });
});
