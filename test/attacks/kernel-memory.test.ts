import { expect, it } from 'vitest';
import { hoard, hoardLimits, hoardsAtMost } from '../../attacks/catalogue/kernel-memory.ts';
import { describeInJail } from '../support/attack.ts';

describeInJail('memory of the kernel', (arena) => {
  it.each([
    ['pipes', 8],
    ['TCP', 8],
    ['UDP', 8],
    ['unix streams', 8],
    ['unix datagrams', 8],
    // As many sockets as there can be: each gets some room, whatever the limit.
    ['TCP', 40],
    ['UDP', 40],
  ])('what %s of %i processes hold counts', async (way, processes) => {
    const body = await arena.run(hoard, { args: [way, processes], limits: hoardLimits });
    expect(hoardsAtMost({ status: 200, body })).toBeUndefined();
  });
});
