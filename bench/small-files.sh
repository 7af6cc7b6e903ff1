#!/usr/bin/env bash
# A tree of 20,000 small files, like what Python installs, through snapfs and through squashfs, in turn:
#   bench/small-files.sh [ROUNDS]
#
# Writes bench/results/small-files.md. There is no limit to keep. Needs root.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. bench/common.sh
. bench/filesystems.sh

rounds=${1:-5}
[ "$(id -u)" -eq 0 ] || fail 'needs root, to drop caches and to mount'
tools/setup.sh --with peers
tools/build.sh

tree=$scratch/tree
python3 bench/workloads/small_files.py "$tree" 20000
rows=()
for kind in squashfs-zstd squashfuse-zstd snapfs-kernel snapfs-libfuse; do
  ! is_installed "$kind" || rows+=("$kind")
done
for kind in "${rows[@]}"; do make_image "$kind" "$tree"; done

list() { find "$root" -ls >/dev/null; }
# Into a pipe: tar doesn't read what goes to /dev/null.
archive() { tar -C "$root" -cf - . | cat >/dev/null; }

# seconds COMMAND: of one run.
seconds() { awk "BEGIN {printf \"%.3f\", 1 / $(rate 1000000000 "$1")}"; }

for ((round = 1; round <= rounds; round++)); do
  for kind in "${rows[@]}"; do
    for what in list archive; do
      drop_caches "$(image_of "$kind")"
      mount_image "$kind" "$tree"
      note "$kind $what cold" "$(seconds $what)"
      note "$kind $what warm" "$(seconds $what)"
      unmount_image
    done
    # What a mount that has run for long does: it has served this tree before, then caches are dropped.
    case $kind in
      snapfs-*)
        mount_image "$kind" "$tree"
        for _ in 1 2 3; do
          archive
          drop_caches "$(image_of "$kind")"
        done
        note "$kind archive running" "$(seconds archive)"
        drop_caches "$(image_of "$kind")"
        note "$kind list running" "$(seconds list)"
        unmount_image
        ;;
    esac
    echo "round $round, $kind: find $(last "$kind list cold") s, tar $(last "$kind archive cold") s"
  done
done

table() {
  local kind
  echo '| | MiB | find -ls, cold, s | warm | mount running, names dropped | tar c, cold, s | warm | mount running, pages dropped |'
  echo '| --- | --- | --- | --- | --- | --- | --- | --- |'
  for kind in "${rows[@]}"; do
    echo "| $(name_of "$kind") | $(mib "$(bytes_in "$(image_of "$kind")")") | $(cell "$kind list cold") | $(cell "$kind list warm") | $(cell "$kind list running") | $(cell "$kind archive cold") | $(cell "$kind archive warm") | $(cell "$kind archive running") |"
  done
}

over() { calc %.2f "$(middle "$1") / $(middle "$2")"; } # NOTE NOTE

# Transport kernel against each kind of squashfs; how many times as long it takes.
ratios() {
  local what state
  echo '| transport kernel takes, times | squashfs, kernel | squashfuse |'
  echo '| --- | --- | --- |'
  for what in list archive; do
    for state in cold warm; do
      echo "| $what, $state | $(over "snapfs-kernel $what $state" "squashfs-zstd $what $state") | $(over "snapfs-kernel $what $state" "squashfuse-zstd $what $state") |"
    done
  done
}

report() {
  cat <<MARKDOWN
# A tree of 20,000 small files

Made by \`bench/small-files.sh $rounds\`: $(mib "$(bytes_in "$tree")") MiB in $(find "$tree" -type d | wc -l) directories; medians of $rounds rounds (from - to), in turn in each round. Cold: caches dropped, then
mounted. \`list\` is \`find -ls\`, \`archive\` is \`tar c\` into a pipe.

$(describe_machine)
$(describe_filesystems)

$(table)

$(ratios)
MARKDOWN
}

mkdir -p bench/results
report >bench/results/small-files.md
echo
cat bench/results/small-files.md
