#!/usr/bin/env bash
# What can go wrong under a mount, done to the dump of a PyTorch worker: bench/faults.sh
#
# Kills readers while they read, opens a file thousands of times, removes an artifact that is read, takes the store's disk
# away and puts it back, alters and cuts a materialised file, fills the directory of materialised files, kills the process
# that serves the mount, and gives it 256 MiB of memory. After each the file must still have the bytes that were packed.
# The test suite does all of this, too, with smaller files; here it is the program as installed, with a real file.
#
# Writes bench/results/faults.md; fails if one thing isn't as it must be. Needs root; SNAPFS_BENCH_DIR names the folder that
# keeps the dumps.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. bench/common.sh
. bench/filesystems.sh

prepare_dumps
served=$mnt/image/latest/$file
make_image snapfs-kernel "$dump"
expected=$(sha256sum "$dump/$file" | cut -d' ' -f1)
log=$scratch/mount.log
group=

serve() { "$snapfs" mount "$1" "$mnt" --no-rehearsal --log "$log" "${@:2}"; } # STORE [OPTION...]
sum() { sha256sum "$1" | cut -d' ' -f1; }                                     # FILE

row() { echo "| $1 | $2 |" | tee -a "$scratch/rows"; } # FAULT WHAT-HAPPENED
must() { "${@:2}" || fail "$1; the log ends with: $(tail -n 3 "$log")"; } # WHAT-IS-WRONG COMMAND...
is_whole() { [ "$(sum "$served")" = "$expected" ]; }
# The same, with nothing answered by the page cache.
is_whole_cold() { forget_cached && is_whole; }

readers_are_killed() {
  local readers=() pid time open
  serve "$store"
  must 'wrong bytes' is_whole
  open=$(ls "/proc/$(mount_process)/fd" | wc -l)
  forget_cached
  for ((time = 0; time < 40; time++)); do
    dd if="$served" of=/dev/null bs=64K skip=$((time * 500)) status=none &
    readers+=($!)
  done
  for pid in "${readers[@]}"; do
    sleep 0.03
    kill -9 "$pid" 2>/dev/null || true # may have ended by itself
  done
  for pid in "${readers[@]}"; do wait "$pid" 2>/dev/null || true; done
  must 'wrong bytes' is_whole_cold
  sleep 1 # a close is told to the mount in its own time
  must 'files stay open in the mount' [ "$(ls "/proc/$(mount_process)/fd" | wc -l)" -le $((open + 2)) ]
  row '40 readers, killed while they read' 'contents equal; the mount has no more files open than before'
}

