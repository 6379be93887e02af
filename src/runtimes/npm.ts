import { existsSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ImageRecipe } from '../sandbox/image-recipe.ts';
import { findOnPath } from './find-tool.ts';
import { node } from './node.ts';
import { ToolchainMissing, type RuntimePaths } from './runtime.ts';

const missing = new ToolchainMissing(
  'There is no npm to build environments with.',
  'Install npm: it comes with Node.js, beside the node program or on PATH.',
);
/** Also written in harness/build/npm.py. */
const PLACE = '/usr/local/lib/npm';

/** npm, and the Node that runs it. */
export interface Npm {
  /** Paths on the host: Node's program and npm's folder. */
  readonly node: string;
  readonly folder: string;
  /** Image of a jail that installs packages. */
  readonly recipe: ImageRecipe;
}

/** @throws ToolchainMissing */
export async function findNpm(paths: RuntimePaths): Promise<Npm> {
  const { recipe, program } = await findNode(paths);
  const folder = findFolder(program);
  if (folder === undefined) throw missing;
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
  return {
    node: program,
    folder,
    recipe: {
      ...recipe,
      name: `npm-${version}-${recipe.name}`,
      folders: [],
      copies: [...recipe.copies, { from: folder, to: PLACE }],
    },
  };
}

async function findNode(paths: RuntimePaths): Promise<{ recipe: ImageRecipe; program: string }> {
  const { recipe } = await node.find(paths);
  const program = recipe?.programs[0];
  if (recipe === undefined || program === undefined) throw missing;
  return { recipe, program };
}

/** Returns the folder of the npm that came with Node, else of the one on `PATH`. The folder must be complete. */
function findFolder(program: string): string | undefined {
  const onPath = findOnPath('npm');
  const candidates = [
    join(dirname(realpathSync(program)), '../lib/node_modules/npm'),
    ...(onPath === undefined ? [] : [join(dirname(realpathSync(onPath)), '..')]),
  ];
  const parts = ['bin/npm-cli.js', 'package.json', 'node_modules/@npmcli/config/package.json'];
  return candidates.find((folder) => parts.every((part) => existsSync(join(folder, part))));
}
