import { MIB } from '../core/contract/limits.ts';
import type { Viewer } from '../core/contract/viewer.ts';
import { BuildFailure } from './build-failure.ts';
import type { DiskUse, TreeCaps } from './disk-use.ts';
import type { EnvironmentStore } from './store.ts';

export interface BuildLimits {
  /** Longest build, in seconds. */
  readonly timeout: number;
  readonly memoryMb: number;
  readonly diskMb: number;
  /** Maximum number of files, folders and links of one environment. */
  readonly files: number;
  readonly cpus: number;
  /** Bounds of all environments together. */
  readonly storeMb: number;
  readonly storeFiles: number;
  /** Bounds of the environments of one API key that has no quota of its own. */
  readonly keyMb: number;
  readonly keyEnvironments: number;
}

const tooLarge = (): BuildFailure =>
  new BuildFailure(
    'disk_limit',
    'The environment takes more space than BRIG_BUILD_DISK_MB, or more files and folders than BRIG_BUILD_FILES.',
  );

export const storeFull = ({
  storeMb,
  storeFiles,
}: Pick<BuildLimits, 'storeMb' | 'storeFiles'>): BuildFailure =>
  new BuildFailure(
    'store_full',
    `The environments take more than ${storeMb} MiB (BRIG_ENVIRONMENTS_MB) or ${storeFiles} files (BRIG_ENVIRONMENTS_FILES): remove some, or raise it.`,
  );

const keyFull = (megabytes: number): BuildFailure =>
  new BuildFailure(
    'store_full',
    `The environments of this API key take more than its ${megabytes} MiB: remove some. What was removed or replaced counts until nothing can run in it any more.`,
  );

/**
 * Returns the caps of a new tree: the tightest of the build's limits, the rest of the store, and the rest of its
 * owner's quota.
 * @throws BuildFailure `store_full` when nothing is left.
 */
export async function findCaps(
  store: EnvironmentStore,
  limits: BuildLimits,
  { owner, quota }: Partial<Pick<Viewer, 'owner' | 'quota'>>,
): Promise<TreeCaps> {
  const { all, own } = await store.measure(owner);
  const keyMb = quota?.megabytes ?? limits.keyMb;
  const bounds: TreeCaps[] = [
    { bytes: limits.diskMb * MIB, inodes: limits.files, exceed: tooLarge },
    {
      ...{ bytes: limits.storeMb * MIB - all.bytes, inodes: limits.storeFiles - all.inodes },
      exceed: () => storeFull(limits),
    },
  ];
  if (owner !== undefined) {
    bounds.push({ bytes: keyMb * MIB - own.bytes, inodes: Infinity, exceed: () => keyFull(keyMb) });
  }
  const spent = bounds.find(({ bytes, inodes }) => bytes <= 0 || inodes <= 0);
  if (spent !== undefined) throw spent.exceed('bytes');
  const tightest = (what: keyof DiskUse): TreeCaps =>
    bounds.reduce((least, bound) => (bound[what] < least[what] ? bound : least));
  return {
    ...{ bytes: tightest('bytes').bytes, inodes: tightest('inodes').inodes },
    exceed: (what) => tightest(what).exceed(what),
  };
}
