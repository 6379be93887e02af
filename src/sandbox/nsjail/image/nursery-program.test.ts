import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeTable, type Data, type Step as NurseryStep } from '../nursery/table.ts';
import { FIRST_LEAF_FD, LIFE_FD, STEP_BYTES, TABLE_ADDRESS } from './nursery-layout.ts';
import { makeNurseryProgram } from './nursery-program.ts';

type Step = Omit<NurseryStep, 'against'>;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'brig-nursery-'));
  writeFileSync(join(folder, 'nursery'), makeNurseryProgram(), { mode: 0o755 });
});
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * Stands for the starter: sends tables one after the other, each with /dev/null for every descriptor of a jail but the
 * socket, and prints what comes from that, a line for each table. At last closes its end, and prints the status of the
 * nursery and what it left open.
 */
const DRIVER = `
import os, socket, subprocess, sys
while os.open("/dev/null", os.O_RDWR) < 9:
    pass
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
os.dup2(theirs.fileno(), 4)
child = subprocess.Popen([sys.argv[1]], pass_fds=[4], stdin=subprocess.DEVNULL)
os.close(4)
theirs.close()
for text in sys.argv[2:]:
    count, table = text.split(":")
    life, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    null = os.open("/dev/null", os.O_RDWR)
    try:
        socket.send_fds(ours, [bytes.fromhex(table)], [*[null] * 5, far.fileno(), *[null] * int(count)])
    except OSError as error:
        print(error.strerror)
        break
    far.close()
    said = []
    while message := life.recv(4096):
        said.append(message.hex())
    print(" ".join(said))
print(len(os.listdir(f"/proc/{child.pid}/fd")) if child.poll() is None else "gone")
ours.close()
print(child.wait(10))
`;

/** Sends tables with as many cgroup files. Returns the messages for each, the open files of the nursery, its status. */
function send(...tables: readonly { readonly table: Buffer; readonly files?: number }[]) {
  const words = tables.map(({ table, files = 0 }) => `${files}:${table.toString('hex')}`);
  const args = ['-I', '-c', DRIVER, join(folder, 'nursery'), ...words];
  const { stdout, stderr } = spawnSync('python3', args, { encoding: 'utf8', timeout: 20_000 });
  expect(stderr).toBe('');
  const lines = stdout.trimEnd().split('\n');
  return { said: lines.slice(0, -2), open: lines.at(-2), status: lines.at(-1) };
}

const say = (data: Data, bytes: number): Step => ({
  name: 'say',
  call: 'write',
  args: [LIFE_FD, data, bytes],
  result: bytes,
});
const end: Step = { name: 'end', call: 'exit_group', args: [0] };
const saying = (text: string) => ({ table: encodeTable([say({ text }, text.length), end]), files: 4 });
const dup = (from: number, result: number): Step => ({
  name: 'dup',
  call: 'dup2',
  args: [from, from],
  result,
});
const hex = (text: string): string => Buffer.from(text).toString('hex');
const failure = (step: number, result: bigint): string => {
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64LE(BigInt(TABLE_ADDRESS + step * STEP_BYTES));
  bytes.writeBigInt64LE(result, 8);
  return bytes.toString('hex');
};

describe('the program of a nursery', () => {
  it('carries out one table after the other, and keeps no descriptor but its own', () => {
    expect(send(saying('one'), saying('two'), saying('three'))).toEqual({
      said: [hex('one'), hex('two'), hex('three')],
      open: '1',
      status: '0',
    });
  });

  it('places the descriptors that came where the steps expect them', () => {
    const steps = [0, 1, 2, 3, 4, 5, LIFE_FD, FIRST_LEAF_FD, FIRST_LEAF_FD + 1].map((place) =>
      dup(place, place),
    );
    const none = dup(FIRST_LEAF_FD + 2, -9);
    expect(
      send({ table: encodeTable([...steps, none, say({ text: 'all' }, 3), end]), files: 2 }).said,
    ).toEqual([hex('all')]);
  });

  it('ends at a step whose result is not the right one, and says which it was', () => {
    const open: Step = { name: 'open', call: 'open', args: [{ text: '/nonexistent' }, 0] };
    const table = encodeTable([say({ text: 'a' }, 1), open, say({ text: 'b' }, 1), end]);
    expect(send({ table }).said).toEqual([`${hex('a')} ${failure(1, -2n)}`]);
    // One more than is right is as wrong as an error.
    const more = encodeTable([{ ...say({ text: 'abc' }, 3), result: 2 }, end]);
    expect(send({ table: more }).said).toEqual([`${hex('abc')} ${failure(0, 3n)}`]);
  });

  it('goes on after a step that may fail', () => {
    const open: Step = {
      name: 'open',
      call: 'open',
      args: [{ text: '/nonexistent' }, 0],
      result: 0,
      mayFail: true,
    };
    expect(send({ table: encodeTable([open, say({ text: 'on' }, 2), end]) }).said).toEqual([hex('on')]);
  });

  it('goes on elsewhere after the result 0, as the child of a clone does, and reads what calls wrote', () => {
    const status: Data = { bytes: Buffer.alloc(8) };
    const steps: Step[] = [
      { name: 'clone', call: 'clone', args: [17, 0, 0], ifZero: 4 },
      { name: 'wait', call: 'wait4', args: [-1, status, 0x40_00_00_00, 0] },
      say(status, 8),
      end,
      { name: 'child', call: 'exit_group', args: [7] },
    ];
    const reset: Step = {
      name: 'reset',
      call: 'rt_sigaction',
      args: [17, { bytes: Buffer.alloc(32) }, 0, 8],
      result: 0,
    };
    const table = encodeTable([
      reset,
      ...steps.map((step) => (step.ifZero === undefined ? step : { ...step, ifZero: 5 })),
    ]);
    expect(send({ table }).said).toEqual(['0007000000000000']);
  });

  it('ends when the descriptors do not fit, and makes nothing of them', () => {
    const table = encodeTable([say({ text: 'a' }, 1), end]);
    // The second one is sent before or after the end.
    const gone = expect.stringMatching(/^(?:Broken pipe)?$/) as string;
    expect(send({ table, files: 100 }, { table })).toMatchObject({ said: ['', gone], status: '0' });
  });
});
