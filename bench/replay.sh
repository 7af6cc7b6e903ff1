#!/usr/bin/env bash
# What a profile is worth: the largest file of a dump of a PyTorch worker is read through a fresh mount, one page of
# every 128 KiB in random order, by one reader, without and with the profile of that order: bench/replay.sh [ROUNDS]
#
# The stored bytes are in the page cache (snapfs prefetch), the mount's own are not. Prints a table and writes it to
# bench/results/replay.md. SNAPFS_BENCH_DIR names the folder that keeps the dump.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. bench/common.sh

rounds=${1:-5}
seed=7
tools/setup.sh
tools/build.sh
dump_torch_worker a 1

store=$scratch/store mnt=$scratch/mnt
# shellcheck disable=SC2016 # expanded at exit
on_exit 'if mountpoint -q "$mnt"; then "$snapfs" umount "$mnt"; fi'
mkdir "$mnt"
"$snapfs" pack "$bench_dir/dump-a" --store "$store" --name worker >/dev/null
file=$(find "$bench_dir/dump-a/" -type f -printf '%s %f\n' | sort -rn | head -n 1 | cut -d' ' -f2)

# touch_through_mount OPTIONS...: sets seconds, reads, median_us and p99_us.
touch_through_mount() {
  "$snapfs" prefetch "$store" worker >/dev/null
  "$snapfs" mount "$store" "$mnt" --no-rehearsal "$@"
  read -r seconds reads median_us p99_us < <(bench/touch.py "$mnt/worker/latest/$file" $seed)
  "$snapfs" umount "$mnt"
}

warm_memory
touch_through_mount --record "$scratch/recording"
# The mount writes the recording when it ends, which is after umount has returned.
for ((i = 0; i < 100; i++)); do [ ! -e "$scratch/recording" ] || break; sleep 0.1; done

without_times=() with_times=() without_medians=() with_medians=() without_p99=() with_p99=()
for ((round = 1; round <= rounds; round++)); do
  touch_through_mount
  without_times+=("$seconds") without_medians+=("$median_us") without_p99+=("$p99_us")
  "$snapfs" profile add "$store" worker "$scratch/recording" >"$scratch/added"
  touch_through_mount
  with_times+=("$seconds") with_medians+=("$median_us") with_p99+=("$p99_us")
  profile_bytes=$(find "$store/profiles" -name '*.profile' -printf %s)
  "$snapfs" profile rm "$store" worker
  echo "round $round: without ${without_times[-1]} s, with ${with_times[-1]} s"
done

without=$(median "${without_times[@]}")
with=$(median "${with_times[@]}")

report() {
  cat <<MARKDOWN
# Replaying a profile

Made by \`bench/replay.sh $rounds\`; medians of $rounds rounds, without and with in turn, a fresh mount each time. One reader, $reads reads of one page each,
one in every 128 KiB of $file ($(mib "$(bytes_in "$bench_dir/dump-a/$file")") MiB), in random order, so that nearly each decodes a chunk of its own. Stored bytes in the page cache.

$(describe_machine)

| | seconds | from - to | median read, µs | 99th percentile, µs |
| --- | --- | --- | --- | --- |
| without a profile | $without | $(spread "${without_times[@]}") | $(median "${without_medians[@]}") | $(median "${without_p99[@]}") |
| with the profile of this order | $with | $(spread "${with_times[@]}") | $(median "${with_medians[@]}") | $(median "${with_p99[@]}") |

Without / with: **$(calc %.2f "$without / $with")**. The profile: $(sed 's/.*: //' "$scratch/added"), $profile_bytes bytes.
MARKDOWN
}

mkdir -p bench/results
report >bench/results/replay.md
echo
cat bench/results/replay.md
