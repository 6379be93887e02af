import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runtimeNames } from '../../contract/runtimes.ts';
import { readCompilerError } from './compilers.ts';
import { readLastWords } from './read-last-words.ts';

const programs = runtimeNames.filter((name) => name !== 'python');

describe('node', () => {
  it('reads an error, its place and the frames of the script', () => {
    const stderr = `warming up
/work/main.js:2
  throw new TypeError('no\\ngood');
  ^

TypeError: no
good
    at fail (/work/main.js:2:9)
    at Object.<anonymous> (/work/main.js:4:1)
    at Module._compile (node:internal/modules/cjs/loader:1929:14) {
  code: 'X'
}

Node.js v24.21.0
`;
    expect(readLastWords('node', stderr)).toEqual({
      kind: 'uncaught',
      type: 'TypeError',
      message: 'no\ngood',
      location: { file: 'main.js', line: 2, column: 9 },
      traceback:
        'TypeError: no\ngood\n    at fail (/work/main.js:2:9)\n    at Object.<anonymous> (/work/main.js:4:1)',
    });
  });

  it('takes an error with a code, of a module, by the name that it has', () => {
    const stderr = `node:internal/modules/esm/resolve:272
    throw new ERR_MODULE_NOT_FOUND(
          ^

Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/work/no.js' imported from /work/main.js
    at finalizeResolution (node:internal/modules/esm/resolve:272:11) {
  code: 'ERR_MODULE_NOT_FOUND'
}

Node.js v24.21.0
`;
    expect(readLastWords('node', stderr)).toMatchObject({
      kind: 'uncaught',
      type: 'Error',
      message: "Cannot find module '/work/no.js' imported from /work/main.js",
    });
  });

  it('tells a source that V8 refuses from a SyntaxError that the script met', () => {
    const refused =
      "/work/main.js:1\nconst f = (;\n           ^\n\nSyntaxError: Unexpected token ';'\n    at wrapSafe (node:internal/modules/cjs/loader:1861:18)\n\nNode.js v24.21.0\n";
    expect(readLastWords('node', refused)).toEqual({
      kind: 'syntax_error',
      message: "Unexpected token ';'",
      location: { file: 'main.js', line: 1, column: 12 },
    });
    const met =
      '<anonymous_script>:1\n{\n\n\nSyntaxError: Expected property name\n    at JSON.parse (<anonymous>)\n    at Object.<anonymous> (/work/main.js:3:6)\n\nNode.js v24.21.0\n';
    expect(readLastWords('node', met)).toMatchObject({ kind: 'uncaught', location: { line: 3 } });
  });

  it('finds the place that is told in the text', () => {
    const text =
      "<anonymous_script>:2\n5\n\nSyntaxError: /work/d.json: Expected ',' in JSON at position 7 (line 2 column 3)\n    at parse (<anonymous>)\n\nNode.js v24.21.0\n";
    expect(readLastWords('node', text)).toMatchObject({
      kind: 'syntax_error',
      location: { file: 'd.json', line: 2, column: 3 },
    });
  });

  it('reads a value that is no error', () => {
    const stderr =
      '/work/main.js:1\nthrow 3\n^\n3\n(Use `node --trace-uncaught ...` to show where the exception was thrown)\n\nNode.js v24.21.0\n';
    expect(readLastWords('node', stderr)).toMatchObject({
      kind: 'uncaught',
      type: 'Thrown',
      message: '3',
      location: { line: 1 },
    });
  });

  it('knows a heap that is full', () => {
    const stderr =
      '<--- Last few GCs --->\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n----- Native stack trace -----\n';
    expect(readLastWords('node', stderr)).toEqual({ kind: 'out_of_memory' });
  });

  it('sees nothing where Node did not end the program', () => {
    // Also not when it was logged without a stack.
    expect(readLastWords('node', '[TypeError: fetch failed] {\n}\n')).toBeUndefined();
    expect(readLastWords('node', 'TypeError: logged\n    at f (/work/main.js:1:1)\n')).toBeUndefined();
  });
});

it('reads an error of Node that has no stack, with its cause', () => {
  const stderr = `node:internal/modules/run_main:107
    triggerUncaughtException(
    ^

[TypeError: fetch failed] {
  [cause]: Error: getaddrinfo EAI_AGAIN example.com
      at GetAddrInfoReqWrap.onlookupall [as oncomplete] (node:dns:123:26) {
    errno: -3001,
    code: 'EAI_AGAIN'
  }
}

Node.js v24.21.0
`;
  expect(readLastWords('node', stderr)).toMatchObject({
    kind: 'uncaught',
    type: 'TypeError',
    message: 'fetch failed\n  [cause]: Error: getaddrinfo EAI_AGAIN example.com',
    location: undefined,
  });
});

