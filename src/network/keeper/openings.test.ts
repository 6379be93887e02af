import { describe, expect, it, vi } from 'vitest';
import type { Messenger } from '../../host/process.ts';
import { createOpenings } from './openings.ts';

/** An opener that says what a test says, and the messages that it got. */
function startFake() {
  const ended = Promise.withResolvers<void>();
  const listeners: Parameters<Messenger['onMessage']>[0][] = [];
  const send = vi.fn();
  const kill = vi.fn(() => ended.resolve());
  const messenger: Messenger = {
    ...{ pid: 1, send, kill, ended: ended.promise },
    onMessage: (listener) => void listeners.push(listener),
    setAwaited: () => undefined,
    close: () => Promise.resolve(),
  };
  return {
    messenger,
    send,
    kill,
    say: (message: object, handle?: object) => listeners.forEach((hear) => hear(message, handle)),
  };
}

const door = { name: 'a:1', address: '127.0.0.1', port: 1, target: 'proxy' } as const;
const order = { jail: { pid: 1, pipe: 2 }, doors: [door, door], addresses: [] };

describe('sockets of a jail', () => {
  it('come in the order of its doors', async () => {
    const { messenger, send, say } = startFake();
    const opened = createOpenings(() => messenger).open(order);
    expect(send).toHaveBeenCalledWith(expect.objectContaining({ id: 1, pid: 1, pipe: 2 }));
    const [first, second] = [{}, {}];
    say({ id: 1, index: 0 }, first);
    say({ id: 1, index: 1 }, second);
    expect(await opened).toEqual([first, second]);
  });

  it('are closed when one of them fails, or comes too late', async () => {
    const { messenger, say } = startFake();
    const opened = createOpenings(() => messenger).open(order);
    const [early, late] = [{ close: vi.fn() }, { close: vi.fn() }];
    say({ id: 1, index: 0 }, early);
    say({ id: 1, error: 'no descriptor' });
    await expect(opened).rejects.toThrow('no descriptor');
    say({ id: 1, index: 1 }, late);
    expect([early.close, late.close].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  });

  it('come from another opener after one that does not answer, which is ended', async () => {
    const [stopped, next] = [startFake(), startFake()];
    const fakes = [stopped, next];
    const openings = createOpenings(() => (fakes.shift() ?? next).messenger, 20);
    const early = { close: vi.fn() };
    const opened = openings.open(order);
    stopped.say({ id: 1, index: 0 }, early);
    await expect(opened).rejects.toThrow('the opener ended');
    expect([stopped.kill.mock.calls.length, early.close.mock.calls.length]).toEqual([1, 1]);
    const again = openings.open({ ...order, doors: [door] });
    next.say({ id: 2, index: 0 }, {});
    expect(await again).toHaveLength(1);
  });
});
