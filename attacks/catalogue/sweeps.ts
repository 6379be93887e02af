import { runtimeNames, type ProgramRuntime } from '../../src/core/contract/runtimes.ts';
import type { ScriptAttack } from '../attack.ts';
import { describeAnswer } from '../expectations.ts';
import { listDenied, readSweep, sweepProgram, writeCalls, type Denied } from '../kafel/sweep.ts';

/*
 * Every call and every command that the policy of a runtime's jails denies, tried in such a jail. Jails of other runtimes
 * hold the interpreter that launches programs: the program has it make the calls.
 */

const starters: Readonly<Record<ProgramRuntime, string>> = {
  node: `process.stdout.write(require('node:child_process').execFileSync('python3', ['-I', '-S', '-B', 'sweep.py']));`,
  deno: `const { stdout } = new Deno.Command('python3', { args: ['-I', '-S', '-B', 'sweep.py'], stderr: 'inherit' }).outputSync();
Deno.stdout.writeSync(stdout);`,
  bun: `process.stdout.write(require('node:child_process').execFileSync('python3', ['-I', '-S', '-B', 'sweep.py']));`,
  go: `package main

import (
	"os"
	"os/exec"
)

func main() {
	command := exec.Command("python3", "-I", "-S", "-B", "sweep.py")
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	if command.Run() != nil {
		os.Exit(1)
	}
}
`,
  rust: `use std::process::{exit, Command};

fn main() {
    let status = Command::new("python3").args(["-I", "-S", "-B", "sweep.py"]).status();
    exit(if status.is_ok_and(|status| status.success()) { 0 } else { 1 });
}
`,
};

/** Printed at the end: a program that was ended on the way has tried nothing that counts. */
const DONE = 'done';

const judge =
  (calls: readonly Denied[]): ScriptAttack['judge'] =>
  (answer) => {
    const { success, result, stdout = '' } = answer.body;
    const said = typeof result === 'string' ? result : stdout;
    if (success !== true || !said.endsWith(DONE)) return `it was not carried out: ${describeAnswer(answer)}`;
    return readSweep(calls, said.slice(0, -DONE.length).trim());
  };

const title = 'each call and command that the filter denies';

/** Seconds where the machine is busy. */
const limits = { timeout: 60 };

const sweepByPython = (): ScriptAttack => {
  const calls = listDenied('python');
  const script = `${sweepProgram}\ndef main(text):\n    return sweep(text) + ' ${DONE}'\n`;
  const request = { script, args: [writeCalls(calls)], limits };
  return {
    kind: 'script',
    title,
    runtime: 'python',
    request: () => request,
    judge: judge(calls),
  };
};

const sweepByProgram = (runtime: ProgramRuntime): ScriptAttack => {
  const calls = listDenied(runtime);
  const sweep = `${sweepProgram}\nprint(sweep(open('calls').read()), '${DONE}', end='')\n`;
  const files = [
    { path: 'sweep.py', content: sweep },
    { path: 'calls', content: writeCalls(calls) },
  ];
  const request = { runtime, script: starters[runtime], files, limits };
  return { kind: 'script', title, runtime, request: () => request, judge: judge(calls) };
};

export const sweeps: readonly ScriptAttack[] = runtimeNames.map((runtime) =>
  runtime === 'python' ? sweepByPython() : sweepByProgram(runtime),
);