describe('deno', () => {
  it('reads an error without the source that Deno shows', () => {
    const stderr = `error: Uncaught (in promise) TypeError: x
y
throw new TypeError("x\\ny")
      ^
    at file:///work/main.ts:1:7
`;
    expect(readLastWords('deno', stderr)).toMatchObject({
      kind: 'uncaught',
      type: 'TypeError',
      message: 'x\ny',
      location: { file: 'main.ts', line: 1, column: 7 },
    });
  });

  it.each([
    [
      'a source that is refused',
      'error: SyntaxError: Expression expected\n  |\n1 | const f = (;\n  |            ~\n    at file:///work/main.ts:1:12\n',
      { kind: 'syntax_error', message: 'Expression expected', location: { line: 1, column: 12 } },
    ],
    [
      'a module that is not there',
      'error: Module not found "file:///work/no.js".\n    at file:///work/main.ts:1:15\n',
      {
        kind: 'uncaught',
        type: 'Error',
        message: 'Module not found "file:///work/no.js".',
        location: { line: 1 },
      },
    ],
    [
      'a value',
      'error: Uncaught (in promise) 3\n',
      { kind: 'uncaught', type: 'Thrown', message: '3', location: undefined },
    ],
    [
      'a full heap',
      '#\n# Fatal JavaScript out of memory: Reached heap limit\n#\n',
      { kind: 'out_of_memory' },
    ],
  ])('reads %s', (_, stderr, words) => {
    expect(readLastWords('deno', stderr)).toMatchObject(words);
  });
});

describe('bun', () => {
  const end = '\nBun v1.4.4 (Linux x64 baseline)\n';

  it.each([
    [
      'an error',
      `1 | throw new TypeError("x")\n              ^\nTypeError: x\n      at fail (/work/main.ts:1:11)\n      at /work/main.ts:3:1\n${end}`,
      { kind: 'uncaught', type: 'TypeError', message: 'x', location: { line: 1, column: 11 } },
    ],
    [
      'a source that is refused',
      `1 | const f = (;\n               ^\nerror: Unexpected ;\n    at /work/main.ts:1:12\n${end}`,
      { kind: 'syntax_error', message: 'Unexpected ;', location: { line: 1, column: 12 } },
    ],
    [
      'a module that is not there',
      `error: Cannot find module './no.js' from '/work/main.ts'\n${end}`,
      { kind: 'uncaught', type: 'Error', message: "Cannot find module './no.js' from '/work/main.ts'" },
    ],
  ])('reads %s', (_, stderr, words) => {
    expect(readLastWords('bun', stderr)).toMatchObject(words);
  });
});

describe('go', () => {
  it('reads a panic, the first of two, and the frames of the script', () => {
    const stderr = `panic: runtime error: index out of range [5] with length 1
	panic: second

goroutine 1 [running]:
main.main.func1()
	./main.go:7 +0x3b
panic({0x4a2a60?, 0x23349ffe2018?})
	runtime/panic.go:860 +0x13a
main.f(...)
	./main.go:5
exit status 2
`;
    expect(readLastWords('go', stderr)).toEqual({
      kind: 'uncaught',
      type: 'runtime error',
      message: 'index out of range [5] with length 1',
      location: { file: 'main.go', line: 7 },
      traceback:
        'runtime error: index out of range [5] with length 1\nmain.main.func1()\n\t./main.go:7 +0x3b\nmain.f(...)\n\t./main.go:5',
    });
  });

  it.each([
    [
      'panic: main.E{} [recovered, repanicked]\n\ngoroutine 1 [running]:\n',
      { type: 'panic', message: 'main.E{}' },
    ],
    [
      'fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [select (no cases)]:\nmain.main()\n\t./main.go:4 +0x5d\n',
      { type: 'fatal error', message: 'all goroutines are asleep - deadlock!', location: { line: 4 } },
    ],
    [
      'runtime: goroutine stack exceeds 100-byte limit\nfatal error: stack overflow\n\nruntime stack:\nruntime.throw({0x1?, 0x2?})\n\truntime/panic.go:1229 +0x48 fp=0x16 sp=0x16 pc=0x47\n\ngoroutine 1 gp=0x16 m=2 mp=0x16 [running]:\nmain.deep(0x2a?)\n\t./main.go:5 +0x2b fp=0x16 sp=0x17 pc=0x49\n',
      { type: 'fatal error', message: 'stack overflow', location: { file: 'main.go', line: 5 } },
    ],
    ['fatal error: runtime: out of memory\n\ngoroutine 1 [running]:\n', { kind: 'out_of_memory' }],
  ])('reads %j', (stderr, words) => {
    expect(readLastWords('go', stderr)).toMatchObject(words);
  });

  it('sees nothing in a log line', () => {
    expect(readLastWords('go', 'panic: not really\n')).toBeUndefined();
  });
});

