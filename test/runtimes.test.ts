import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runtimeNames, type ProgramRuntime, type Runtimes } from '../src/core/contract/runtimes.ts';
import { runtimeScripts } from './support/runtime-scripts.ts';
import { send, startService, type AnswerBody, type TestService } from './support/service.ts';
import { FIRST_USE_MS, warmUp } from './support/warm-up.ts';

/** Runtimes that the project cannot bring itself: if the machine lacks one, `GET /runtimes` says so, and nothing runs. */
const ofTheMachine: readonly ProgramRuntime[] = ['go', 'rust'];
const programs = runtimeNames.filter((name) => name !== 'python');

let service: TestService;
let report: Runtimes;
beforeAll(async () => {
  service = await startService();
  report = (await send(`${service.url}/runtimes`)).body as unknown as Runtimes;
});
afterAll(() => service.close());

const find = (name: string) => report.runtimes.find((runtime) => runtime.name === name);

describe('GET /runtimes', () => {
  it('tells every runtime, Python first, with its limits', () => {
    expect(report.runtimes.map(({ name }) => name)).toEqual([...runtimeNames]);
    expect(report.limits.defaults.timeout).toBe(10);
    expect(report.limits.ceilings.memory_mb).toBe(8192);
    expect(find('python')).toMatchObject({ available: true, modes: ['function', 'script'] });
    expect(find('python')?.environments).toEqual(expect.arrayContaining(['default', 'plain']));
    expect(find('node')?.environments).toContain('plain');
    expect(find('go')?.environments).toEqual([]);
    expect(find('rust')?.file_names).toEqual(['src/main.rs']);
    expect(find('go')?.compile?.limits.timeout).toBeGreaterThan(0);
    expect(find('rust')?.compile?.command).toContain('-C overflow-checks=on');
  });

  it.each(programs)('has %s, or says what to install', (name) => {
    const { available, version, reason, remedy } = find(name) ?? {};
    if (available === true) expect(version).toMatch(/^\d+\.\d+/);
    else {
      expect(ofTheMachine, `${name} comes with npm ci; ${remedy}`).toContain(name);
      expect(reason).toMatch(/^There is no /);
      expect(remedy).toMatch(/^Install /);
    }
  });

  it('refuses Python too, where it is not offered', async () => {
    const without = await startService({ BRIG_RUNTIMES: 'node' });
    try {
      const { status, body } = await without.execute({ script: 'def main(): return 1' });
      expect([status, body.message]).toEqual([400, 'Runtime "python" is not offered here.']);
    } finally {
      await without.close();
    }
  });

  it('tells only what is offered, and refuses the rest', async () => {
    const few = await startService({ BRIG_RUNTIMES: 'python,node', BRIG_NODE: '/nonexistent/node' });
    try {
      const { runtimes } = (await send(`${few.url}/runtimes`)).body as unknown as Runtimes;
      expect(runtimes.map(({ name, available }) => [name, available])).toEqual([
        ['python', true],
        ['node', false],
      ]);
      const missing = await few.execute({ runtime: 'node', script: '1' });
      expect([missing.status, missing.body.message]).toEqual([
        400,
        'Runtime "node" is not available here: There is no Node.js 24 or later.',
      ]);
      const unoffered = await few.execute({ runtime: 'go', script: 'package main' });
      expect([unoffered.status, unoffered.body.message]).toEqual([400, 'Runtime "go" is not offered here.']);
      const python = await few.execute({ script: 'def main(): return 1' });
      expect(python.body.result).toBe(1);
    } finally {
      await few.close();
    }
  });
});

