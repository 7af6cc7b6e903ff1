#!/usr/bin/env bash
# Whether two readers at a time get in sum what one gets: bench/readers.sh [ROUNDS [KIND...]]
#
# Each kind (see bench/filesystems.sh) is mounted once, and served another artifact before, to one reader and to two. Then
# the dump of a PyTorch worker is read by one and by two by turns, ROUNDS times, with caches dropped before each read. What
# bench/peers.sh measures once in a mount is measured often here, since a single read of 0.7 s says little on a machine that
# is shared. Writes bench/results/readers.md if no KIND is given; fails if a limit is not kept. Needs root;
# SNAPFS_BENCH_DIR names the folder that keeps the dumps.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. bench/common.sh
. bench/filesystems.sh

rounds=${1:-9}
chosen=${*:2}
prepare_dumps
rows=()
for kind in ${chosen:-squashfuse-lz4 snapfs-kernel snapfs-kernel@4400M snapfs-kernel@9G}; do
  is_installed "$kind" || fail "$(name_of "$kind") is not installed"
  rows+=("$kind")
done

# measure KIND: one reader and two, by turns.
measure() {
  local image round
  image=$(image_of "$1")
  mount_image "$1" "$dump" --no-rehearsal
  case $1 in snapfs-*) served_before "$mnt/other/latest/$file" ;; esac
  for ((round = 1; round <= rounds; round++)); do
    drop_caches "$image"
    note "$1 one" "$(rate "$size" dd if="$root/$file" of=/dev/null bs=1M status=none)"
    drop_caches "$image"
    note "$1 two" "$(rate "$size" read_halves "$root/$file")"
    note "$1 ratio" "$(calc %.3f "$(last "$1 two") / $(last "$1 one")")"
  done
  unmount_image
  echo "$(name_of "$1"): $(cell "$1 one") GB/s, two readers $(cell "$1 two")"
}

for kind in "${rows[@]}"; do
  make_image "$kind" "$dump"
  case $kind in snapfs-*) pack_as "$kind" "$bench_dir/dump-c" other >/dev/null ;; esac
  measure "$kind"
done

table() {
  local kind
  echo '| | one reader, GB/s | two, in sum | two / one, in each round |'
  echo '| --- | --- | --- | --- |'
  for kind in "${rows[@]}"; do echo "| $(name_of "$kind") | $(cell "$kind one") | $(cell "$kind two") | $(cell "$kind ratio") |"; done
}

limits() {
  local kind
  for kind in "${rows[@]}"; do
    case $kind in
      snapfs-*) at_least "$(name_of "$kind"): two readers in sum / one" "$(calc %.2f "$(middle "$kind two") / $(middle "$kind one")")" 1 ;;
    esac
  done
}

report() {
  cat <<MARKDOWN
# Two readers beside one

Made by \`bench/readers.sh $rounds\`: one file of $(mib "$size") MiB of the dump of a PyTorch worker, read cold by one reader and its two halves by two at a
time, by turns in one running mount of each kind; medians of $rounds rounds (from - to).

$(describe_machine)
$(describe_filesystems)

$(table)

MARKDOWN
  limits_table limits
}

report >"$scratch/report"
[ -n "$chosen" ] || cp "$scratch/report" bench/results/readers.md
echo
cat "$scratch/report"
[ "$verdict" = met ]
