#!/bin/sh
# Prints the path of a CRIU that works on this kernel, or says on stderr why there is none and fails.
# In this order: $SNAPFS_CRIU, criu on PATH, the bundle that tools/setup.sh made.
here=$(dirname "$(readlink -f "$0")")

if [ "$(id -u)" -ne 0 ]; then
  echo "CRIU needs root to dump and restore a process" >&2
  exit 1
fi
for criu in "${SNAPFS_CRIU:-}" "$(command -v criu)" "$here/../.tools/criu/criu"; do
  if [ -x "$criu" ] && "$criu" check >/dev/null 2>&1; then
    readlink -f "$criu"
    exit 0
  fi
done
echo "no CRIU that passes 'criu check' on kernel $(uname -r): run tools/setup.sh, or set SNAPFS_CRIU" >&2
exit 1
