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

# The figures of a script: each has a name and one value for each round.
declare -A noted=()
note() { # NAME VALUE
  [ -n "$2" ] || fail "no figure for $1"
  noted[$1]+="$2 "
}
values_of() { echo "${noted[$1]:-}"; }
last() { values_of "$1" | awk '{print $NF}'; }
# shellcheck disable=SC2046 # words
middle() { median $(values_of "$1"); }
# shellcheck disable=SC2046 # words
range() { echo "$(middle "$1") $(spread $(values_of "$1") | sed 's/ - / /')"; } # NAME: median, lowest, highest
# shellcheck disable=SC2046 # words
cell() { [ -z "$(values_of "$1")" ] || echo "$(middle "$1") ($(spread $(values_of "$1")))"; }

# limits_table FUNCTION: a table of what it says with at_least and at_most; verdict is "missed" if one is not kept.
verdict=met
limits_table() {
  printf '| limit | measured | allowed | kept |\n| --- | --- | --- | --- |\n'
  "$1"
}
limit() { # WHAT MEASURED RELATION LIMIT
  local kept=yes
  awk "BEGIN {exit !($2 $3 $4)}" || { kept='**no**' verdict=missed; }
  echo "| $1 | $2 | $3 $4 | $kept |"
}
at_least() { limit "$1" "$2" '>=' "$3"; } # WHAT MEASURED LIMIT
at_most() { limit "$1" "$2" '<=' "$3"; }  # WHAT MEASURED LIMIT

