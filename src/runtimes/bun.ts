import { NODE_MODULES } from '../sandbox/jail-paths.ts';
import { ask, choose, findInPackage, findOnPath, inHome } from './find-tool.ts';
import { ToolchainMissing, type Runtime } from './runtime.ts';

const missing = new ToolchainMissing(
  'There is no Bun.',
  'Install the npm package @oven/bun-linux-x64-baseline beside Brig, or name a bun program in BRIG_BUN.',
);
const BUN = '/usr/local/bin/bun';

const findBrought = (): string | undefined =>
  // The baseline build, which runs on every x64 processor of the last fifteen years.
  findInPackage('@oven/bun-linux-x64-baseline', 'bin/bun') ?? findOnPath('bun', inHome('.bun', 'bin'));

/** Bun: JavaScript and TypeScript. */
export const bun: Runtime = {
  name: 'bun',
  kind: 'jsc',
  needsEpoll: true,
  fileNames: ['main.ts'],
  extensions: [],
  command: 'bun main.ts',
  // Starts faster than a jail does.
  waits: 'jail',
  find: async (paths) => {
    const file = choose(paths.bun, findBrought, missing);
    const version = await ask(file, ['--version'], /^(\d+\.\d+\.\d+)/, missing);
    return {
      version,
      recipe: {
        name: `bun-${version}`,
        copies: [{ from: file, to: BUN }],
        programs: [file],
        folders: [NODE_MODULES],
      },
    };
  },
  plan: () => ({
    command: [BUN, '--no-install', '/work/main.ts'],
    scriptPath: 'main.ts',
    env: { BUN_RUNTIME_TRANSPILER_CACHE_PATH: '0', DO_NOT_TRACK: '1', NO_COLOR: '1' },
  }),
};
