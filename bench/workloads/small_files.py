#!/usr/bin/env python3
"""Makes a tree of small files like what Python installs, the same every time: small_files.py DIR COUNT

Sizes are 0.2 to 40 KiB, most of them small; directories are nested up to four deep and hold about twelve files each.
A file is pieces of one long text, from places and of lengths that no other file has: it compresses like source code, and no two are alike.
"""

import os
import random
import sys

root, count = sys.argv[1], int(sys.argv[2])
random.seed(5)
words = ["self", "return", "import", "def", "None", "tensor", "config", "value", "    ", "\n", "(", "):", "=", "model", "# "]
directories = [root]
os.makedirs(root)
while len(directories) < count // 12:
    parent = random.choice(directories)
    if parent[len(root):].count("/") < 4:
        directories.append(os.path.join(parent, "package_%d" % len(directories)))
        os.mkdir(directories[-1])
PIECE = 256
text = "".join(word + str(number) for word, number in zip(random.choices(words, k=1 << 20), random.choices(range(64), k=1 << 20))).encode()
for number in range(count):
    size = int(min(40 * 1024, 200 + random.expovariate(1 / 6000)))
    starts = random.choices(range(len(text) - PIECE), k=size // PIECE + 1)
    with open(os.path.join(random.choice(directories), "module_%d.py" % number), "wb") as file:
        file.write(b"".join([text[start:start + PIECE] for start in starts])[:size])
