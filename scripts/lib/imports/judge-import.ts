import { posix } from 'node:path';
import { processStarter, rooms, type Room } from './rooms.ts';

/** Modules of Node that start a process, or a copy of this one. */
const STARTERS = /^(node:)?(child_process|cluster)$/;
const TEST = /\.test(-support)?\.ts$/;

/** The part of the sources that a file belongs to; its path starts below `src`. */
export function roomOf(file: string): Room | undefined {
  const folder = posix.dirname(file);
  return (
    rooms.find(({ name }) => name === file || name === folder) ??
    rooms.find(({ name }) => name === `${posix.dirname(folder)}/*`)
  );
}

/** Describes the imports that a room may have. */
export function describeImports({ rooms: others, packages }: Room): string {
  const all = [...others, ...packages];
  return all.length === 0 ? 'nothing' : all.map((one) => `\`${one}\``).join(', ');
}

/** Why a file may not import something; undefined where it may. The file's path starts below `src`. */
export function judgeImport(file: string, specifier: string): string | undefined {
  const room = roomOf(file);
  if (room === undefined) return 'The file lies in no room.';
  const isPermitted = specifier.startsWith('.')
    ? mayReach(file, room, posix.join(posix.dirname(file), specifier))
    : mayUse(file, room, specifier);
  return isPermitted
    ? undefined
    : `${room.name} may import its own files, and of others: ${describeImports(room)}.`;
}

function mayReach(file: string, room: Room, target: string): boolean {
  if (TEST.test(target)) return false;
  const folder = posix.dirname(target);
  return (
    folder === posix.dirname(file) ||
    room.rooms.some((one) =>
      one.endsWith('/**')
        ? target.startsWith(one.slice(0, -2))
        : one === target || one === folder || one === `${posix.dirname(folder)}/*`,
    )
  );
}

function mayUse(file: string, room: Room, specifier: string): boolean {
  if (STARTERS.test(specifier)) return false;
  const starts: readonly string[] = file === processStarter.file ? processStarter.packages : [];
  return [...room.packages, ...starts].some(
    (one) =>
      one === specifier ||
      (one.endsWith('*') ? specifier.startsWith(one.slice(0, -1)) : specifier.startsWith(`${one}/`)),
  );
}
