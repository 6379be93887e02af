import { expect, it } from 'vitest';
import { describeInJail } from './support/attack.ts';
import { startService } from './support/service.ts';

const risky = 'import os\ndef main():\n    print("ran")\n    return os.system("true") + eval("1")';
const harmless = 'def system(x):\n    return x\n\ndef main():\n    return system(2)';
const fails = 'def main():\n    eval("1")\n    return 1 / 0';
const rulesOf = (body: { policy?: { findings: readonly { rule: string }[] } }): string[] =>
  body.policy?.findings.map(({ rule }) => rule) ?? [];

describeInJail('policy', (arena) => {
  it('is off where nothing is said: no findings, no field', async () => {
    const body = await arena.run(risky);
    expect(body.success).toBe(true);
    expect(body).not.toHaveProperty('policy');
  });

  it('report: a script that succeeds runs, and its findings come with the answer', async () => {
    const { body, status } = await arena.service.execute({ script: risky, policy: { mode: 'report' } });
    expect([status, body.success, body.stdout]).toEqual([200, true, 'ran\n']);
    expect(body.policy).toEqual({
      mode: 'report',
      findings: [
        {
          rule: 'denied_function',
          kind: 'call',
          name: 'os.system',
          line: 4,
          column: 12,
          reason: 'os.system() is denied.',
        },
        {
          rule: 'dangerous_builtin',
          kind: 'call',
          name: 'eval',
          line: 4,
          column: 32,
          reason: 'eval() runs text as code, or opens up a namespace.',
        },
      ],
      total: 2,
    });
  });

  it.each([
    ['a script that fails', fails, 'runtime_error'],
    ['a script without an entry point', 'eval("1")', 'missing_main'],
    ['a syntax error', 'eval("1")\ndef main(', 'syntax_error'],
  ])('report: %s has its findings too', async (_what, script, error) => {
    const { body } = await arena.service.execute({ script, policy: { mode: 'report' } });
    expect(body.error).toBe(error);
    expect(rulesOf(body)).toContain('dangerous_builtin');
  });

  it('enforce: nothing is run, and each finding has its place and its reason', async () => {
    // Before the finding it would print and take a second.
    const script = 'import time\nprint("ran")\ntime.sleep(1)\ndef main():\n    return eval("1")';
    const { body, status } = await arena.service.execute({ script, policy: { mode: 'enforce' } });
    expect([status, body.success, body.error]).toEqual([200, false, 'policy_violation']);
    expect([body.stdout, body.execution.duration_ms, body.execution.memory_peak_bytes]).toEqual(['', 0, 0]);
    expect(body.location).toEqual({ line: 5, column: 12 });
    expect(body.message).toMatch(/Line 5, column 12: eval\(\)/);
    expect(body.suggestions?.[0]).toMatch(/literal_eval/);
    expect(body.policy).toMatchObject({ mode: 'enforce', total: 1 });
  });

  it('enforce: no jail is taken for a script with a finding', async () => {
    // Waits for the jails that replace those of earlier tests.
    await expect.poll(() => arena.service.service.health().pool.building).toBe(0);
    const before = arena.service.service.health().pool;
    for (let count = 0; count < 5; count++)
      await arena.service.execute({ script: risky, policy: { mode: 'enforce' } });
    const after = arena.service.service.health().pool;
    expect([after.built, after.cold_starts]).toEqual([before.built, before.cold_starts]);
  });

  it('enforce: a script without a finding runs', async () => {
    const { body } = await arena.service.execute({ script: harmless, policy: { mode: 'enforce' } });
    expect(body).toMatchObject({ success: true, result: 2, policy: { findings: [], total: 0 } });
  });

  it('enforce: mode script, and what cannot be read, are judged too', async () => {
    const policy = { mode: 'enforce' };
    const program = await arena.service.execute({ script: 'exec("1")', mode: 'script', policy });
    expect(program.body.error).toBe('policy_violation');
    const broken = await arena.service.execute({ script: 'def main(\n', policy });
    expect([broken.body.error, ...rulesOf(broken.body)]).toEqual(['policy_violation', 'unreadable_source']);
  });

  it("the caller's lists are denied beside the built-in ones", async () => {
    const script = 'import json, os\ndef main():\n    os.remove("x")\n    return eval("1")';
    const policy = { mode: 'enforce', deny_modules: ['json'], deny_functions: ['os.rem*'] };
    const { body } = await arena.service.execute({ script, policy });
    expect(rulesOf(body)).toEqual(['denied_module', 'denied_function', 'dangerous_builtin']);
  });

  it('a large script is judged, and so is one that takes the analysis too long', async () => {
    const policy = { mode: 'enforce' };
    const large = `import subprocess\ndef main(): pass\n${'x = [1, 2]\n'.repeat(60_000)}`;
    expect((await arena.service.execute({ script: large, policy })).body.error).toBe('policy_violation');
    // The grammar's scanner takes time that grows with the square of this, and looks at no clock.
    const slow = `${'\\\n'.repeat(450_000)}\ndef main(): pass`;
    const { body } = await arena.service.execute({ script: slow, policy });
    expect([body.error, ...rulesOf(body)]).toEqual(['policy_violation', 'not_analysed']);
  });

  it.each([
    [{ mode: 'strict' }, /policy\.mode must be/],
    [{ mode: 'report', deny_modules: ['os', 'a b'] }, /policy\.deny_modules\[1\]/],
    [{ mode: 'report', deny_modules: ['os.*'] }, /policy\.deny_modules\[0\]/],
    [{ mode: 'report', deny_functions: ['*'] }, /policy\.deny_functions\[0\]/],
    [{ mode: 'report', deny_functions: [1] }, /policy\.deny_functions\[0\]/],
    [{ mode: 'report', deny_modules: Array.from({ length: 501 }, () => 'a') }, /deny_modules/],
    [{ deny_modules: ['os'] }, /policy\.mode: say what the lists are for/],
    [{ mode: 'report', denied: [] }, /policy\.denied/],
    ['enforce', /policy must be an object/],
  ])('%j is invalid_input', async (policy, says) => {
    const { body, status } = await arena.service.execute({ script: harmless, policy });
    expect([status, body.error]).toEqual([400, 'invalid_input']);
    expect(body.message).toMatch(says);
  });
});

