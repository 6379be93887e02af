import { join } from 'node:path';
import { packageRoot } from '../paths.ts';
import { NODE_MODULES } from '../sandbox/jail-paths.ts';
import { ask, choose } from './find-tool.ts';
import { ToolchainMissing, type Runtime } from './runtime.ts';

const missing = new ToolchainMissing(
  'There is no Node.js 24 or later.',
  'Install Node.js 24, or name its program in BRIG_NODE.',
);
const harness = join(packageRoot, 'harness', 'node', 'start.cjs');
const START = '/opt/brig/start.cjs';
const NODE = '/usr/local/bin/node';

/** Share of the memory limit for JavaScript's heap; the rest of Node needs the remainder. */
const HEAP_SHARE = 0.75;

export const heapMegabytes = (memoryMb: number): number => Math.max(16, Math.floor(memoryMb * HEAP_SHARE));

/** Node, the service's own: JavaScript, and TypeScript by stripping types. */
export const node: Runtime = {
  name: 'node',
  kind: 'v8',
  needsEpoll: true,
  fileNames: ['main.js', 'main.ts'],
  extensions: ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'],
  command: 'node main.js',
  waits: 'program',
  find: async (paths) => {
    const file = choose(paths.node, () => process.execPath, missing);
    const version = await ask(file, ['--version'], /^v((?:2[4-9]|[3-9]\d)\.\d+\.\d+)/, missing);
    return {
      version,
      recipe: {
        name: `node-${version}`,
        copies: [
          { from: file, to: NODE },
          { from: harness, to: START },
        ],
        programs: [file],
        folders: [NODE_MODULES],
      },
    };
  },
  plan: ({ memory_mb }) => ({
    command: [
      NODE,
      `--max-old-space-size=${heapMegabytes(memory_mb)}`,
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      '--require',
      START,
      '/work/main.js',
    ],
    scriptPath: 'main.js',
    env: {},
  }),
};
