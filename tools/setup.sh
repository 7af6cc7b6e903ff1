#!/usr/bin/env bash
# Installs what snapfs needs and this machine lacks; quiet when there is nothing to do:
#   tools/setup.sh [--with tests] [--with peers] [--with torch]
#
# As root on a machine with apt it installs; elsewhere it prints one line per missing thing. It fails only when
# something is missing without which snapfs cannot even be built.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

usage() { echo "usage: tools/setup.sh [--with tests|peers|torch]..." >&2; exit 2; }

tests='' peers='' torch=''
while [ $# -gt 0 ]; do
  [ "$1" = --with ] || usage
  case ${2:-} in
    tests) tests=yes ;;
    peers) peers=yes ;;
    torch) torch=yes ;;
    *) usage ;;
  esac
  shift 2
done

has() { command -v "$1" >/dev/null; }
has_library() { /sbin/ldconfig -p | grep -F "$1" >/dev/null; }
has_jdk() { # release 17 or newer, with its compiler
  local release
  release=$("${JAVA_HOME:+$JAVA_HOME/bin/}javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p') || return 1
  [ "${release:-0}" -ge 17 ]
}
has_c_compiler() { echo 'int main(void) {return 0;}' | gcc -x c - -o /dev/null 2>/dev/null; }
has_torch() { /usr/bin/python3 -c 'import importlib.util as u, sys; sys.exit(not u.find_spec("torch"))' 2>/dev/null; }

# what it is | how to see that it is there | packages, of which the first that apt knows is taken | without it
# libfuse2 goes beside fuse3: the package "fuse", which would bring it too, would throw fuse3 out.
needed() {
  cat <<'TABLE'
JDK 17 or newer | has_jdk | openjdk-17-jdk-headless openjdk-21-jdk-headless default-jdk-headless | nothing can be built
Maven | has mvn | maven | nothing can be built
libfuse2 | has_library libfuse.so.2 | libfuse2 libfuse2t64 | no mount with the libfuse transport
fusermount | has fusermount | fuse3 | no mount without root
Python 3 | has python3 | python3 | no worker for demo.sh
TABLE
  if [ -n "$tests" ]; then
    cat <<'TABLE'
C compiler | has_c_compiler | build-essential | tests that compile C fail
fio | has fio | fio | bench/fio-verify.sh and its test fail
rsync | has rsync | rsync | trees cannot be compared
attr | has setfattr | attr | trees with xattrs cannot be made
acl | has setfacl | acl | trees with ACLs cannot be made
squashfs-tools | has mksquashfs | squashfs-tools | no comparison with squashfs
zstd | has zstd | zstd | no comparison with zstd
TABLE
  fi
  if [ -n "$peers" ]; then
    cat <<'TABLE'
squashfs-tools | has mksquashfs | squashfs-tools | no comparison with squashfs
squashfuse | has squashfuse | squashfuse | no comparison with squashfs over FUSE
erofs-utils | has mkfs.erofs | erofs-utils | no comparison with EROFS
casync | has casync | casync | no comparison with casync
fio | has fio | fio | no read measurements
TABLE
  fi
  if [ -n "$torch" ]; then
    echo 'PyTorch of the distribution | has_torch | python3-torch | no dumps of bench/workloads/torch_cpu_worker.py'
  fi
}

# The rows of needed() whose check fails.
missing() {
  needed | while IFS='|' read -r what check packages without; do
    # The check is a command with its argument: split on purpose.
    # shellcheck disable=SC2086
    $check || echo "$what|$packages|$without"
  done
}

may_install() { [ "$(id -u)" -eq 0 ] && has apt-get; }

apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

apt_knows() { # PACKAGE
  apt-cache policy "$1" 2>/dev/null | grep 'Candidate: [^(]' >/dev/null
}

# The first package of every missing row that apt knows.
packages_for() { # ROWS
  local packages package
  while IFS='|' read -r _ packages _; do
    for package in $packages; do
      if apt_knows "$package"; then
        echo "$package"
        break
      fi
    done
  done <<<"$1"
}

install() { # ROWS
  local packages
  mapfile -t packages < <(packages_for "$1")
  [ ${#packages[@]} -gt 0 ] && echo "setup: installing ${packages[*]}" &&
    apt install --yes --no-install-recommends "${packages[@]}" >"$log" 2>&1
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT

rows=$(missing)
if [ -n "$rows" ] && may_install; then
  install "$rows" || true
  rows=$(missing)
  if [ -n "$rows" ]; then # the package lists may be absent or too old
    apt update >"$log" 2>&1 || true
    install "$rows" || tail -n 3 "$log" >&2
    rows=$(missing)
  fi
fi

# CRIU before 4.2 can't dump sockets on Linux 6.16 and newer; true also where another one than ours is used.
dumps_sockets() {
  local criu version
  criu=$(tools/find-criu.sh 2>/dev/null) && [ "$criu" = "$(readlink -f .tools/criu/criu)" ] || return 0
  version=$("$criu" --version | sed -n 's/^Version: //p')
  [ "$(printf '%s\n' 4.2 "$version" | sort -V | head -n 1)" = 4.2 ] ||
    [ "$(printf '%s\n' 6.16 "$(uname -r)" | sort -V | head -n 1)" != 6.16 ]
}

if { ! reason=$(tools/find-criu.sh 2>&1 >/dev/null) || ! dumps_sockets; } && may_install; then
  echo 'setup: gathering a CRIU for this kernel into .tools/criu'
  if tools/bundle-criu.sh .tools/criu >"$log" 2>&1; then
    reason=$(tools/find-criu.sh 2>&1 >/dev/null) || true
  else
    reason="$reason; $(tail -n 1 "$log")"
  fi
fi
[ -z "$reason" ] || echo "setup: no CRIU (no process can be dumped or restored): $reason" >&2

while IFS='|' read -r what packages without; do
  [ -n "$what" ] || continue
  packages=${packages# }
  packages=${packages% }
  echo "setup: missing: ${what% } (${without# }): install ${packages// / or }" >&2
done <<<"$rows"
[ -c /dev/fuse ] || echo 'setup: missing: /dev/fuse (no mount): load the module, or give the container the device' >&2

has_jdk && has mvn
