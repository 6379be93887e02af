import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../src/paths.ts';
import { startService, type TestService } from './support/service.ts';
import { readBlocks } from './support/markdown.ts';

const folder = join(packageRoot, 'clients/python');
const run = async (program: string, ...args: string[]): Promise<string> => {
  const env = { ...process.env, PYTHONPATH: join(folder, 'src'), PYTHONDONTWRITEBYTECODE: '1' };
  const { stdout } = await promisify(execFile)('python3', ['-W', 'error', '-c', program, ...args], { env });
  return stdout;
};

let service: TestService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

describe('the client of Python', () => {
  it('does what its page shows', async () => {
    const blocks = readBlocks('clients/python/README.md');
    const program = blocks.find(({ language }) => language === 'python')?.text ?? '';
    const shown = blocks.find(({ language }) => language === 'text')?.text ?? '';
    const out = await run(program.replace('http://127.0.0.1:8080', service.url));
    expect(out.trim()).toBe(shown.trim());
  });

  it('gives failures as outcomes, refusals as errors, output as events', async () => {
    const program = `
import json, sys
import brig_client.models
from brig_client import Brig, BrigError, BrigUnreachable
brig = Brig(sys.argv[1] + "/")
failed = brig.execute("def main():\\n    return 1 / 0", limits={"timeout": 5})
events = [name for name, _ in brig.stream("def main():\\n    print('one')\\n    return 2")]
data = dict(brig.stream("def main():\\n    return 'ä'"))["done"]["result"]
try:
    brig.execute("x = 1", mode="no")
except BrigError as error:
    refused = [error.status, error.category, error.retryable]
try:
    brig.environment("nothing/here")
except BrigError as error:
    unknown = [error.status, error.category]
try:
    Brig("http://127.0.0.1:1").health()
except BrigUnreachable as error:
    away = "did not answer" in str(error)
print(json.dumps([failed["error"], events, data, refused, unknown, away, brig.health()["status"],
    [one["name"] for one in brig.environments()], brig.runtimes()["runtimes"][0]["name"], brig.environment("plain", wait=1)["state"]]))
`;
    expect(JSON.parse(await run(program, service.url))).toEqual([
      ...['runtime_error', ['start', 'stdout', 'done'], 'ä', [400, 'invalid_input', false]],
      ...[[404, 'not_found'], true, 'healthy', ['plain'], 'python', 'ready'],
    ]);
  });

  it('has the version of the service', () => {
    const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(readFileSync(join(folder, 'pyproject.toml'), 'utf8')).toContain(`version = "${version}"`);
  });
});
