import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/paths.ts';
import { describeInJail } from '../support/attack.ts';
import {
  allowedCommands,
  ignoredOptions,
  prelude,
  refusals,
  refusedCommands,
  sweeps,
  type Commanded,
} from './commands.ts';

const readPart = (name: string): string =>
  readFileSync(join(packageRoot, 'nsjail/parts', name), 'utf8').replaceAll(/\/\/.*$/gm, '');

/** The numbers in a rule, in the order in which it has them. */
function readRule(name: Commanded, part = 'common.kafel'): number[] {
  const pattern = new RegExp(String.raw`^    ${name}\([a-z, ]+\) \{([^}]+)\}`, 'm');
  const rule = pattern.exec(readPart(part))?.[1] ?? '';
  const text = rule.replaceAll('IPPROTO_TCP', '6').replaceAll(/\(arg & 0x2000\) == 0|value == 0/g, '');
  return [...text.matchAll(/== (0x[0-9A-Fa-f]+|\d+)/g)].map(([, value]) => Number(value));
}

it.each(['fcntl', 'prctl', 'ioctl'] as const)(
  'the policies allow %s what the table says, and no more',
  (name) => {
    expect(readRule(name)).toEqual(allowedCommands[name]);
  },
);

it('the policies allow commands of terminals to Python what the table says, and no more', () => {
  expect(readRule('ioctl', 'common.terminals.kafel')).toEqual(allowedCommands.terminals);
});

it('the policies allow setsockopt what the table says, and no more', () => {
  const levels = [1, 0, 41, 6];
  const expected = levels.flatMap((level) => [
    level,
    ...allowedCommands.setsockopt.filter(([of]) => of === level).map(([, option]) => option),
  ]);
  expect(readRule('setsockopt')).toEqual(expected);
});

describeInJail('commands that the filter refuses', (arena) => {
  it('says to each of them what a kernel without it says', async () => {
    const calls = refusedCommands.map(({ name, call }) => `    ${JSON.stringify(name)}: ${call},`).join('\n');
    const answers = await arena.attack(`${prelude}\nreturn {\n${calls}\n}`);
    expect(answers).toEqual(Object.fromEntries(refusedCommands.map(({ name, answer }) => [name, answer])));
  });

  it('leaves sockets as they are whatever buffers they are to have', async () => {
    const lines = `${prelude}
sizes = lambda: [one.getsockopt(1, name) for one in (tcp, udp, left) for name in (7, 8, 10)]
before, high = sizes(), 2**32
set = [syscall(54, one.fileno(), level, name, (2**24).to_bytes(4, 'little'), 4)
       for one in (tcp, udp, left) for level in (1, 1 + high) for name in (7, 8, 10, 7 + high, 8 + high, 10 + high)]
return [len(set), sorted(str(answer) for answer in {*set}), sizes() == before]`;
    expect(await arena.attack(lines)).toEqual([36, ['ok'], true]);
  });

  it.each(Object.keys(sweeps) as Commanded[])('every %s that is not allowed, by its number', async (name) => {
    const lines = `${prelude}\nallowed, answer = args\nreturn ${sweeps[name]}`;
    const allowed: unknown[] = [...allowedCommands[name]];
    if (name === 'ioctl') allowed.push(...allowedCommands.terminals);
    if (name === 'setsockopt') allowed.push(...ignoredOptions);
    expect(await arena.attack(lines, { args: [allowed, refusals[name]] })).toEqual([]);
  });
});
