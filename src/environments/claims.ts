import { Refusal } from '../core/contract/refusal.ts';
import { mayManage, type Owned, type Viewer } from '../core/contract/viewer.ts';
import { isOpen, type Builds } from './builds.ts';
import type { Directory } from './directory.ts';
import type { BuildLimits } from './limits.ts';

/** Ownership of environment names. All keys share one name space: the first key to ask for a name gets it. */
export interface Claims {
  /** Returns the owner of a name, also during its first build. */
  ownedAs(name: string): Owned | undefined;
  /** @throws Refusal when the name belongs to another key, or its owner has reached its quota. */
  requireName(name: string, viewer: Viewer): void;
}

export function createClaims(
  directory: Pick<Directory, 'all'>,
  builds: Pick<Builds, 'latest' | 'all'>,
  limits: Pick<BuildLimits, 'keyEnvironments'>,
): Claims {
  const ownedAs = (name: string): Owned | undefined => {
    const build = builds.latest(name);
    const isComing = build !== undefined && isOpen(build);
    return directory.all().find((one) => one.name === name)?.pointer ?? (isComing ? build : undefined);
  };

  const requireName = (name: string, viewer: Viewer): void => {
    const present = ownedAs(name);
    if (present !== undefined && !mayManage(viewer, present)) throw refuseTaken(name);
    const { owner, quota } = viewer;
    if (owner === undefined) return;
    const most = quota?.environments ?? limits.keyEnvironments;
    const open = builds.all().filter(isOpen);
    const names = new Set([
      ...directory.all().flatMap((one) => (one.pointer.owner === owner ? [one.name] : [])),
      ...open.flatMap((build) => (build.owner === owner ? [build.name] : [])),
      name,
    ]);
    if (names.size > most) throw refuseMore(owner, most);
  };
  return { ownedAs, requireName };
}

const refuseTaken = (name: string): Refusal =>
  new Refusal('forbidden', `The name "${name}" is taken: choose another for your environment.`);

const refuseMore = (owner: string, most: number): Refusal =>
  new Refusal('forbidden', `The API key "${owner}" may have ${most} environments, and has them.`, {
    suggestions: ['Remove one that is not needed: DELETE /environments/{name}.'],
  });
