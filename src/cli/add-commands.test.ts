import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { addCommands } from './add-commands.ts';

const files = readdirSync(join(import.meta.dirname, 'commands'))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => basename(name, '.ts'));

async function add(first: string | undefined): Promise<string[]> {
  const program = new Command();
  await addCommands(program, first);
  return program.commands.map((command) => command.name());
}

it.each(files)('adds %s alone where it is named', async (name) => {
  expect(await add(name)).toEqual([name]);
});

it('adds all for the help and for suggestions, and none for the version', async () => {
  expect((await add(undefined)).toSorted()).toEqual(files.toSorted());
  expect(await add('rnu')).toHaveLength(files.length);
  expect(await add('constructor')).toHaveLength(files.length);
  expect(await add('--version')).toEqual([]);
});
