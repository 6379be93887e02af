import type { Evidence } from '../../contract/evidence.ts';

/** Text at the end of standard error in which the traceback of a child is looked for. */
const MOST_TEXT = 16_384;

/**
 * True when a child that multiprocessing spawned failed while it ran the script for its definitions. A pool starts such
 * children without end and waits for them.
 */
export const failsInSpawnedMain = ({ stderr }: Pick<Evidence, 'stderr'>): boolean =>
  stderr.text.slice(-MOST_TEXT).includes('in _fixup_main_from_path');

export const spawnedMainSuggestions = [
  'Start processes below `if __name__ == "__main__":`: a spawned child runs all other lines of the script again',
];
