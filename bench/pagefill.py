"""Two helpers of bench/pagefill.sh, with nothing but the Python of the machine.

usage: pagefill.py images DUMP OUT       makes CRIU images of a process whose memory is all pages of a dump, in a row
       pagefill.py sink SOCKET PAGES [SECONDS]   is that process while it is restored

The sink maps its memory, registers it with a userfaultfd and says "ready". At a line on standard input it sends the
userfaultfd over SOCKET as CRIU would, and goes on until standard input ends. With SECONDS it touches random pages
meanwhile and prints how many of the touches had to wait, and their median and 99th percentile in microseconds.
"""
import ctypes
import glob
import os
import platform
import random
import shutil
import socket
import struct
import sys
import time

PAGE, BASE, PID = 4096, 0x100000000000, 4711


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def message(*fields):
    out = b""
    for number, value in fields:
        if isinstance(value, bytes):
            out += varint(number << 3 | 2) + varint(len(value)) + value
        else:
            out += varint(number << 3) + varint(value)
    return out


def write(folder, name, magics, *records):
    with open(os.path.join(folder, name), "wb") as image:
        for magic in magics:
            image.write(struct.pack("<I", magic))
        for record in records:
            image.write(struct.pack("<I", len(record)) + record)


def images(dump, out):
    pages = max(glob.glob(os.path.join(dump, "pages-*.img")), key=os.path.getsize)
    count = os.path.getsize(pages) // PAGE
    os.makedirs(out)
    shutil.copyfile(pages, os.path.join(out, "pages-1.img"))
    area = message((1, BASE), (2, BASE + count * PAGE), (5, 3), (6, 0x22), (7, 513))
    write(out, "inventory.img", [0x58313116], message((1, 2)))
    write(out, "pstree.img", [0x54564319, 0x50273030], message((1, PID), (2, 0), (3, PID), (4, PID), (5, PID)))
    write(out, "mm-%d.img" % PID, [0x54564319, 0x57492820], message((14, area)))
    write(out, "pagemap-%d.img" % PID, [0x54564319, 0x56084025], message((1, 1)), message((1, BASE), (2, count), (4, 6)))
    print(count)


def touch(pages, seconds):
    byte = ctypes.c_char.from_address
    waits, total, end = [], 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        address = BASE + random.randrange(pages) * PAGE
        start = time.perf_counter_ns()
        byte(address).value
        waits.append(time.perf_counter_ns() - start)
        time.sleep(0.0005)
    waits = sorted(wait / 1000 for wait in waits if wait > 5000)  # what was there takes less
    if waits:
        print(len(waits), "%.1f %.1f" % (waits[len(waits) // 2], waits[min(len(waits) - 1, len(waits) * 99 // 100)]))
    else:
        print("0 0 0")
    sys.stdout.flush()


def sink(path, pages, seconds):
    c = ctypes.CDLL(None, use_errno=True)
    c.mmap.restype = ctypes.c_void_p

    def checked(result):
        if result in (-1, ctypes.c_void_p(-1).value):
            raise OSError(ctypes.get_errno(), "native call")
        return result

    number = 323 if platform.machine() == "x86_64" else 282
    size = pages * PAGE
    address = ctypes.c_void_p(BASE)
    checked(c.mmap(address, ctypes.c_size_t(size), 3, 0x100022, -1, ctypes.c_long(0)))
    uffd = checked(c.syscall(number, os.O_CLOEXEC | os.O_NONBLOCK))
    checked(c.ioctl(uffd, ctypes.c_ulong(0xC018AA3F), (ctypes.c_uint64 * 3)(0xAA, 0x4E)))
    checked(c.ioctl(uffd, ctypes.c_ulong(0xC020AA00), (ctypes.c_uint64 * 4)(BASE, size, 1)))
    criu = socket.socket(socket.AF_UNIX)
    criu.connect(path)
    print("ready", flush=True)
    sys.stdin.readline()
    criu.sendall(struct.pack("<i", PID))
    socket.send_fds(criu, [b"\0"], [uffd])
    criu.sendall(struct.pack("<I", 0x52535446))
    criu.close()
    os.close(uffd)
    if seconds:
        time.sleep(0.03)  # CRIU takes about as long from here until the process runs
        touch(pages, seconds)
    sys.stdin.read()


if sys.argv[1] == "images":
    images(sys.argv[2], sys.argv[3])
else:
    sink(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]) if len(sys.argv) > 4 else 0)
