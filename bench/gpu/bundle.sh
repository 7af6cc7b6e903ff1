#!/usr/bin/env bash
# bundle.sh FILE.tar.xz: what a machine with a GPU, but without Java, CRIU and network, needs to run bench/gpu/run.sh.
#
# In it: a Java runtime made by jlink, the jars with native libraries for linux-x86-64 only, CRIU, the Python library and
# the scripts. Needs a build (`mvn package`), a JDK 17 as `java` or $JAVA_HOME, CRIU (tools/setup.sh), python3 and xz.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
out=$(realpath -m "${1:?bundle.sh FILE.tar.xz}")

fail() { echo "bundle.sh: $*" >&2; exit 1; }

java=$(readlink -f "${JAVA_HOME:+$JAVA_HOME/bin/java}" 2>/dev/null || true)
[ -n "$java" ] || java=$(readlink -f "$(command -v java)")
jdk=${java%/bin/java}
[ -x "$jdk/bin/jlink" ] || fail "$jdk has no jlink: a JDK is needed"
grep -q 'JAVA_VERSION="17' "$jdk/release" || fail "$jdk is not a JDK 17"
[ -d tools/target/lib ] || fail "not built yet: run 'mvn package'"
criu=$(tools/find-criu.sh) || fail 'no CRIU: run tools/setup.sh'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
top=$work/snapfs
mkdir -p "$top/bin" "$top/tools/target/lib" "$top/bench/gpu"
cp bin/snapfs "$top/bin/"
cp tools/archive.sh "$top/tools/"
cp README.md "$top/"
for jar in tools/target/snapfs-tools-*.jar; do
  case $jar in *-tests.jar | *-sources.jar | *-javadoc.jar) continue ;; esac
  cp "$jar" "$top/tools/target/"
done
cp tools/target/lib/*.jar "$top/tools/target/lib/"
cp -r gms/python "$top/python"
find "$top/python" -name __pycache__ -prune -exec rm -rf {} +
cp bench/gpu/*.py bench/gpu/*.sh "$top/bench/gpu/"
cp -r "$(dirname "$(readlink -f "$criu")")" "$top/criu"
git rev-parse --short HEAD >"$top/commit"
git diff --quiet HEAD -- . ':!bench/results' || echo ' with local changes' >>"$top/commit"

"$jdk/bin/jlink" --module-path "$jdk/jmods" --output "$top/java" --strip-debug --no-header-files --no-man-pages \
  --add-modules java.base,java.logging,java.management,java.naming,java.sql,java.xml,jdk.unsupported,jdk.zipfs

# Jars carry the native libraries of every platform.
python3 - "$top/tools/target/lib" <<'P'
import os, re, sys, zipfile

native = re.compile(r"\.(so|dll|dylib|jnilib|a)$")
mine = re.compile(r"(linux[/-](amd64|x86[-_]64)|x86_64-Linux|linux/amd64)", re.I)
folder = sys.argv[1]
for name in os.listdir(folder):
    path = os.path.join(folder, name)
    with zipfile.ZipFile(path) as jar:
        entries = jar.infolist()
        if not any(native.search(e.filename) and not mine.search(e.filename) for e in entries):
            continue
        with zipfile.ZipFile(path + ".new", "w", zipfile.ZIP_DEFLATED) as slim:
            for entry in entries:
                if not native.search(entry.filename) or mine.search(entry.filename):
                    slim.writestr(entry, jar.read(entry))
    os.rename(path + ".new", path)
P

mkdir -p "$(dirname "$out")"
tar -C "$work" -c snapfs | xz -T0 -6 >"$out.new"
mv "$out.new" "$out"
size=$(stat -c %s "$out")
echo "$out: $((size >> 20)) MiB"
[ "$size" -lt $((60 << 20)) ] || fail 'larger than 60 MiB'
