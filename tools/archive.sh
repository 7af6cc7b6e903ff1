#!/usr/bin/env bash
# Makes tools/target/startup, from which bin/snapfs starts faster; the last step of `mvn package`:
#   native/                 native libraries, so that they need not be unpacked at every start
#   java                    the release and the path of the Java that bin/snapfs finds now
#   classes-RELEASE.jsa     class-data archive for it
#
# For the archive, commands are run on a small store and the JVM notes which classes they load; those of our own jars are
# all in it, since a restore or a load of weights can't be run here. Where nothing can be mounted, some others are missing. A JVM that the archive doesn't fit starts without.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

target=$PWD/tools/target
startup=$target/startup
work=$(mktemp -d)
mounted=
clean_up() {
  [ -z "$mounted" ] || bin/snapfs umount "$work/mnt" >/dev/null 2>&1 || umount -l "$work/mnt" || true
  rm -rf "$work" "$startup.new"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

for jar in "$target"/snapfs-tools-*.jar; do
  case $jar in *-tests.jar | *-sources.jar | *-javadoc.jar) continue ;; esac
  break
done
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
real_java=$(readlink -f "$(command -v "$java")")
release=$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "${real_java%/*/*}/release")
archive=classes-$release.jsa

rm -rf "$startup" "$startup.new"
mkdir "$startup.new"
"$java" -cp "$jar" io.snapfs.tools.packaging.Prepare "$target/lib" "$startup.new/native" "$work/classes.0"
echo "$release $real_java" >"$startup.new/java"
mv "$startup.new" "$startup"

runs=0
# Runs a command and notes its classes. One that fails here has at least loaded some.
train() {
  runs=$((runs + 1))
  SNAPFS_JAVA_OPTS="-Xshare:off -XX:DumpLoadedClassList=$work/classes.$runs" \
    bin/snapfs "$@" >>"$work/log" 2>&1
}

mkdir "$work/tree" "$work/mnt"
cp "$jar" "$work/tree/raw" # chunks for each of the codecs
cp README.md "$work/tree/text"
head -c 65536 /dev/zero >"$work/tree/zeros"
ln -s text "$work/tree/link"
train pack "$work/tree" --store "$work/store" --name one || true
train pack "$work/tree" --store "$work/store" --name two:v1 --json || true
train ls "$work/store" || true
train inspect "$work/store" one || true
train stats "$work/store" || true
train verify "$work/store" || true
if train mount "$work/store" "$work/mnt" --log "$work/log"; then
  mounted=yes
  find "$work/mnt" -ls >/dev/null
  cat "$work/mnt"/*/*/text "$work/mnt"/*/*/raw >/dev/null
  train umount "$work/mnt"
  mounted=
fi

# From 19 on a list numbers its classes, for those that custom loaders made; numbers of several lists would collide.
sed '/ source: /d; s/ id: [0-9]*$//' "$work"/classes.* | awk '!seen[$0]++' >"$work/list"
# The heap has a size here for its pointers to be as long as those of the JVMs that bin/snapfs starts.
if "$java" -Xshare:dump -Xmx512m -XX:SharedClassListFile="$work/list" -XX:SharedArchiveFile="$work/$archive" \
  -cp "$jar" >"$work/dump" 2>&1; then
  mv "$work/$archive" "$startup/"
else
  echo "archive.sh: no class-data archive, commands start slower: $(tail -n 1 "$work/dump")" >&2
fi
