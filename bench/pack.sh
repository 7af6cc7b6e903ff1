#!/usr/bin/env bash
# Packing three dumps of a PyTorch worker, beside mksquashfs and casync: bench/pack.sh [ROUNDS]
#
# The worker runs twice with one seed (a, b) and once with another (c). Prints a table and writes it to
# bench/results/pack.md; fails if a limit is not kept. SNAPFS_BENCH_DIR names the folder that keeps the dumps (5 GB).
# The dumps are in the page cache and nothing waits to be written when a measurement starts. snapfs syncs what it
# writes, mksquashfs does not.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. bench/common.sh

rounds=${1:-5}
tools/setup.sh --with peers
tools/build.sh
dump_torch_worker a 1
dump_torch_worker b 1
dump_torch_worker c 2

store=$scratch/store
squashfs() { # DUMP
  rm -f "$scratch/image"
  mksquashfs "$bench_dir/dump-$1" "$scratch/image" -comp zstd -Xcompression-level 3 -b 128K -noappend -no-progress -quiet
}
pack() { "$snapfs" pack "$bench_dir/dump-$1" --store "$store" --name "worker-$1"; }
casync_make() { casync make --store="$scratch/casync" "$scratch/$1.caidx" "$bench_dir/dump-$1" >/dev/null; }
export -f squashfs pack casync_make
export snapfs bench_dir scratch store

# measured FUNCTION DUMP: sets seconds and resident.
measured() {
  sync
  read -r seconds resident < <(bench/measure.py bash -euc "$1 $2" 2>"$scratch/log") || true
  [ -n "${resident:-}" ] || fail "$1 $2: $(cat "$scratch/log")"
}

warm_memory
cat "$bench_dir"/dump-[abc]/pages-*.img >/dev/null

squashfs_times=() pack_times=()
for ((round = 1; round <= rounds; round++)); do
  measured squashfs a
  squashfs_times+=("$seconds")
  rm -rf "$store"
  measured pack a
  pack_times+=("$seconds")
  pack_resident=$resident
  echo "round $round: mksquashfs ${squashfs_times[-1]} s, snapfs pack ${pack_times[-1]} s"
done

raw=$(bytes_in "$bench_dir/dump-a")
squashfs_size=$(bytes_in "$scratch/image")
size_a=$(bytes_in "$store")
measured pack b
pack_b_seconds=$seconds
size_ab=$(bytes_in "$store")
measured pack c
pack_c_seconds=$seconds
size_abc=$(bytes_in "$store")

if command -v casync >/dev/null; then
  measured casync_make a
  casync_seconds=$seconds
  casync_a=$(bytes_in "$scratch/casync")
  measured casync_make b
  casync_b=$(($(bytes_in "$scratch/casync") - casync_a))
  casync_rows="| casync make, a | $casync_seconds | | $(mib "$casync_a") | $(calc %.3f "$casync_a / $raw") |
| casync make, b (same worker), added | $seconds | | $(mib "$casync_b") | |"
fi

squashfs_median=$(median "${squashfs_times[@]}")
pack_median=$(median "${pack_times[@]}")

limits() {
  at_most 'snapfs, size of a / mksquashfs' "$(calc %.3f "$size_a / $squashfs_size")" 0.93
  at_most 'snapfs, added by b / size of a' "$(calc %.3f "($size_ab - $size_a) / $size_a")" 0.06
  at_most 'snapfs, time for a / mksquashfs' "$(calc %.2f "$pack_median / $squashfs_median")" 1.5
  at_most 'largest resident set, MiB' "$pack_resident" 1024
}

report() {
  cat <<MARKDOWN
# Packing a PyTorch worker

Made by \`bench/pack.sh $rounds\`; medians of $rounds rounds, one after the other in each round, dumps in the page cache.

$(describe_machine)
- $(mksquashfs -version | head -n 1 | sed 's/ (.*//'), $(casync --version 2>/dev/null | head -n 1 || echo 'no casync')

| | seconds | from - to | MiB | of raw |
| --- | --- | --- | --- | --- |
| raw dump a | | | $(mib "$raw") | |
| mksquashfs zstd-3 128K, a | $squashfs_median | $(spread "${squashfs_times[@]}") | $(mib "$squashfs_size") | $(calc %.3f "$squashfs_size / $raw") |
| snapfs pack, a | $pack_median | $(spread "${pack_times[@]}") | $(mib "$size_a") | $(calc %.3f "$size_a / $raw") |
| snapfs pack, b (same worker), added | $pack_b_seconds | | $(mib "$((size_ab - size_a))") | |
| snapfs pack, c (other weights), added | $pack_c_seconds | | $(mib "$((size_abc - size_ab))") | |
${casync_rows:-| casync | not installed | | | |}

Largest resident set of \`snapfs pack\`: $pack_resident MiB.

MARKDOWN
  limits_table limits
}

mkdir -p bench/results
report >bench/results/pack.md
echo
cat bench/results/pack.md
[ "$verdict" = met ]
