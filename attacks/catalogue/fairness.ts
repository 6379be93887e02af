import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attack, Complaint, Door } from '../attack.ts';

/** Far above what a harmless script takes beside busy neighbours; below what a caller would give up on. */
const PATIENCE_MS = 10_000;

/** A neighbour's script, while something else holds the service busy. */
async function askBeside(door: Door): Promise<Complaint> {
  const began = performance.now();
  const { body } = await door.execute({ script: 'def main():\n    return "neighbour"' });
  const lasted = performance.now() - began;
  if (body.result !== 'neighbour')
    return `a neighbour got ${body.error ?? 'another result'}: ${body.message}`;
  return lasted < PATIENCE_MS ? undefined : `a neighbour waited ${Math.round(lasted)} ms`;
}

/** Connections that send this and then nothing more. */
async function holdOpen(door: Door, count: number, bytes: string): Promise<Socket[]> {
  const { hostname, port } = door.url;
  const sockets = Array.from({ length: count }, () =>
    connect(Number(port || 80), hostname.replaceAll(/[[\]]/g, '')),
  );
  for (const socket of sockets) socket.on('error', () => undefined).write(bytes);
  await sleep(100);
  return sockets;
}

const halfRequest = (door: Door): string =>
  `POST /execute HTTP/1.1\r\nHost: ${door.url.host}\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{"script"`;

const held =
  (count: number, bytes: (door: Door) => string) =>
  async (door: Door): Promise<Complaint> => {
    const sockets = await holdOpen(door, count, bytes(door));
    try {
      return await askBeside(door);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  };

/** Beside something that a request makes the service itself do for long. */
const beside =
  (request: Readonly<Record<string, unknown>>) =>
  async (door: Door): Promise<Complaint> => {
    const busy = door.execute(request);
    await sleep(20);
    const complaint = await askBeside(door);
    await busy;
    return complaint;
  };

const crowd = 'def main():\n    import os\n    while True: pass';

const longScript = `def main():\n    return 1\n${'x = [(((1, 2), 3), 4)]\n'.repeat(30_000)}`;

export const fairness: readonly Attack[] = [
  ['a hundred idle connections', held(100, () => '')],
  ['a hundred heads that never end', held(100, () => 'POST /execute HTTP/1.1\r\nHost: x\r\nX-A: ')],
  ['a hundred bodies that never end', held(100, halfRequest)],
  ['a script that burns its processor', beside({ script: crowd, limits: { timeout: 2 } })],
  ['a script of a megabyte to look at', beside({ script: longScript })],
  [
    'arguments of megabytes',
    beside({ script: 'def main(*a): return len(a)', args: Array.from({ length: 500_000 }, (_, n) => n) }),
  ],
].map(([title, play]) => ({
  kind: 'door',
  title: title as string,
  play: play as (door: Door) => Promise<Complaint>,
}));
