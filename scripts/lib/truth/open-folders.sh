#!/bin/sh
# Runs a command where others than root reach some folders: open-folders.sh FOLDERS COMMAND…. Called by root in a mount
# namespace of its own, in which the FOLDERS (with colons between) become reachable that lie below one that only root enters.
set -eu
folders=$1
shift
stash=$(mktemp -d)
mount -t tmpfs tmpfs "$stash"
kept=0
closed=""
IFS=:
for folder in $folders; do
  above=$(dirname "$folder")
  shut=""
  while [ "$above" != / ]; do
    case $(stat -c %A "$above") in *[xt]) ;; *) shut=$above ;; esac
    above=$(dirname "$above")
  done
  [ -n "$shut" ] || continue
  kept=$((kept + 1))
  mkdir "$stash/$kept"
  mount --bind "$folder" "$stash/$kept"
  echo "$folder" >"$stash/$kept.name"
  case ":$closed:" in *":$shut:"*) ;; *) closed="$closed:$shut" ;; esac
done
for folder in $closed; do [ -z "$folder" ] || mount -t tmpfs -o mode=755 tmpfs "$folder"; done
unset IFS
while [ "$kept" -gt 0 ]; do
  folder=$(cat "$stash/$kept.name")
  mkdir -p "$folder"
  mount --bind "$stash/$kept" "$folder"
  kept=$((kept - 1))
done
umount --lazy "$stash"
rmdir "$stash"
exec "$@"
