#!/bin/sh
# Outlives the service by a moment. Its standard input is a pipe that only the service holds open: when the service ends, in
# whatever way (kill -9 included), the read below ends too, and everything in the service's cgroups is killed and removed.
# The arguments are the service's own cgroup folders; a leaf below them is one execution.
trap '' HUP INT TERM
while read -r _; do :; done
round=0
while [ "$round" -lt 100 ]; do
  left=
  for folder in "$@"; do
    for leaf in "$folder"/*/; do
      [ -e "${leaf}cgroup.procs" ] || continue
      # cgroup v1 ends no process that is frozen: a session that waited.
      [ ! -e "${leaf}freezer.state" ] || echo THAWED 2>/dev/null >"${leaf}freezer.state"
      while read -r pid; do kill -KILL "$pid"; done 2>/dev/null <"${leaf}cgroup.procs"
      rmdir "$leaf" 2>/dev/null || left=yes
    done
    [ ! -e "$folder" ] || rmdir "$folder" 2>/dev/null || left=yes
  done
  if [ -z "$left" ]; then
    # The parent that services share, if this was the last one.
    for folder in "$@"; do rmdir "${folder%/*}" 2>/dev/null; done
    exit 0
  fi
  round=$((round + 1))
  sleep 0.05
done
exit 1
