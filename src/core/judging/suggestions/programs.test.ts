import { describe, expect, it } from 'vitest';
import type { RuntimeName } from '../../contract/runtimes.ts';
import { classifyCompilation } from '../verdict/classify-compilation.ts';
import { context, fail, makeEvidence, makeReport } from '../verdict/classify.test-support.ts';

const said = (text: string) => ({ text, bytes: text.length, truncated: false });

/** Returns the failure of a program that ended with status 1 and these last words. */
const fails = (runtime: RuntimeName, text: string) =>
  fail(
    makeEvidence({ mode: 'script', stderr: said(text), report: makeReport({ kind: 'exited', code: 1 }) }),
    {
      runtime,
      environment: 'plain',
    },
  );

const refuses = (runtime: RuntimeName, text: string): string =>
  classifyCompilation(makeEvidence({ mode: 'script', stderr: said(text) }), { ...context, runtime })
    .suggestions[0] ?? '';

const offline = 'Scripts have no network: send the data with the request, as "files", "stdin" or "args"';
const node = (text: string): string => `${text}\n\nNode.js v24.21.0\n`;

describe('a program that wants the network', () => {
  it('and does not catch the failure', () => {
    const outcome = fails(
      'node',
      node('[TypeError: fetch failed] {\n  [cause]: Error: getaddrinfo EAI_AGAIN a.example\n}'),
    );
    expect(outcome).toMatchObject({ error: 'runtime_error', error_type: 'TypeError' });
    expect(outcome.suggestions[0]).toBe(offline);
  });

  it.each<[RuntimeName, string]>([
    ['node', 'Failed: getaddrinfo EAI_AGAIN a.example\n'],
    ['go', '2026/01/01 00:00:00 Get "https://a.example": dial tcp: lookup a.example: connection refused\n'],
  ])('and ends itself: %s', (runtime, text) => {
    const outcome = fails(runtime, text);
    expect(outcome.error).toBe('exited');
    expect(outcome.suggestions[0]).toBe(offline);
  });
});

const nothing = (name: string): string => `The environment "plain" has no packages, so ${name} is not there`;

describe('code of others that is not there', () => {
  const local =
    'Send what is imported from another host with the request, in "files": scripts have no network';
  it.each<[RuntimeName, string, string]>([
    [
      'node',
      node(
        "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'axios' imported from /work/main.js\n    at x (node:a:1:1)",
      ),
      nothing('axios'),
    ],
    [
      'deno',
      'error: Import "lodash" not a dependency\n    at file:///work/main.ts:1:15\n',
      nothing('lodash'),
    ],
    [
      'deno',
      'error: Failed loading https://registry.npmjs.org/@a%2fb for package "@a/b"\n    0: npm package not found in cache\n',
      nothing('@a/b'),
    ],
    [
      'deno',
      'error: Specifier not found in cache: "https://deno.land/x/a.ts", --cached-only is specified.\n',
      local,
    ],
    [
      'bun',
      "error: Cannot find package 'lodash' from '/work/main.ts'\n\nBun v1.4.4 (Linux x64)\n",
      nothing('lodash'),
    ],
  ])('%s: %s', (runtime, text, expected) => {
    expect(fails(runtime, text).suggestions[0]).toBe(expected);
  });

  it.each<[RuntimeName, string, RegExp]>([
    [
      'go',
      "main.go:2:8: no required module provides package github.com/a/b: go.mod file not found; see 'go help modules'",
      /^Use the standard library of Go/,
    ],
    [
      'go',
      'main.go:2:8: package gin is not in std (/usr/local/go/src/gin)',
      /^Use the standard library of Go/,
    ],
    [
      'rust',
      'error[E0432]: unresolved import `serde`\n --> src/main.rs:1:5',
      /^Use the standard library of Rust/,
    ],
    [
      'rust',
      "error[E0463]: can't find crate for `serde`\n --> src/main.rs:1:5",
      /^Use the standard library of Rust/,
    ],
    [
      'rust',
      'error[E0433]: cannot find module or crate `rand` in this scope',
      /^Use the standard library of Rust/,
    ],
    ['rust', 'error[E0432]: unresolved import `std::colections`\n --> src/main.rs:1:10', /^Look at line 1/],
  ])('%s: %s', (runtime, text, expected) => {
    expect(refuses(runtime, text)).toMatch(expected);
  });
});

describe('a program that starts another one', () => {
  const advice = 'There is no such program here: do it in the program itself';
  it.each<[RuntimeName, string]>([
    ['node', node('Error: Command failed: ls | grep a\n/bin/sh: 1: ls: not found\n    at x (node:a:1:1)')],
    [
      'node',
      node(
        'Error: Command failed: ls | sort\n/bin/sh: 1: ls: not found/bin/sh: 1: \nsort: not found\n    at x (node:a:1:1)',
      ),
    ],
    [
      'bun',
      'ShellError: Failed with exit code 1\n exitCode: 1,\n   stderr: "bun: command not found: cat\\n",\n\n      at /work/main.ts:2:20\n\nBun v1.4.4 (Linux x64)\n',
    ],
    ['node', node('Error: spawn ls ENOENT\n    at x (node:a:1:1)')],
    ['deno', "error: Uncaught (in promise) NotFound: Failed to spawn 'ls': entity not found\n"],
    ['go', 'exec: "ls": executable file not found in $PATH\n'],
  ])('learns that there is none: %s', (runtime, text) => {
    expect(fails(runtime, text).suggestions[0]).toBe(advice);
  });
});

it.each<[RuntimeName, string]>([
  ['node', node("Error: ENOENT: no such file or directory, open 'a.csv'\n    at x (node:a:1:1)")],
  ['go', 'open a.csv: no such file or directory\n'],
  ['rust', 'Error: Os { code: 2, kind: NotFound, message: "No such file or directory" }\n'],
  [
    'deno',
    "error: Uncaught (in promise) NotFound: No such file or directory (os error 2): readfile 'a.csv'\n    at Object.readTextFileSync (ext:deno_fs/30_fs.js:793:10)\n    at file:///work/main.ts:1:18\n",
  ],
])('says how to send a file that is not there: %s', (runtime, text) => {
  expect(fails(runtime, text).suggestions[0]).toBe(
    'Send the file with the request, in "files", or write it first',
  );
});

it('points to stderr only where something was written', () => {
  expect(fails('node', 'said\n').suggestions.join()).toContain('stderr');
  expect(fails('node', '').suggestions.join()).not.toContain('stderr');
});
