#!/usr/bin/env bash
# run.sh BUNDLE.tar.xz [OPTION...]: the end-to-end run on a machine with an NVIDIA GPU, as root. Options: run.py --help.
#
# Needs driver 570 or newer, python3 with torch and transformers, and room for about 20 GB below $SNAPFS_BENCH_DIR
# (default /tmp/snapfs-gpu), which should lie on a disk. Prints one table; results.json goes to $OUT, else there.
set -euo pipefail
bundle=$(readlink -f "${1:?run.sh BUNDLE.tar.xz [OPTION...]}")
shift
work=${SNAPFS_BENCH_DIR:-/tmp/snapfs-gpu}
mkdir -p "$work"
rm -rf "$work/snapfs"
tar -C "$work" -xJf "$bundle"
top=$work/snapfs
export JAVA_HOME=$top/java SNAPFS_CRIU=$top/criu/criu
"$top/tools/archive.sh" || true # without it commands start slower
exec python3 "$top/bench/gpu/run.py" --work "$work" --out "${OUT:-$work}" "$@"
