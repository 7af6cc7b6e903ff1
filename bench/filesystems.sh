# shellcheck shell=bash disable=SC2034,SC2154 # sourced after common.sh, by scripts that use what it sets
# The filesystems that snapfs is compared with, and snapfs: how each packs a folder, is mounted and unmounted.
#
# Each gets the options that served it best here: squashfuse_ll before squashfuse, readahead of 2 MiB for all (snapfs sets
# its own), loop devices that go through the page cache (with direct I/O the kernel's squashfs lost up to half, EROFS
# nothing either way; EROFS mounted from the file without a loop device was three times slower).

mnt=$scratch/mnt
store=$scratch/store
mkdir "$mnt"
on_exit unmount_image

# snapfs-TRANSPORT@RATE is a store packed with --target-bandwidth RATE for two processors: 4400M makes it about as large as
# squashfs with zstd, 9G somewhat smaller than with lz4. With +OPTION behind it, it is mounted with -o OPTION.
kinds='ext4 squashfs-zstd squashfs-lz4 squashfuse-zstd squashfuse-lz4 erofs-lz4 casync zstd snapfs-kernel snapfs-kernel@4400M snapfs-kernel@9G snapfs-kernel@9G+direct_io snapfs-libfuse'

rate_of() { # KIND with a RATE
  local rate=${1#*@}
  echo "${rate%+*}"
}

# Programs, and the dumps of two workers that share no chunk. Sets dump, the folder of the first, and name and size of its
# largest file: file, size.
prepare_dumps() {
  [ "$(id -u)" -eq 0 ] || fail 'needs root, to drop caches and to mount'
  tools/setup.sh --with peers
  tools/build.sh
  dump_torch_worker a 1
  dump_torch_worker c 2
  dump=$bench_dir/dump-a
  file=$(cd "$dump" && ls -S pages-*.img | head -n 1)
  size=$(stat -c %s "$dump/$file")
}

# What users call it.
name_of() { # KIND
  case $1 in
    ext4) echo 'plain files' ;;
    squashfs-zstd) echo 'squashfs zstd-3 128K, kernel' ;;
    squashfs-lz4) echo 'squashfs lz4 128K, kernel' ;;
    squashfuse-zstd) echo 'squashfs zstd-3 128K, squashfuse' ;;
    squashfuse-lz4) echo 'squashfs lz4 128K, squashfuse' ;;
    erofs-lz4) echo 'EROFS lz4 64K, kernel' ;;
    casync) echo 'casync mount' ;;
    zstd) echo 'zstd -3 of a tar, decoded' ;;
    snapfs-kernel) echo 'snapfs, transport kernel' ;;
    snapfs-libfuse) echo 'snapfs, transport libfuse' ;;
    snapfs-kernel@*+*) echo "snapfs packed for $(rate_of "$1")B/s, transport kernel, -o ${1#*+}" ;;
    snapfs-kernel@*) echo "snapfs packed for $(rate_of "$1")B/s, transport kernel" ;;
  esac
}

is_installed() { # KIND
  case $1 in
    squashfs-*) command -v mksquashfs ;;
    squashfuse-*) command -v mksquashfs && command -v squashfuse ;;
    erofs-*) command -v mkfs.erofs ;;
    casync | zstd) command -v "$1" ;;
  esac >/dev/null
}

# make_image KIND FOLDER: packs the folder; what two kinds share is made once.
make_image() {
  local image
  image=$(image_of "$1")
  [ ! -e "$image" ] || return 0
  case $1 in
    *-zstd) mksquashfs "$2" "$image" -comp zstd -Xcompression-level 3 -b 128K -noappend -no-progress -quiet ;;
    squash*-lz4) mksquashfs "$2" "$image" -comp lz4 -b 128K -noappend -no-progress -quiet ;;
    erofs-lz4) mkfs.erofs -zlz4 -C65536 "$image" "$2" ;;
    casync) casync make --store="$image" "$scratch/image.caidx" "$2" ;;
    zstd) tar -C "$2" -cf - . | zstd -3 -T0 -q -o "$image" ;;
    snapfs-*) pack_as "$1" "$2" image ;;
  esac >"$scratch/log" 2>&1 || fail "packing $2 for $1: $(cat "$scratch/log")"
}

# pack_as KIND FOLDER NAME: packs as the kind's store is packed.
pack_as() {
  local options=()
  case $1 in
    *@*) options=(--target-bandwidth "$(rate_of "$1")" --target-cores 2) ;;
  esac
  "$snapfs" pack "$2" --store "$(image_of "$1")" --name "$3" "${options[@]}"
}

image_of() { # KIND
  case $1 in
    squash*) echo "$scratch/squashfs-${1#*-}" ;;
    snapfs-*@*) echo "$store-$(rate_of "$1")" ;;
    snapfs-*) echo "$store" ;;
    *) echo "$scratch/image-$1" ;;
  esac
}

# mount_image KIND FOLDER [OPTION...]: sets root, the folder as this kind serves it. A filesystem is mounted at a time. The
# options are for snapfs.
mount_image() {
  local image program transport options=("${@:3}")
  image=$(image_of "$1")
  root=$mnt
  case $1 in
    ext4) root=$2 ;;
    squashfs-*) mount -t squashfs -o loop,ro "$image" "$mnt" ;;
    squashfuse-*)
      program=$(command -v squashfuse_ll || command -v squashfuse)
      "$program" "$image" "$mnt"
      ;;
    erofs-*) mount -t erofs -o loop,ro "$image" "$mnt" ;;
    casync) mount_casync "$image" ;;
    snapfs-*)
      transport=${1#snapfs-}
      case $1 in *+*) options+=(-o "${1#*+}") ;; esac
      "$snapfs" mount "$image" "$mnt" --transport "${transport%@*}" --log "$scratch/mount.log" "${options[@]}"
      root=$mnt/image/latest
      ;;
  esac
  case $1 in
    squash* | erofs-*) readahead 2048 ;;
  esac
}

mount_casync() { # STORE
  local wait
  casync mount --store="$1" "$scratch/image.caidx" "$mnt" >"$scratch/log" 2>&1 &
  for ((wait = 0; wait < 100; wait++)); do
    ! mountpoint -q "$mnt" || return 0
    sleep 0.1
  done
  fail "casync mount: $(cat "$scratch/log")"
}

readahead() { # KIB
  echo "$1" >"/sys/class/bdi/$(mountpoint -d "$mnt")/read_ahead_kb"
}

# Without effect if nothing is mounted.
unmount_image() {
  local try
  for ((try = 0; try < 50; try++)); do
    mountpoint -q "$mnt" || break
    umount "$mnt" 2>/dev/null || sleep 0.1
  done
  ! mountpoint -q "$mnt" || umount -l "$mnt"
  wait
}

describe_filesystems() {
  echo "- $(mksquashfs -version 2>/dev/null | sed -n '1s/ (.*//p'), $(squashfuse --help 2>&1 | sed -n '1s/ (c).*//p'), erofs-utils$(dpkg-query -Wf ' ${Version}' erofs-utils 2>/dev/null), $(casync --version 2>/dev/null | head -n 1), zstd $(zstd --version 2>/dev/null | sed 's/.* v\([0-9.]*\).*/\1/'), $(fio --version)"
}
