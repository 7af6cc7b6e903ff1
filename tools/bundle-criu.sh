#!/usr/bin/env bash
# Gathers a CRIU for current kernels, with every library it needs, into one folder (about 14 MB) and leaves the
# system as it is: bundle-criu.sh DEST [SUITE...]
#
# CRIU is tied to the kernel: the one of Debian 12 cannot start on a kernel of today. A newer release of the same
# distribution has one that can, built against a newer C library, so its own loader and libraries come along and
# DEST/criu starts it through them. The packages come from the mirror that this machine's apt already uses, checked
# by apt with the distribution's keyring; apt's own state is private to this script.
set -euo pipefail

[ $# -ge 1 ] || { echo "usage: bundle-criu.sh DEST [SUITE...]" >&2; exit 2; }
dest=$1
shift
. /etc/os-release # ID and VERSION_CODENAME
case $ID in
  debian) suites=${*:-forky trixie} components=main ;; # CRIU before 4.2 can't dump sockets on Linux 6.16 and newer
  ubuntu) suites=${*:-questing resolute} components='main universe' ;;
  *) echo "bundle-criu.sh: knows Debian and Ubuntu, not $ID" >&2; exit 1 ;;
esac

mkdir -p "$(dirname "$dest")"
dest=$(realpath "$dest")
work=$(mktemp -d "$dest.XXXXXX") # beside DEST, so that the last step is a rename
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,cache/archives/partial,root,bundle}
: >"$work/status" # an empty dpkg status: apt then names every dependency, installed here or not

apt() {
  apt-get -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State="$work" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
    -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=true \
    -o APT::Update::Error-Mode=any -qq "$@" </dev/null
}

# The URI of the release that this machine runs, without its security and backports siblings.
mirror=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
  awk -v release="$VERSION_CODENAME" '$1 == release {print $2; exit}')
[ -n "$mirror" ] || { echo "bundle-criu.sh: apt has no source for $VERSION_CODENAME" >&2; exit 1; }

fetch() { # SUITE
  echo "deb [signed-by=/usr/share/keyrings/$ID-archive-keyring.gpg] $mirror $1 $components" >"$work/sources.list"
  apt update && apt install --download-only --yes --no-install-recommends criu
}

for suite in $suites; do
  if fetch "$suite" >"$work/log" 2>&1; then
    found=$suite
    break
  fi
done
[ -n "${found:-}" ] || { tail -n 5 "$work/log" >&2; echo "bundle-criu.sh: no criu in $suites" >&2; exit 1; }

for deb in "$work"/cache/archives/*.deb; do dpkg -x "$deb" "$work/root"; done
loader=$(find "$work/root" -name 'ld-linux*.so.*' -print -quit)
libraries=$(dirname "$(find "$work/root" -name libc.so.6 -print -quit)")
criu=$(find "$work/root" -path '*/sbin/criu' -type f -print -quit)
cp -L "$loader" "$work/bundle/ld.so"
cp "$criu" "$work/bundle/criu.bin"
"$loader" --library-path "$libraries" --list "$criu" | awk '$3 ~ /^\// && $3 !~ /ld-linux/ {print $3}' |
  while read -r library; do cp -L "$library" "$work/bundle/"; done
cat >"$work/bundle/criu" <<'WRAPPER'
#!/bin/sh
# Other programs are run only if they must be: a restore waits for them, on a cold node for the disk.
here=${0%/*}
case $0 in /*) [ -h "$0" ] ;; esac && here=$(dirname "$(readlink -f "$0")")
exec "$here/ld.so" --library-path "$here" "$here/criu.bin" "$@"
WRAPPER
chmod 755 "$work/bundle" "$work/bundle/criu" "$work/bundle/ld.so"
"$work/bundle/criu" --version >/dev/null

rm -rf "$dest"
mv "$work/bundle" "$dest"
