import { expect, it } from 'vitest';
import { describeInJail } from '../support/attack.ts';

/** Honest programs without descriptors in messages and without locks that inherit priority. */
describeInJail('messages without descriptors', (arena) => {
  it('asyncio sends more than a socket takes at once, also in a child process', async () => {
    const script = `
import asyncio, multiprocessing

async def serve(reader, writer):
    writer.writelines([b'x' * 100_000] * 50)
    await writer.drain()
    writer.close()

async def exchange():
    server = await asyncio.start_server(serve, '127.0.0.1', 0)
    reader, _ = await asyncio.open_connection(*server.sockets[0].getsockname())
    size = 0
    while piece := await reader.read(1 << 14):
        size += len(piece)
        await asyncio.sleep(0)
    return size

def in_child(queue):
    queue.put(asyncio.run(exchange()))

def main():
    queue = multiprocessing.Queue()
    multiprocessing.Process(target=in_child, args=(queue,)).start()
    return [asyncio.run(exchange()), queue.get()]`;
    expect(await arena.result(script)).toEqual([5_000_000, 5_000_000]);
  });

  it('sendmsg sends plain data, and says why not descriptors; the filter refuses both', async () => {
    const lines = `
left, right = socket.socketpair()
sent = left.sendmsg([b'ab', bytearray(b'c')])
datagrams = socket.socketpair(type=socket.SOCK_DGRAM)
datagrams[0].sendmsg([b'd', b'e'])
try:
    left.sendmsg([b'x'], [(socket.SOL_SOCKET, 1, b'\\0\\0\\0\\0')])
except PermissionError as error:
    why = str(error)
import _socket
return [sent, right.recvmsg(9)[0].decode(), datagrams[1].recv(9).decode(), why, hasattr(socket, 'send_fds'),
        attempt(_socket.socket.sendmsg, left, [b'x'])]`;
    expect(await arena.attack(lines)).toEqual([
      3,
      'abc',
      'de',
      '[Errno 1] Descriptors cannot be sent in a jail',
      false,
      'EPERM',
    ]);
  });

  it('multiprocessing knows: forkserver is no start method, fork and spawn are', async () => {
    const script = `
import multiprocessing

def main():
    with multiprocessing.get_context('fork').Pool(2) as pool:
        return [multiprocessing.get_all_start_methods(), pool.map(abs, [-1, -2])]`;
    expect(await arena.result(script)).toEqual([
      ['fork', 'spawn'],
      [1, 2],
    ]);
  });

  it('a mutex with priority inheritance is refused by the C library, one without is not', async () => {
    const lines = `
attribute, mutex = ctypes.create_string_buffer(64), ctypes.create_string_buffer(64)
libc.pthread_mutexattr_init(attribute)
answers = [libc.pthread_mutex_init(mutex, attribute)]
libc.pthread_mutexattr_setprotocol(attribute, 1)
answers.append(libc.pthread_mutex_init(mutex, attribute))
return answers`;
    const [plain, inheriting] = (await arena.attack(lines)) as [number, number];
    expect(plain).toBe(0);
    // ENOTSUP, where the library asks the kernel when it makes the mutex.
    expect([0, 95]).toContain(inheriting);
  });
});
