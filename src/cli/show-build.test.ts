import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import type { BuildEvent } from '../environments/environments.ts';
import { drawProgress, showBuild } from './show-build.ts';

const play = async (isTTY: boolean): Promise<string> => {
  let text = '';
  const listeners: ((event: BuildEvent) => void)[] = [];
  const done = Promise.withResolvers<void>();
  const build = {
    done: done.promise,
    subscribe: (listener: (event: BuildEvent) => void) => {
      listeners.push(listener);
      return () => undefined;
    },
  };
  const shown = showBuild(build, { isTTY, columns: 80, write: (more) => (text += more) });
  for (const listener of listeners) {
    listener({ type: 'step', step: 'installing' });
    listener({ type: 'progress', line: 'Resolved 17 packages' });
  }
  done.resolve();
  await shown;
  return text;
};

it('has one line on a terminal, which is gone afterwards', async () => {
  const text = await play(true);
  expect(text).not.toContain('\n');
  expect(stripVTControlCharacters(text)).toContain('installing, 0 s  Resolved 17 packages');
  expect(text.endsWith('\r\u001b[2K')).toBe(true);
});

it('has a line for each step elsewhere', async () => {
  expect(await play(false)).toBe('  Resolved 17 packages\n');
});

it('fits into a narrow terminal', () => {
  const line = drawProgress({ step: 'importing', seconds: 12, last: 'x'.repeat(500) }, 60);
  expect(stripVTControlCharacters(line).length).toBeLessThan(60);
  expect(
    stripVTControlCharacters(drawProgress({ step: undefined, seconds: 0, last: 'x' }, 30)),
  ).not.toContain('x');
});
