#!/usr/bin/env bash
# A process with a large heap is dumped with CRIU, killed, packed, and restored from the mounted store: ./demo.sh [MIB]
#
# Installs and builds what is missing first. Without root or a working CRIU it packs, mounts and reads a folder of
# this machine instead.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

mib=${1:-400}
snapfs=$PWD/bin/snapfs
work=$(mktemp -d "${TMPDIR:-/var/tmp}/snapfs-demo.XXXXXX")
mountpoint=$work/mnt
worker= # process id, before the dump and after the restore

clean_up() {
  # Its command line tells the worker from a stranger with the same process id.
  if grep -qF "$work/out" "/proc/$worker/cmdline" 2>/dev/null; then kill -9 "$worker"; fi
  if mountpoint -q "$mountpoint"; then "$snapfs" umount "$mountpoint" || umount -l "$mountpoint" || true; fi
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

say() { printf '\n== %s\n' "$*"; }
fail() { echo "demo.sh: $*" >&2; exit 1; }

steps=() # "name|seconds", in the order of the table

timed() { # NAME COMMAND...
  local name=$1 start=$EPOCHREALTIME
  shift
  "$@"
  steps+=("$name|$(awk "BEGIN {printf \"%.2f\", $EPOCHREALTIME - $start}")")
}

mib_in() { # FOLDER
  du -sb "$1" | awk '{printf "%.1f", $1 / 1048576}'
}

print_table() { # MIB-RAW
  local packed step
  packed=$(mib_in "$work/store")
  say 'In short'
  printf '  %-32s %8s\n' step seconds
  for step in "${steps[@]}"; do printf '  %-32s %8s\n' "${step%|*}" "${step#*|}"; done
  printf '\n  %-32s %8s\n' size MiB
  printf '  %-32s %8s\n' raw "$1"
  printf '  %-32s %8s  (%s)\n' packed "$packed" "$(awk "BEGIN {printf \"%.0f %%\", 100 * $packed / $1}")"
}

pack() { # FOLDER
  "$snapfs" pack "$1" --store "$work/store" --name demo
}

mount_store() {
  mkdir "$mountpoint"
  "$snapfs" mount "$work/store" "$mountpoint"
}

start_worker() {
  # In a session of its own and without a terminal, so that the dump holds nothing of ours.
  setsid python3 bench/workloads/heap_worker.py "$work/out" "$mib" </dev/null >/dev/null 2>&1 &
  worker=$!
  disown "$worker" # the shell need not tell that it was killed
  wait_for_line ''
}

wait_for_line() { # LINE: until the worker has written another one
  local deadline=$((SECONDS + 60))
  while [ ! -s "$work/out" ] || [ "$(cat "$work/out")" = "$1" ]; do
    [ -d "/proc/$worker" ] || fail 'the worker is gone'
    [ $SECONDS -lt $deadline ] || fail 'the worker writes nothing'
    sleep 0.02
  done
}

run_criu() { # ACTION LOG OPTION...
  "$criu" "$1" --log-file "$2" "${@:3}" >"$work/console" 2>&1 || {
    tail -n 20 "$work/console" "$2" >&2
    fail "criu $1 failed"
  }
}

dump_worker() {
  mkdir "$work/images"
  run_criu dump "$work/dump.log" --tree "$worker" --images-dir "$work/images"
  # The dump has killed it; its process id can be had again as soon as the shell has reaped it.
  while [ -d "/proc/$worker" ]; do sleep 0.02; done
}

restore_worker() {
  mkdir "$work/restore" # for what CRIU writes, since the images cannot be written to
  run_criu restore "$work/restore.log" --images-dir "$mountpoint/demo/latest" --work-dir "$work/restore" \
    --restore-detached
}

demo_process() {
  local raw before after

  say "A worker with a heap of $mib MiB"
  timed 'start the worker' start_worker
  sleep 1
  echo "process $worker says: $(cat "$work/out") (how often, check sum of its heap)"

  say 'Dump it with CRIU, which kills it'
  timed dump dump_worker
  before=$(cat "$work/out")
  raw=$(mib_in "$work/images")
  echo "its last words: $before"

  say 'Pack the dump into a store, and throw the dump away'
  timed pack pack "$work/images"
  rm -r "$work/images"

  say 'Mount the store'
  timed mount mount_store
  ls -l "$mountpoint/demo/latest"

  say 'Restore the process from the mount'
  timed restore restore_worker
  timed 'first line after the restore' wait_for_line "$before"
  sleep 1
  after=$(cat "$work/out")
  echo "process $worker says: $after"
  [ "${after#* }" = "${before#* }" ] || fail "the heap has changed: $before, $after"
  [ "${after% *}" -gt "${before% *}" ] || fail "it does not go on where it was: $before, $after"

  say 'Unmount; the process goes on without it'
  timed unmount "$snapfs" umount "$mountpoint"
  wait_for_line "$after"
  echo "process $worker says: $(cat "$work/out")"
  print_table "$raw"
}

may_mount() {
  [ -r /dev/fuse ] && [ -w /dev/fuse ] && { [ "$(id -u)" -eq 0 ] || command -v fusermount >/dev/null; }
}

demo_folder() {
  local folder copy
  folder=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")/lib

  say "Pack $folder"
  timed pack pack "$folder"
  if may_mount; then
    say 'Mount the store and compare'
    timed mount mount_store
    copy=$mountpoint/demo/latest
  else
    say 'No mount, as /dev/fuse cannot be used here: unpack and compare'
    copy=$work/copy
    timed unpack "$snapfs" unpack "$work/store" demo "$copy"
  fi
  timed 'read and compare' diff -r --no-dereference "$folder" "$copy"
  echo "$(find "$copy" -type f | wc -l) files are the same"
  print_table "$(mib_in "$folder")"
}

tools/setup.sh
tools/build.sh
if criu=$(tools/find-criu.sh) && may_mount; then
  demo_process
else
  say 'So no process is restored here'
  demo_folder
fi
