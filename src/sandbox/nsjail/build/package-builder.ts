import type { PackageBuilder } from '../../package-builder.ts';
import type { NsjailHost } from '../host.ts';
import type { RootImage } from '../image/image-store.ts';
import { runBuild } from './run-build.ts';

/** Builds for the interpreter of an image, in jails beside those of scripts. Its builds have to end before the host is closed. */
export const createPackageBuilder = (host: NsjailHost, image: RootImage): PackageBuilder => ({
  runtimeVersion: image.interpreter.version,
  build: (job, options) => runBuild(host, image, job, options),
});
