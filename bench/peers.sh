#!/usr/bin/env bash
# Reading the dump of a PyTorch worker through snapfs and through what one would use instead, in turn:
#   bench/peers.sh [ROUNDS [KIND...]]
#
# Writes a table to bench/results/peers.md and a plot to bench/results/peers.svg after each round; fails if a limit is not
# kept. With KINDs (see bench/filesystems.sh) only these are measured, and the table is only printed. What is measured, and
# what cold means: docs/benchmarks.md. Needs root; SNAPFS_BENCH_DIR names the folder that keeps the dumps.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. bench/common.sh
. bench/filesystems.sh

rounds=${1:-5}
[ "$rounds" -ge 1 ] || fail "rounds: at least 1, not $rounds"
chosen=${*:2}
prepare_dumps

rows=() missing=
for kind in ${chosen:-$kinds}; do
  if is_installed "$kind"; then rows+=("$kind"); else missing="$missing, $(name_of "$kind")"; fi
done
echo "packing for ${rows[*]}"
for kind in "${rows[@]}"; do
  [ "$kind" = ext4 ] || make_image "$kind" "$dump"
done
# What a mount that runs before a measurement has read: another worker, which shares no chunk with this one; and a file
# that is one hole, which costs nobody but the transport anything.
truncate -s 2G "$scratch/hole"
mkdir "$scratch/zeros"
mv "$scratch/hole" "$scratch/zeros/$file"
declare -A stored=()
for kind in "${rows[@]}"; do
  image=$(image_of "$kind")
  case $kind in
    snapfs-*)
      [ -z "${stored[$image]:-}" ] || continue
      stored[$image]=$(bytes_in "$image")
      pack_as "$kind" "$bench_dir/dump-c" other >/dev/null
      pack_as "$kind" "$scratch/zeros" zeros >/dev/null
      ;;
  esac
done

# Gigabytes per second of the whole file, and of the tar.
sequential() { rate "$size" dd if="$root/$file" of=/dev/null bs=1M status=none; }
unpacked() { zstd -dcq "$(image_of zstd)" >/dev/null; }

# The file or folder that a kind is read from.
source_of() { if [ "$1" = ext4 ]; then echo "$dump"; else image_of "$1"; fi; } # KIND

# fresh KIND: caches are dropped, then it is mounted.
fresh() {
  unmount_image
  drop_caches "$(source_of "$1")"
  mount_image "$1" "$dump" --no-rehearsal
}

# measure_fresh KIND: each of its reads on a mount of its own.
measure_fresh() {
  local iops p99
  fresh "$1"
  note "$1 fresh sequential" "$(sequential)"
  warm "$1 fresh"
  fresh "$1"
  note "$1 fresh halves" "$(rate "$size" read_halves "$root/$file")"
  fresh "$1"
  read -r iops p99 < <(random_reads "$root/$file" 5)
  note "$1 fresh random" "$iops"
  note "$1 fresh p99" "$p99"
  unmount_image
}

warm() { # KIND AND STATE
  local iops
  note "$1 warm" "$(sequential)"
  read -r iops _ < <(random_reads "$root/$file" 1)
  note "$1 warm-random" "$iops"
}

# measure_running KIND: all on one mount that has served another artifact, with caches dropped before each.
measure_running() {
  local iops p99
  unmount_image
  mount_image "$1" "$dump" --no-rehearsal
  served_before "$mnt/other/latest/$file"
  forget_cached
  random_reads "$mnt/other/latest/$file" 3 >/dev/null
  drop_caches "$(source_of "$1")"
  read -r iops p99 < <(random_reads "$root/$file" 5)
  note "$1 running random" "$iops"
  note "$1 running p99" "$p99"
  cold "$1" sequential sequential
  warm "$1 running"
  cold "$1" halves rate "$size" read_halves "$root/$file"
  case $1 in *@*) ;; *) measure_transport "$1" ;; esac
  unmount_image
}

# measure_rehearsed KIND: the first read of a mount that nobody has read of until its rehearsal had ended.
measure_rehearsed() {
  local second
  unmount_image
  : >"$scratch/mount.log"
  mount_image "$1" "$dump"
  for ((second = 0; second < 120; second++)); do
    ! grep -q 'rehearsed reading' "$scratch/mount.log" || break
    sleep 1
  done
  [ "$second" -lt 120 ] || fail "$1: no rehearsal within two minutes: $(cat "$scratch/mount.log")"
  drop_caches "$(source_of "$1")"
  note "$1 rehearsed sequential" "$(sequential)"
  unmount_image
}

