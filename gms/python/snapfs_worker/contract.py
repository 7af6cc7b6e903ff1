"""The workload contract: how a worker takes part in a snapshot.

    contract = WorkloadContract("torch")     # first of all: a placeholder (SNAPSHOT_RESTORE_STANDBY=1) never gets further
    ... load the model, warm up ...
    with contract.snapshot(weights, kv_cache) as outcome:
        ... whatever else must come back (outcome is GOES_ON or RESTORED) ...
    ... serve ...

What happens: what is to be parked is parked, `ready-for-snapshot` is written, and the worker waits. It is dumped in
that state. It wakes when `snapshot-complete` says that it goes on running, or `restore-complete` that it was restored;
what was parked comes back, and after the `with` a restored worker writes `<framework>-restore-ready`.
"""

import contextlib
import enum
import os
import signal
import time

from . import live
from .control import control_dir, remove_file, write_file

READY = "ready-for-snapshot"
SNAPSHOT_COMPLETE = "snapshot-complete"
RESTORE_COMPLETE = "restore-complete"

_POLL_S = 0.002


class Outcome(enum.Enum):
    GOES_ON = "goes on"
    RESTORED = "restored"
    NO_CONTRACT = "nobody wants a snapshot"


class WorkloadContract:
    """The contract of one worker. For one thread."""

    def __init__(self, framework, folder=None):
        """Clears what an earlier worker left. Does not return in a placeholder, which is there to be replaced.

        framework: the word in `<framework>-restore-ready`. folder: the control folder; default $SNAPSHOT_CONTROL_DIR.
        Without either, snapshot() parks nothing and goes straight on.
        """
        if os.environ.get("SNAPSHOT_RESTORE_STANDBY") == "1":
            _stay_inert()
        self.framework = framework
        self.folder = folder or control_dir()
        # Compile workers would each hold the device, and each would have to be checkpointed.
        os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")
        if self.folder:
            self._clear()
            live.use_folder(self.folder)

    @contextlib.contextmanager
    def snapshot(self, *parked):
        """Parks, is dumped, wakes: see above. Yields an Outcome.

        parked: objects with park() and unpark(), parked in this order and brought back in the opposite one.
        RuntimeError if handles of foreign device memory are still held then: a restore would fail for good.
        """
        if not self.folder:
            yield Outcome.NO_CONTRACT
            return
        born = _birth()
        self._clear()
        woken = []
        try:
            for each in parked:
                woken.append(each)
                each.park()
            self._check_nothing_imported()
            write_file(self.folder, READY)
            outcome = self._await(born)
        finally:
            remove_file(self.folder, READY)
            for each in reversed(woken):
                each.unpark()
        yield outcome
        if outcome is Outcome.RESTORED:
            write_file(self.folder, f"{self.framework}-restore-ready")

    def _clear(self):
        for name in READY, SNAPSHOT_COMPLETE, RESTORE_COMPLETE, f"{self.framework}-restore-ready":
            remove_file(self.folder, name)

    def _check_nothing_imported(self):
        if live.live_imports():
            raise RuntimeError(
                f"{live.live_imports()} handles of foreign device memory are still held: a checkpoint would succeed, and"
                " its restore fail for good; park the weights that were attached"
            )

    def _await(self, born):
        while True:
            # A restored process was started anew, as far as the kernel is concerned. The snapshot-complete that it
            # finds then is the one that was written when it had been dumped.
            restored = _birth() != born
            if restored and os.path.exists(os.path.join(self.folder, RESTORE_COMPLETE)):
                return Outcome.RESTORED
            if not restored and os.path.exists(os.path.join(self.folder, SNAPSHOT_COMPLETE)):
                return Outcome.GOES_ON
            time.sleep(_POLL_S)


def _birth():
    """When this process was started, in clock ticks since the machine was; and its id."""
    with open("/proc/self/stat", "rb") as stat:
        return os.getpid(), stat.read().rpartition(b")")[2].split()[19]


def _stay_inert():
    while True:
        signal.pause()
