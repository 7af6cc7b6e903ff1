"""Requests to an example worker: files in a folder."""

import json
import os
import time

_POLL_S = 0.002


class Requests:
    def __init__(self, folder):
        self.folder = folder

    def emit(self, name, **record):
        """Writes a file that appears whole."""
        path = os.path.join(self.folder, name)
        with open(path + ".tmp", "w") as out:
            json.dump(record, out)
        os.rename(path + ".tmp", path)

    def take(self, name):
        """Waits for a file and removes it."""
        path = os.path.join(self.folder, name)
        while not os.path.exists(path):
            time.sleep(_POLL_S)
        os.unlink(path)

    def serve(self, answer):
        """Answers for ever: each `go` is one request, whose answer is in `done`."""
        while True:
            self.take("go")
            start = time.time()
            value = answer()
            now = time.time()
            self.emit("done", sum=value, seconds=now - start, at=now)