# drop_caches [FILE...]: what the kernel keeps of files and directories, of all filesystems.
#
# Two things that aren't ours are made the same for everybody. Whoever reads next finds memory that was in use until now: a
# virtual machine may give memory back to its host when it has been free for a second or two (free page reporting), and
# touching it again takes 2.5 s a GB here, several times as long as reading a file into it. So the dumps are read first, as
# far as there are some. And FILEs, the image that will be read, are read last: the host keeps some gigabytes of the disk in
# memory, and an image that it has dropped for the dumps comes at less than half of the rate. Twice, since the host does not
# always keep what it has read once.
drop_caches() {
  local dumps=("$bench_dir"/dump-*/pages-*.img) time
  if [ -e /sys/module/page_reporting ] && [ -e "${dumps[0]}" ]; then cat "${dumps[@]}" >/dev/null; fi
  for ((time = 0; time < 2 && $# > 0; time++)); do read_from_disk "$@"; done
  forget_cached
}
# Past the page cache, which would answer by itself, so that the host wouldn't be asked.
read_from_disk() { # FILE or FOLDER...
  find "$@" -type f -print0 | python3 -c '
import mmap, os, sys
buffer = mmap.mmap(-1, 1 << 20)
for name in sys.stdin.buffer.read().split(b"\0")[:-1]: # one process for all: casync keeps thousands of files
    fd = os.open(name, os.O_RDONLY | os.O_DIRECT)
    while os.readv(fd, [buffer]) == len(buffer):
        pass
    os.close(fd)
'
}
forget_cached() {
  sync
  echo 3 >/proc/sys/vm/drop_caches
}

# The process that serves the mount of snapfs at $mnt.
mount_process() { pgrep -o -f "java.* mount [^ ]+ $mnt( |\$)"; }

# What Java's compilers have taken in the process that serves the mount, in milliseconds.
compiler_ms() {
  local task name nanos sum=0
  for task in "/proc/$(mount_process)"/task/*; do
    read -r name <"$task/comm" || continue
    case $name in
      C[12]\ Comp*)
        read -r nanos _ <"$task/schedstat" || continue
        sum=$((sum + nanos))
        ;;
    esac
  done
  echo $((sum / 1000000))
}

# warm_up FILE: reads a file of a mount of snapfs with nothing cached, 25 times and on until the compilers have rested for
# three reads, less than 25 ms each, but 60 times at most: the optimising compiler takes on what serves reads between about
# the tenth and twentieth read of 1.4 GiB, one large method last.
warm_up() {
  local time before after rested=0
  after=$(compiler_ms)
  for ((time = 1; time <= 60 && (time <= 25 || rested < 3); time++)); do
    forget_cached
    dd if="$1" of=/dev/null bs=1M status=none
    before=$after
    after=$(compiler_ms)
    if [ $((after - before)) -lt 25 ]; then rested=$((rested + 1)); else rested=0; fi
  done
}

# Reads a file's two halves at a time.
read_halves() { # FILE
  local half=$(($(stat -c %s "$1") / 2 / 1048576))
  dd if="$1" of=/dev/null bs=1M count=$half status=none &
  dd if="$1" of=/dev/null bs=1M skip=$half status=none
  wait $!
}

# served_before FILE: reads a file of another artifact than what will be measured, in all ways that will be but at random:
# one reader until the compilers rest, then two.
served_before() {
  local time
  warm_up "$1"
  for ((time = 0; time < 3; time++)); do
    forget_cached
    read_halves "$1"
  done
}

# Bytes that the process that serves the mount had read from the disk.
bytes_from_disk() { awk '/^read_bytes/ {print $2}' "/proc/$(mount_process)/io"; }

# rate BYTES COMMAND...: gigabytes per second.
rate() {
  local start=$EPOCHREALTIME
  "${@:2}" || return
  calc %.3f "$1 / 1e9 / ($EPOCHREALTIME - $start)"
}

# random_reads FILE SECONDS [OPTION...]: one reader of 4 KiB at random offsets; prints reads per second and the 99th
# percentile of a read in microseconds. Leaves alone what is cached.
random_reads() {
  fio --name=random --filename="$1" --rw=randread --bs=4k --ioengine=psync --readonly --invalidate=0 --randrepeat=1 \
    --norandommap --time_based --runtime="$2" --output-format=terse --terse-version=3 "${@:3}" |
    awk -F';' '{for (i = 1; i <= NF && p99 == ""; i++) if ($i ~ /^99.000000%=/) p99 = substr($i, 12); print $8, p99}'
}

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
  echo "- $(date -u +%Y-%m-%d), commit $(git rev-parse --short HEAD)$(git diff --quiet HEAD -- . ':!bench/results' || echo ' with local changes')"
  echo "- ${cpu:-$(uname -m)}, $(nproc) cores, $memory GiB, $(stat -f -c %T "$bench_dir"), kernel $(uname -r)"
  echo "- Java $("$(dirname "$(readlink -f "$(command -v java)")")"/java -version 2>&1 | sed -n 's/.*version "\([^"]*\)".*/\1/p')"
}

# dump_torch_worker NAME SEED: leaves the CRIU dump of a PyTorch worker in $bench_dir/dump-NAME, once. Restored, it writes
# to $bench_dir/control-NAME.
dump_torch_worker() {
  local dump=$bench_dir/dump-$1 control=$bench_dir/control-$1 criu worker
  [ ! -e "$dump/inventory.img" ] || return 0
  tools/setup.sh --with torch
  criu=$(tools/find-criu.sh) || fail 'dumps are needed; set SNAPFS_BENCH_DIR to a folder that has them'
  echo "dumping a worker with seed $2 into $dump"
  rm -rf "$dump" "$scratch/dump" "$control"
  mkdir "$scratch/dump" "$control"
  setsid /usr/bin/python3 bench/workloads/torch_cpu_worker.py "$control" "$2" 120 </dev/null >/dev/null 2>&1 &
  worker=$!
  disown "$worker"
  while [ ! -s "$control/out" ]; do
    [ -d "/proc/$worker" ] || fail 'the PyTorch worker ended (is python3-torch installed?)'
    sleep 0.2
  done
  sleep 2
  "$criu" dump --tree "$worker" --images-dir "$scratch/dump" --log-file dump.log ||
    { kill -9 "$worker"; fail "criu dump: $(tail -n 3 "$scratch/dump/dump.log")"; }
  mv "$scratch/dump" "$dump"
}
