# shellcheck shell=bash disable=SC2034 # sourced, and the variables are for those who source it
# What the scripts in bench/ share; they source it from the top of the repository.

snapfs=$PWD/bin/snapfs
# Dumps stay here from run to run; everything else that a script makes is below $scratch and goes when it ends.
bench_dir=${SNAPFS_BENCH_DIR:-$PWD/bench/results/tmp}
mkdir -p "$bench_dir"
scratch=$(mktemp -d "$bench_dir/run.XXXXXX")
at_exit=:
on_exit() { at_exit=$1; } # COMMAND: what to do before $scratch goes
trap 'eval "$at_exit"; rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

fail() { echo "$(basename "$0"): $*" >&2; exit 1; }

calc() { awk "BEGIN {printf \"$1\", $2}"; } # FORMAT EXPRESSION

bytes_in() { du -sb "$1" | cut -f1; }

mib() { calc %.1f "$1 / 1048576"; } # BYTES

median() { printf '%s\n' "$@" | sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

spread() { printf '%s\n' "$@" | sort -n | awk 'NR == 1 {low = $1} END {print low " - " $1}'; }

# Memory that a virtual machine has not touched since its boot is slow to touch: touches a part of what is free.
warm_memory() {
  python3 -c '
import re
free = int(re.search(r"MemAvailable: *(\d+)", open("/proc/meminfo").read())[1]) << 10
block = b"\1" * min(free // 2, 6 << 30)'
}

describe_machine() {
  local cpu memory
  cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
  memory=$(awk '/MemTotal/ {printf "%.0f", $2 / 1048576}' /proc/meminfo)
  echo "- $(date -u +%Y-%m-%d), commit $(git rev-parse --short HEAD)$(git diff --quiet HEAD || echo ' with local changes')"
  echo "- ${cpu:-$(uname -m)}, $(nproc) cores, $memory GiB, $(stat -f -c %T "$bench_dir"), kernel $(uname -r)"
  echo "- Java $("$(dirname "$(readlink -f "$(command -v java)")")"/java -version 2>&1 | sed -n 's/.*version "\([^"]*\)".*/\1/p')"
}

# dump_torch_worker NAME SEED: leaves the CRIU dump of a PyTorch worker in $bench_dir/dump-NAME, once.
dump_torch_worker() {
  local dump=$bench_dir/dump-$1 criu worker
  [ ! -e "$dump/inventory.img" ] || return 0
  tools/setup.sh --with torch
  criu=$(tools/find-criu.sh) || fail 'dumps are needed; set SNAPFS_BENCH_DIR to a folder that has them'
  echo "dumping a worker with seed $2 into $dump"
  rm -rf "$dump" "$scratch/dump" "$scratch/control"
  mkdir "$scratch/dump" "$scratch/control"
  setsid /usr/bin/python3 bench/workloads/torch_cpu_worker.py "$scratch/control" "$2" 120 </dev/null >/dev/null 2>&1 &
  worker=$!
  disown "$worker"
  while [ ! -s "$scratch/control/out" ]; do
    [ -d "/proc/$worker" ] || fail 'the PyTorch worker ended (is python3-torch installed?)'
    sleep 0.2
  done
  sleep 2
  "$criu" dump --tree "$worker" --images-dir "$scratch/dump" --log-file dump.log ||
    { kill -9 "$worker"; fail "criu dump: $(tail -n 3 "$scratch/dump/dump.log")"; }
  mv "$scratch/dump" "$dump"
}
