#!/bin/sh
# Runs a command that ends with whoever started it, in whatever way that one ends (kill -9 included): the standard input here is
# a pipe that only the starter holds open. The first argument is a folder that is then removed, or nothing.
folder=$1
shift
told=
trap 'told=yes' USR1
exec 3<&0
"$@" </dev/null 3<&- &
pid=$!
echo "pid $pid"
(
  while read -r _; do :; done
  kill -USR1 $$
  kill -TERM "$pid"
  # Longer than a service gives its running executions.
  round=0
  while [ "$round" -lt 40 ] && kill -0 "$pid"; do
    round=$((round + 1))
    sleep 1
  done
  kill -KILL "$pid"
) <&3 >/dev/null 2>&1 &
watcher=$!
exec 3<&- >/dev/null 2>&1
while :; do
  wait "$pid"
  status=$?
  # A wait that the signal cut short is no end.
  kill -0 "$pid" || break
done
kill -KILL "$watcher"
[ -z "$folder" ] || [ -z "$told" ] || rm -rf "$folder"
exit "$status"
