import { limits } from '../core/contract/limits.test-support.ts';
import { describe, expect, it, vi } from 'vitest';
import { planRequest } from '../core/plan.ts';
import { readRequest } from '../core/validation/read-request.ts';
import type { OpenRuntime } from '../runtimes/registry.ts';
import { createFakeSandbox, evidenceOf } from '../sandbox/fake-sandbox.test-support.ts';
import type { JailEnvironment } from '../sandbox/sandbox.ts';
import type { ExecutionContext } from './execution-context.ts';
import { prepareProgram, prepareScript } from './prepare-job.ts';

const policy = { defaults: limits, ceilings: limits };
const numpy: JailEnvironment = {
  ...{ id: 'numpy', folder: '/packages', preload: ['numpy.linalg'], variables: { MPLBACKEND: 'agg' } },
};

function executionOf(
  parts: object,
  { command, environment }: { command?: string; environment?: JailEnvironment } = {},
) {
  const request = { script: 'def main(): ...', ...parts };
  const plan = planRequest(readRequest(JSON.stringify(request), { policy, scriptBytes: 1024 }));
  return {
    ...{ id: 'id', limits, ceilings: limits, policy: undefined, options: {}, arrival: 0 },
    plan: command === undefined ? plan : { ...plan, entry: { kind: 'command', command, file: 'main.py' } },
    packages: { name: 'default', environment },
    signal: new AbortController().signal,
    timings: { analysis: 0, queue: 0, jail: 0, run: 0, collect: 0 },
    starts: {},
  } as ExecutionContext;
}

const jobOf = (prepared: ReturnType<typeof prepareScript>) => {
  if ('failed' in prepared) throw new Error('it was not prepared');
  return prepared;
};

describe('prepareScript', () => {
  it('gives a script what its environment wants, and its own variables the last word', () => {
    const asked = { env: { MPLBACKEND: 'svg' }, script: 'import numpy\ndef main(): ...' };
    const { job, lease } = jobOf(prepareScript(executionOf(asked, { environment: numpy })));
    expect(job.env).toMatchObject({ MPLBACKEND: 'svg', OMP_NUM_THREADS: '1' });
    expect(job.figures).toEqual({ memoryBytes: 256 * 1024 * 1024 });
    // Modules imported ahead have read the other value.
    expect(lease).toMatchObject({ environment: numpy, prefersPreloaded: false });
    const plain = jobOf(prepareScript(executionOf({ script: asked.script }, { environment: numpy })));
    expect(plain.lease.prefersPreloaded).toBe(true);
  });

  it('gives a script without packages no variables of packages, and no figures', () => {
    const { job, lease } = jobOf(prepareScript(executionOf({})));
    expect(Object.keys(job.env)).toEqual(['PYTHON_CPU_COUNT']);
    expect(job.figures).toBeUndefined();
    expect(lease).toMatchObject({ prefersPreloaded: false, environment: undefined });
  });

  it('brings nothing back of what is only looked at', () => {
    const { job } = jobOf(prepareScript(executionOf({ validate_only: true, return_files: ['*'] })));
    expect(job).toMatchObject({ returnFiles: [], preflight: { memoryBytes: 256 * 1024 * 1024 } });
  });

  it('runs a command in a shell, with the script beside it where there is one', () => {
    const withScript = jobOf(prepareScript(executionOf({ mode: 'script' }, { command: 'ls' })));
    expect(withScript.job.program?.command).toEqual(['/bin/sh', '-c', 'ls', 'sh']);
    const execution = executionOf({ mode: 'script' }, { command: 'ls' });
    const without = { ...execution, plan: { ...execution.plan, script: '' } };
    expect(jobOf(prepareScript(without)).job.program?.scriptPath).toBeUndefined();
  });
});

const plan: OpenRuntime['plan'] = (_, hasPackages) => ({
  ...{ command: ['/node', 'main.js'], scriptPath: 'main.js' },
  env: hasPackages === true ? { NODE_PATH: '/opt' } : {},
});

const compileAll = () => Promise.resolve({ file: '/programs/1' });

describe('prepareProgram', () => {
  const sandbox = createFakeSandbox();
  const runtime = { version: '1', sandbox, fresh: sandbox, plan };
  const asked = { mode: 'script', runtime: 'node' };

  it('plans the program that runs it, with the packages of its environment', async () => {
    const { job, lease } = jobOf(await prepareProgram(executionOf(asked, { environment: numpy }), runtime));
    expect(job.program).toMatchObject({ command: ['/node', 'main.js'], env: { NODE_PATH: '/opt' } });
    expect(lease).toEqual({ environment: numpy });
  });

  it('takes what its compiler made, or what is known of one that failed', async () => {
    const compile = vi.fn<NonNullable<OpenRuntime['compile']>>(() =>
      Promise.resolve({ file: '/programs/1' }),
    );
    const execution = executionOf({ mode: 'script', runtime: 'go' });
    const made = jobOf(await prepareProgram(execution, { ...runtime, compile }));
    expect(made.lease).toEqual({ programFile: '/programs/1' });
    expect(execution.timings.compile).toBeGreaterThanOrEqual(0);
    const failed = evidenceOf('script', limits);
    compile.mockResolvedValue({ failed });
    expect(await prepareProgram(execution, { ...runtime, compile })).toEqual({ failed });
  });

  it('has a command replace the program, which is its first word where it was compiled', async () => {
    const shell = jobOf(await prepareProgram(executionOf(asked, { command: 'node main.js' }), runtime));
    expect(shell.job.program).toMatchObject({
      command: ['/bin/sh', '-c', 'node main.js', 'sh'],
      scriptPath: 'main.js',
    });
    const execution = executionOf({ mode: 'script', runtime: 'go' }, { command: '"$0"' });
    const empty = { ...execution, plan: { ...execution.plan, script: '' } };
    const compiled = jobOf(await prepareProgram(empty, { ...runtime, compile: compileAll }));
    expect(compiled.job.program?.command.at(-1)).toBe('/node');
    expect(compiled.job.program?.scriptPath).toBeUndefined();
  });
});
