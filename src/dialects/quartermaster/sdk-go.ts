import { METADATA_FILE } from './metadata.ts';

/** Package `sdk` of Go, a module of its own. */
export const goPackage = `// Package sdk has the metadata of a run, beside what it prints, and files of the run.
package sdk

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

const file = "/work/${METADATA_FILE}"

// SetMetadata sets the metadata of this run, which can be encoded as JSON; what was set before is gone.
func SetMetadata(metadata any) error {
	text, err := json.Marshal(metadata)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".new", text, 0o644); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// GetMetadata stores what was set last where a pointer points; it leaves that alone if nothing was.
func GetMetadata(pointer any) error {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(text, pointer)
}

// LoadFile returns what a file holds.
func LoadFile(path string) (string, error) {
	content, err := os.ReadFile(path)
	return string(content), err
}

// SaveFile writes to a file, and makes the folders above it.
func SaveFile(path, content string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(content), 0o644)
}
`;

/** Version of Go's language, as there. */
const LANGUAGE = 'go 1.22';

export const goPackageModule = `module sdk\n\n${LANGUAGE}\n`;

/** The module that a script is in, as there: its package in `util/` is imported as `main/util`. */
export const goModule = `module main\n\n${LANGUAGE}\n`;

/** Returns a `go.mod` with the lines that let its module import `sdk` from a folder, without a registry. */
export const linkSdk = (module: string): string =>
  /^[ \t]*(?:(?:require|replace)[ \t]+)?sdk[ \t]/m.test(module)
    ? module
    : `${module}\n\nrequire sdk v0.0.0\n\nreplace sdk => ./sdk\n`;
