"""A worker process of the run, whose folder is its control folder and its mailbox."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

_POLL_S = 0.002
WAIT_S = 300


class WorkerFailed(RuntimeError):
    pass


class Worker:
    def __init__(self, top, folder, script, options, env):
        """Starts one, as its own session: it is to be dumped."""
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        self.folder = folder
        self.log = os.path.join(folder, "log")
        self.pid = None
        command = [sys.executable, os.path.join(top, "python", "examples", script), folder, *options]
        # Compiled kernels must stay where they are, and none of another run may be found.
        caches = {name: os.path.join(folder, "cache") for name in ("TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR")}
        with open(self.log, "w") as log:
            self.started = time.time()
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={**env, **caches, "TORCHINDUCTOR_COMPILE_THREADS": "1"},
                start_new_session=True,
            )
        self.pid = self.process.pid
        self.ready = self.wait("ready")
        self.cold_start_s = time.time() - self.started
        self._files = {}

    def path(self, name):
        return os.path.join(self.folder, name)

    def remove(self, *names):
        for name in names:
            if os.path.exists(self.path(name)):
                os.unlink(self.path(name))

    def wait(self, name, seconds=WAIT_S, alive=None):
        """Waits for a file, and returns what is in it. alive: tells whether waiting is of use."""
        deadline = time.time() + seconds
        while not os.path.exists(self.path(name)):
            if time.time() > deadline or not (alive or self.is_alive)():
                with open(self.log) as log:
                    raise WorkerFailed(f"no {name} from the worker:\n{log.read()[-3000:]}")
            time.sleep(_POLL_S)
        with open(self.path(name)) as file:
            text = file.read()
        return json.loads(text) if text.startswith("{") else text

    def is_alive(self):
        try:
            with open(f"/proc/{self.pid}/stat") as stat:
                return stat.read().rpartition(")")[2].split()[0] not in "ZX"
        except OSError:
            return False

    def ask(self):
        """One request; returns the answer."""
        self.remove("done", "go")
        with open(self.path("go"), "w"):
            pass
        return self.wait("done")

    def attach_again(self):
        """Has it detach and attach its weights; returns how long that took."""
        self.remove("attached", "again")
        with open(self.path("again"), "w"):
            pass
        return self.wait("attached", 60)

    def dumped(self):
        """Remembers files as they were: CRIU wants them to be as long, and the stand-in's driver state is one."""
        state = os.environ.get("SNAPFS_STANDIN_STATE")
        for path in [self.log] + ([os.path.join(state, str(self.pid))] if state else []):
            with open(path, "rb") as file:
                self._files[path] = file.read()

    def before_restore(self):
        """All as it was when the process was dumped, and a request waits for it."""
        for path, content in self._files.items():
            with open(path, "r+b") as file:
                file.truncate(len(content))
                file.write(content)
        self.remove("done", "awake", "attached", "restore-complete")
        with open(self.path("go"), "w"):
            pass

    def kill(self):
        """Kills it and waits until its id is free."""
        if self.pid and os.path.exists(f"/proc/{self.pid}"):
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                return
            deadline = time.time() + 60
            while os.path.exists(f"/proc/{self.pid}") and time.time() < deadline:
                try:
                    os.waitpid(self.pid, os.WNOHANG)  # ours, or handed to us by a parent that has gone
                except ChildProcessError:
                    pass  # another process reaps it
                time.sleep(_POLL_S)
