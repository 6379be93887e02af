import { maySee, type Viewer } from '../core/contract/viewer.ts';
import type { Directory } from './directory.ts';

/** The part of a directory that a viewer sees. */
export type VisibleDirectory = Pick<Directory, 'runtimeOf' | 'all' | 'usable' | 'isOutdated' | 'use'>;

/** Restricts a directory to the names that a viewer may see. */
export function narrowDirectory(directory: Directory, viewer: Viewer): VisibleDirectory {
  const isSeen = ({ pointer }: ReturnType<Directory['all']>[number]): boolean => maySee(viewer, pointer);
  const has = (name: string): boolean => directory.all().some((one) => one.name === name && isSeen(one));
  return {
    runtimeOf: (name) => (has(name) ? directory.runtimeOf(name) : undefined),
    all: () => directory.all().filter(isSeen),
    usable: () => directory.usable().filter(isSeen),
    isOutdated: (name) => has(name) && directory.isOutdated(name),
    use: (name) => (has(name) ? directory.use(name) : undefined),
  };
}
