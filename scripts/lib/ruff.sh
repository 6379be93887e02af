#!/bin/sh
# Runs ruff, which it brings where it is missing. Without arguments: checks the project's Python, and its format.
set -eu
cd "$(dirname "$0")/../.."
stamp=$(sha256sum <scripts/lib/ruff.txt | cut -d' ' -f1)
mkdir -p .tools
exec 9>.tools/lock
if command -v flock >/dev/null; then flock 9; fi
if [ "$(cat .tools/ruff/.brig-stamp 2>/dev/null)" != "$stamp" ]; then
  echo "ruff: installing it" >&2
  rm -rf .tools/ruff
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --only-binary :all: --require-hashes \
    --target .tools/ruff --requirement scripts/lib/ruff.txt || {
    echo "ruff: the wheel of ruff could not be installed from PyPI." >&2
    exit 1
  }
  echo "$stamp" >.tools/ruff/.brig-stamp
fi
exec 9>&-
ruff=.tools/ruff/bin/ruff
if [ $# -gt 0 ]; then exec "$ruff" "$@"; fi
failed=0
"$ruff" check --quiet || failed=1
"$ruff" format --quiet --check || failed=1
exit $failed
