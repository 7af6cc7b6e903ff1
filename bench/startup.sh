#!/usr/bin/env bash
# How long short commands take, from the shell: bench/startup.sh [ROUNDS]
#
# Packs one file of 6 bytes, lists the store, mounts it and asks for the file's attributes, unmounts, and times each.
# Prints a table and writes it to bench/results/startup.md; fails if a limit is not kept. The first round is not counted.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. bench/common.sh

rounds=${1:-11}
tools/build.sh

store=$scratch/store mountpoint=$scratch/mnt
mkdir "$scratch/tree" "$mountpoint"
echo hello >"$scratch/tree/file"
on_exit 'if mountpoint -q "$mountpoint"; then "$snapfs" umount "$mountpoint" || umount -l "$mountpoint"; fi'

pack() { "$snapfs" pack "$scratch/tree" --store "$store" --name tiny; }
list() { "$snapfs" ls "$store"; }
mount_and_stat() {
  "$snapfs" mount "$store" "$mountpoint" --log "$scratch/mount-$round.log"
  stat "$mountpoint/tiny/latest/file"
}
unmount() { "$snapfs" umount "$mountpoint"; }
bare() { "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -version; }
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

# measured FUNCTION: sets milliseconds.
measured() {
  local begin=$EPOCHREALTIME end
  "$1" >"$scratch/log" 2>&1 || fail "$1: $(cat "$scratch/log")"
  end=$EPOCHREALTIME
  milliseconds=$(((${end/[.,]/} - ${begin/[.,]/}) / 1000))
}

steps=(pack list mount_and_stat unmount bare)
declare -A times
for ((round = 0; round <= rounds; round++)); do
  rm -rf "$store"
  sync
  for step in "${steps[@]}"; do
    measured "$step"
    [ "$round" -eq 0 ] || times[$step]+=" $milliseconds"
  done
done

row() { # STEP WHAT
  # shellcheck disable=SC2086 # numbers
  echo "| $2 | $(median ${times[$1]}) | $(spread ${times[$1]}) |"
}

# shellcheck disable=SC2086 # numbers
mount_median=$(median ${times[mount_and_stat]})
verdict=met kept=yes
[ "$mount_median" -le 350 ] || { verdict=missed kept='**no**'; }

report() {
  cat <<MARKDOWN
# Start-up

Made by \`bench/startup.sh $rounds\`; medians of $rounds rounds after one that is not counted, each step once in a round.

$(describe_machine)
- class-data archive: $(find tools/target/startup -name '*.jsa' -printf '%f, %s bytes')

| from the shell | ms | from - to |
| --- | --- | --- |
$(row pack '`snapfs pack` of one file of 6 bytes into a new store, synced')
$(row list '`snapfs ls`')
$(row mount_and_stat '`snapfs mount` to the first answered `stat` of a file')
$(row unmount '`snapfs umount`')
$(row bare '`java -version`, for comparison')

| limit | measured | at most | kept |
| --- | --- | --- | --- |
| \`snapfs mount\` to the first answered stat, ms | $mount_median | 350 | $kept |
MARKDOWN
}

mkdir -p bench/results
report >bench/results/startup.md
cat bench/results/startup.md
[ $verdict = met ]
