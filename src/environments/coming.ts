import { buildSteps, type BuildReport, type ComingEnvironment } from '../core/contract/environment.ts';
import { mayManage, maySee, type Viewer } from '../core/contract/viewer.ts';
import { quote } from '../core/text/words.ts';
import { isOpen, type Build } from './builds.ts';
import type { Inventory } from './inventory.ts';

/** Latest build of a name as a viewer sees it. */
export interface SeenBuild {
  readonly build: Build;
  readonly isOpen: boolean;
  /** True when the viewer may read the build's output. */
  readonly isManaged: boolean;
}

/** Returns the latest build of a name, unless it is hidden from the viewer. */
export function seeBuild({ builds, claims }: Inventory, viewer: Viewer, name: string): SeenBuild | undefined {
  const build = builds.latest(name);
  if (build === undefined) return undefined;
  const owned = claims.ownedAs(name) ?? build;
  if (!maySee(viewer, owned)) return undefined;
  return { build, isOpen: isOpen(build), isManaged: mayManage(viewer, owned) };
}

/** Describes a build that is under way. */
export const describeComing = ({ build, isManaged }: SeenBuild): ComingEnvironment => ({
  progress: describeProgress(build.report(), isManaged),
  packages: build.packages,
});

/** Says how far a build is; what its installer said last only to those who may read it. */
export function describeProgress(report: BuildReport, isManaged: boolean, now = Date.now()): string {
  const { state, step, started_at, progress } = report;
  if (state === 'queued') return 'it waits for other builds';
  const elapsed = `${Math.max(0, Math.round((now - Date.parse(started_at)) / 1000))} s`;
  const place =
    step === undefined ? '' : `step ${buildSteps.indexOf(step) + 1} of ${buildSteps.length}, ${step}, `;
  const last = isManaged ? progress.at(-1) : undefined;
  return `${place}for ${elapsed}${last === undefined ? '' : `, ${quote(last)}`}`;
}
