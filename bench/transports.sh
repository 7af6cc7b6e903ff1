#!/usr/bin/env bash
# Where the time goes when nothing is decoded: bench/transports.sh [ROUNDS]
#
# Reads a file that is one hole of 2 GiB, with nothing in the page cache, through a mount of each transport that has read it
# before until Java's compilers rest. Prints what passed and the processor seconds of the reader and of the process that
# serves the mount, by its own code and in the kernel, and what a read of 4 KiB at random past the page cache takes beside
# two processes that only wake each other, to bench/results/transports.md. Needs root.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. bench/common.sh
. bench/filesystems.sh

rounds=${1:-7}
[ "$rounds" -ge 1 ] || fail "rounds: at least 1, not $rounds"
[ "$(id -u)" -eq 0 ] || fail 'needs root, to drop caches and to mount'
tools/setup.sh --with tests
tools/build.sh
gcc -O2 -Wall -Werror -o "$scratch/round-trip" bench/round-trip.c
bytes=$((2 << 30))
mkdir "$scratch/zeros"
truncate -s "$bytes" "$scratch/zeros/hole"
pack_as snapfs-kernel "$scratch/zeros" image >/dev/null

# Of the process that serves the mount: in its own code and in the kernel, in clock ticks.
ticks() { awk '{print $14, $15}' "/proc/$(mount_process)/stat"; }
seconds() { calc %.2f "($2 - $1) / $(getconf CLK_TCK)"; } # TICKS TICKS

measure() { # TRANSPORT
  local round user system start passed reader after_user after_system iops TIMEFORMAT='%S'
  mount_image "snapfs-$1" "$scratch/zeros" --no-rehearsal
  warm_up "$root/hole"
  for ((round = 1; round <= rounds; round++)); do
    forget_cached
    read -r user system < <(ticks)
    start=$EPOCHREALTIME
    reader=$({ time dd if="$root/hole" of=/dev/null bs=1M status=none; } 2>&1)
    passed=$(calc %.3f "$EPOCHREALTIME - $start")
    read -r after_user after_system < <(ticks)
    note "$1 passed" "$passed"
    note "$1 rate" "$(calc %.2f "$bytes / 1e9 / $passed")"
    note "$1 reader" "$reader"
    note "$1 own" "$(seconds "$user" "$after_user")"
    note "$1 kernel" "$(seconds "$system" "$after_system")"
  done
  random_reads "$root/hole" 3 --direct=1 >/dev/null
  for ((round = 1; round <= rounds; round++)); do
    read -r iops _ < <(random_reads "$root/hole" 2 --direct=1)
    note "$1 random" "$(calc %.1f "1e6 / $iops")"
    note "anywhere" "$("$scratch/round-trip")"
    note "together" "$(taskset -c 0 "$scratch/round-trip")"
  done
  unmount_image
}

measure kernel
measure libfuse

row() { echo "| $1 | $(cell "$1 rate") | $(cell "$1 passed") | $(cell "$1 reader") | $(cell "$1 kernel") | $(cell "$1 own") |"; } # TRANSPORT

mkdir -p bench/results
cat >"$scratch/transports.md" <<MARKDOWN
# A hole through each transport

Made by \`bench/transports.sh $rounds\`: a file of 2 GiB of zeros, of which nothing is stored, read with nothing in the page cache; medians of $rounds reads (from - to).

$(describe_machine)

| transport | GB/s | s that pass | the reader in the kernel, processor s | the mount's process in the kernel | in its own code |
| --- | --- | --- | --- | --- | --- |
$(row kernel)
$(row libfuse)

Past the page cache each read of 4 KiB is a request: its reader wakes a thread that serves, which wakes the reader.

| | µs |
| --- | --- |
| a read at random, O_DIRECT, transport kernel | $(cell 'kernel random') |
| the same, transport libfuse | $(cell 'libfuse random') |
| two processes that send each other a byte through pipes, both ways | $(cell anywhere) |
| the same, both on one processor | $(cell together) |
MARKDOWN
mv "$scratch/transports.md" bench/results/
cat bench/results/transports.md
