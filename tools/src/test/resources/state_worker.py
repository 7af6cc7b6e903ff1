"""A process with everything that a dump must bring back, for tests: threads, a child, pipes, shared memory, a memfd,
mapped files, a heap.

usage: state_worker.py FOLDER HEAP_MIB

Follows the workload contract in FOLDER: writes ready-for-snapshot, waits for restore-complete or snapshot-complete, then
writes what it found to FOLDER/result and exits with code 7 when FOLDER/exit appears.
"""
import hashlib
import mmap
import os
import random
import sys
import threading
import time

os.closerange(3, 4096)
folder, mib = sys.argv[1], int(sys.argv[2])


def appears(*names):
    while not any(os.path.exists(os.path.join(folder, name)) for name in names):
        time.sleep(0.01)


def write(name, text):
    with open(os.path.join(folder, name + ".tmp"), "w") as out:
        out.write(text)
    os.rename(os.path.join(folder, name + ".tmp"), os.path.join(folder, name))


random.seed(3)
heap = [random.randbytes(1 << 20) for _ in range(mib)]
zeros = bytearray(mib << 18)
shared = mmap.mmap(-1, 1 << 20)  # anonymous, shared with the child
shared[:8] = b"parent's"
mapped_path = os.path.join(folder, "mapped")
with open(mapped_path, "wb") as out:
    out.write(b"m" * 8192)
mapped_file = open(mapped_path, "r+b")
mapped_shared = mmap.mmap(mapped_file.fileno(), 8192)
mapped_private = mmap.mmap(mapped_file.fileno(), 8192, access=mmap.ACCESS_COPY)
mapped_private[:7] = b"private"
memfd = os.memfd_create("state")
os.write(memfd, b"in a memfd")
pending_read, pending_write = os.pipe()
os.write(pending_write, b"on its way")
question_read, question_write = os.pipe()
answer_read, answer_write = os.pipe()

child = os.fork()
if child == 0:
    os.close(question_write)
    private = random.randbytes(1 << 20)
    expected = hashlib.sha256(private).digest()
    while os.read(question_read, 1):
        shared[8:16] = b"child's."
        os.write(answer_write, b"y" if hashlib.sha256(private).digest() == expected else b"n")
    os._exit(0)

ticks = [0, 0]


def tick(which):
    while True:
        ticks[which] += 1
        time.sleep(0.001)


for which in (0, 1):
    threading.Thread(target=tick, args=(which,), daemon=True).start()


def state():
    digest = hashlib.sha256()
    for block in heap:
        digest.update(block)
    digest.update(zeros)
    digest.update(shared[:8] + mapped_shared[:] + mapped_private[:])
    digest.update(os.pread(memfd, 100, 0))
    return digest.hexdigest()


before = state()
write("before", before)
write("ready-for-snapshot", str(os.getpid()))
appears("restore-complete", "snapshot-complete")
seen = list(ticks)
wrong = []
if state() != before:
    wrong.append("memory")
if os.read(pending_read, 100) != b"on its way":
    wrong.append("pipe")
os.write(question_write, b"?")
if os.read(answer_read, 1) != b"y" or shared[8:16] != b"child's.":
    wrong.append("child")
deadline = time.time() + 60
while (ticks[0] == seen[0] or ticks[1] == seen[1]) and time.time() < deadline:
    time.sleep(0.01)
if ticks[0] == seen[0] or ticks[1] == seen[1]:
    wrong.append("threads")
write("result", " ".join(wrong) if wrong else "same")
appears("exit")
os.close(question_write)
os.waitpid(child, 0)
os._exit(7)
