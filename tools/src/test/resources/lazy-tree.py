"""A tree of processes with memory of every kind, for lazy restores: nothing but the Python of the machine.

usage: lazy-tree.py FOLDER

Writes FOLDER/ready and waits for FOLDER/go. Then changes its memory in every way that a page server must follow, at
once, while pages are still missing; compares all of it with what it was; and writes "right", or what is wrong, to
FOLDER/result.
"""
import ctypes
import mmap
import os
import random
import sys
import threading
import time
import traceback
import zlib

os.closerange(3, 4096)  # what a caller has left open may be what CRIU cannot dump
folder = sys.argv[1]
PAGE = 4096
c = ctypes.CDLL(None, use_errno=True)
c.mmap.restype = c.mremap.restype = ctypes.c_void_p


def path(name):
    return os.path.join(folder, name)


def checked(result):
    if result in (-1, ctypes.c_void_p(-1).value):
        raise OSError(ctypes.get_errno(), "native call")
    return result


class Region:
    """Private anonymous memory whose pages are known by their numbers."""

    def __init__(self, pages, seed):
        self.pages, self.seed = pages, seed
        size = ctypes.c_size_t(pages * PAGE)
        self.address = checked(c.mmap(None, size, 3, 0x22, -1, ctypes.c_long(0)))
        for page in range(pages):
            if self.want(page):
                ctypes.memmove(self.at(page), self.want(page), PAGE)

    def want(self, page):
        if page % 7 == 3:
            return None  # never touched
        return random.Random(self.seed * 1000003 + (page // 16 if page % 64 < 32 else page)).randbytes(64) * (PAGE // 64)

    def at(self, page):
        return ctypes.c_void_p(self.address + page * PAGE)

    def check(self, first=0, last=None, zero=False):
        for page in range(first, self.pages if last is None else last):
            got = ctypes.string_at(self.at(page), PAGE)
            want = bytes(PAGE) if zero else self.want(page) or bytes(PAGE)
            assert got == want, "page %d of region %d begins with %s" % (page, self.seed, got[:8].hex())


def wait_for_go():
    while not os.path.exists(path("go")):
        time.sleep(0.002)


def child_work(region, shared, answers):
    wait_for_go()
    region.check()
    assert shared[0:5] == b"share", "shared memory of the child"
    shared[8:13] = b"child"
    os.write(answers, b"child is right")
    os._exit(0)


regions = [Region(3000, seed) for seed in range(5)]
shared = mmap.mmap(-1, 1 << 20)
shared[0:5] = b"share"
memfd = os.memfd_create("memory")
os.write(memfd, b"in a memfd" * 1000)
with open(path("file"), "wb") as file:
    file.write(b"f" * 10 * PAGE)
with open(path("file"), "rb") as file:
    private_file = mmap.mmap(file.fileno(), 10 * PAGE, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
private_file[PAGE : PAGE + 8] = b"modified"
answer, answers = os.pipe()
children = []
for i in range(3):
    pid = os.fork()
    if pid == 0:
        child_work(Region(1000, 100 + i), shared, answers)
    children.append(pid)
zombie = os.fork()
if zombie == 0:
    os._exit(42)
wrong = []


def thread_work(number):
    own = bytearray(random.Random(number).randbytes(3 << 20))
    crc = zlib.crc32(own)
    started.release()
    wait_for_go()
    if zlib.crc32(own) != crc:
        wrong.append("heap of thread %d" % number)


started = threading.Semaphore(0)
threads = [threading.Thread(target=thread_work, args=(i,)) for i in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    started.acquire()


def fork_and_check(region):
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            region.check()
            code = 0
        finally:
            os._exit(code)
    return pid


def change_and_compare():
    first, second, third, fourth, fifth = regions
    forked = fork_and_check(fifth)
    checked(c.madvise(first.at(100), ctypes.c_size_t(500 * PAGE), 4))  # MADV_DONTNEED
    first.check(100, 600, zero=True)
    checked(c.munmap(second.at(1000), ctypes.c_size_t(1000 * PAGE)))
    size = ctypes.c_size_t(3000 * PAGE)
    target = ctypes.c_void_p(0x200000000000)
    third.address = checked(c.mremap(third.at(0), size, size, 3, target))
    fork_twice = fork_and_check(third)
    third.check()
    checked(c.madvise(fourth.at(0), ctypes.c_size_t(3000 * PAGE), 4))
    fourth.check(zero=True)
    second.check(0, 1000)
    second.check(2000)
    first.check(0, 100)
    first.check(600)
    fifth.check()
    for pid in (forked, fork_twice, *children):
        assert os.waitpid(pid, 0)[1] == 0, "process %d" % pid
    assert os.waitpid(zombie, 0)[1] >> 8 == 42, "the zombie"
    assert os.read(answer, 1000) == b"child is right" * 3, "the pipe"
    assert shared[8:13] == b"child", "shared memory"
    assert os.pread(memfd, 20000, 0) == b"in a memfd" * 1000, "memfd"
    assert private_file[:] == b"f" * PAGE + b"modified" + b"f" * (9 * PAGE - 8), "the private file"
    for thread in threads:
        thread.join()
    assert not wrong, wrong
    first.check(100, 600, zero=True)
    fourth.check(zero=True)


time.sleep(0.5)  # until the children wait and the zombie is one
with open(path("ready"), "w"):
    pass
wait_for_go()
try:
    change_and_compare()
    result = "right"
except BaseException:
    result = traceback.format_exc()
with open(path("result.tmp"), "w") as file:
    file.write(result)
os.rename(path("result.tmp"), path("result"))
