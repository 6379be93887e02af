import type { PackageBuilder } from '../../package-builder.ts';
import type { NsjailHost } from '../host.ts';
import type { RootImage } from '../image/image-store.ts';
import { readBuildProgram } from './installer.ts';
import { readNpmSettings } from './npm-settings.ts';
import { runBuild } from './run-build.ts';

export interface NpmParts {
  /** Image with Node and npm. */
  readonly image: RootImage;
  /** Paths on the host of Node and of npm's folder, for reading npm's configuration. */
  readonly node: string;
  readonly npm: string;
  /** Version of the runtime that the packages are for. */
  readonly runtimeVersion: string;
}

/** Creates a builder that uses npm. Its builds must end before the host is closed. */
export const createNpmBuilder = (
  host: NsjailHost,
  { image, node, npm, runtimeVersion }: NpmParts,
): PackageBuilder => ({
  runtimeVersion,
  build: async ({ kind, text, lock }, options) => {
    const { redact, ...settings } = await readNpmSettings(node, npm);
    const program = await readBuildProgram('npm');
    const request = { kind, text, lock, ...settings };
    return runBuild(host, { image, kind: 'node', program, request, folders: [], redact }, options);
  },
});
