import { PROGRAM_PATH } from '../../jail-paths.ts';
import type { ConfigMount } from './read-config.ts';
import type { Step } from './table.ts';

const [MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC] = [1, 2, 4, 8];
const [MS_BIND, MS_REC, MS_PRIVATE] = [0x10_00, 0x40_00, 0x4_00_00];

/** Places in the outer jail that every jail binds. */
interface Bound {
  /** Folder of the jail's device nodes; undefined where the outer jail has the host's in their places. */
  readonly devices: string | undefined;
  readonly program: string | undefined;
}

/**
 * Returns the steps of a config's mounts. Device nodes and a compiled program come first: they lie below places that
 * the file systems of the jail cover. What else is bound, the outer jail has already.
 */
export function planMounts(mounts: readonly ConfigMount[], { devices, program }: Bound): Step[] {
  const nodes =
    devices === undefined ? [] : mounts.filter(({ source }) => source?.variable === 'BRIG_DEVICES');
  const own = mounts.filter(({ source }) => source === undefined);
  return [
    {
      name: 'keep mounts private',
      against: 'A mount would appear in the outer jail, and in the jails after it.',
      call: 'mount',
      args: [0, { text: '/' }, 0, MS_REC | MS_PRIVATE, 0],
      result: 0,
    },
    ...nodes.map(({ place, source }) => bind(`${devices}${source?.path ?? ''}`, place, NODE)),
    ...(program === undefined ? [] : [bind(program, PROGRAM_PATH, PROGRAM)]),
    ...own.map(makeFileSystem),
  ];
}

const NODE = 'A lock on a node that others have too slows them down.';
const PROGRAM = 'Its program, read-only; those of others are covered.';

/** A bind has the flags of the mount that it is taken from: read-only, no set-user-ID. */
const bind = (from: string, place: string, against: string): Step => ({
  name: `mount ${place}`,
  against,
  call: 'mount',
  args: [{ text: from }, { text: place }, 0, MS_BIND, 0],
  result: 0,
});

const reasons: Readonly<Record<string, string>> = {
  '/work': 'Files of its own, in memory, bounded and counted.',
  '/tmp': 'The same; and it covers the device nodes of all jails.',
  '/etc/names': 'Names of the hosts that the script may reach, with BRIG_NETWORK alone.',
  '/dev/shm': 'Shared memory of its own.',
  '/dev/pts': 'Pseudo-terminals of its own.',
  '/proc':
    'Its own processes only, read-only; and it covers that of the outer jail, which shows all jails and can be written to.',
};

function makeFileSystem({ place, type = '', options, isNeeded, ...flags }: ConfigMount): Step {
  const bits =
    (flags.isWritable ? 0 : MS_RDONLY) |
    (flags.isNosuid ? MS_NOSUID : 0) |
    (flags.isNodev ? MS_NODEV : 0) |
    (flags.isNoexec ? MS_NOEXEC : 0);
  const kind = { text: type };
  const against = reasons[place];
  if (against === undefined) throw new Error(`The nursery does not know the mount ${place}.`);
  return {
    name: `mount ${place}`,
    against,
    call: 'mount',
    args: [kind, { text: place }, kind, bits, { text: options }],
    result: 0,
    mayFail: !isNeeded && !NEEDED_HERE.has(place),
  };
}

/** Mounts that a plain jail can do without, and this one cannot: they cover something of the outer jail. */
const NEEDED_HERE = new Set(['/proc']);
