/** Whether a path is the assigned name of a figure, which has no file. */
export const isFigureName = (path: string): boolean => /^figure-[1-9]\d{0,6}\.png$/.test(path);

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Whether bytes begin like a PNG; the rest is the script's claim. */
export const isPng = (bytes: Uint8Array): boolean =>
  pngSignature.every((byte, index) => bytes[index] === byte);
