#!/usr/bin/env python3
"""What rsync does not compare between two trees: compare-trees.py A B

Times to the nanosecond, the groups of hard links, holes, and the content of files with holes, however large. Prints
the differences and fails if there are any. Part of compare-trees.sh.
"""

import os
import random
import stat
import sys

PAGE = 4096
BLOCK = 1 << 20

differences = 0


def differ(path, what, a, b):
    global differences
    differences += 1
    if len(path) > 120:
        path = path[:50] + b" ... " + path[-50:]
    print("%r: %s: %r, %r" % (path, what, a, b))


def paths(root):
    """Every path below root, without following symlinks, as bytes relative to root; root itself is b"."."""
    found = [b"."]
    for folder, folders, files in os.walk(root):
        found += [os.path.relpath(os.path.join(folder, name), root) for name in folders + files]
    return found


def link_groups(root, names):
    """The sets of names that share an inode."""
    groups = {}
    for name in names:
        status = os.lstat(os.path.join(root, name))
        if not stat.S_ISDIR(status.st_mode):
            groups.setdefault((status.st_dev, status.st_ino), []).append(name)
    return {tuple(sorted(group)) for group in groups.values() if len(group) > 1}


def data_ranges(fd, size):
    """The (start, end) of what lies between holes; the whole file where the filesystem knows no holes."""
    ranges, at = [], 0
    while at < size:
        try:
            start = os.lseek(fd, at, os.SEEK_DATA)
        except OSError:  # ENXIO: only a hole up to the end
            break
        at = os.lseek(fd, start, os.SEEK_HOLE)
        ranges.append((start, at))
    return ranges


def places_to_read(size, ranges_a, ranges_b):
    """Covers what is data in either tree. A whole terabyte of data can only be one that knows no holes: samples it."""
    places = []
    for start, end in ranges_a + [r for r in ranges_b if r[1] - r[0] <= 1 << 34]:
        first, last = max(0, start - BLOCK), min(size, end + BLOCK)
        places += [(at, min(BLOCK, last - at)) for at in range(first, last, BLOCK)]
    rng = random.Random(size)
    places += [(rng.randrange(max(1, size - PAGE)), PAGE) for _ in range(200)]
    return places


def compare_sparse(name, path_a, path_b, status_a, status_b):
    size = status_a.st_size
    fd_a, fd_b = os.open(path_a, os.O_RDONLY), os.open(path_b, os.O_RDONLY)
    try:
        ranges_a, ranges_b = data_ranges(fd_a, size), data_ranges(fd_b, size)
        for offset, length in places_to_read(size, ranges_a, ranges_b):
            if os.pread(fd_a, length, offset) != os.pread(fd_b, length, offset):
                differ(name, "content near offset", offset, offset)
                break
        knows_holes = ranges_b != [(0, size)]
        if knows_holes and not within(ranges_b, ranges_a):
            differ(name, "data where the other has a hole", ranges_a[:8], ranges_b[:8])
    finally:
        os.close(fd_a)
        os.close(fd_b)
    if status_b.st_blocks > status_a.st_blocks:
        differ(name, "allocated blocks", status_a.st_blocks, status_b.st_blocks)


def within(inner, outer):
    return all(any(start <= s and e <= end for start, end in outer) for s, e in inner)


def compare(name, a, b):
    path_a, path_b = os.path.join(a, name), os.path.join(b, name)
    status_a, status_b = os.lstat(path_a), os.lstat(path_b)
    fields = ["st_mode", "st_uid", "st_gid", "st_rdev", "st_mtime_ns"]
    if not stat.S_ISDIR(status_a.st_mode):
        fields += ["st_size", "st_nlink"]
    for field in fields:
        if getattr(status_a, field) != getattr(status_b, field):
            differ(name, field, getattr(status_a, field), getattr(status_b, field))
    if stat.S_ISREG(status_a.st_mode) and status_a.st_size == status_b.st_size:
        if status_a.st_blocks * 512 < status_a.st_size:
            compare_sparse(name, path_a, path_b, status_a, status_b)


def main():
    a, b = os.fsencode(sys.argv[1]), os.fsencode(sys.argv[2])
    names_a, names_b = set(paths(a)), set(paths(b))
    for name in sorted(names_a ^ names_b):
        differ(name, "exists", name in names_a, name in names_b)
    both = sorted(names_a & names_b)
    groups_a, groups_b = link_groups(a, both), link_groups(b, both)
    for group in sorted(groups_a ^ groups_b):
        differ(group[0], "hard links", group in groups_a, group in groups_b)
    for name in both:
        compare(name, a, b)
    return 1 if differences else 0


sys.exit(main())
