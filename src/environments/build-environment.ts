import type { BuildRequest, BuildStep } from '../core/contract/environment.ts';
import type { Limits } from '../core/contract/limits.ts';
import { toNpmProject } from '../core/validation/npm/npm-project.ts';
import { readRequirements, writeRequirementFile } from '../core/validation/requirements/read-requirements.ts';
import type { Viewer } from '../core/contract/viewer.ts';
import type { BuildJob } from '../sandbox/package-builder.ts';
import { BuildFailure } from './build-failure.ts';
import type { TreeCaps } from './disk-use.ts';
import type { Draft } from './drafts.ts';
import { importFolder } from './import-folder.ts';
import { inspectEnvironment, requireImports } from './inspect.ts';
import { findCaps, type BuildLimits } from './limits.ts';
import type { Manifest } from './manifest.ts';
import { keepFonts, toManifest } from './manifest-of-tree.ts';
import { receiveTree, type ReceivedTree } from './receive-tree.ts';
import type { EnvironmentStore } from './store.ts';
import { cannotKeep, toBuildFailure } from './to-build-failure.ts';
import type { Workshop } from './workshop.ts';

/** Subject of a build: a request, or a folder that the operator has already. */
export type BuildOrder = Pick<BuildRequest, 'name' | 'runtime' | 'preload'> & {
  /** Name of the API key that orders the build; undefined for the operator. */
  readonly owner?: string | undefined;
  readonly quota?: Viewer['quota'];
  readonly shared?: boolean | undefined;
  readonly request?: BuildRequest | undefined;
  readonly folder?: string | undefined;
};

/** Parts of the service and of the caller that a build needs. */
export interface BuildParts extends Workshop {
  readonly store: EnvironmentStore;
  readonly limits: BuildLimits;
  readonly network: boolean;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
  readonly onStep: (step: BuildStep) => void;
  /** Flushes a folder to disk, so that it survives a power cut. */
  readonly sync: (folder: string) => Promise<void>;
}

/**
 * Builds an environment and puts it into the store: installs, receives the files, tries the imports, keeps the tree.
 * The caller points the name at it afterwards.
 *
 * @throws BuildFailure, or the reason of the aborted signal; leaves nothing of the build behind then.
 */
export async function buildEnvironment(order: BuildOrder, parts: BuildParts): Promise<Manifest> {
  const { store, limits } = parts;
  try {
    const caps = await findCaps(store, limits, order);
    await using draft = await openDraft(store);
    const tree = await fill(order, draft, caps, parts);
    parts.onStep('importing');
    parts.onLine('Trying the imports');
    const environment = { id: tree.digest, folder: draft.packages, preload: order.preload, variables: {} };
    const wanted = order.request?.packages === undefined && order.runtime === 'python' ? [] : namesOf(order);
    const inspection = { environment, wanted, limits: inspectionLimits(limits), signal: parts.signal };
    const findings = await inspectEnvironment(parts, inspection);
    requireImports(findings, order.request?.packages === undefined ? [] : wanted, order.preload);
    const { runtime: name, owner } = order;
    const manifest = {
      ...toManifest(tree, findings, { name, version: parts.builder.runtimeVersion }),
      ...(owner !== undefined && { owner }),
    };
    parts.onStep('keeping');
    await keepFonts(draft, findings);
    await parts.sync(draft.folder);
    parts.signal.throwIfAborted();
    await store.keepTree(draft, manifest);
    return manifest;
  } catch (error) {
    parts.signal.throwIfAborted();
    throw toBuildFailure(error);
  }
}

async function fill(
  order: BuildOrder,
  draft: Draft,
  caps: TreeCaps,
  parts: BuildParts,
): Promise<ReceivedTree> {
  const { limits, signal, onLine, network } = parts;
  if (order.folder !== undefined) return importFolder(order.folder, draft.packages, caps);
  let tree: ReceivedTree | undefined;
  const ending = await parts.builder.build(toJob(order.request), {
    ...{ signal, network, onLine, limits },
    receive: async (files) => {
      tree = await receiveTree(files, draft.packages, caps);
    },
  });
  if (ending === 'timeout') {
    throw new BuildFailure('timeout', `The build took longer than ${limits.timeout} s (BRIG_BUILD_TIMEOUT).`);
  }
  if (ending === 'memory_limit') {
    throw new BuildFailure('memory_limit', 'The build took more memory than BRIG_BUILD_MEMORY_MB.');
  }
  if (tree === undefined) throw new BuildFailure('install_failed', 'The build gave no files.');
  return tree;
}

/** Returns the names of the requested packages; none where a script or a folder decides. */
export function namesOf({ runtime, request }: BuildOrder): readonly string[] {
  if (runtime === 'python') return readRequirements(request ?? {}).map(({ name }) => name);
  return request === undefined || request.setup_script !== undefined ? [] : toNpmProject(request).names;
}

function toJob(request: BuildRequest | undefined): BuildJob {
  if (request !== undefined && request.runtime !== 'python') return toNpmJob(request);
  const allowsSource = request?.allow_source === true || request?.setup_script !== undefined;
  const { packages, lock, setup_script } = request ?? {};
  if (setup_script !== undefined) return { kind: 'setup_script', text: setup_script, allowsSource };
  const text = writeRequirementFile(readRequirements(request ?? {}));
  const kind = lock !== undefined ? 'lock' : packages === undefined ? 'requirements' : 'packages';
  return { kind, text, allowsSource };
}

function toNpmJob(request: BuildRequest): BuildJob {
  const { setup_script } = request;
  if (setup_script !== undefined) return { kind: 'setup_script', text: setup_script, allowsSource: true };
  const { manifest, lock } = toNpmProject(request);
  return { kind: lock === undefined ? 'packages' : 'lock', text: manifest, lock, allowsSource: false };
}

/** Generous but bounded, because the imports run foreign code. */
const inspectionLimits = ({ timeout, memoryMb, cpus }: BuildLimits): Limits => ({
  ...{ timeout, cpu_time: timeout * Math.max(1, cpus), memory_mb: memoryMb, cpus },
  ...{ processes: 256, output_bytes: 64 * 1024, disk_mb: 64, open_files: 256 },
});

/** Opens a draft before anything of the packages exists: every failure here is the host's. */
async function openDraft(store: Pick<EnvironmentStore, 'createDraft'>): Promise<Draft> {
  try {
    return await store.createDraft();
  } catch (error) {
    const failure = toBuildFailure(error);
    throw failure.reason === 'install_failed' ? cannotKeep(error) : failure;
  }
}
