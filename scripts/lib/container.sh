# Sourced: the parts that scripts/container and scripts/deploy share. Their caller has `fail`, and stands in the checkout.

# The user of the image.
user=10001

# Sets ENGINE, unless it is set.
choose_engine() {
  [ -z "${ENGINE:-}" ] || return 0
  for engine in podman docker; do
    if command -v "$engine" >/dev/null && "$engine" info >/dev/null 2>&1; then
      ENGINE=$engine
      return 0
    fi
  done
  fail "no container engine works here: install podman (Debian, Ubuntu: apt-get install podman buildah runc) or Docker, and start it."
}

# build_image IMAGE OPTIONS
build_image() {
  # HEALTHCHECK is part of Docker's format only. The build fetches packages, which is all that it needs a network for.
  format=
  if [ "$ENGINE" = podman ]; then format='--format docker'; fi
  # shellcheck disable=SC2086
  "$ENGINE" build $format $2 --build-arg "REVISION=$(git rev-parse HEAD 2>/dev/null)" --network host --quiet --tag "$1" . >/dev/null || fail "the image could not be built."
}

# Prints the engine's options for a container without rights.
restrict_container() {
  unmask='--security-opt systempaths=unconfined'
  if [ "$ENGINE" = podman ]; then unmask='--security-opt unmask=ALL'; fi
  echo "--security-opt seccomp=$PWD/deploy/seccomp.json $unmask --security-opt no-new-privileges --cap-drop ALL --read-only --tmpfs /tmp"
}

# delegate_cgroup NAME: makes a folder of that name in every hierarchy that limits anything, unless it is there, and gives
# the image's user what it needs to make more below it. Prints nothing; sets `delegated`, the new folders, and `pass`, the
# engine's options.
delegate_cgroup() {
  [ "$(id -u)" = 0 ] || fail "only root can delegate a cgroup: run this as root."
  delegated=
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    folder=/sys/fs/cgroup/$1
    if [ ! -d "$folder" ]; then
      mkdir "$folder"
      delegated=$folder
    fi
    echo '+memory +pids +cpu' >"$folder/cgroup.subtree_control"
    # The container's own cgroup has to lie below the delegated one: a process may be moved between two cgroups only
    # by who may write to their common parent.
    chown "$user:$user" "$folder" "$folder/cgroup.procs" "$folder/cgroup.subtree_control" "$folder/cgroup.threads"
    pass="--cgroupns host --cgroup-parent /$1 --volume $folder:$folder --env BRIG_CGROUP_PARENT=/$1"
    return
  fi
  pass='--env BRIG_CGROUP_PARENT=/'
  passed=
  for controller in memory pids cpu cpuacct; do
    mount=$(readlink -f "/sys/fs/cgroup/$controller")
    [ -d "$mount" ] || fail "the cgroup controller $controller is not mounted."
    folder=$mount/$1
    # cpu and cpuacct are often one hierarchy.
    case " $passed " in *" $folder "*) continue ;; esac
    passed="$passed $folder"
    if [ ! -d "$folder" ]; then
      mkdir "$folder"
      delegated="$delegated $folder"
    fi
    chown "$user:$user" "$folder" "$folder/tasks" "$folder/cgroup.procs"
    pass="$pass --volume $folder:$mount"
  done
}
