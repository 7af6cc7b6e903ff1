#!/usr/bin/env bash
# Reading a materialised file through both transports, beside the file itself: bench/passthrough.sh [ROUNDS]
#
# The largest file of the dump of a PyTorch worker is materialised on a tmpfs, then on the disk of $scratch (where it
# stays in the page cache), and read from start to end and at random through a mount of each transport and where it lies,
# in turn. What the kernel keeps of the mounts' files is dropped before each read: transport kernel hands the file to the
# kernel (passthrough), transport libfuse has to answer. Prints a table and writes it to bench/results/passthrough.md;
# fails if a limit is not kept. SNAPFS_BENCH_DIR names the folder that keeps the dump (1.5 GB).
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. bench/common.sh

rounds=${1:-5}
block=128K # small enough for the processor's cache, so that the reader's own memory doesn't set the pace
[ "$(id -u)" = 0 ] || fail 'only root can hand files to the kernel'
tools/setup.sh --with peers
tools/build.sh
dump_torch_worker a 1
file=$(cd "$bench_dir/dump-a" && find . -type f -printf '%s %P\n' | sort -n | tail -n 1 | cut -d' ' -f2)
size=$(stat -c %s "$bench_dir/dump-a/$file")
store=$scratch/store
transports='kernel libfuse'
mkdir "$scratch/kernel" "$scratch/libfuse" "$scratch/tmpfs"
"$snapfs" pack "$bench_dir/dump-a" --store "$store" --name worker
unmount() { # MOUNTPOINT
  if mountpoint -q "$1"; then "$snapfs" umount "$1" || umount -l "$1"; fi
}
clean_up() {
  unmount "$scratch/kernel"
  unmount "$scratch/libfuse"
  if mountpoint -q "$scratch/tmpfs"; then umount "$scratch/tmpfs"; fi
}
on_exit clean_up
mount -t tmpfs -o "size=$((size * 5 / 4))" tmpfs "$scratch/tmpfs"

through() { echo "$scratch/$1/worker/latest/$file"; } # TRANSPORT: the file as its mount shows it

# gbps FILE [drop]: GB/s of reading it from start to end.
gbps() {
  python3 - "$@" <<'PYTHON'
import os, sys, time
fd = os.open(sys.argv[1], os.O_RDONLY)
if "drop" in sys.argv[2:]:
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
buffer = bytearray(128 << 10)
done, start = 0, time.monotonic()
while count := os.readv(fd, [buffer]):
    done += count
print("%.3f" % (done / (time.monotonic() - start) / 1e9))
PYTHON
}

# at_random FILE [drop]: reads of 4 KiB per second.
at_random() {
  local iops
  read -r iops _ < <(random_reads "$1" 2 --invalidate="$([ "${2:-}" = drop ] && echo 1 || echo 0)")
  echo "$iops"
}

# materialize DIR: mounts both transports, which share DIR, when the file is whole there; sets materialised to where.
materialize() {
  local transport waited
  "$snapfs" mount "$store" "$scratch/kernel" --transport kernel --no-rehearsal --materialize "$1" --materialize-size 2G
  for ((waited = 0; ; waited++)); do # opens it again and again until a whole one is there
    head -c 1 "$(through kernel)" >/dev/null
    materialised=$(find "$1/v1/records" -type f)
    [ -z "$materialised" ] || break
    [ $waited -lt 600 ] || fail "not materialised in $1"
    sleep 0.1
  done
  materialised=$1/v1/files/$(basename "$materialised")
  "$snapfs" mount "$store" "$scratch/libfuse" --transport libfuse --no-rehearsal --materialize "$1" --materialize-size 2G
  for transport in $transports; do
    [ "$(sha256sum <"$(through "$transport")")" = "$(sha256sum <"$materialised")" ] || fail 'contents differ'
  done
}

# measure NAME DIR: adds the rows of the file materialised in DIR.
rows=''
measure() {
  local round time transport how
  materialize "$2"
  gbps "$materialised" >/dev/null
  for ((round = 1; round <= rounds; round++)); do
    for time in 1 2 3; do # a read takes a seventh of a second, and what is compared differs by less than reads do
      note "$1 kernel sequential" "$(gbps "$(through kernel)" drop)"
      note "$1 itself sequential" "$(gbps "$materialised")"
    done
    note "$1 libfuse sequential" "$(gbps "$(through libfuse)" drop)"
    note "$1 kernel random" "$(at_random "$(through kernel)" drop)"
    note "$1 itself random" "$(at_random "$materialised")"
    note "$1 libfuse random" "$(at_random "$(through libfuse)" drop)"
    echo "$1, round $round: $(last "$1 kernel sequential") GB/s, libfuse $(last "$1 libfuse sequential"), the file itself $(last "$1 itself sequential")"
  done
  for transport in $transports; do unmount "$scratch/$transport"; done
  for how in sequential random; do
    rows+="| $1, $how | $(cell "$1 kernel $how") | $(cell "$1 libfuse $how") | $(cell "$1 itself $how") |"$'\n'
  done
}

warm_memory
measure tmpfs "$scratch/tmpfs/node"
clean_up
measure 'disk, in the page cache' "$scratch/node"

over() { calc %.2f "$(middle "$1") / $(middle "$2")"; } # NAME NAME
limits() {
  local place
  for place in tmpfs 'disk, in the page cache'; do
    at_least "$place: sequential, transport kernel / the file itself" "$(over "$place kernel sequential" "$place itself sequential")" 0.9
    at_least "$place: sequential, transport kernel / libfuse" "$(over "$place kernel sequential" "$place libfuse sequential")" 1.8
    at_least "$place: random, transport kernel / libfuse" "$(over "$place kernel random" "$place libfuse random")" 3
  done
}

report() {
  cat <<MARKDOWN
# Passthrough

Made by \`bench/passthrough.sh $rounds\`: the file \`$file\` of the dump, $(mib "$size") MiB, materialised and read from start to end, $block a read, and
for 2 s at random, 4 KiB a read, through a mount of each transport and where it lies, in turn; medians of $rounds rounds (from - to).

$(describe_machine)

| materialised on | transport kernel, GB/s or reads/s | transport libfuse | the file itself |
| --- | --- | --- | --- |
$rows
MARKDOWN
  limits_table limits
}

mkdir -p bench/results
report >bench/results/passthrough.md
echo
cat bench/results/passthrough.md
! grep -q '\*\*no\*\*' bench/results/passthrough.md
