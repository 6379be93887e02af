import { NODE_MODULES } from '../sandbox/jail-paths.ts';
import { ask, choose, findInPackage, findOnPath, inHome } from './find-tool.ts';
import { heapMegabytes } from './node.ts';
import { ToolchainMissing, type Runtime } from './runtime.ts';

const missing = new ToolchainMissing(
  'There is no Deno.',
  'Install the npm package @deno/linux-x64-glibc beside Brig, or name a deno program in BRIG_DENO.',
);
const DENO = '/usr/local/bin/deno';

const findBrought = (): string | undefined =>
  findInPackage('@deno/linux-x64-glibc', 'deno') ?? findOnPath('deno', inHome('.deno', 'bin'));

/** Deno: JavaScript and TypeScript. Grants all of its own permissions, since the jail is the boundary. */
export const deno: Runtime = {
  name: 'deno',
  kind: 'v8',
  needsEpoll: true,
  fileNames: ['main.ts'],
  extensions: [],
  command: 'deno run --allow-all main.ts',
  find: async (paths) => {
    const file = choose(paths.deno, findBrought, missing);
    const version = await ask(file, ['--version'], /^deno (\d+\.\d+\.\d+)/, missing);
    return {
      version,
      recipe: {
        name: `deno-${version}`,
        copies: [{ from: file, to: DENO }],
        programs: [file],
        folders: [NODE_MODULES],
      },
    };
  },
  plan: ({ memory_mb }, hasPackages) => ({
    command: [
      DENO,
      'run',
      '--allow-all',
      '--quiet',
      '--no-prompt',
      '--no-lock',
      // An import that needs a download fails at once, with a clear message.
      '--cached-only',
      // Finds packages where Node does and allows `require`. Only with packages, because the detection takes 15 ms.
      ...(hasPackages ? ['--node-modules-dir=manual', '--unstable-detect-cjs'] : []),
      `--v8-flags=--max-old-space-size=${heapMegabytes(memory_mb)}`,
      '/work/main.ts',
    ],
    scriptPath: 'main.ts',
    env: { DENO_DIR: '/tmp/deno', DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
  }),
};
