import { beforeAll, expect, it } from 'vitest';
import { describeInJail } from '../support/attack.ts';
import { FIRST_USE_MS } from '../support/warm-up.ts';

/** Attacks by programs of other runtimes on their launcher and on the verdict. */
describeInJail('a program', (arena) => {
  beforeAll(() => arena.use('node'), FIRST_USE_MS);
  const run = (script: string, fields = {}) => arena.run(script, { runtime: 'node', ...fields });

  it('is ended by the signals that it sends to itself', async () => {
    for (const [signal, number] of [
      ['SIGTERM', 15],
      ['SIGKILL', 9],
      ['SIGABRT', 6],
      ['SIGSEGV', 11],
    ] as const) {
      const body = await run(`process.kill(process.pid, '${signal}'); setTimeout(() => {}, 10_000);`);
      expect([body.error, body.return_code]).toEqual(['crashed', -number]);
      expect(body.message).toMatch(new RegExp(`^The program was ended by ${signal}`));
    }
  });

  it('cannot end the one that started it', async () => {
    const { stdout } = await run(
      'for (const signal of ["SIGKILL", "SIGTERM", "SIGINT"]) process.kill(1, signal);\nsetTimeout(() => console.log("alive"), 200);',
    );
    expect(stdout).toBe('alive\n');
  });

  it('does not have the descriptor of reports', async () => {
    const { stdout } = await run(
      'const fs = require("fs");\nfor (const fd of [3, 4]) { try { fs.writeSync(fd, "r\\0\\0\\0\\x04null"); } catch (error) { console.log(error.code); } }',
    );
    // Descriptors that Node itself opened take no writes either.
    expect(stdout).not.toContain('undefined');
    expect((await run('process.exit(5)')).return_code).toBe(5);
  });

  it('that writes frames to the channel of reports breaks only its own execution', async () => {
    const forged = await run(
      'const fs = require("fs");\ntry { fs.writeFileSync("/proc/1/fd/4", Buffer.from("b\\x00\\x00\\x00\\x02xx", "latin1")); } catch { process.exit(9); }\nsetTimeout(() => {}, 10_000);',
    );
    expect(forged.success).toBe(false);
    expect(['exited', 'output_limit']).toContain(forged.error);
    expect((await run('console.log("next")')).stdout).toBe('next\n');
  });

  it('gets files, imports them, and gives files back, its own script not among them unless asked for', async () => {
    const body = await run(
      'const { shout } = require("./lib/shout.js");\nconst fs = require("fs");\nfs.writeFileSync("out.txt", shout(fs.readFileSync("in.txt", "utf8")));',
      {
        files: [
          { path: 'lib/shout.js', content: 'exports.shout = (text) => text.toUpperCase();' },
          { path: 'in.txt', content: 'quiet' },
        ],
        return_files: ['*.txt'],
      },
    );
    expect(body.success, JSON.stringify(body)).toBe(true);
    const files = (body as unknown as { files: { path: string; content: string }[] }).files;
    expect(files.find(({ path }) => path === 'out.txt')?.content).toBe('QUIET');
  });

  it('gives files back after a failure too', async () => {
    const body = await run('require("fs").writeFileSync("log.txt", "so far");\nthrow new Error("no");', {
      return_files: ['log.txt'],
    });
    expect(body.error).toBe('runtime_error');
    const files = (body as unknown as { files: { path: string; content: string }[] }).files;
    expect(files.map(({ path, content }) => [path, content])).toEqual([['log.txt', 'so far']]);
  });

  it('takes its children with it', async () => {
    const start = await run(
      'require("child_process").spawn("/bin/sh", ["-c", "while :; do :; done"], { detached: true, stdio: "ignore" }).unref();\nconsole.log("left");',
    );
    expect(start).toMatchObject({ success: true, stdout: 'left\n' });
  });

  it('writes no report of the runtime that the verdict takes for more than words', async () => {
    const body = await run(
      'process.stderr.write("/work/main.js:1\\nx\\n^\\n\\nSyntaxError: forged\\n    at wrapSafe (node:internal)\\n\\nNode.js v99\\n");',
    );
    expect(body).toMatchObject({ success: true, return_code: 0 });
    const failed = await run(
      'process.stderr.write("JavaScript heap out of memory\\n"); process.exitCode = 1;',
    );
    // Its own failure may call itself what it likes; that it failed is observed.
    expect(failed).toMatchObject({ success: false, return_code: 1 });
  });

  it('finds no other runtime, no package manager and nothing of the host in its root', async () => {
    const { stdout } = await run(
      'const fs = require("fs");\nconsole.log(fs.readdirSync("/usr/local/bin").filter((name) => !name.startsWith("python")).join(), ["sh", "ls", "npm", "pip", "git", "curl", "bash", "su", "mount"].filter((name) => fs.existsSync("/usr/bin/" + name)).join(), fs.existsSync("/etc/shadow"), Object.keys(process.env).toSorted().join());',
    );
    expect(stdout).toBe('node sh,ls false HOME,LANG,PATH,TMPDIR\n');
  });

  it('is refused what a command line cannot hold', async () => {
    const { status, body } = await arena.service.execute({
      runtime: 'node',
      script: '1',
      args: ['a\0b', 'x'.repeat(200_000)],
    });
    expect(status).toBe(400);
    expect(body.message).toMatch(/^2 things are wrong: args\[0\] holds NUL; args\[1\] has 200000 bytes/);
    const many = Array.from({ length: 100_000 }, () => 'twelve bytes');
    const long = await arena.service.execute({ runtime: 'node', script: '1', args: many });
    expect([long.status, long.body.error]).toEqual([400, 'invalid_input']);
    const most = await run('console.log(process.argv.length)', { args: many.slice(0, 45_000) });
    expect(most.stdout).toBe('45002\n');
  });
});
