#!/bin/sh
# Checks the types of the project's Python with ty, which it brings where it is missing.
set -eu
cd "$(dirname "$0")/../.."
. scripts/lib/bring-wheel.sh
bring_wheel ty
exec .tools/ty/bin/ty check --no-progress "$@"
