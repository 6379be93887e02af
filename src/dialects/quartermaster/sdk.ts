import type { InputFile } from '../../core/contract/request.ts';
import type { RuntimeName } from '../../core/contract/runtimes.ts';

/*
 * Module `sdk` for scripts: stores their metadata in a file of the working directory, which is returned, and so keeps
 * it off standard output. It also reads and writes files.
 */

/** Path of a script's metadata, relative to the working directory. */
export const METADATA_FILE = '.brig-metadata.json';
/** Maximum bytes of metadata. */
export const MOST_METADATA = 1024 * 1024;

const python = `"""Metadata of a run, beside what it prints: JSON of any kind. Files of the run."""

import json
import os

_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "${METADATA_FILE}")


def set_metadata(metadata):
    """Sets the metadata of this run; what was set before is gone."""
    text = json.dumps(metadata, allow_nan=False)
    with open(_FILE + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(_FILE + ".new", _FILE)


def get_metadata():
    """What was set last; None where nothing was."""
    try:
        with open(_FILE, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def load_file(path):
    """Returns what a file holds: text where it is UTF-8, else bytes."""
    with open(path, "rb") as file:
        content = file.read()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content


def save_file(path, content):
    """Writes text or bytes to a file, and makes the folders above it."""
    folder = os.path.dirname(path)
    if folder:
        os.makedirs(folder, exist_ok=True)
    with open(path, "wb") as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)
`;

const javascript = `'use strict';
// Metadata of a run, beside what it prints: JSON of any kind. Files of the run.
const fs = require('node:fs');
const path = require('node:path');

const file = path.join(__dirname, '..', '${METADATA_FILE}');

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

/** Returns what a file holds: text where it is UTF-8, else a Buffer. */
function loadFile(name) {
  const content = fs.readFileSync(name);
  const text = content.toString('utf8');
  return Buffer.from(text).equals(content) ? text : content;
}

/** Writes text or bytes to a file, and makes the folders above it. */
function saveFile(name, content) {
  fs.mkdirSync(path.dirname(name), { recursive: true });
  fs.writeFileSync(name, content);
}

module.exports = { setMetadata, getMetadata, loadFile, saveFile };
`;

const encoder = new TextEncoder();
const toFile = (path: string, text: string): InputFile => ({ path, bytes: encoder.encode(text) });

// A folder with its own package.json, because the caller's may declare another module type for all files.
const ofNode = [toFile('sdk/index.js', javascript), toFile('sdk/package.json', '{"type":"commonjs"}')];

const files: Readonly<Record<RuntimeName, readonly InputFile[]>> = {
  python: [toFile('sdk.py', python)],
  node: ofNode,
  bun: ofNode,
  deno: ofNode,
  go: [],
  rust: [],
};

/** Returns the `sdk` files beside a script of a runtime; none when the caller has an `sdk` of their own. */
export const sdkFor = (runtime: RuntimeName, own: readonly InputFile[]): readonly InputFile[] =>
  own.some(({ path }) => /^sdk(?:\.[^/]*)?(?:\/|$)/.test(path)) ? [] : files[runtime];
