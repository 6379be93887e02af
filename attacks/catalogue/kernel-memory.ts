import type { Answer, Attack, Complaint } from '../attack.ts';
import { peaksBelow } from '../expectations.ts';
import { script } from '../python.ts';

const MEMORY_MB = 64;

/** How many MiB the kernel held for the script at once: as it says, or it was ended for them. */
function holdsAtMost(answer: Answer): Complaint {
  const { success, result, error } = answer.body;
  if (success === false) return error === 'memory_limit' ? undefined : `it ended as ${error}`;
  if (typeof result !== 'number') return 'the script did not say how much it held';
  return result <= MEMORY_MB
    ? peaksBelow(MEMORY_MB + 1)(answer)
    : `the kernel held ${result} MiB for it, allowed were ${MEMORY_MB}`;
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

export const kernelMemory: readonly Attack[] = buffers.map(([title, make]) =>
  script(`bytes in ${title}`, fill(make), holdsAtMost, {
    needs: ['cgroup'],
    fields: { limits: { memory_mb: MEMORY_MB, timeout: 20 } },
  }),
);
