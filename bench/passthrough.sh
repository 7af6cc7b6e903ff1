#!/usr/bin/env bash
# Reading a materialised file through the mount, beside the file itself: bench/passthrough.sh [ROUNDS]
#
# The largest file of the dump of a PyTorch worker is materialised on a tmpfs, then on the disk of $scratch (where it
# stays in the page cache), and read from start to end through the mount and where it lies, in turn. Prints a table and
# writes it to bench/results/passthrough.md; fails if a limit is not kept. SNAPFS_BENCH_DIR names the folder that keeps the dump (1.5 GB).
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. bench/common.sh

rounds=${1:-5}
block=128K # small enough for the processor's cache, so that the reader's own memory doesn't set the pace
[ "$(id -u)" = 0 ] || fail 'only root can hand files to the kernel'
tools/build.sh
dump_torch_worker a 1
file=$(cd "$bench_dir/dump-a" && find . -type f -printf '%s %P\n' | sort -n | tail -n 1 | cut -d' ' -f2)
size=$(stat -c %s "$bench_dir/dump-a/$file")
store=$scratch/store mountpoint=$scratch/mnt
mkdir "$mountpoint" "$scratch/tmpfs"
"$snapfs" pack "$bench_dir/dump-a" --store "$store" --name worker
clean_up() {
  if mountpoint -q "$mountpoint"; then "$snapfs" umount "$mountpoint" || umount -l "$mountpoint"; fi
  if mountpoint -q "$scratch/tmpfs"; then umount "$scratch/tmpfs"; fi
}
on_exit clean_up
mount -t tmpfs -o "size=$((size * 5 / 4))" tmpfs "$scratch/tmpfs"

# gbps FILE: GB/s of reading it from start to end. Drops first what the kernel keeps of a file of the mount: without passthrough
# its reads would then have to be answered by the mount.
gbps() {
  python3 - "$1" "$mountpoint/" <<'PYTHON'
import os, sys, time
fd = os.open(sys.argv[1], os.O_RDONLY)
if sys.argv[1].startswith(sys.argv[2]):
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
buffer = bytearray(128 << 10)
done, start = 0, time.monotonic()
while count := os.readv(fd, [buffer]):
    done += count
print("%.3f" % (done / (time.monotonic() - start) / 1e9))
PYTHON
}

# measure NAME DIR: adds a row for the file materialised in DIR.
rows='' verdict=met
measure() {
  local through=() itself=() materialised ratio
  "$snapfs" mount "$store" "$mountpoint" --materialize "$2" --materialize-size 2G
  for ((waited = 0; ; waited++)); do # opens it again and again until a whole one is there
    head -c 1 "$mountpoint/worker/latest/$file" >/dev/null
    materialised=$(find "$2/v1/records" -type f)
    [ -z "$materialised" ] || break
    [ $waited -lt 600 ] || fail "not materialised in $2"
    sleep 0.1
  done
  materialised=$2/v1/files/$(basename "$materialised")
  [ "$(sha256sum <"$mountpoint/worker/latest/$file")" = "$(sha256sum <"$materialised")" ] || fail 'contents differ'
  gbps "$materialised" >/dev/null
  for ((round = 1; round <= rounds; round++)); do
    through+=("$(gbps "$mountpoint/worker/latest/$file")")
    itself+=("$(gbps "$materialised")")
    echo "$1, round $round: through the mount ${through[-1]} GB/s, the file itself ${itself[-1]} GB/s"
  done
  "$snapfs" umount "$mountpoint"
  ratio=$(calc %.3f "$(median "${through[@]}") / $(median "${itself[@]}")")
  awk "BEGIN {exit !($ratio >= 0.9)}" || verdict=missed
  rows+="| $1 | $(median "${through[@]}") | $(spread "${through[@]}") | $(median "${itself[@]}") | $(spread "${itself[@]}") | $ratio |"$'\n'
}

warm_memory
measure tmpfs "$scratch/tmpfs/node"
clean_up
measure "disk, in the page cache" "$scratch/node"

report() {
  cat <<MARKDOWN
# Passthrough

Made by \`bench/passthrough.sh $rounds\`: the file \`$file\` of the dump, $(mib "$size") MiB, materialised and read from start to end, $block a read,
through the mount (transport \`kernel\`) and where it lies, in turn; medians of $rounds rounds.

$(describe_machine)

| materialised on | through the mount, GB/s | from - to | the file itself, GB/s | from - to | ratio |
| --- | --- | --- | --- | --- | --- |
$rows
The limit is a ratio of at least 0.9: $verdict.
MARKDOWN
}

mkdir -p bench/results
report >bench/results/passthrough.md
echo
cat bench/results/passthrough.md
[ $verdict = met ]