many_opens() {
  python3 - "$served" "$dump/$file" <<'PYTHON'
import os, random, resource, sys
opens = 5000
resource.setrlimit(resource.RLIMIT_NOFILE, (opens + 100, max(opens + 100, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
served, dumped = sys.argv[1:]
size, plain = os.path.getsize(dumped), os.open(dumped, os.O_RDONLY)
files = [os.open(served, os.O_RDONLY) for _ in range(opens)]
for each in files:
    at = random.randrange(size // 4096) * 4096
    if os.pread(each, 4096, at) != os.pread(plain, 4096, at):
        sys.exit("wrong bytes at %d" % at)
PYTHON
  must 'wrong bytes' is_whole_cold
  unmount_image
  row '5,000 opens of one file at a time' 'each read 4 KiB, as packed'
}

artifact_is_removed() {
  local sums=$scratch/sums freed
  "$snapfs" pack "$bench_dir/dump-c" --store "$store" --name removed >/dev/null
  serve "$store"
  exec 9<"$mnt/removed/latest/$(cd "$bench_dir/dump-c" && ls -S pages-*.img | head -n 1)"
  {
    head -c 500000000 <&9
    "$snapfs" rm "$store" removed >/dev/null
    freed=$("$snapfs" gc "$store")
    echo "$freed" >"$scratch/freed"
    forget_cached
    cat <&9
  } | sha256sum | cut -d' ' -f1 >"$sums"
  exec 9<&-
  must 'wrong bytes of the removed artifact' [ "$(<"$sums")" = "$(sum "$(ls -S "$bench_dir"/dump-c/pages-*.img | head -n 1)")" ]
  sleep 2
  must 'the removed artifact is still there' [ ! -e "$mnt/removed" ]
  must 'wrong bytes of another artifact' is_whole_cold
  unmount_image
  row 'an artifact removed, and `gc`, while it is read' "its reader reads on to the end, contents equal; then it is gone; gc said: $(tr '\n' ' ' <"$scratch/freed")"
}

# The store on a loop device whose file is cut to nothing: reading from the disk fails.
disk_is_gone() {
  local medium=$scratch/medium disk=$scratch/disk said read_from
  truncate -s $(($(bytes_in "$store") + (200 << 20))) "$medium"
  mkfs.ext4 -q -F -O ^has_journal "$medium"
  mkdir "$disk"
  mount -o loop "$medium" "$disk"
  on_exit "unmount_image; umount '$disk'"
  cp -a "$store" "$disk/store"
  mount -o remount,ro "$disk"
  read_from=$(findmnt -no SOURCE "$disk")
  blockdev --flushbufs "$read_from"
  cp --sparse=always "$medium" "$medium.aside"
  serve "$disk/store"
  head -c 100000000 "$served" >/dev/null
  truncate -s 0 "$medium"
  forget_cached
  said=$(sha256sum "$served" 2>&1 >/dev/null) && fail 'a file was read whole from a disk that is gone'
  must "not EIO: $said" grep -q 'Input/output error' <<<"$said"
  must 'the mount ended' [ -d "/proc/$(mount_process)" ]
  cat "$medium.aside" >"$medium"
  must 'wrong bytes when the disk is back' is_whole_cold
  unmount_image
  umount "$disk"
  on_exit unmount_image
  rm "$medium" "$medium.aside"
  row "the store's disk gone, and back" "EIO, $(grep -c . "$log") lines in the log; the same mount reads all when it is back, contents equal"
}

# is_materialised: an intact copy of the file lies in $scratch/hot.
is_materialised() {
  "$snapfs" cache ls "$scratch/hot" --json | python3 -c '
import json, sys
sys.exit(not any(each["length_bytes"] == int(sys.argv[1]) and each["intact"] for each in json.load(sys.stdin)["files"]))' "$size"
}
# Reads the file until it is.
materialise() {
  local second
  for ((second = 0; second < 120; second++)); do
    must 'wrong bytes' is_whole
    ! is_materialised || return 0
    sleep 1
  done
  fail "not materialised within two minutes: $("$snapfs" cache ls "$scratch/hot")"
}

materialised_file_is_changed() {
  local hot
  serve "$store" --materialize "$scratch/hot" --materialize-size 4G
  materialise
  hot=$(find "$scratch/hot" -type f -size "${size}c")
  printf 'other bytes' | dd of="$hot" bs=1 seek=$((size / 3)) conv=notrunc status=none
  must 'an altered file is called intact' eval '! is_materialised'
  must 'wrong bytes from an altered file' is_whole
  materialise
  hot=$(find "$scratch/hot" -type f -size "${size}c")
  truncate -s $((size / 2)) "$hot"
  must 'wrong bytes from a cut file' is_whole
  materialise
  must 'wrong bytes' is_whole_cold
  unmount_image
  rm -rf "$scratch/hot"
  row 'a materialised file altered, then cut' 'contents equal at the next open; made anew both times'
}

directory_is_full() {
  local time said
  mkdir "$scratch/hot"
  mount -t tmpfs -o size=64M tmpfs "$scratch/hot"
  on_exit "unmount_image; umount '$scratch/hot'"
  : >"$log"
  serve "$store" --materialize "$scratch/hot" --materialize-size 4G
  for ((time = 0; time < 4; time++)); do
    must 'wrong bytes' is_whole_cold
    sleep 1
  done
  said=$(grep -c 'hot' "$log") || true
  must 'the log says nothing' [ "$said" -gt 0 ]
  unmount_image
  umount "$scratch/hot"
  on_exit unmount_image
  row 'the directory of materialised files full (64 MiB)' "decoded as ever, contents equal; $said lines in the log"
}

mount_is_killed() {
  local said reader
  serve "$store"
  dd if="$served" of=/dev/null bs=1M status=none 2>"$scratch/reader" &
  reader=$!
  sleep 0.1
  kill -9 "$(mount_process)"
  wait "$reader" && fail 'a reader ended well when the mount was killed'
  said=$(cat "$served" 2>&1 >/dev/null) && fail 'a file was read from a mount that was killed'
  must "not ENOTCONN: $said" grep -q 'Transport endpoint is not connected' <<<"$said"
  serve "$store"
  must 'wrong bytes' is_whole_cold
  unmount_image
  row 'SIGKILL of the mount' "its reader: $(sed 's/.*: //' "$scratch/reader"); others: ENOTCONN; \`snapfs mount\` over it recovers, contents equal"
}

# make_group BYTES: a control group with a memory limit; sets group and limited, what counts how often it was met.
make_group() {
  local v1=/sys/fs/cgroup/memory v2=/sys/fs/cgroup name=snapfs-faults-$$
  if [ -w "$v1/memory.limit_in_bytes" ]; then
    group=$v1/$name
    mkdir "$group"
    echo "$1" >"$group/memory.limit_in_bytes"
    limited() { cat "$group/memory.failcnt"; }
  elif grep -qw memory "$v2/cgroup.subtree_control" 2>/dev/null; then
    group=$v2/$name
    mkdir "$group"
    echo "$1" >"$group/memory.max"
    limited() { awk '$1 == "max" {print $2}' "$group/memory.events"; }
  else
    fail 'no memory controller of control groups'
  fi
}

memory_is_short() {
  local time
  make_group $((256 << 20))
  on_exit "unmount_image; sleep 1; rmdir '$group'"
  (echo "$BASHPID" >"$group/cgroup.procs" && serve "$store")
  must 'the mount is not in the group' grep -qx "$(mount_process)" "$group/cgroup.procs"
  for ((time = 0; time < 2; time++)); do must 'wrong bytes' is_whole_cold; done
  forget_cached
  read_halves "$served"
  random_reads "$served" 5 --direct=1 >/dev/null
  must 'the mount ended' [ -d "/proc/$(mount_process)" ]
  must 'wrong bytes' is_whole_cold
  row '256 MiB of memory' "read whole three times, in halves and at random; the limit was met $(limited) times, nobody was killed"
  unmount_image
}

readers_are_killed
many_opens
artifact_is_removed
disk_is_gone
materialised_file_is_changed
directory_is_full
mount_is_killed
memory_is_short

report() {
  cat <<MARKDOWN
# Faults under a mount

Made by \`bench/faults.sh\`: the file \`$file\` of the dump, $(mib "$size") MiB, transport kernel. After each fault the file is read whole and its SHA-256 is
compared with what was packed.

$(describe_machine)

| what happens | what its readers see |
| --- | --- |
$(cat "$scratch/rows")
MARKDOWN
}
mkdir -p bench/results
report >"$scratch/faults.md"
mv "$scratch/faults.md" bench/results/
