#!/usr/bin/env bash
# How fast the page server fills a process, beside what this machine can do at most: bench/pagefill.sh [ROUNDS [JOBS]]
#
# A process whose memory is that of a PyTorch worker (dump a of bench/pack.sh) is filled again and again, in turns: by
# userfaultfd copies of memory and nothing else, by the page server with all chunks decoded, and by the page server
# from packed chunks in the page cache; decoding alone is measured, too. Prints a table and writes it to
# bench/results/pagefill.md; fails if a limit is not kept. Needs root. SNAPFS_BENCH_DIR names the folder of the dumps.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. bench/common.sh

rounds=${1:-5}
jobs=${2:-$(nproc)}
tools/build.sh
dump_torch_worker a 1
pages=$(python3 bench/pagefill.py images "$bench_dir/dump-a" "$scratch/images")
"$snapfs" pack "$scratch/images" --store "$scratch/store" --name worker >/dev/null
rm -r "$scratch/images"
mkdir "$scratch/work"
warm_memory

fill() {
  java -Xmx1g -XX:+UseParallelGC -cp "$(echo tools/target/snapfs-tools-*.jar)" \
    bench/src/main/java/io/snapfs/bench/PageFill.java "$scratch/store" worker "$scratch/work" "$pages" "$rounds" "$jobs"
}
copy=() warm=() decode=() packed=() seconds=() faults=() median_us=() p99_us=()
while read -r a b c d e f g h; do
  echo "copy $a, decoded $b, decode $c, packed $d GB/s; $f faults, median $g us, p99 $h us"
  copy+=("$a") warm+=("$b") decode+=("$c") packed+=("$d") seconds+=("$e") faults+=("$f") median_us+=("$g") p99_us+=("$h")
done < <(fill)
[ ${#copy[@]} -eq "$rounds" ] || fail 'it ended early'

copy_median=$(median "${copy[@]}")
warm_median=$(median "${warm[@]}")
decode_median=$(median "${decode[@]}")
packed_median=$(median "${packed[@]}")
both=$(calc %.2f "1 / (1 / $copy_median + 1 / $decode_median)")

report() {
  cat <<MARKDOWN
# Filling a restored process

Made by \`bench/pagefill.sh $rounds $jobs\`: $(mib $((pages * 4096))) MiB of memory, $jobs threads, medians of $rounds rounds; packs in the page cache.

$(describe_machine)

| | GB/s | from - to |
| --- | --- | --- |
| userfaultfd copies of memory, 1 MiB each, nothing else | $copy_median | $(spread "${copy[@]}") |
| page server, all chunks decoded | $warm_median | $(spread "${warm[@]}") |
| decoding, nothing else | $decode_median | $(spread "${decode[@]}") |
| page server, chunks packed | $packed_median | $(spread "${packed[@]}") |

Holes are not counted, but for the first row. The whole process was filled from packed chunks in $(median "${seconds[@]}") s ($(spread "${seconds[@]}")).
A process that touched random pages meanwhile waited $(median "${median_us[@]}") us in the median and $(median "${p99_us[@]}") us in the 99th percentile
(medians of the rounds, of about $(median "${faults[@]}") faults each, seen from the process).

| limit | measured | | kept |
| --- | --- | --- | --- |
MARKDOWN
  at_least 'all decoded / copies of memory' "$(calc %.2f "$warm_median / $copy_median")" 0.85
  at_least "packed / decoding then copying ($both GB/s)" "$(calc %.2f "$packed_median / $both")" 0.8
  at_most 'fault, median, us' "$(median "${median_us[@]}")" 300
  at_most 'fault, 99th percentile, us' "$(median "${p99_us[@]}")" 3000
}

mkdir -p bench/results
report >bench/results/pagefill.md
echo
cat bench/results/pagefill.md
[ $verdict = met ]
