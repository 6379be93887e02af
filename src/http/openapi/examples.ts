import type { ExecuteRequestInput } from '../../core/contract/request.ts';

/** An example of the document: a request and its documented answer; a test sends each and compares. */
export interface ExecuteExample {
  readonly summary: string;
  readonly request: ExecuteRequestInput | Readonly<Record<string, unknown>>;
  readonly status: 200 | 400;
  readonly response: Readonly<Record<string, unknown>>;
}

const limits = {
  timeout: 10,
  cpu_time: 10,
  memory_mb: 256,
  cpus: 1,
  processes: 64,
  output_bytes: 1048576,
  disk_mb: 64,
  open_files: 256,
};

const enforcement = {
  memory: 'cgroup-v2',
  processes: 'cgroup-v2',
  cpu: 'cgroup-v2',
  network: 'namespace',
  filesystem: 'namespace',
  syscalls: 'seccomp',
  identity: 'own-id',
};

const execution = (own: Readonly<Record<string, unknown>> = {}) => ({
  id: '8781ac66-6671-45a2-ab95-82315834eae9',
  runtime: 'python',
  environment: 'default',
  duration_ms: 2.23,
  cpu_ms: 1.42,
  memory_peak_bytes: 4730880,
  output: { stdout: { bytes: 0, truncated: false }, stderr: { bytes: 0, truncated: false } },
  limits,
  isolation: 'nsjail',
  enforcement,
  ...own,
});

export const executeExamples: Readonly<Record<string, ExecuteExample>> = {
  returned: {
    summary: 'A function that returns',
    request: { script: 'def main():\n    print("working")\n    return {"answer": 6 * 7}' },
    status: 200,
    response: {
      success: true,
      result: { answer: 42 },
      stdout: 'working\n',
      stderr: '',
      return_code: 0,
      execution: execution({
        output: { stdout: { bytes: 8, truncated: false }, stderr: { bytes: 0, truncated: false } },
      }),
      files: [],
    },
  },
  arguments: {
    summary: 'Arguments, standard input, an environment, limits and an id',
    request: {
      script:
        'import os, sys\n\ndef greet(name, *, times):\n    return [os.environ["GREETING"], sys.stdin.read(), name * times]',
      function: 'greet',
      args: ['Ada '],
      kwargs: { times: 2 },
      stdin: 'dear',
      env: { GREETING: 'Hello' },
      limits: { timeout: 2, memory_mb: 64 },
      execution_id: 'greeting-1',
    },
    status: 200,
    response: {
      success: true,
      result: ['Hello', 'dear', 'Ada Ada '],
      stdout: '',
      stderr: '',
      return_code: 0,
      execution: execution({ id: 'greeting-1', limits: { ...limits, timeout: 2, memory_mb: 64 } }),
      files: [],
    },
  },
  program: {
    summary: 'A file that runs as a program',
    request: { script: 'import sys\nprint(sys.argv[1:])', mode: 'script', args: ['--verbose', 'report.csv'] },
    status: 200,
    response: {
      success: true,
      result: null,
      stdout: "['--verbose', 'report.csv']\n",
      stderr: '',
      return_code: 0,
      execution: execution({
        output: { stdout: { bytes: 28, truncated: false }, stderr: { bytes: 0, truncated: false } },
      }),
      files: [],
    },
  },
  failed: {
    summary: 'A script that fails: its failure is data, and the status 200',
    request: {
      script: 'def main(values):\n    return sum(values) / len(values)',
      args: [[]],
    },
    status: 200,
    response: {
      success: false,
      error: 'runtime_error',
      error_type: 'ZeroDivisionError',
      message: 'division by zero',
      stdout: '',
      stderr: '',
      suggestions: ['Check that the divisor is not zero', 'Look at line 2, column 12 of the script'],
      retryable: false,
      available_functions: ['main'],
      location: { line: 2, column: 12 },
      traceback: '…',
      return_code: 1,
      execution: execution(),
      files: [],
    },
  },
  refused: {
    summary: 'A request that is refused: nothing was run',
    request: { script: 'def main(): pass', function: 'not a name' },
    status: 400,
    response: {
      success: false,
      error: 'invalid_input',
      message: 'function: a function name is a Python identifier.',
      suggestions: [],
      retryable: false,
      available_functions: [],
      stdout: '',
      stderr: '',
      return_code: null,
      execution: null,
      files: [],
    },
  },
};