describe.each(programs)('runtime %s', (runtime) => {
  const scripts = runtimeScripts[runtime];
  let isHere = false;
  beforeAll(async () => {
    isHere = find(runtime)?.available === true;
    if (isHere) await warmUp(service, runtime);
  }, FIRST_USE_MS);

  const run = async (script: string, fields: Record<string, unknown> = {}): Promise<AnswerBody> => {
    const answer = await service.execute({ runtime, script, ...fields });
    expect(answer.status, answer.text.slice(0, 2000)).toBe(200);
    expect(answer.body.execution).toMatchObject({ runtime, environment: 'plain' });
    return answer.body;
  };

  /** A test of what runs; where the machine lacks the toolchain, what is said of it was tested above. */
  const itRuns = (name: string, test: () => Promise<void>): void => {
    it(name, async () => {
      if (isHere) return test();
      const { status, body } = await service.execute({ runtime, script: scripts.hello });
      expect([status, body.error]).toEqual([400, 'invalid_input']);
      expect(body.suggestions?.[0]).toMatch(/Install /);
    });
  };

  itRuns('says hello', async () => {
    expect(await run(scripts.hello)).toMatchObject({
      success: true,
      result: null,
      stdout: 'hello\n',
      stderr: '',
      return_code: 0,
    });
  });

  itRuns('reads standard input', async () => {
    const { stdout } = await run(scripts.stdin, { stdin: 'grüezi\n' });
    expect(stdout.trimEnd()).toBe('GRÜEZI');
  });

  itRuns('has an empty standard input where none was sent', async () => {
    expect((await run(scripts.stdin)).stdout.trim()).toBe('');
  });

  itRuns('gets its arguments as they were written', async () => {
    const args = ['one two', '', '$HOME', '"quoted"', 'ö'];
    expect((await run(scripts.args, { args })).stdout).toBe(`${args.join('\n')}\n`);
  });

  itRuns('gets its environment, and nothing of the service', async () => {
    expect((await run(scripts.env, { env: { GREETING: 'servus' } })).stdout).toBe('servus\n');
  });

  itRuns('ends with a status of its own', async () => {
    const body = await run(scripts.exit);
    expect(body).toMatchObject({ success: false, error: 'exited', return_code: 3 });
  });

  itRuns('is told the signal that ended it', async () => {
    const { script, number } = scripts.signal;
    expect(await run(script)).toMatchObject({ error: 'crashed', return_code: -number });
  });

  itRuns('says what was not caught, and where', async () => {
    const { script, type, message, line } = scripts.uncaught;
    const body = await run(script);
    expect(body).toMatchObject({ error: 'runtime_error', error_type: type, message });
    expect(body.location?.line).toBe(line);
    expect(body.suggestions?.at(-1)).toMatch(new RegExp(`^Look at line ${line}\\b`));
  });

  itRuns('says where the source is wrong', async () => {
    const body = await run(scripts.refused.script);
    expect(body).toMatchObject({ error: 'syntax_error', stdout: '' });
    expect(body.location?.line).toBe(scripts.refused.line);
    expect(body.message).not.toBe('');
  });

  itRuns('is stopped at its deadline', async () => {
    const body = await run(scripts.endless, { limits: { timeout: 1 } });
    expect(body).toMatchObject({ error: 'timeout', return_code: -9 });
  });

  itRuns('is held to its memory', async () => {
    const body = await run(scripts.greedy, { limits: { memory_mb: 128, timeout: 60 } });
    expect(body.error, JSON.stringify(body).slice(0, 1000)).toBe('memory_limit');
    // The kernel's own peak counts an allocation that it then refuses.
    expect(body.execution.memory_peak_bytes).toBeLessThanOrEqual(128 * 1024 * 1024 + 1024 * 1024);
  });

  itRuns('is told that its recursion has no end', async () => {
    const {
      error,
      message,
      suggestions = [],
      stderr,
    } = await run(scripts.recursion, { limits: { timeout: 60 } });
    expect(error, stderr.slice(0, 1000)).toBe(runtime === 'rust' ? 'crashed' : 'runtime_error');
    if (runtime !== 'rust') expect(message).toMatch(/stack overflow|Maximum call stack/);
    expect(suggestions[0]).toMatch(/^Check that the recursion ends/);
  });

  itRuns('is held to its number of processes', async () => {
    const { stdout, stderr } = await run(scripts.bomb, { limits: { processes: 40, timeout: 30 } });
    expect(stdout, stderr).not.toBe('');
    const { lived, refused } = JSON.parse(stdout) as { lived: number; refused: number };
    expect(lived).toBeLessThan(40);
    expect(refused).toBeGreaterThan(0);
  });

  itRuns('reaches no network', async () => {
    expect((await run(scripts.network)).stdout).toBe('ok\nok\n');
  });

  itRuns('cannot write outside of its own folders', async () => {
    expect((await run(scripts.root)).stdout).toBe('ok\nok\n');
  });

  it('has no mode "function"', async () => {
    const { status, body } = await service.execute({ runtime, script: scripts.hello, mode: 'function' });
    expect([status, body.error]).toEqual([400, 'invalid_input']);
    expect(body.message).toBe(
      `mode "function" is Python's: runtime "${runtime}" runs the whole script as a program.`,
    );
  });
});
