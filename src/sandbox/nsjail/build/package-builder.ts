import { readFile } from 'node:fs/promises';
import type { BuildJob, BuildOptions, PackageBuilder } from '../../package-builder.ts';
import { setUpCommand } from '../../../paths.ts';
import type { NsjailHost } from '../host.ts';
import type { RootImage } from '../image/image-store.ts';
import { sitePackagesInJail } from '../image/layout.ts';
import type { ImageRecipe } from '../../image-recipe.ts';
import { runTool } from '../../../host/process.ts';
import { JailFailure } from '../../sandbox.ts';
import { readIndexSettings } from './index-settings.ts';
import { findPip, findUv, readBuildProgram } from './installer.ts';
import { runBuild, type BuildSetup } from './run-build.ts';
import { toUvVariables } from './uv-settings.ts';

export interface PythonParts {
  /** Image of the scripts' jails. */
  readonly image: RootImage;
  /** Installer to use; undefined for the fastest one present. */
  readonly installer: 'uv' | 'pip' | undefined;
  /** Returns the image of a jail, prepared or newly made. @throws JailFailure */
  readonly provideImage: (recipe: ImageRecipe) => Promise<RootImage>;
}

/**
 * Creates a builder for the interpreter of an image, in jails beside those of scripts. Its builds must end before the
 * host is closed.
 */
export const createPackageBuilder = (host: NsjailHost, parts: PythonParts): PackageBuilder => ({
  runtimeVersion: parts.image.interpreter.version,
  build: async (job, options) => runBuild(host, await setUp(parts, job, options), options),
});

async function setUp(
  { image, installer, provideImage }: PythonParts,
  { kind, text, allowsSource }: BuildJob,
  { limits }: BuildOptions,
): Promise<BuildSetup> {
  const { interpreter } = image;
  const pip = await findPip(interpreter);
  const { redact, folders, files, variables } = await readIndexSettings(interpreter.executable, pip);
  // A set-up script calls `pip install`.
  const uv = kind === 'setup_script' || installer === 'pip' ? undefined : findUv();
  if (uv === undefined && installer === 'uv' && kind !== 'setup_script') {
    throw new JailFailure('There is no uv to build environments with.', {
      remedy: `Run ${setUpCommand}, or set BRIG_INSTALLER=pip.`,
    });
  }
  const request = {
    ...{ kind, text, files, source: allowsSource, workers: Math.ceil(limits.cpus) },
    site: sitePackagesInJail(interpreter),
    variables: uv === undefined ? variables : toUvVariables(variables),
    pip: uv === undefined ? (await readFile(pip)).toString('base64') : null,
  };
  return {
    ...{ kind: 'python', program: await readBuildProgram('python'), request, folders, redact },
    image: uv === undefined ? image : await provideImage(await planUv(uv)),
  };
}

async function planUv(uv: string): Promise<ImageRecipe> {
  const { stdout } = await runTool(uv, ['--version']);
  const version = /^uv (\d[\w.]*)/.exec(stdout)?.[1] ?? 'unknown';
  return {
    ...{ name: `uv-${version}`, copies: [{ from: uv, to: '/usr/local/bin/uv' }], programs: [uv] },
  };
}
