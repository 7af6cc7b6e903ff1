#!/usr/bin/env python3
"""Reads one page of every 128 KiB of a file, in an order that a seed decides: touch.py FILE SEED

Prints the seconds that took, the number of reads, and the median and the 99th percentile of a read in microseconds.
"""

import os
import random
import sys
import time

STRIDE = 128 << 10
PAGE = 4096

fd = os.open(sys.argv[1], os.O_RDONLY)
os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_RANDOM)
offsets = list(range(STRIDE // 2, os.fstat(fd).st_size - PAGE, STRIDE))
random.Random(int(sys.argv[2])).shuffle(offsets)
times = []
start = last = time.perf_counter()
for offset in offsets:
    os.pread(fd, PAGE, offset)
    now = time.perf_counter()
    times.append(now - last)
    last = now
times.sort()
print(
    "%.3f %d %.0f %.0f"
    % (last - start, len(times), times[len(times) // 2] * 1e6, times[len(times) * 99 // 100] * 1e6)
)
