import { expect, it } from 'vitest';
import { describeInJail } from '../support/attack.ts';

const MIB = 1024 * 1024;
const MEMORY_MB = 128;
/** Beside the one limit cgroup v1 counts buffers of sockets, which end a jail at half of it: src/sandbox/nsjail/cgroup/v1.ts. */
const SOCKET_SHARE = 1.5;

/**
 * Few processes, so that what they are themselves is small beside what they put into the kernel: data that nobody reads. What the
 * kernel took is printed as it grows, so that it is known also of a jail that was killed.
 */
const hoard = `
import os, socket, time

def pipe():
    reader, writer = os.pipe()
    return writer, reader

def unix(kind):
    left, right = socket.socketpair(type=kind)
    return left.detach(), right.detach()

def tcp():
    with socket.create_server(('127.0.0.1', 0)) as server:
        client = socket.create_connection(server.getsockname())
        accepted, _ = server.accept()
    return client.detach(), accepted.detach()

def udp():
    reader, writer = socket.socket(type=socket.SOCK_DGRAM), socket.socket(type=socket.SOCK_DGRAM)
    reader.bind(('127.0.0.1', 0))
    writer.connect(reader.getsockname())
    return writer.detach(), reader.detach()

makers = {
    'pipes': pipe, 'TCP': tcp, 'UDP': udp,
    'unix streams': lambda: unix(socket.SOCK_STREAM), 'unix datagrams': lambda: unix(socket.SOCK_DGRAM),
}
BLOCK = bytes(32768)

def fill(way, report):
    held, readers = 0, []
    try:
        while True:
            writer, reader = makers[way]()
            readers.append(reader)
            os.set_blocking(writer, False)
            # A datagram that finds no room is taken and thrown away: what the kernel has of them is counted below.
            for _ in range(5 if way == 'UDP' else 100_000):
                try:
                    held += os.write(writer, BLOCK)
                except BlockingIOError:
                    break
            if way != 'UDP':
                os.write(report, b'%d %d\\n' % (os.getpid(), held))
    except OSError:
        pass
    time.sleep(1)
    held = 0
    for reader in readers if way == 'UDP' else []:
        os.set_blocking(reader, False)
        try:
            while True:
                held += len(os.read(reader, 65536))
        except OSError:
            pass
    if way == 'UDP':
        os.write(report, b'%d %d\\n' % (os.getpid(), held))
    time.sleep(30)

def main(way, processes):
    reader, report = os.pipe()
    for _ in range(processes):
        if os.fork() == 0:
            fill(way, report)
    held, deadline = {}, time.monotonic() + 6
    os.set_blocking(reader, False)
    while time.monotonic() < deadline:
        try:
            lines = os.read(reader, 4096).split(b'\\n')
        except BlockingIOError:
            time.sleep(0.01)
            continue
        for pid, size in (line.split() for line in lines if line.count(b' ') == 1):
            held[pid] = max(held.get(pid, 0), int(size))
        print(sum(held.values()), flush=True)
`;

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
