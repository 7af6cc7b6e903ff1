import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from unittest import mock

from snapfs_worker import Outcome, WorkloadContract, contract, live

LONG_S = 120
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Parked:
    def __init__(self, log, name):
        self.log, self.name = log, name

    def park(self):
        self.log.append("park " + self.name)

    def unpark(self):
        self.log.append("unpark " + self.name)


class ContractTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        environment = {key: value for key, value in os.environ.items() if "CONTROL_DIR" not in key}
        patch = mock.patch.dict(os.environ, {**environment, "SNAPSHOT_CONTROL_DIR": self.folder}, clear=True)
        patch.start()
        self.addCleanup(patch.stop)

    def files(self):
        return sorted(os.listdir(self.folder))

    def path(self, name):
        return os.path.join(self.folder, name)

    def touch(self, name):
        with open(self.path(name), "w"):
            pass

    def when_ready(self, then):
        """Does something when the worker has said that it is ready."""

        def wait():
            while not os.path.exists(self.path(contract.READY)):
                time.sleep(0.002)
            then()

        thread = threading.Thread(target=wait)
        thread.start()
        self.addCleanup(thread.join)

    def read(self, name):
        with open(self.path(name)) as file:
            return file.read()

    def test_worker_that_goes_on(self):
        log = []
        seen = []
        worker = WorkloadContract("torch")
        self.when_ready(lambda: (seen.append((self.files(), list(log))), self.touch("snapshot-complete")))
        with worker.snapshot(Parked(log, "weights"), Parked(log, "kv")) as outcome:
            self.assertIs(outcome, Outcome.GOES_ON)
        self.assertEqual(log, ["park weights", "park kv", "unpark kv", "unpark weights"])
        self.assertEqual(seen, [(["live-imports", "ready-for-snapshot"], ["park weights", "park kv"])])
        self.assertEqual(self.files(), ["live-imports", "snapshot-complete"])

    def test_restored_worker_says_that_it_is_back(self):
        worker = WorkloadContract("torch")
        births = iter([("a", 1)])
        with mock.patch.object(contract, "_birth", lambda: next(births, ("a", 2))):
            # the snapshot-complete of its dump lies there as well, and is not for it
            self.when_ready(lambda: (self.touch("snapshot-complete"), self.touch("restore-complete")))
            with worker.snapshot() as outcome:
                self.assertIs(outcome, Outcome.RESTORED)
                self.assertNotIn("torch-restore-ready", self.files())
        self.assertIn("torch-restore-ready", self.files())

    def test_stale_sentinels_are_cleared(self):
        for name in ("ready-for-snapshot", "restore-complete", "snapshot-complete", "torch-restore-ready"):
            self.touch(name)
        WorkloadContract("torch")
        self.assertEqual(self.files(), ["live-imports"])

    def test_refuses_while_handles_are_held(self):
        log = []
        worker = WorkloadContract("torch")
        live.add(2)
        try:
            self.assertEqual(self.read("live-imports"), "2\n")
            with self.assertRaisesRegex(RuntimeError, "2 handles"), worker.snapshot(Parked(log, "kv")):
                self.fail("must not get here")
        finally:
            live.remove(2)
        self.assertEqual(self.read("live-imports"), "0\n")
        self.assertEqual(log, ["park kv", "unpark kv"])
        self.assertEqual(self.files(), ["live-imports"])

    def test_a_failure_to_park_brings_all_back(self):
        class Broken(Parked):
            def park(self):
                raise ValueError("broken")

        log = []
        with self.assertRaisesRegex(ValueError, "broken"):
            with WorkloadContract("torch").snapshot(Parked(log, "kv"), Broken(log, "weights")):
                self.fail("must not get here")
        self.assertEqual(log, ["park kv", "unpark weights", "unpark kv"])

    def test_a_worker_that_fails_after_waking_is_not_ready(self):
        births = iter([("a", 1)])
        with mock.patch.object(contract, "_birth", lambda: next(births, ("a", 2))):
            self.when_ready(lambda: self.touch("restore-complete"))
            with self.assertRaisesRegex(ValueError, "warm-up"), WorkloadContract("torch").snapshot():
                raise ValueError("warm-up")
        self.assertNotIn("torch-restore-ready", self.files())

    def test_without_a_control_folder_nothing_is_parked(self):
        os.environ.pop("SNAPSHOT_CONTROL_DIR")
        log = []
        with WorkloadContract("torch").snapshot(Parked(log, "kv")) as outcome:
            self.assertIs(outcome, Outcome.NO_CONTRACT)
        self.assertEqual(log, [])

    def test_older_name_of_the_folder(self):
        os.environ["DYN_SNAPSHOT_CONTROL_DIR"] = os.environ.pop("SNAPSHOT_CONTROL_DIR")
        self.assertEqual(WorkloadContract("torch").folder, self.folder)

    def test_a_placeholder_stays_inert(self):
        self.touch("ready-for-snapshot")
        program = (
            "import os, signal, snapfs_worker.contract as c\n"
            "def pause():\n"
            "    print('inert', flush=True)\n"
            "    os._exit(7)\n"
            "signal.pause = pause\n"
            "c.WorkloadContract('torch')\n"
            "print('went on')\n"
        )
        run = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "SNAPSHOT_RESTORE_STANDBY": "1", "PYTHONPATH": ROOT},
            capture_output=True,
            text=True,
            timeout=LONG_S,
        )
        self.assertEqual((run.stdout, run.returncode), ("inert\n", 7), run.stderr)
        self.assertEqual(self.files(), ["ready-for-snapshot"])


if __name__ == "__main__":
    unittest.main()
