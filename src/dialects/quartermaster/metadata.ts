/** Path of a script's metadata, relative to the working directory. */
export const METADATA_FILE = '.brig-metadata.json';
/** Maximum bytes of metadata. */
export const MOST_METADATA = 1024 * 1024;
