import { Buffer } from 'node:buffer';
import { ALIVE_WRITE_FD } from './keeper-steps.ts';
import type { Step } from './table.ts';

const [AF_INET, SOCK_DGRAM, SIOCSIFFLAGS] = [2, 2, 0x89_14];
const RLIM_INFINITY = -1;

/** Numbers of limits (asm-generic/resource.h), by nsjail's names. */
const limitNumbers: Readonly<Record<string, number>> = {
  cpu: 0,
  fsize: 1,
  stack: 3,
  core: 4,
  nproc: 6,
  nofile: 7,
  memlock: 8,
  as: 9,
  msgqueue: 12,
  rtprio: 14,
};

/** The loopback is the only interface, and down in a new namespace (struct ifreq: name, IFF_UP and IFF_RUNNING). */
export function raiseLoopback(): Step[] {
  const request = Buffer.alloc(40);
  request.write('lo');
  request.writeUInt16LE(0x41, 16);
  const common = {
    name: 'raise the loopback',
    against: 'Scripts talk to themselves by it, and to nobody else.',
  };
  return [
    { ...common, call: 'socket', args: [AF_INET, SOCK_DGRAM, 0], result: ALIVE_WRITE_FD },
    { ...common, call: 'ioctl', args: [ALIVE_WRITE_FD, SIOCSIFFLAGS, { bytes: request }], result: 0 },
    { ...common, call: 'close', args: [ALIVE_WRITE_FD], result: 0 },
  ];
}

/** Returns the steps of limits, in the units of setrlimit(2); Infinity is none. */
export function limitProcesses(limits: ReadonlyMap<string, number>): Step[] {
  return [...limits].map(([name, amount]): Step => {
    const number = limitNumbers[name];
    if (number === undefined) throw new Error(`The nursery does not know the limit ${name}.`);
    const value = amount === Number.POSITIVE_INFINITY ? RLIM_INFINITY : amount;
    return {
      name: `limit ${name}`,
      against: 'The nursery has the limits of the host.',
      call: 'setrlimit',
      args: [number, { words: [value, value] }],
      result: 0,
    };
  });
}
