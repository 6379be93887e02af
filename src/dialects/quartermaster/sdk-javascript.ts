import { METADATA_FILE } from './metadata.ts';

/**
 * Module `sdk` of Node, as CommonJS.
 * @param folder JavaScript of the working directory's path.
 */
export const writeJavascript = (folder: string): string => `'use strict';
// Metadata of a run, beside what it prints: JSON of any kind. Files of the run.
const fs = require('node:fs');
const path = require('node:path');

const file = path.join(${folder}, '${METADATA_FILE}');

/** Sets the metadata of this run; what was set before is gone. */
function setMetadata(metadata) {
  const text = JSON.stringify(metadata);
  if (text === undefined) throw new TypeError('The metadata is not JSON.');
  fs.writeFileSync(file + '.new', text);
  fs.renameSync(file + '.new', file);
}

/** Returns the metadata that was set last; null if none was. */
function getMetadata() {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : null;
}

/** Resolves to what a file holds: text where it is UTF-8, else a Buffer. */
async function loadFile(name) {
  const content = await fs.promises.readFile(name);
  const text = content.toString('utf8');
  return Buffer.from(text).equals(content) ? text : content;
}

/** Writes text or bytes to a file, and makes the folders above it. */
async function saveFile(name, content) {
  await fs.promises.mkdir(path.dirname(name), { recursive: true });
  await fs.promises.writeFile(name, content);
}

module.exports = { setMetadata, getMetadata, loadFile, saveFile };
`;
