import { expect, it } from 'vitest';
import { findTools } from './toolbox.ts';

it('finds what honest scripts call, and nothing that gives rights or reaches a network', async () => {
  const tools = await findTools();
  const names = tools.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['cat', 'echo', 'ls', 'sort', 'true']));
  expect(new Set(names).size).toBe(names.length);
  const refused = new Set([
    'su',
    'sudo',
    'mount',
    'passwd',
    'chroot',
    'bash',
    'gawk',
    'curl',
    'wget',
    'nc',
    'ping',
    'ssh',
  ]);
  expect(names.filter((name) => refused.has(name))).toEqual([]);
  expect(tools.every(({ file }) => file.startsWith('/'))).toBe(true);
});
