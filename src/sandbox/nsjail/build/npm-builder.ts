import type { PackageBuilder } from '../../package-builder.ts';
import type { NsjailHost } from '../host.ts';
import type { RootImage } from '../image/image-store.ts';
import { readBuildProgram } from './installer.ts';
import { readNpmSettings } from './npm-settings.ts';
import { runBuild } from './run-build.ts';

export interface NpmParts {
  /** An image with Node and npm. */
  readonly image: RootImage;
  /** On the host, to read npm's configuration with: the node program, and the folder of npm. */
  readonly node: string;
  readonly npm: string;
  /** The runtime that the packages are for. */
  readonly runtimeVersion: string;
}

/** Builds with npm. Its builds have to end before the host is closed. */
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