it('an operator sets what holds without a word, what holds at least, and more that is denied', async () => {
  const service = await startService({
    BRIG_DEFAULT_POLICY: 'enforce',
    BRIG_MIN_POLICY: 'report',
    BRIG_DENY_MODULES: 'json, csv',
    BRIG_DENY_FUNCTIONS: 'open',
  });
  try {
    const script = 'import csv\ndef main():\n    return open("x", "w").close()';
    const silent = await service.execute({ script });
    expect([silent.body.error, ...rulesOf(silent.body)]).toEqual([
      'policy_violation',
      'denied_module',
      'denied_function',
    ]);
    const laxer = await service.execute({ script, policy: { mode: 'report' } });
    expect([laxer.body.success, laxer.body.policy?.total]).toEqual([true, 2]);
    const off = await service.execute({ script, policy: { mode: 'off' } });
    expect([off.status, off.body.error]).toEqual([400, 'invalid_input']);
    expect(off.body.message).toContain('below its floor of "report"');
  } finally {
    await service.close();
  }
});

it('warns an operator whose denials hold for no request by themselves', async () => {
  const service = await startService({ BRIG_DENY_MODULES: 'csv' });
  try {
    expect(service.service.health().warnings?.join()).toContain('BRIG_DENY_MODULES denies nothing');
  } finally {
    await service.close();
  }
});

describeInJail('policy and validate_only', (arena) => {
  const ask = (mode: string) =>
    arena.service.execute({ script: risky, validate_only: true, policy: { mode } });

  it('report: the findings come beside what was validated, and nothing is run', async () => {
    const { body } = await ask('report');
    expect([body.success, body.stdout, body.policy?.total]).toEqual([true, '', 2]);
    expect(body).toHaveProperty('validation');
  });

  it('enforce: the answer is that of a run', async () => {
    const { body } = await ask('enforce');
    expect([body.error, body.stdout, body.policy?.total]).toEqual(['policy_violation', '', 2]);
  });

  it('judges the modules that come with the script, and says in which file it found what', async () => {
    const script = 'import helper\ndef main():\n    return helper.value';
    const files = [
      { path: 'pkg/a.txt', content: 'eval("1")' },
      { path: 'helper.py', content: 'value = eval("6 * 7")' },
    ];
    const reported = await arena.run(script, { files, policy: { mode: 'report' } });
    expect([reported.success, reported.result]).toEqual([true, 42]);
    expect(reported.policy).toMatchObject({
      total: 1,
      findings: [{ rule: 'dangerous_builtin', file: 'helper.py', line: 1, column: 9 }],
    });
    const enforced = await arena.run(script, { files, policy: { mode: 'enforce' } });
    expect(enforced).toMatchObject({ success: false, error: 'policy_violation' });
    expect(enforced.message).toContain('helper.py: Line 1, column 9');
    expect(enforced).not.toHaveProperty('location');
  });

  it.each([
    ['compiled', { path: 'helper.pyc', content: 'AAAA', encoding: 'base64' }],
    ['in another encoding', { path: 'helper.py', content: '# coding: utf-7\nvalue = +AGU-val("1")' }],
    ['of bytes that are no text', { path: 'helper.py', content: '/w==', encoding: 'base64' }],
  ])('a module that is %s is not taken for harmless', async (_what, file) => {
    const body = await arena.run(harmless, { files: [file], policy: { mode: 'enforce' } });
    expect(body.error).toBe('policy_violation');
    expect(body.policy).toMatchObject({ findings: [{ rule: 'unreadable_source', file: file.path }] });
  });
});
