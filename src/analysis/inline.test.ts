import { describe, expect, it } from 'vitest';
import { createInline } from './inline.ts';

/* Covers scripts on the event loop's own thread: a few kilobytes with a small tree and many names. */

/** Returns a script in which each name may be any of the others. */
const circles = (names: number): string => {
  const others = (index: number): string =>
    Array.from({ length: names }, (_, step) => `a${(index + step) % names}`).join(' or ');
  return `${Array.from({ length: names }, (_, index) => `a${index} = ${others(index)}\n`).join('')}a0()`;
};
const tuple = (items: number, depth: number): string =>
  depth === 0 ? 'a' : `[${Array.from({ length: items }, () => tuple(items, depth - 1)).join()}]`;

const scripts: readonly (readonly [what: string, script: string])[] = [
  ['circles of names', circles(30)],
  ['a loop over as many items as it has targets', `for ${'a,'.repeat(1500)} in (${'b,'.repeat(1500)}): pass`],
  ['lists that are unpacked into others', `[*q, ${tuple(7, 4)}] = [${tuple(7, 4)}]`],
  ['a module of thousands of segments', `import ${'a.'.repeat(8000)}a`],
];

describe('an analysis on this thread', () => {
  it.each(scripts)(
    'ends within its budget, whatever there is: %s',
    { timeout: 120_000 },
    async (_, script) => {
      // Enough to build the tree on a busy machine; the rest may take as long again.
      const inline = await createInline({ inlineLength: 32_768, inlineBudget: 200 });
      const lists = { modules: ['os'], functions: ['os.*', 'eval'] };
      for (const kind of ['policy', 'survey'] as const) {
        const { user } = process.cpuUsage();
        inline.answer({ kind, script, ...lists });
        expect((process.cpuUsage().user - user) / 1000).toBeLessThan(1000);
      }
      inline.close();
    },
  );
});
