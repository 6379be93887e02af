import { PassThrough } from 'node:stream';
import { vi } from 'vitest';
import type { Leaf } from '../cgroup/cgroup.ts';
import type { JailParts } from '../jail-parts.ts';
import type { OutputPipe } from '../output-pipe.ts';
import { PROTOCOL_VERSION } from '../protocol/messages.ts';
import type { JailProcess } from '../starter.ts';

export const limits = {
  ...{ timeout: 10, cpu_time: 10, cpus: 1, memory_mb: 64, processes: 64 },
  ...{ output_bytes: 1000, disk_mb: 64, open_files: 256 },
};

function fakePipe(): OutputPipe {
  return {
    onChunk: () => undefined,
    pause: vi.fn(),
    resume: vi.fn(),
    catchUp: () => Promise.resolve(),
    ended: Promise.resolve(),
  };
}

const usage = { cpuMs: 30, memoryPeakBytes: 5, oomKills: 0, wasFull: false, processRefusals: 0 };

/** Creates a jail without a process: a test sends its frames and output, and decides how it ends. */
export function fakeJail({ log = '' }: { log?: string } = {}) {
  const closed = Promise.withResolvers<string>();
  const [request, report] = [new PassThrough(), new PassThrough()];
  const interrupt = vi.fn();
  const kill = vi.fn(() => closed.resolve(log));
  const leaf = {
    joinFiles: [],
    setLimits: vi.fn(),
    readCpuMs: vi.fn(() => 10),
    readUsage: vi.fn<Leaf['readUsage']>(() => usage),
    kill: vi.fn(),
    remove: vi.fn(() => Promise.resolve()),
    giveBack: vi.fn(() => Promise.resolve()),
  };
  const child = {
    ...{ request, report, stdout: fakePipe(), stderr: fakePipe(), kill, interrupt },
    ...{ closed: closed.promise, ended: closed.promise },
  };
  const parts: JailParts = {
    process: child as unknown as JailProcess,
    leaf,
    limits,
    caps: { resultBytes: 1000, filesBytes: 1000, files: 5 },
    enforcement: {} as JailParts['enforcement'],
    isolation: 'nsjail',
    doorkeeper: undefined,
    hasCertificates: false,
    release: vi.fn(() => Promise.resolve()),
  };
  const send = (tag: string, payload: string | Buffer = ''): void => {
    const header = Buffer.alloc(5);
    header.write(tag);
    const body = Buffer.from(payload as string);
    header.writeUInt32BE(body.length, 1);
    report.emit('data', Buffer.concat([header, body]));
  };
  const greet = (version = PROTOCOL_VERSION): void => send('y', `${version} 3.12.1`);
  const print = (text: string, stream: 'stdout' | 'stderr' = 'stdout'): void =>
    child[stream].onChunk(Buffer.from(text));
  return {
    parts,
    leaf,
    kill,
    interrupt,
    send,
    greet,
    print,
    request,
    usage,
    end: (words = log) => closed.resolve(words),
  };
}
