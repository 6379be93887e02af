import { METADATA_FILE } from './metadata.ts';

/** Module `sdk` of Python. */
export const python = `"""Metadata of a run, beside what it prints: JSON of any kind. Files of the run."""

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
