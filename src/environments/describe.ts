import { PLAIN_ENVIRONMENT, type Environment } from '../core/contract/environment.ts';
import { mayManage, type Viewer } from '../core/contract/viewer.ts';
import type { Build } from './builds.ts';
import { fits } from './directory.ts';
import type { StoredEnvironment } from './stored-names.ts';

/** Describes an environment to a viewer; `stored` has no pointer during the first build. */
export function describeEnvironment(
  stored: Pick<StoredEnvironment, 'name'> & Partial<StoredEnvironment>,
  build: Build | undefined,
  version: string | undefined,
  viewer: Viewer,
): Environment {
  const { name, pointer, manifest, lastUsed } = stored;
  const { owner, shared } = pointer ?? build ?? {};
  const isManaged = mayManage(viewer, { owner });
  const report = build?.report() ?? null;
  return {
    name,
    state: judge(stored, report?.state, version),
    id: pointer?.id ?? null,
    runtime: manifest?.runtime ?? build?.runtime ?? 'python',
    runtime_version: manifest?.runtime_version ?? null,
    size_bytes: manifest?.size_bytes ?? 0,
    packages: manifest?.packages ?? [],
    broken: manifest?.broken ?? [],
    preload: pointer?.preload ?? [],
    created_at: pointer?.created_at ?? null,
    last_used_at: lastUsed?.toISOString() ?? null,
    owner: isManaged ? (owner ?? null) : null,
    shared: owner === undefined || shared === true,
    build: isManaged ? report : null,
  };
}

function judge(
  { manifest }: Partial<StoredEnvironment>,
  build: string | undefined,
  version: string | undefined,
): Environment['state'] {
  if (manifest !== undefined) return version === undefined || fits(manifest, version) ? 'ready' : 'outdated';
  return build === 'failed' ? 'failed' : 'building';
}

/** Describes the environment that has the standard library only. */
export const plainEnvironment = (version: string | undefined): Environment => ({
  ...{
    name: PLAIN_ENVIRONMENT,
    state: 'ready',
    id: null,
    runtime: 'python',
    runtime_version: version ?? null,
  },
  ...{
    size_bytes: 0,
    packages: [],
    broken: [],
    preload: [],
    created_at: null,
    last_used_at: null,
    owner: null,
    shared: true,
    build: null,
  },
});
