import { describe, expect, it } from 'vitest';
import { toCommand } from './commands.ts';

describe('an entrypoint', () => {
  it.each([
    ['python', 'python main.py', undefined],
    ['python', 'python main.py --fast', 'python main.py --fast'],
    ['node', 'node main.js', undefined],
    ['bun', 'bun run main.ts', undefined],
    ['deno', 'deno run --allow-all main.ts', undefined],
    ['go', 'go run main.go', undefined],
    ['go', 'go run . a b', '"$0" a b'],
    ['go', 'echo a && go run main.go | cat', 'echo a && "$0" | cat'],
    ['rust', 'cargo run --release -q', undefined],
    ['rust', 'cargo run --release -q -- --verbose', '"$0" --verbose'],
  ] as const)('of %s, %j, is %j', (runtime, entrypoint, command) => {
    expect(toCommand(runtime, entrypoint, true)).toBe(command);
  });

  it('that is the usual one is run by a shell where there is no script', () => {
    expect(toCommand('python', 'python main.py', false)).toBe('python main.py');
  });

  it.each([
    ['go', 'go build && ./main'],
    ['go', 'go run main.go && go vet'],
    ['rust', 'cargo test'],
    ['rust', 'ls'],
  ] as const)('of %s cannot be %j', (runtime, entrypoint) => {
    expect(() => toCommand(runtime, entrypoint, true)).toThrow(/toolchain/);
  });
});
