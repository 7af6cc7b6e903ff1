#!/usr/bin/env python3
"""Makes a tree with everything that a file tree can hold: make-tree.py DIR [SEED]      (needs root)

Used to see that pack, mount and unpack keep all of it; compare-trees.sh tells whether two trees are the same.
Paths inside the tree reach 3900 bytes, so DIR and the place of a copy may have 190 bytes.
"""

import os
import random
import socket
import stat
import struct
import subprocess
import sys

TIB = 1 << 40
MIB = 1 << 20
PAGE = 4096

root = os.path.abspath(os.fsencode(sys.argv[1]))
rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)


def write(path, content=b"", mode=0o644):
    with open(path, "wb") as out:
        out.write(content)
    os.chmod(path, mode)


def in_folder(name):
    """Makes a folder of the tree and works in it, so that what follows uses short names."""
    os.makedirs(os.path.join(root, name))
    os.chdir(os.path.join(root, name))


def contents():
    in_folder(b"contents")
    write("empty")
    for size in (1, PAGE - 1, PAGE, PAGE + 1, 128 * 1024 - 1, 128 * 1024 + 1, 3 * MIB + 7):
        write("random-%d" % size, rng.randbytes(size))
    text = b"".join(b"line %d of a text that compresses well\n" % i for i in range(50000))
    write("text", text)
    write("text-shifted-by-a-page", rng.randbytes(PAGE) + text)
    write("same-as-text", text)
    numbers = (struct.pack("<e", rng.gauss(0, 0.02)) for _ in range(300000))
    write("half-precision-numbers", b"".join(numbers))
    write("zeros-on-disk", bytes(MIB))
    write("zeros-in-the-middle", rng.randbytes(100000) + bytes(MIB) + rng.randbytes(100000))


def names():
    in_folder(b"names")
    for name in (
        b" ",
        b" leading and trailing ",
        b"-rf",
        b"--",
        b"...",
        b"*",
        b"new\nline",
        b"tab\tbell\a\x01\x7f",
        b"back\\slash",
        b"quote'quote\"",
        b"not-utf-8-\xff\xfe\x80",
        b"\xc0\xaf",  # an overlong encoding of the slash
        b"\xed\xa0\x80",  # a surrogate, encoded
        "größe-日本語-🦀".encode(),
        "e\u0301".encode(),  # not the same name as the next
        "\u00e9".encode(),
        b"n" * 255,
        b"\xfe" * 255,
        ("é" * 127).encode() + b"x",
    ):
        write(name, name)
    # Names in which byte order and the order of UTF-16 differ.
    os.mkdir("order")
    for name in ("\uffee", "\U0001f980", "a", "a.b", "a-b", "ab", "A"):
        write(os.path.join(b"order", name.encode()), name.encode())


def deep():
    in_folder(b"deep")
    path = b"/".join([b"d" * 250] * 15)
    os.makedirs(path)
    leaf = path + b"/" + b"l" * (3900 - len(b"deep/") - len(path) - 1)
    write(leaf, b"at the end of a path of 3900 bytes")
    os.makedirs(b"/".join([b"x"] * 500))


def many():
    in_folder(b"many")
    for i in range(5000):
        write("entry-%05d" % i, b"%d" % i if i % 3 else b"")


