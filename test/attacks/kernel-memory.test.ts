import { expect, it } from 'vitest';
import { hoard, MEMORY_MB, SOCKET_SHARE } from '../../attacks/catalogue/kernel-memory.ts';
import { describeInJail } from '../support/attack.ts';

const MIB = 1024 * 1024;

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
    const limits = { memory_mb: MEMORY_MB, timeout: 20 };
    const body = await arena.run(hoard, { args: [way, processes], limits });
    const held = Number(body.stdout.trim().split('\n').at(-1));
    expect(held).toBeLessThan(MEMORY_MB * SOCKET_SHARE * MIB);
    expect([undefined, 'memory_limit']).toContain(body.error);
  });
});
