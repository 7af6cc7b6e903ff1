#!/bin/sh
# compare-trees.sh A B: prints every difference between two trees and fails if there is one. Needs root.
#
# rsync compares content, names, owners, modes, links, nodes, ACLs and xattrs. compare-trees.py adds what rsync does
# not see, nanoseconds, hard links and holes, and compares the files that are too large to be read whole.
set -eu
here=$(dirname "$(readlink -f "$0")")
a=${1%/} b=${2%/}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Names with characters that a pattern of rsync gives a meaning are not expected among the huge files.
find "$a" -type f -size +16G -printf '/%P\n' >"$work/huge"
rsync -aHAXn --checksum --delete --modify-window=-1 --itemize-changes --exclude-from="$work/huge" "$a/" "$b/" >"$work/rsync" || {
  echo "rsync failed" >&2
  exit 1
}
cat "$work/rsync"
python3 "$here/compare-trees.py" "$a" "$b" && [ ! -s "$work/rsync" ]
