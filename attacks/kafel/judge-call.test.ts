import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/paths.ts';
import { readPolicy } from '../../src/sandbox/nsjail/filter/read-policy.ts';
import { judgeCall } from './judge-call.ts';
import { parsePolicy } from './policy.ts';
import { listDenied } from './sweep.ts';
import { systemCalls } from './system-calls.ts';

const policy = parsePolicy(`
// a remark with { braces
#define ONE 1
POLICY first { ERRNO(1) { ioctl(fd, cmd, arg) { cmd == ONE || (cmd & 0xf0) == 0x20 } } }
POLICY second { ALLOW { ioctl, read }, ERRNO(24) { write, clone { (clone_flags & 0x100) != 0 } } }
USE first, USE second
DEFAULT ERRNO(38)
`);
const call = (name: string): number => systemCalls.get(name) ?? -1;

describe('a policy', () => {
  it.each([
    ['read', [], 'allow'],
    ['write', [], { errno: 24 }],
    ['ioctl', [0n, 1n], { errno: 1 }],
    ['ioctl', [0n, 0x25n], { errno: 1 }],
    ['ioctl', [0n, 2n], 'allow'],
    ['clone', [0x100n], { errno: 24 }],
    ['clone', [0n], { errno: 38 }],
    ['open', [], { errno: 38 }],
  ] as const)('says of %s(%s) what the first rule that fits says', (name, args, action) => {
    expect(judgeCall(policy, call(name), args)).toEqual(action);
  });

  it('compares all 64 bits of an argument, and takes what is left out for -1', () => {
    expect(judgeCall(policy, call('ioctl'), [0n, 1n | (1n << 32n)])).toBe('allow');
    expect(judgeCall(policy, call('ioctl'), [])).toBe('allow');
  });

  it.each(['POLICY a { KILL { read } } USE a DEFAULT ERRNO(1)', 'USE a DEFAULT ALLOW', 'DEFAULT', 'read'])(
    'that is not understood is refused: %s',
    (text) => {
      expect(() => parsePolicy(text)).toThrow('policy');
    },
  );
});

describe('the jail files', () => {
  const folder = join(packageRoot, 'nsjail');
  const files = readdirSync(folder).filter((name) => name.endsWith('.kafel'));
  const isWhole = (name: string): boolean => /^USE /m.test(readFileSync(join(folder, name), 'utf8'));
  const base = join(folder, 'python.kafel');

  it.each(files)('%s names system calls that there are', (name) => {
    const file = join(folder, name);
    const text = readPolicy(isWhole(name) ? { seccomp: file } : { seccomp: base, first: file });
    const { rules } = parsePolicy(text);
    expect(rules.length).toBeGreaterThan(100);
    expect(rules.map((rule) => rule.call).filter((one) => !systemCalls.has(one))).toEqual([]);
  });

  it('deny hundreds of calls and of commands, each with the errno that the policy names', () => {
    const denied = listDenied('python');
    expect(denied.length).toBeGreaterThan(1000);
    const errnosOf = (name: string, ...args: bigint[]): number[] =>
      denied
        .filter((one) => one.number === call(name) && String(one.args) === String(args))
        .map(({ errno }) => errno);
    expect(errnosOf('bpf')).toEqual([1]);
    expect(errnosOf('io_uring_setup')).toEqual([38]);
    expect(errnosOf('ioctl', -1n, 0x5412n | (1n << 32n))).toEqual([25]);
    expect(errnosOf('read')).toEqual([]);
  });
});
