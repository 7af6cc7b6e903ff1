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

    def awake(self, outcome, weights):
        """Says that the snapshot is over, how, and what attaching the weights took; weights may be None."""
        attach = {} if weights is None else {"attach_s": weights.last_attach_s, "attach": weights.last_attach}
        self.emit("awake", **{"attach_s": None, **attach}, outcome=outcome.value, at=time.time())

    def take(self, *names):
        """Waits for one of some files, removes it and returns its name."""
        while True:
            for name in names:
                path = os.path.join(self.folder, name)
                if os.path.exists(path):
                    os.unlink(path)
                    return name
            time.sleep(_POLL_S)

    def serve(self, answer, weights=None):
        """Answers for ever: each `go` is one request, whose answer is in `done`; for `again` weights are attached anew."""
        while True:
            if self.take("go", "again") == "again":
                self._attach_again(weights)
                continue
            start = time.time()
            value = answer()
            now = time.time()
            self.emit("done", sum=value, seconds=now - start, at=now)

    def _attach_again(self, weights):
        weights.detach()
        weights.attach()
        self.emit("attached", attach_s=weights.last_attach_s, attach=weights.last_attach)
