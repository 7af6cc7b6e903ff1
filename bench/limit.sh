#!/usr/bin/env bash
# How far a cold sequential read is from what this machine can do, and what the difference is:
#   bench/limit.sh [ROUNDS [OPTION...]]
#
# The parts of such a read are measured alone: decoding the chunks of a PyTorch worker's dump in memory, bringing their
# stored bytes from the disk into memory, and the transport with its copies (a file that is one hole costs nothing else).
# Their processor time over all cores is the limit. Then the dump is read through a mount that has run for a while, cold,
# with the page cache and past it (-o direct_io), and the processors' time is taken from /proc/stat. Writes
# bench/results/limit.md, or limit-packed.md if there are options, which are for `snapfs pack`. There is no limit to keep.
# Nothing else may run meanwhile: the time of all processes is counted. Needs root. SNAPFS_BENCH_DIR names the folder of
# the dumps (3 GB).
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. bench/common.sh

rounds=${1:-5} packing=${*:2}
[ "$(id -u)" -eq 0 ] || fail 'needs root, to drop caches and to mount'
tools/build.sh
dump_torch_worker a 1
dump_torch_worker c 2
file=$(cd "$bench_dir/dump-a" && ls -S pages-*.img | head -n 1)
size=$(stat -c %s "$bench_dir/dump-a/$file")
cores=$(nproc)
store=$scratch/store mnt=$scratch/mnt
mkdir "$mnt" "$scratch/worker" "$scratch/zeros" "$scratch/classes"
ln "$bench_dir/dump-a/$file" "$scratch/worker/$file"
truncate -s "$size" "$scratch/zeros/$file"
"$snapfs" pack "$scratch/worker" --store "$store" --name worker "${@:2}" >/dev/null
packs=("$store"/packs/*/*.pack)
"$snapfs" pack "$bench_dir/dump-c" --store "$store" --name other >/dev/null
"$snapfs" pack "$scratch/zeros" --store "$store" --name zeros >/dev/null
on_exit 'if mountpoint -q "$mnt"; then "$snapfs" umount "$mnt" || umount -l "$mnt"; fi'

jars=$(echo tools/target/snapfs-tools-*.jar)
javac -d "$scratch/classes" -cp "$jars" bench/src/main/java/io/snapfs/format/codec/DecodeCost.java
decode_cost() {
  java -Xmx512m -XX:+UseSerialGC -cp "$scratch/classes:$jars" io.snapfs.format.codec.DecodeCost "$store" worker "$rounds"
}

# Seconds of all processors since the boot: of users, of the kernel, idle, and taken by others (steal).
processors() { awk -v hz="$(getconf CLK_TCK)" '/^cpu / {print ($2 + $3) / hz, ($4 + $7 + $8) / hz, ($5 + $6) / hz, $9 / hz}' /proc/stat; }

# spent NAME COMMAND...: notes "NAME elapsed" and, in processor seconds, "NAME user", "NAME kernel", "NAME idle", "NAME steal".
spent() {
  local user kernel idle steal u k i s start=$EPOCHREALTIME elapsed
  read -r user kernel idle steal < <(processors)
  "${@:2}"
  elapsed=$(calc %.4f "$EPOCHREALTIME - $start")
  read -r u k i s < <(processors)
  note "$1 elapsed" "$elapsed"
  note "$1 user" "$(calc %.2f "$u - $user")"
  note "$1 kernel" "$(calc %.2f "$k - $kernel")"
  note "$1 idle" "$(calc %.2f "$i - $idle")"
  note "$1 steal" "$(calc %.2f "$s - $steal")"
}
busy() { calc %.2f "$(middle "$1 user") + $(middle "$1 kernel")"; } # NAME

read_through() { dd if="$mnt/$1/latest/$file" of=/dev/null bs=1M status=none; }
read_packs() { for pack in "${packs[@]}"; do dd if="$pack" of=/dev/null bs=1M status=none; done; }

# measure NAME [OPTION...]: reads through a mount that has served another worker for a while.
measure() {
  "$snapfs" mount "$store" "$mnt" --transport kernel --no-rehearsal --log "$scratch/mount.log" "${@:2}"
  warm_up "$mnt/other/latest/$file"
  for _ in 1 2; do read_through zeros; drop_caches "$store"; done
  spent "$1 hole" read_through zeros
  drop_caches "$store"
  spent "$1 read" read_through worker
  "$snapfs" umount "$mnt"
}

declare -A plain=() stored=()
while read -r codec plain_bytes stored_bytes seconds; do
  plain[$codec]=$plain_bytes stored[$codec]=$stored_bytes
  note "$codec" "$seconds"
done < <(decode_cost)
[ -n "$(values_of join)" ] || fail 'decoding was not measured'
for ((round = 1; round <= rounds; round++)); do
  drop_caches "$store"
  spent packs read_packs
  measure cached
  measure direct -o direct_io
  echo "round $round: cached $(calc %.3f "$size / 1e9 / $(last 'cached read elapsed')") GB/s, direct_io $(calc %.3f "$size / 1e9 / $(last 'direct read elapsed')") GB/s"
done

codecs=() decoding=0
for codec in raw lz4 zstd split-zstd; do
  [ "${plain[$codec]:-0}" = 0 ] || { codecs+=("$codec"); decoding=$(calc %.4f "$decoding + $(middle "$codec")"); }
done

part() { echo "| $1 | $(mib "$2") | $(calc %.3f "$3 * 1e9 / $2") | $(calc %.2f "$3") |"; } # WHAT BYTES SECONDS
parts_table() {
  local codec
  echo '| alone | MiB | ns a byte | processor seconds |'
  echo '| --- | --- | --- | --- |'
  for codec in "${codecs[@]}"; do part "decoding $codec, with its checksum; plain bytes" "${plain[$codec]}" "$(middle "$codec")"; done
  part 'of all decoding: the checksums; stored bytes' "${stored[crc]}" "$(middle crc)"
  [ "${plain[join]}" = 0 ] || part 'of all decoding: putting byte planes together; plain bytes' "${plain[join]}" "$(middle join)"
  part 'stored bytes, cold, from the disk to a reader' "${stored[crc]}" "$(busy packs)"
  part 'transport, with the page cache: a hole of that size' "$size" "$(busy 'cached hole')"
  part 'transport, direct_io' "$size" "$(busy 'direct hole')"
}

# row NAME LABEL: the limit of a way to read, what was measured, and where its processors' time went.
row() {
  local parts limit all rest
  parts=$(calc %.3f "$decoding + $(busy packs) + $(busy "$1 hole")")
  limit=$(calc %.3f "$size / 1e9 / ($parts / $cores)")
  all=$(calc %.3f "$(middle "$1 read elapsed") * $cores")
  rest=$(calc %.3f "$(busy "$1 read") - $parts")
  share() { calc %.0f "100 * ($1) / $all"; }
  echo "| $2 | $parts | $limit | $(calc %.3f "$size / 1e9 / $(middle "$1 read elapsed")") | $(calc %.2f "$size / 1e9 / $(middle "$1 read elapsed") / $limit") | $(share "$parts") | $(share "$rest") | $(share "$(middle "$1 read idle")") | $(share "$(middle "$1 read steal")") |"
}

report() {
  cat <<MARKDOWN
# The distance to the limit

Made by \`bench/limit.sh $rounds${packing:+ $packing}\`: the file \`$file\` of the dump of a PyTorch worker, $(mib "$size") MiB, of which chunks have $(mib "${plain[crc]}") MiB and holes the rest; stored as
$(mib "${stored[crc]}") MiB. Transport \`kernel\`; the mount has served another artifact before, caches are dropped before each read. Medians of $rounds rounds.

$(describe_machine)

$(parts_table)

A read can't be faster than decoding, reading the stored bytes and the transport take together, shared by all $cores cores without a gap:

| | parts, processor seconds | limit, GB/s | measured, GB/s | of the limit | parts, % of the processors' time | more than the parts, % | idle, % | taken by other machines, % |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
$(row cached 'with the page cache')
$(row direct 'direct_io')

"More than the parts" is what the processors did beyond them: the same work with caches that others have emptied, handing chunks from thread to thread, read-ahead, Java's compilers.
"Idle" is waiting: for the disk, and for each other where one of the threads has nothing to do. Both are what remains to be won; the parts are the price of size and of FUSE.
MARKDOWN
}

mkdir -p bench/results
result=bench/results/limit${packing:+-packed}.md
report >"$result"
echo
cat "$result"
