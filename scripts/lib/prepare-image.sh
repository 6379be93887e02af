#!/bin/sh
# The last step of the Dockerfile: puts packages and toolchains into the container image, makes the root images of jails and the
# default environment ahead of time, and keeps once what is in several of them. Runs in the image's build only.
set -eu
prepared=$BRIG_PREPARED_DIR

cp -a /build/node_modules /opt/brig/node_modules
for toolchain in go rust; do
  if [ -d "/build/$toolchain" ]; then mkdir -p "/usr/local/$toolchain" && cp -a "/build/$toolchain/." "/usr/local/$toolchain"; fi
done

BRIG_STATE_DIR=$prepared node /opt/brig/dist/cli/main.js prepare --default-from /build/packages

# `brig prepare` passes over a toolchain that it does not find.
runtimes=${BRIG_RUNTIMES:-python,node,deno,bun,go,rust}
for runtime in $(echo "$runtimes" | tr , ' '); do
  for image in "$prepared/images/$runtime"-*; do
    [ -d "$image" ] || { echo "There is no root image for $runtime." >&2 && exit 1; }
  done
done

# Says what is in the image, and under which licences.
python3 scripts/lib/bill_of_materials.py npm.cdx.json /opt/brig .tools/nsjail .tools/uv .tools/pip /build/packages
rm npm.cdx.json

# The time of a source is what its byte code is checked by, and that of a toolchain's file or folder what its image is found by.
places="/usr/local/bin /opt/brig/node_modules $(ls -d /usr/local/go /usr/local/rust 2>/dev/null || true)"
# shellcheck disable=SC2086
find $places -type d -printf 'touch --date=@%T@ "%p"\n' >/tmp/times
# shellcheck disable=SC2086
hardlink --quiet "$prepared/images" $places
sh /tmp/times
rm /tmp/times
# Nothing reads the times of byte code, libraries and programs in images.
hardlink --quiet --ignore-time --include '\.pyc$' --include '\.so[.0-9]*$' --include '/usr/bin/' "$prepared/images"
