"""A process with a heap of a few hundred MB for demo.sh: nothing but the Python of the machine.

usage: heap_worker.py OUT [MIB]

Half of the heap is numbers and text, a quarter zeroed memory, a quarter small objects. Every 0.2 s the line in OUT is
replaced: how often so far, and a check sum over all of it, which never changes.
"""
import os
import random
import sys
import time
import zlib

os.closerange(3, 4096)  # what a caller has left open may be what CRIU cannot dump
out, mib = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 400

random.seed(1)
skewed = bytes(i * i >> 9 for i in range(256))  # low values are frequent: compresses a little, as real numbers do
numbers = b"".join(random.randbytes(1 << 20).translate(skewed) for _ in range(mib * 3 // 8))
text = "".join("request %d took %d us\n" % (i, i * i % 9973) for i in range(mib * 4500)).encode()
cache = bytearray(mib << 18)
vocabulary = [{"id": i, "token": "token%d" % i, "rank": i * 7 % 1000} for i in range(mib * 800)]


def check_sum():
    total = zlib.crc32(text, zlib.crc32(numbers))
    return zlib.crc32(cache, total) ^ sum(entry["rank"] for entry in vocabulary)


count = 0
while True:
    with open(out + ".tmp", "w") as line:
        line.write("%d %08x\n" % (count, check_sum()))
    os.rename(out + ".tmp", out)
    count += 1
    time.sleep(0.2)