def sparse():
    in_folder(b"sparse")

    def islands(name, size, *pieces):
        with open(name, "wb") as out:
            out.truncate(size)
            for offset, length in pieces:
                out.seek(offset)
                out.write(rng.randbytes(length))

    islands("only-a-hole", 100 * MIB)
    islands("hole-at-the-end", 10 * MIB + 1, (0, 3))
    islands("hole-at-the-start", 10 * MIB + 1, (10 * MIB - 5, 6))
    islands("every-other-page", 512 * PAGE, *((i * PAGE, PAGE) for i in range(0, 512, 2)))
    islands("unaligned", 5 * MIB, (12345, 67), (MIB - 1, 2), (3 * MIB + 77, 300000))
    islands(
        "1-tib",
        TIB,
        (0, PAGE),
        ((1 << 30) + 12345, 1000),
        ((1 << 32) - PAGE, 2 * PAGE),
        (TIB // 2, MIB),
        (TIB - 1, 1),
    )


def links():
    in_folder(b"links")
    write("target", b"the target")
    os.link("target", "hard-link")
    os.mkdir("elsewhere")
    os.link("target", "elsewhere/third-name")
    os.symlink("target", "to-file")
    os.link("to-file", "hard-link-to-a-symlink", follow_symlinks=False)
    os.symlink("elsewhere", "to-folder")
    os.symlink("nowhere", "dangling")
    os.symlink("loop", "loop")
    os.symlink("/etc/passwd", "absolute")
    os.symlink("../../../../../../etc/passwd", "out-of-the-tree")
    os.symlink(b"not-utf-8-\xff", "to-bytes")
    os.symlink(b"/".join([b"t" * 255] * 15 + [b"t" * 250]), "long")
    os.lchown("dangling", 1234, 5678)


def nodes():
    in_folder(b"nodes")
    os.mkfifo("fifo", 0o640)
    os.mknod("null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    os.mknod("block", stat.S_IFBLK | 0o660, os.makedev(7, 200))
    os.mknod("big-numbers", stat.S_IFCHR | 0o600, os.makedev(4095, 1048575))
    os.link("fifo", "fifo-again")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")


def owners_and_modes():
    in_folder(b"modes")
    for mode in (0o000, 0o111, 0o400, 0o644, 0o777, 0o1644, 0o2755, 0o4755, 0o6755, 0o7777):
        write("file-%04o" % mode, b"%o" % mode)
        os.chown("file-%04o" % mode, 1000, 100)
        os.chmod("file-%04o" % mode, mode)  # after chown, which takes setuid away
    for mode in (0o000, 0o555, 0o700, 0o1777, 0o2775):
        os.mkdir("folder-%04o" % mode)
        os.chmod("folder-%04o" % mode, mode)
    for owner in (1, 65534, 65536, (1 << 32) - 2):
        write("owner-%d" % owner)
        os.chown("owner-%d" % owner, owner, owner)


def xattrs_and_acls():
    in_folder(b"xattrs")
    for name in ("file", "capability", "acl"):
        write(name, name.encode())
    os.mkdir("folder")
    os.symlink("file", "link")
    os.setxattr("file", "user.empty", b"")
    os.setxattr("file", "user.binary", bytes(range(256)))
    os.setxattr("file", b"user.not-utf-8-\xff", b"value")
    os.setxattr("file", "user.long", rng.randbytes(2000))
    for name in ("file", "folder", "link"):
        os.setxattr(name, "trusted.snapfs", name.encode(), follow_symlinks=False)
    os.setxattr("folder", "user.on-a-folder", b"value")
    # struct vfs_cap_data, revision 2, effective: CAP_NET_BIND_SERVICE permitted
    os.setxattr("capability", "security.capability", struct.pack("<5I", 0x02000001, 1 << 10, 0, 0, 0))
    subprocess.run(["setfacl", "-m", "u:1234:rwx,g:5678:r,m::rw", "acl"], check=True)
    subprocess.run(["setfacl", "-m", "d:u:1234:rx,d:g::-,u:77:x", "folder"], check=True)


def times():
    in_folder(b"times")
    second = 1_000_000_000
    for name, when in {
        "nanoseconds": 1_700_000_000 * second + 123_456_789,
        "one-nanosecond": 1,
        "epoch": 0,
        "before-1970": -1_000_000 * second + 1,
        "just-before-1970": -1,
        "1901": -(1 << 31) * second,
        "after-2038": (1 << 32) * second + 999_999_999,
    }.items():
        write(name, name.encode())
        os.utime(name, ns=(when, when))
    os.symlink("epoch", "link")
    os.utime("link", ns=(5, 123_456_789_987_654_321), follow_symlinks=False)


def age_the_folders():
    """Gives every folder a time of its own, from the leaves up, as making entries changes their folder's time."""
    when = 1_600_000_000_000_000_000
    for folder, _, _ in os.walk(root, topdown=False):
        when += 1_000_000_007
        os.utime(folder, ns=(when, when))


os.umask(0o022)
os.mkdir(root)
for part in (contents, names, deep, many, sparse, links, nodes, owners_and_modes, xattrs_and_acls, times):
    part()
in_folder(b"empty-folder")
os.chdir("/")
age_the_folders()
