import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from . import standin
from .fake_server import FakeServer

LONG_S = 120
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class ExampleTest(unittest.TestCase):
    """The worker without PyTorch, as a process of its own."""

    def setUp(self):
        device = standin.require()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        path = os.path.join(self.folder, f"gms_{device.uuid()}_weights.sock")
        server = FakeServer(path, standin.OwnedMemory(device))
        self.addCleanup(server.close)
        self.worker = subprocess.Popen(
            [sys.executable, os.path.join(ROOT, "examples", "bytes_worker.py"), self.folder]
            + ["--mib", "40", "--kv-gib", "0.01", "--snapshot", "--socket-dir", self.folder],
            stderr=subprocess.PIPE,
        )
        self.addCleanup(self.end)

    def end(self):
        self.worker.send_signal(signal.SIGKILL)
        self.worker.wait()
        self.worker.stderr.close()

    def path(self, name):
        return os.path.join(self.folder, name)

    def wait(self, name):
        deadline = time.monotonic() + LONG_S
        while not os.path.exists(self.path(name)):
            if self.worker.poll() is not None:
                self.fail(f"the worker has ended: {self.worker.stderr.read().decode()}")
            self.assertLess(time.monotonic(), deadline, f"no {name}")
            time.sleep(0.005)
        with open(self.path(name)) as file:
            return file.read()

    def touch(self, name):
        with open(self.path(name), "w"):
            pass

    def test_it_parks_and_wakes_with_the_same_weights(self):
        ready = json.loads(self.wait("ready"))
        self.assertEqual(ready["weight_bytes"], 40 << 20)
        self.wait("ready-for-snapshot")
        self.assertEqual(self.wait("live-imports"), "0\n")
        self.touch("go")
        self.touch("snapshot-complete")
        self.assertEqual(json.loads(self.wait("awake"))["outcome"], "goes on")
        self.assertEqual(json.loads(self.wait("done"))["sum"], ready["sum"])
        self.assertEqual(self.wait("live-imports"), "2\n")


if __name__ == "__main__":
    unittest.main()
