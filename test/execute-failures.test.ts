import { expect, it } from 'vitest';
import { describeInJail } from './support/attack.ts';

describeInJail('POST /execute, scripts that fail', (arena) => {
  it("runtime_error: class, text, place and the script's own frames", async () => {
    const body = await arena.run('def divide(x):\n    return 1 / x\n\ndef main():\n    return divide(0)\n');
    expect(body).toMatchObject({
      success: false,
      error: 'runtime_error',
      error_type: 'ZeroDivisionError',
      message: 'division by zero',
      location: { line: 2, column: 12 },
      return_code: 1,
      stderr: '',
    });
    expect(body.traceback).toBe(
      'Traceback (most recent call last):\n  File "script.py", line 5, in main\n    return divide(0)\n           ^^^^^^^^^\n  File "script.py", line 2, in divide\n    return 1 / x\n           ~~^~~\nZeroDivisionError: division by zero\n',
    );
    expect(body.suggestions?.length).toBeGreaterThan(0);
  });

  it('syntax_error: line, column and the caret', async () => {
    const body = await arena.run('def main():\n    return (1 +\n');
    expect(body).toMatchObject({ error: 'syntax_error', location: { line: 2, column: 12 } });
    expect(body.traceback).toContain('^');
  });

  it('missing_main: the functions there are, the nearest first', async () => {
    const body = await arena.run('def helper(): pass\ndef mian(): pass\n');
    expect(body).toMatchObject({
      success: false,
      error: 'missing_main',
      available_functions: ['mian', 'helper'],
    });
    expect(body.message).toMatch(/^Script must contain a main\(\) function/);
  });

  it('missing_main: a main that is no function, seen when it runs', async () => {
    expect(await arena.run('main = 5')).toMatchObject({ success: false, error: 'missing_main' });
  });

  it('a main that is bound in another way is called', async () => {
    expect(await arena.result('globals()["main"] = lambda: "found"')).toBe('found');
  });

  it.each([
    [
      'invalid_result',
      'def main():\n    return {"items": [1, {2}]}',
      'result.items[1]: set is not JSON serializable',
    ],
    ['exited', 'import os\ndef main():\n    os._exit(2)', 'status 2'],
    ['timeout', 'import time\ndef main():\n    time.sleep(9)', '500 ms'],
    ['memory_limit', 'def main():\n    return len(bytearray(10**9))', '32 MiB'],
    ['output_limit', 'def main():\n    return "x" * 11_000_000', 'result'],
    ['crashed', 'import ctypes\ndef main():\n    ctypes.string_at(1)', 'SIGSEGV'],
  ])('%s says what happened, and what to do', async (category, script, says) => {
    const limits =
      category === 'timeout' ? { timeout: 0.5 } : category === 'memory_limit' ? { memory_mb: 32 } : {};
    const body = await arena.run(script, { limits });
    expect(body).toMatchObject({ success: false, error: category, retryable: false });
    expect(body.message).toContain(says);
    expect(body.suggestions?.length).toBeGreaterThan(0);
    expect(body.available_functions).toContain('main');
  });

  it('a missing package is named as the import it is', async () => {
    const body = await arena.run('import yaml\ndef main(): pass');
    expect(body).toMatchObject({
      error: 'runtime_error',
      error_type: 'ModuleNotFoundError',
      location: { line: 1 },
    });
    expect(body.suggestions?.join(' ')).toMatch(/yaml/i);
  });
});
