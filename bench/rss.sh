#!/usr/bin/env bash
# Whether a mount's memory stays flat: bench/rss.sh [SECONDS]
#
# Reads the dump of a PyTorch worker through a fresh mount, 4 KiB at random offsets, for 5 minutes, and looks at the
# resident memory of the process that serves it every second. The reads go past the page cache (O_DIRECT), or the mount
# would have nothing to do after some seconds. Writes bench/results/rss.md; fails if the memory grows. SNAPFS_BENCH_DIR
# names the folder that keeps the dump (1.5 GB).
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. bench/common.sh

seconds=${1:-300}
[ "$seconds" -ge 180 ] || fail 'the first minute, the second and the last must not overlap: 180 seconds or more'
tools/setup.sh --with peers
tools/build.sh
dump_torch_worker a 1
file=$(cd "$bench_dir/dump-a" && ls -S pages-*.img | head -n 1)
store=$scratch/store mnt=$scratch/mnt
mkdir "$mnt"
"$snapfs" pack "$bench_dir/dump-a" --store "$store" --name worker >/dev/null

mount_pid= reader=
clean_up() {
  [ -z "$reader" ] || { kill -- "-$reader" && wait "$reader"; } || true
  if mountpoint -q "$mnt"; then "$snapfs" umount "$mnt" || umount -l "$mnt"; fi
  [ -z "$mount_pid" ] || wait "$mount_pid" || true
}
on_exit clean_up
"$snapfs" mount "$store" "$mnt" --foreground 2>"$scratch/mount.log" &
mount_pid=$!
for ((waited = 0; waited < 600; waited++)); do
  ! mountpoint -q "$mnt" || break
  sleep 0.1
done
mountpoint -q "$mnt" || fail "not mounted: $(cat "$scratch/mount.log")"

set -m # in a group of its own, or who ends this script early would have to wait for the reads
random_reads "$mnt/worker/latest/$file" "$seconds" --direct=1 >"$scratch/reads" &
reader=$!
set +m
resident() { awk '/^VmRSS:/ {printf "%.1f", $2 / 1024}' "/proc/$mount_pid/status"; } # MiB
samples=()
for ((second = 1; second <= seconds; second++)); do
  sleep 1
  [ -d "/proc/$mount_pid" ] || fail "the mount ended: $(cat "$scratch/mount.log")"
  samples+=("$(resident)")
  [ $((second % 30)) -ne 0 ] || echo "$second s: ${samples[-1]} MiB"
done
wait "$reader"
reader=
read -r iops p99 <"$scratch/reads"
peak=$(awk '/^VmHWM:/ {printf "%.1f", $2 / 1024}' "/proc/$mount_pid/status")

minutes() {
  local from
  echo '| after, s | lowest, MiB | median | highest |'
  echo '| --- | --- | --- | --- |'
  for ((from = 0; from + 60 <= seconds; from += 60)); do
    echo "| $from - $((from + 60)) | $(printf '%s\n' "${samples[@]:from:60}" | sort -n | head -n 1) | $(median "${samples[@]:from:60}") | $(printf '%s\n' "${samples[@]:from:60}" | sort -n | tail -n 1) |"
  done
}
second_minute=$(median "${samples[@]:60:60}")
last_minute=$(median "${samples[@]:seconds - 60:60}")
limits() { at_most 'median of the last minute / of the second' "$(calc %.3f "$last_minute / $second_minute")" 1.05; }

report() {
  cat <<MARKDOWN
# Memory of a mount

Made by \`bench/rss.sh $seconds\`: random reads of 4 KiB of the file \`$file\` of the dump through a fresh mount with its default cache of 512 MiB, past the page cache, for $seconds seconds:
$iops reads a second, 99th percentile $p99 us. Resident memory of the mount's process, every second; $peak MiB at most.

$(describe_machine)

$(minutes)

MARKDOWN
  limits_table limits
}

mkdir -p bench/results
report >bench/results/rss.md
echo
cat bench/results/rss.md
! grep -q '\*\*no\*\*' bench/results/rss.md
