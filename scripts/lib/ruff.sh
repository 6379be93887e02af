#!/bin/sh
# Runs ruff, which it brings where it is missing. Without arguments: checks the project's Python, and its format.
set -eu
cd "$(dirname "$0")/../.."
. scripts/lib/bring-wheel.sh
bring_wheel ruff
ruff=.tools/ruff/bin/ruff
if [ $# -gt 0 ]; then exec "$ruff" "$@"; fi
failed=0
"$ruff" check --quiet || failed=1
"$ruff" format --quiet --check || failed=1
exit $failed
