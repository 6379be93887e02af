/* Paths inside a jail that the programs of runtimes are told. */

/** Path of a compiled program in a jail: an empty file of the image, over which the program is mounted. */
export const PROGRAM_PATH = '/opt/brig/program';

/**
 * The certificates that programs of the host trust, in a jail that may have a network: an empty file of the image, over
 * which they are mounted.
 */
export const CERTIFICATES_PATH = '/etc/certificates.pem';

/**
 * Mount point of npm packages, an empty folder of the images: above the working directory, where Node, Deno and Bun
 * look for them.
 */
export const NODE_MODULES = '/node_modules';