# cold KIND MEASURE COMMAND...: drops caches and notes what the command prints, if what it read came from the disk and not
# from what the mount had kept; otherwise it is done again, three times at most.
cold() {
  local before read least figure time
  least=$((${stored[$(image_of "$1")]} * 9 / 10))
  for time in 1 2 3; do
    displace "$1"
    drop_caches "$(source_of "$1")"
    before=$(bytes_from_disk)
    figure=$("${@:3}")
    read=$(($(bytes_from_disk) - before))
    if [ "$read" -ge "$least" ]; then
      note "$1 running $2" "$figure"
      return
    fi
  done
  fail "$1 $2: not cold: $read bytes came from the disk, at least $least are stored"
}

# displace KIND: past the page cache, random reads leave decoded chunks in the mount's own memory, where what is read from
# start to end passes by. Random reads of the other worker take their place.
displace() {
  case $1 in *+direct_io) random_reads "$mnt/other/latest/$file" 5 >/dev/null ;; esac
}

# The transport alone: nothing to decode, nothing cached by the kernel.
measure_transport() { # KIND
  local time iops
  root=$mnt/zeros/latest
  for time in 1 2 3; do # one read of half a second differs from the next by half
    drop_caches
    note "$1 hole sequential" "$(rate $((2 << 30)) dd if="$root/$file" of=/dev/null bs=1M status=none)"
  done
  drop_caches
  read -r iops _ < <(random_reads "$root/$file" 2 --direct=1)
  note "$1 hole random" "$iops"
}

measure_round() {
  local kind state
  for kind in "${rows[@]}"; do
    if [ "$kind" = zstd ]; then
      drop_caches "$(image_of zstd)"
      note "zstd fresh sequential" "$(rate "$size" unpacked)"
      note "zstd fresh warm" "$(rate "$size" unpacked)"
      continue
    fi
    state=fresh
    case $kind in
      *@*)
        state=running
        measure_rehearsed "$kind"
        measure_running "$kind"
        ;;
      snapfs-*)
        measure_fresh "$kind"
        measure_running "$kind"
        ;;
      *) measure_fresh "$kind" ;;
    esac
    echo "$(date +%T) round $round, $kind: $(last "$kind $state sequential") GB/s, random $(last "$kind $state random") /s"
  done
}

bytes_of() { # KIND
  case $1 in
    ext4) bytes_in "$dump" ;;
    snapfs-*) echo "${stored[$(image_of "$1")]}" ;;
    casync) echo $(($(bytes_in "$(image_of casync)") + $(stat -c %s "$scratch/image.caidx"))) ;;
    *) stat -c %s "$(image_of "$1")" ;;
  esac
}
raw=$(bytes_in "$dump")

row() { # KIND STATE LABEL
  local bytes
  bytes=$(bytes_of "$1")
  echo "| $3 | $(mib "$bytes") | $(calc %.3f "$bytes / $raw") | $(cell "$1 $2 sequential") | $(cell "$1 $2 halves") | $(cell "$1 $2 warm") | $(cell "$1 $2 random") | $(cell "$1 $2 p99") | $(cell "$1 $2 warm-random") |"
}

table() {
  echo '| | MiB | of raw | cold sequential, GB/s | two readers, cold, in sum | warm sequential | cold random 4 KiB, /s in 5 s | its p99, µs | warm random, /s |'
  echo '| --- | --- | --- | --- | --- | --- | --- | --- | --- |'
  local kind
  for kind in "${rows[@]}"; do
    case $kind in
      *@*)
        row "$kind" rehearsed "$(name_of "$kind"), mounted a minute ago, first read"
        row "$kind" running "$(name_of "$kind"), mount running, data cold"
        ;;
      snapfs-*)
        row "$kind" fresh "$(name_of "$kind"), freshly mounted"
        row "$kind" running "$(name_of "$kind"), mount running, data cold"
        ;;
      *) row "$kind" fresh "$(name_of "$kind")" ;;
    esac
  done
}

# best MEASURE KIND...: the kind with the highest median.
best() {
  local kind measure=$1
  for kind in "${@:2}"; do
    [ -z "$(values_of "$kind fresh $measure")" ] || echo "$(middle "$kind fresh $measure") $kind"
  done | sort -rn | sed -n '1s/.* //p'
}
over() { calc %.2f "$(middle "$1") / $(middle "$2")"; } # NOTE NOTE

# beside OURS PEER...: the limits for a store of ours and the fastest of these peers; both sizes are told.
beside() {
  local peer
  peer=$(best sequential "${@:2}")
  at_least "cold sequential: $(name_of "$1"), running, $(mib "$(bytes_of "$1")") MiB / the fastest of that size, $(name_of "$peer"), $(mib "$(bytes_of "$peer")") MiB" \
    "$(over "$1 running sequential" "$peer fresh sequential")" 1.7
  at_most 'its size / the size of that one' "$(calc %.3f "$(bytes_of "$1") / $(bytes_of "$peer")")" 1
  at_least 'two readers of it in sum / one' "$(over "$1 running halves" "$1 running sequential")" 1
}

