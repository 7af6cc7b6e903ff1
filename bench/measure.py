#!/usr/bin/env python3
"""Runs a command and prints its wall time in seconds and its largest resident set in MiB: measure.py COMMAND...

The output of the command goes to stderr. If the command fails, prints nothing and fails with its code.
"""

import resource
import subprocess
import sys
import time

start = time.monotonic()
code = subprocess.run(sys.argv[1:], stdout=sys.stderr).returncode
seconds = time.monotonic() - start
resident = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
if code:
    sys.exit(code)
print("%.2f %.0f" % (seconds, resident))
