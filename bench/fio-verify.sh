#!/usr/bin/env bash
# fio writes files full of checksums, snapfs packs and mounts them, and fio checks every block through the mount in
# random order with four jobs: bench/fio-verify.sh [MIB-PER-JOB]
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. bench/common.sh

export SIZE=${1:-256}m
tools/setup.sh --with tests
tools/build.sh

# shellcheck disable=SC2016 # expanded at exit
on_exit 'if mountpoint -q "$scratch/mnt"; then "$snapfs" umount "$scratch/mnt"; fi'
mkdir "$scratch/files" "$scratch/mnt"
job=$PWD/bench/fio-verify.fio
cd "$scratch"

DIR=$scratch/files RW=randwrite fio "$job" >written || fail "$(cat written)"
"$snapfs" pack files --store store --name fio
"$snapfs" mount store mnt
DIR=$scratch/mnt/fio/latest RW=randread fio "$job" | tee checked | grep -E 'read:|err=' || true
grep -q 'err= 0' checked || fail "$(cat checked)"
echo "$(mib "$(bytes_in files)") MiB, $(mib "$(bytes_in store)") MiB in the store, every block as written"
