/* Paths inside a jail that the programs of runtimes are told. */

/** Path of a compiled program in a jail: an empty file of the image, over which the program is mounted. */
export const PROGRAM_PATH = '/opt/brig/program';

/**
 * Mount point of npm packages, an empty folder of the images: above the working directory, where Node, Deno and Bun
 * look for them.
 */
export const NODE_MODULES = '/node_modules';