describe('rust', () => {
  it.each([
    [
      "\nthread 'main' (2) panicked at src/main.rs:2:158:\nindex out of bounds: the len is 0 but the index is 1\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n",
      {
        kind: 'uncaught',
        type: 'panic',
        message: 'index out of bounds: the len is 0 but the index is 1',
        location: { file: 'src/main.rs', line: 2, column: 158 },
      },
    ],
    [
      'Error: ParseIntError { kind: InvalidDigit }\n',
      { type: 'Error', message: 'ParseIntError { kind: InvalidDigit }' },
    ],
    ['memory allocation of 99 bytes failed\n', { kind: 'out_of_memory' }],
  ])('reads %j', (stderr, words) => {
    expect(readLastWords('rust', stderr)).toMatchObject(words);
  });

  it('takes no panic that was caught for the end', () => {
    const panic = "thread 'main' (2) panicked at src/main.rs:2:3:\nindex out of bounds\n";
    const stderr = `${panic}Error: Os { code: 2, kind: NotFound }\n`;
    expect(readLastWords('rust', stderr, 1)).toMatchObject({ type: 'Error', location: undefined });
    expect(readLastWords('rust', panic, 3)).toBeUndefined();
    expect(readLastWords('rust', panic, 101)).toMatchObject({ type: 'panic' });
  });

  it('places a panic of the standard library nowhere in the script', () => {
    const stderr = "thread 'main' panicked at /rustc/abc/library/core/src/x.rs:1:2:\nno\nnote: run\n";
    expect(readLastWords('rust', stderr)).toMatchObject({ message: 'no', location: undefined });
  });
});

describe('compilers', () => {
  it.each([
    [
      'go',
      '# command-line-arguments\n./main.go:6:14: undefined: missing\n./main.go:7:2: more\n',
      { message: 'undefined: missing', location: { file: 'main.go', line: 6, column: 14 } },
    ],
    [
      'go',
      '# app/util\nutil/tool kit.go:3:2: undefined: nope\n',
      { message: 'undefined: nope', location: { file: 'util/tool kit.go', line: 3, column: 2 } },
    ],
    [
      'go',
      'go: errors parsing go.mod:\ngo.mod:2: unknown directive: foo\n',
      { message: 'unknown directive: foo', location: { file: 'go.mod', line: 2 } },
    ],
    [
      'go',
      'package app\n\timports app/a\n\timports app/b\n\timports app/a: import cycle not allowed\n',
      { message: 'app/a: import cycle not allowed', location: undefined },
    ],
    [
      'go',
      'go: go.mod requires go >= 1.99 (running go 1.26.8; GOTOOLCHAIN=local)\n',
      {
        message: 'go.mod requires go >= 1.99 (running go 1.26.8; GOTOOLCHAIN=local)',
        location: undefined,
      },
    ],
    [
      'rust',
      'warning: unused variable: `x`\n --> src/main.rs:1:5\n\nerror[E0425]: cannot find value `missing` in this scope\n --> src/main.rs:2:20\n  |\n',
      {
        message: 'cannot find value `missing` in this scope',
        location: { file: 'src/main.rs', line: 2, column: 20 },
      },
    ],
  ] as const)('reads the first error of %s', (runtime, stderr, error) => {
    expect(readCompilerError(runtime, stderr)).toEqual(error);
  });

  it('finds none in other words', () => {
    expect(readCompilerError('go', 'killed')).toBeUndefined();
    expect(readCompilerError('rust', 'killed')).toBeUndefined();
  });
});

describe('hostile text', () => {
  const pieces = fc.constantFrom(
    ...['\n', 'panic: ', '\n\ngoroutine 1 [', 'Error: ', 'TypeError: x\n', '    at f (/work/main.js:1:1)\n'],
    ...[
      "thread '",
      "' panicked at a.rs:1:1:\n",
      '/work/main.js:1\n',
      '^\n',
      '\nNode.js v24',
      'error: Uncaught ',
    ],
    ...[
      '\nBun v1.4.4 (Linux x64)\n',
      '\t./main.go:99999999999999999999\n',
      ' --> a:1:1\n',
      '\ud800',
      '\r\n',
      'A',
    ],
  );

  it('never breaks a reader, and never makes a message long', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 400 }), (parts) => {
        for (const runtime of programs) {
          const words = readLastWords(runtime, parts.join(''));
          if (words !== undefined && words.kind !== 'out_of_memory') {
            expect(words.message.length).toBeLessThanOrEqual(8000);
            expect(words.location?.line ?? 1).toBeLessThanOrEqual(100_000_000);
          }
          readCompilerError(runtime, parts.join(''));
        }
      }),
    );
  });
});