limits() {
  local fuse
  fuse=$(best random squashfuse-zstd squashfuse-lz4)
  beside snapfs-kernel@4400M squashfs-zstd squashfuse-zstd casync
  beside snapfs-kernel@9G squashfs-lz4 squashfuse-lz4 erofs-lz4
  at_least "cold random, transport kernel, fresh / $(name_of "$fuse")" "$(over 'snapfs-kernel fresh random' "$fuse fresh random")" 3
  at_least 'a file that is one hole: sequential, transport kernel / libfuse' "$(over 'snapfs-kernel hole sequential' 'snapfs-libfuse hole sequential')" 1.8
  at_least 'the same, random without the page cache' "$(over 'snapfs-kernel hole random' 'snapfs-libfuse hole random')" 3
  echo
  beside_the_limits "$fuse"
}

# beside_the_limits KIND: what else is of interest; KIND is the peer whose random reads are fastest.
beside_the_limits() {
  local smallest='snapfs-kernel running sequential' fresh='snapfs-kernel fresh sequential'
  local zstd='squashfuse-zstd fresh sequential' lz4='squashfuse-lz4 fresh sequential'
  cat <<TEXT
Beside the limits, packed as small as can be ($(mib "$(bytes_of snapfs-kernel)") MiB), cold sequential / squashfuse: running $(over "$smallest" "$zstd") (zstd) and $(over "$smallest" "$lz4") (lz4), freshly mounted $(over "$fresh" "$zstd") and $(over "$fresh" "$lz4").
Past the page cache (-o direct_io), packed for 9 GB/s, running, / squashfuse lz4 $(over 'snapfs-kernel@9G+direct_io running sequential' "$lz4"), two readers of each $(over 'snapfs-kernel@9G+direct_io running halves' 'squashfuse-lz4 fresh halves').
Two readers in sum / one, packed as small as can be: running $(over 'snapfs-kernel running halves' "$smallest"), fresh $(over 'snapfs-kernel fresh halves' "$fresh").
Cold random, running, / $(name_of "$1") $(over 'snapfs-kernel running random' "$1 fresh random").
Transport kernel / libfuse on the dump: sequential $(over "$smallest" 'snapfs-libfuse running sequential'), random $(over 'snapfs-kernel running random' 'snapfs-libfuse running random').
Cold sequential, fresh, / decoding the tar with zstd, all of it: $(over "$fresh" 'zstd fresh sequential').
TEXT
}

report() {
  cat <<MARKDOWN
# Reading a PyTorch worker, beside other filesystems

Made by \`bench/peers.sh $rounds\`: one file of $(mib "$size") MiB of the dump; medians of $round rounds (from - to), all in turn in each round. What
cold, fresh and running mean: [docs/benchmarks.md](../../docs/benchmarks.md).

$(describe_machine)
$(describe_filesystems)${missing:+
- not installed, so missing here: ${missing#, }}

$(table)

| a file that is one hole (2 GiB), mount running | sequential, GB/s | random 4 KiB without the page cache, /s |
| --- | --- | --- |
| transport kernel | $(cell 'snapfs-kernel hole sequential') | $(cell 'snapfs-kernel hole random') |
| transport libfuse | $(cell 'snapfs-libfuse hole sequential') | $(cell 'snapfs-libfuse hole random') |

![plot](peers.svg)

MARKDOWN
  limits_table limits
}

# TITLE|LABEL|MEDIAN|LOW|HIGH
bars() {
  local kind measure title state label
  while IFS='|' read -r measure title; do
    for kind in "${rows[@]}"; do
      for state in fresh running; do
        [ -n "$(values_of "$kind $state $measure")" ] || continue
        label=$(name_of "$kind")
        [ $state = fresh ] || label="$label, running"
        # shellcheck disable=SC2046 # three numbers
        printf '%s|%s|%s|%s|%s\n' "$title" "$label" $(range "$kind $state $measure")
      done
    done
  done <<'MEASURES'
sequential|Cold sequential read, GB/s
halves|Two readers at a time, cold, GB/s in sum
random|Random reads of 4 KiB, first 5 s after a cold start, per second
MEASURES
}

# After each round, so that a run that ends early leaves the rounds that it had.
write_results() {
  verdict=met
  mkdir -p bench/results
  report >"$scratch/peers.md"
  bars | awk -f bench/bars.awk >"$scratch/peers.svg"
  mv "$scratch/peers.md" "$scratch/peers.svg" bench/results/
}

for ((round = 1; round <= rounds; round++)); do
  measure_round
  [ -n "$chosen" ] || write_results
done
echo
if [ -n "$chosen" ]; then
  table
else
  cat bench/results/peers.md
fi
[ "$verdict" = met ]
