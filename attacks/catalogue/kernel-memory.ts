import type { Answer, Attack, Complaint } from '../attack.ts';
import { peaksBelow } from '../expectations.ts';
import { script } from '../python.ts';

const MIB = 1024 * 1024;
const SMALL_MB = 64;
const MEMORY_MB = 128;
/**
 * Multiples of the limit that the kernel may hold for one jail: cgroup v2 counts buffers of sockets in the one limit, cgroup v1
 * beside it, where half of it ends the jail (src/sandbox/nsjail/cgroup/v1.ts).
 */
const shares: Readonly<Record<string, number>> = { 'cgroup-v1': 1.5, 'cgroup-v2': 1 };

/**
 * Few processes, so that what they are themselves is small beside what they put into the kernel: data that nobody reads. What the
 * kernel took is printed as it grows, so that it is known also of a jail that was killed.
 */
export const hoard = `
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
    held, rest, deadline = {}, b'', time.monotonic() + 6
    os.set_blocking(reader, False)
    while time.monotonic() < deadline:
        try:
            *lines, rest = (rest + os.read(reader, 4096)).split(b'\\n')
        except BlockingIOError:
            time.sleep(0.01)
            continue
        for pid, size in (line.split() for line in lines):
            held[pid] = max(held.get(pid, 0), int(size))
        print(sum(held.values()), flush=True)
`;

/** MiB that the kernel held for the script at once: as it says, or it was ended for them. */
function holdsAtMost(answer: Answer): Complaint {
  const { success, result, error } = answer.body;
  if (success === false) return error === 'memory_limit' ? undefined : `it ended as ${error}`;
  if (typeof result !== 'number') return 'the script did not say how much it held';
  return result <= SMALL_MB
    ? peaksBelow(SMALL_MB + 1)(answer)
    : `the kernel held ${result} MiB for it, allowed were ${SMALL_MB}`;
}

/** Each gives the MiB that lie in the kernel while the script still runs; 120 descriptors of each kind at most. */
const fill = (make: string): string => `
import os, socket, time
def pour(write):
    n = 0
    try:
        while n < 2**22: n += write(b'x' * 65536)
    except OSError: pass
    return n
def main():
    held, kept = 0, []
    for _ in range(100):
        try:
            ${make}
        except OSError: break
    return held >> 20
`;

export const hoardLimits = { memory_mb: MEMORY_MB, timeout: 20 };

const buffers: readonly [title: string, make: string][] = [
  [
    'pipes',
    'r, w = os.pipe(); kept += [r, w]; os.set_blocking(w, False); held += pour(lambda b: os.write(w, b))',
  ],
  ['unix sockets', 'a, b = socket.socketpair(); kept += [a, b]; a.setblocking(False); held += pour(a.send)'],
  [
    'unix datagrams',
    'a, b = socket.socketpair(type=socket.SOCK_DGRAM); kept += [a, b]; a.setblocking(False); held += pour(a.send)',
  ],
  [
    'files without a name',
    "d = os.memfd_create('x'); kept.append(d); held += pour(lambda b: os.write(d, b))",
  ],
];

/** Complains if the kernel held too much, by the script's last output; the script may have been killed for it. */
export function hoardsAtMost({ status, body }: Pick<Answer, 'status' | 'body'>): Complaint {
  if (status !== 200 || (body.success === false && body.error !== 'memory_limit'))
    return `it ended as ${body.error ?? status}`;
  const held = Number((body.stdout ?? '').trim().split('\n').at(-1)) / MIB;
  const allowed = MEMORY_MB * (shares[body.execution?.enforcement['memory'] ?? ''] ?? 0);
  return held < allowed
    ? undefined
    : `the kernel held ${Math.round(held)} MiB for it, allowed were ${allowed}`;
}

export const kernelMemory: readonly Attack[] = [
  ...buffers.map(([title, make]) =>
    script(`bytes in ${title}`, fill(make), holdsAtMost, {
      needs: ['cgroup'],
      fields: { limits: { memory_mb: SMALL_MB, timeout: 20 } },
    }),
  ),
  // As many sockets as there can be: each gets some room, whatever the limit.
  ...(['TCP', 'UDP'] as const).map((way) =>
    script(`buffers of ${way} in forty processes`, hoard, hoardsAtMost, {
      needs: ['cgroup'],
      fields: { args: [way, 40], limits: hoardLimits },
    }),
  ),
];
