"""The end-to-end run: cold start, checkpoint, and restores by snapfs and by stock CRIU, on one machine in one go.

Prints a table and writes results.json. What matters most comes first; when --limit seconds are over, what is left is
left out and said to be. Ratios hold, absolute times do not: read both columns of one run.
"""

import argparse
import ctypes
import json
import os
import signal
import shutil
import statistics
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
for each in (os.path.join(TOP, "python"), os.path.join(TOP, "gms", "python")):
    sys.path.insert(0, each)

import machine
from worker import Worker

PR_SET_CHILD_SUBREAPER = 36
GIB = 1 << 30
CODECS = {"auto": [], "raw": ["--codec", "raw"], "mixed": ["--target-bandwidth", "30G"]}
CRIU_OPTIONS = ["--shell-job", "--link-remap", "--ext-unix-sk", "--file-locks"]


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", default="/tmp/snapfs-gpu", help="folder for everything; on a disk")
    parser.add_argument("--out", help="folder for results.json")
    parser.add_argument("--worker", choices=("llm", "bytes"), default="llm", help="bytes: without PyTorch")
    parser.add_argument("--layers", type=int, default=16)
    parser.add_argument("--hidden", type=int, default=2048)
    parser.add_argument("--compile", type=int, default=1)
    parser.add_argument("--kv-gib", type=float, default=8)
    parser.add_argument("--mib", type=int, default=256, help="weights of the worker without PyTorch")
    parser.add_argument("--device", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3, help="restores of each kind")
    parser.add_argument("--limit", type=float, default=400, help="seconds for all")
    parser.add_argument("--cuda", choices=("snapfs", "script"), default="snapfs", help="who checkpoints device state")
    parser.add_argument("--no-drop-caches", action="store_true", help="leave the page cache alone: nothing is cold")
    return parser.parse_args()


def phases_of(phases):
    """Of an attach, in text."""
    times = [f"{name} {1000 * value:.2f}" for name, value in phases.items() if name != "faults"]
    return ", ".join(times) + f" ms; {phases.get('faults')} page faults"


def millis(record):
    return f"{1000 * (record['attach_s'] or 0):.2f} ms ({phases_of(record.get('attach') or {})})"


class Run:
    def __init__(self, options):
        self.options = options
        self.begin = time.time()
        self.work = os.path.abspath(options.work)
        # A chunk is stored once in a store, however another artifact would have it: each codec has a store of its own.
        self.stores = {name: os.path.join(self.work, f"store-{name}") for name in CODECS}
        self.store = self.stores["auto"]
        self.sockets = os.path.join(self.work, "gms")
        self.out = options.out or self.work
        self.results = {"options": vars(options), "failed": {}, "left_out": []}
        self.env = {**os.environ, "PYTHONPATH": os.path.join(TOP, "python"), "PYTHONDONTWRITEBYTECODE": "1"}
        self.snapfs = os.path.join(TOP, "bin", "snapfs")
        self.server = None
        self.daemon = None
        self.daemon_folder = os.path.join(self.work, "daemon")
        self.daemon_devices = [options.device]
        self.worker = None
        self.cold = not options.no_drop_caches
        self.devices = 1
        for folder in *self.stores.values(), self.sockets, os.path.join(self.work, "stock"):
            shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(self.sockets, mode=0o700)
        os.makedirs(self.out, exist_ok=True)

    # ---- steps and results

    def left(self):
        return self.options.limit - (time.time() - self.begin)

    def step(self, name, function, needs_s):
        """Does a step if there is time for it. A failure is noted, and the run goes on."""
        if self.left() < needs_s:
            self.results["left_out"].append(name)
            self.say(f"-- {name}: left out, {self.left():.0f} s are left")
            return False
        self.say(f"-- {name}")
        start = time.time()
        try:
            function()
            return True
        except Exception as e:  # whatever it is: the other figures are wanted nevertheless
            self.results["failed"][name] = f"{type(e).__name__}: {e}"
            traceback.print_exc()
            return False
        finally:
            self.results.setdefault("step_s", {})[name] = round(time.time() - start, 2)
            self.save()

    def say(self, text):
        print(f"{time.time() - self.begin:6.1f} {text}", flush=True)

    def note(self, name, value):
        self.results[name] = value
        self.say(f"   {name} = {value if not isinstance(value, float) else round(value, 4)}")

    def save(self):
        path = os.path.join(self.out, "results.json")
        with open(path + ".tmp", "w") as out:
            json.dump(self.results, out, indent=1)
        os.rename(path + ".tmp", path)

    # ---- programs

    def run_snapfs(self, *words, timeout=300):
        """Runs a command with --json; returns its object."""
        command = [self.snapfs, *words, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, env=self.env, timeout=timeout)
        if done.returncode:
            raise RuntimeError(f"snapfs {' '.join(words[:3])}: exit {done.returncode}: {done.stderr[-1500:]}")
        return json.loads(done.stdout)

    def start_server(self, *devices):
        """A GMS with nothing in it, but not one that serves for the first time: on a node it lives long."""
        devices = devices or (self.options.device,)
        log = open(os.path.join(self.work, "gms.log"), "a")
        self.server = subprocess.Popen(
            [self.snapfs, "gms", "serve", "--socket-dir", self.sockets]
            + [word for device in devices for word in ("--device", str(device))],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            env=self.env,
        )
        log.close()
        deadline = time.time() + 60
        paths = [machine.socket_path(device, self.sockets) for device in devices]
        while not all(os.path.exists(path) for path in paths):
            if self.server.poll() is not None or time.time() > deadline:
                raise RuntimeError(f"gms serve does not serve; see {self.work}/gms.log")
            time.sleep(0.01)
        for path in paths:
            machine.rehearse(path)

    def stop_server(self, with_signal=signal.SIGTERM):
        if self.server:
            self.server.send_signal(with_signal)
            self.server.wait(60)
            self.server = None
        for name in os.listdir(self.sockets):
            if name.endswith(".sock"):  # or a link to one
                os.unlink(os.path.join(self.sockets, name))

    def fresh_server(self, *devices):
        self.stop_server()
        self.start_server(*devices)

    def start_worker(self, name, gms):
        options = ["--kv-gib", str(self.options.kv_gib), "--device", str(self.options.device), "--gms", str(gms)]
        if self.options.worker == "llm":
            script = "llm_worker.py"
            options += ["--layers", str(self.options.layers), "--hidden", str(self.options.hidden)]
            options += ["--compile", str(self.options.compile)]
        else:
            script = "bytes_worker.py"
            options += ["--mib", str(self.options.mib)]
        if gms:
            options += ["--snapshot", "--socket-dir", self.sockets]
        if self.cold:
            machine.drop_caches()
        return Worker(TOP, os.path.join(self.work, name), script, options, self.env)

    def make_cold(self):
        machine.drop_caches()
        # What a node's own daemons keep in use is not cold on a node: the launcher, the JVM and CRIU.
        for folder in os.path.join(TOP, "java"), os.path.join(TOP, "tools"), os.path.join(TOP, "criu"):
            for at, _, names in os.walk(folder):
                for file in names:
                    with open(os.path.join(at, file), "rb") as content:
                        while content.read(1 << 20):
                            pass

    # ---- what is measured

    def facts(self):
        self.note("machine", machine.facts())
        commit = os.path.join(TOP, "commit")
        if os.path.exists(commit):
            with open(commit) as file:
                self.note("commit", file.read().replace("\n", ""))
        self.devices = machine.device_count()
        self.note("devices", self.devices)
        self.note("pinned_gbps", machine.pinned_rate(self.options.device) / 1e9)

    def cold_start(self):
        self.start_server()
        self.worker = self.start_worker("ours", 1)
        self.note("cold_start_s", self.worker.cold_start_s)
        self.note("ready", self.worker.ready)

    def checkpoint(self):
        start = time.time()
        if self.options.cuda == "script":
            self.worker.wait("ready-for-snapshot")
            self.note("cuda_checkpoint", {n: machine.checkpoint_call(n, self.worker.pid) for n in ("Lock", "Checkpoint")})
        done = self.run_snapfs(
            *["checkpoint", str(self.worker.pid), "--store", self.store, "--name", "worker"],
            *["--control-dir", self.worker.folder, "--timeout", "120"],
            *[f"--criu-opt={option}" for option in CRIU_OPTIONS],
        )
        self.note("checkpoint_s", time.time() - start)
        self.results["checkpoint"] = done
        self.worker.dumped()
        self.worker.kill()

    def save_weights(self):
        for codec, words in CODECS.items():
            start = time.time()
            saved = self.run_snapfs(
                *["gms", "save", "--store", self.stores[codec], "--name", "weights"],
                *["--device", str(self.options.device), "--socket-dir", self.sockets, *words],
            )
            self.note(f"save_{codec}_s", time.time() - start)
            self.note(f"weights_{codec}_stored_bytes", saved["stored_bytes"])
        self.note("worker_stored_bytes", self.run_snapfs("inspect", self.store, "worker")["stored_bytes"])

    def disk(self):
        if self.cold:
            self.note("disk_gbps", machine.disk_rate(os.path.join(self.stores["raw"], "packs")) / 1e9)

    def restore_ours(self, load_weights, daemon=False, device=None, more=()):
        """One restore, from the start of the command to the first answer; without, weights are there already."""
        worker = self.worker
        worker.before_restore()
        device = self.options.device if device is None else device
        load = ["--gms-load", "weights", "--gms-socket-dir", self.sockets, "--gms-device", str(device)]
        trace = os.path.join(self.out, "timeline.json")
        command = [self.snapfs, "restore", self.store, "worker", "--control-dir", worker.folder, "--json"]
        command += [*[f"--criu-opt={o}" for o in CRIU_OPTIONS], *more]
        # CRIU's phases cost it some time, so they are only asked for where no ratio comes from.
        command += ["--timeline", trace] if not (load_weights or daemon) else []
        # A daemon restores what is detached; the processes come to this one then, as their subreaper.
        command += ["--detach", "--daemon", self.daemon_folder] if daemon else ["--no-daemon"]
        command += load if load_weights else []
        output = os.path.join(self.work, "restore.out")
        with open(output, "w") as out, open(output + ".err", "w") as err:
            start = time.time()
            snapfs = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=self.env)
        # A command that is to detach ends well before the answer.
        alive = lambda: snapfs.poll() is None or (daemon and snapfs.returncode == 0)
        try:
            if self.options.cuda == "script":
                worker.wait("restore-complete", 120, alive=alive)
                machine.checkpoint_call("Restore", worker.pid)
                machine.checkpoint_call("Unlock", worker.pid)
            done = worker.wait("done", 120, alive=alive)
            awake = worker.wait("awake", 60)
        except Exception:
            snapfs.terminate()
            worker.kill()
            with open(output + ".err") as err:
                self.say(err.read()[-2000:])
            raise
        if done["sum"] != worker.ready["sum"]:
            raise RuntimeError(f"the answer is {done['sum']} instead of {worker.ready['sum']}")
        result = {"s": done["at"] - start, "awake_s": awake["at"] - start, "attach_s": awake["attach_s"]}
        result.update(answer_s=done["seconds"], attach=awake.get("attach"))
        self.say(f"   first answer after {result['s']:.3f} s, attach {millis(awake)}")
        self.snapfs_process = snapfs
        self.restore_output = output
        return result

    def start_daemon(self):
        """One whose caches are empty, and which is ready: the device started, memory pinned."""
        self.stop_daemon()
        cache = int(2.5 * self.worker.ready["weight_bytes"]) >> 20
        words = [self.snapfs, "daemon", "--dir", self.daemon_folder, "--weights-cache", f"{cache}M"]
        words += [word for device in self.daemon_devices for word in ("--device", str(device))]
        path = os.path.join(self.work, "daemon.log")
        with open(path, "w") as log:
            self.daemon = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env)
        start = time.time()
        while not self.daemon_says(path, "ready to load weights"):
            if self.daemon.poll() is not None or time.time() > start + 60:
                raise RuntimeError(f"the daemon is not ready: {open(path).read()[-1000:]}")
            time.sleep(0.01)
        self.results["daemon_ready_s"] = time.time() - start
        time.sleep(1)  # it gets ready for its first restore beside

    def daemon_says(self, path, text):
        with open(path) as log:
            return text in log.read()

    def stop_daemon(self):
        if self.daemon:
            self.daemon.terminate()
            self.daemon.wait(60)
            self.daemon = None
            shutil.rmtree(self.daemon_folder, ignore_errors=True)

    def end_restored(self):
        """Ends the restored process; returns what the command printed."""
        time.sleep(0.2)  # the rest of its memory may still be arriving, which is no part of this
        self.worker.kill()
        self.snapfs_process.wait(60)
        with open(self.restore_output) as out:
            text = out.read()
        return json.loads(text) if text.startswith("{") else text

    def rounds_of(self, name, prepare, load_weights=True, daemon=False):
        figures = []
        for _ in range(self.options.rounds):
            if figures and self.left() < 30:
                break
            prepare()
            figures.append(self.restore_ours(load_weights, daemon))
            report = figures[-1]["report"] = self.end_restored()
            for step in report["steps"] if isinstance(report, dict) else []:
                if step["track"] == "mapped files" and step["name"].endswith(" MiB asked for"):
                    self.results["mapped_file_bytes"] = int(step["name"].split()[0]) << 20
            self.results[name] = figures
        self.note(name + "_s", statistics.median(each["s"] for each in figures))

    def ours_warm(self):
        for name in "worker", "weights":
            self.run_snapfs("prefetch", self.store, name)
        self.rounds_of("ours_warm", self.fresh_server)
        best = min(self.results["ours_warm"], key=lambda each: each["attach_s"])
        self.note("reattach_ms", 1000 * best["attach_s"])
        self.results["reattach_phases"] = best["attach"]

    def ours_cold(self):
        def prepare():
            self.fresh_server()
            self.make_cold()

        self.rounds_of("ours_cold", prepare)

    def daemon_warm(self):
        """The daemon has restored the worker before: what it decoded then is in its cache."""
        self.start_daemon()
        self.fresh_server()
        self.restore_ours(True, True)
        self.end_restored()
        self.rounds_of("daemon_warm", self.fresh_server, daemon=True)

    def daemon_cold(self):
        def prepare():
            self.start_daemon()
            self.fresh_server()
            self.make_cold()

        self.rounds_of("daemon_cold", prepare, daemon=True)

    def daemon_loads(self, codec):
        """The daemon loads the same weights again and again: from the second time on they are decoded in its memory."""
        if not self.daemon:
            self.start_daemon()
        self.fresh_server()
        self.run_snapfs("prefetch", self.stores[codec], "weights")
        loads = [self.timed_load(codec, True) for _ in range(2 + self.options.rounds)]
        key = f"load_{codec}_cached"
        self.results[key] = loads
        if not loads[0]["cached_bytes"]:
            self.note(f"load_{codec}_daemon_first_s", loads[0]["command_s"])
        cached = [each for each in loads[1:] if each["cached_bytes"] > 0.99 * each["weight_bytes"]]
        if not cached:
            raise RuntimeError(f"nothing was cached: {loads[-1]}")
        self.note_loads(key, cached)

    def note_loads(self, key, loads):
        best = max(loads, key=lambda each: each["fill_gigabytes_per_second"])
        self.note(key + "_gbps", best["fill_gigabytes_per_second"])
        self.note(key + "_median_gbps", statistics.median(each["fill_gigabytes_per_second"] for each in loads))
        self.note(key + "_all_gbps", max(each["gigabytes_per_second"] for each in loads))
        self.note(key + "_command_s", min(each["command_s"] for each in loads))
        self.say(f"   phases {best.get('phases_ms')}")

    def daemon_process_only(self):
        """The process alone, weights being there; they came from the daemon's cache, and the answer tells whether right."""
        if not self.daemon:
            self.start_daemon()
        self.fresh_server()
        for _ in range(2):
            loaded = self.timed_load("auto", True)
        self.note("daemon_load_alone_s", loaded["command_s"])
        self.rounds_of("daemon_process_only", lambda: None, False, True)

    def ours_weights_there(self):
        self.fresh_server()
        self.load("auto")
        self.rounds_of("ours_process_only", lambda: None, False)
        self.restore_ours(False)
        time.sleep(3)  # until all of its memory is there
        attached = [self.worker.attach_again() for _ in range(3)]
        self.end_restored()
        best = min(attached, key=lambda each: each["attach_s"])
        self.note("reattach_resident_ms", 1000 * best["attach_s"])
        self.results["reattach_resident_phases"] = best["attach"]
        self.say(f"   attached again: {millis(best)}")

    def load(self, codec, daemon=False, name="weights", devices=None):
        devices = devices or [self.options.device]
        return self.run_snapfs(
            *["gms", "load", self.stores[codec], name, "--socket-dir", self.sockets],
            *[word for device in devices for word in ("--device", str(device))],
            *(["--daemon", self.daemon_folder] if daemon else ["--no-daemon"]),
        )

    def timed_load(self, codec, daemon=False, **more):
        start = time.time()
        report = self.load(codec, daemon, **more)
        report["command_s"] = time.time() - start
        return report

    def loads(self, codec, cold):
        figures = []
        if not cold:
            self.run_snapfs("prefetch", self.stores[codec], "weights")
        for _ in range(self.options.rounds):
            self.fresh_server()
            if cold:
                self.make_cold()
            figures.append(self.timed_load(codec))
        key = f"load_{codec}_{'cold' if cold else 'warm'}"
        self.results[key] = figures
        self.note_loads(key, figures)

    # ---- two devices

    def second_device(self):
        return next(device for device in range(self.devices) if device != self.options.device)

    def other_device(self):
        """The process of one device is restored onto another one, where its weights are loaded."""
        old, new = self.options.device, self.second_device()
        uuids = [machine.cuda.Device(device).uuid() for device in range(self.devices)]
        both = f"{uuids[old]}={uuids[new]},{uuids[new]}={uuids[old]}"
        for mapping in f"{uuids[old]}={uuids[new]}", both:
            self.fresh_server(new)
            # The process asks for the server of the device that it knew.
            os.symlink(machine.socket_path(new, self.sockets), machine.socket_path(old, self.sockets))
            try:
                result = self.restore_ours(True, device=new, more=["--gpu-map", mapping])
            except Exception as e:  # a driver may want all devices to be mapped
                self.results.setdefault("other_device_refused", {})[mapping] = str(e)[-600:]
                if mapping == both:
                    raise
                continue
            result["uses"] = machine.device_of(self.worker.pid)
            self.end_restored()
            self.results["other_device"] = {"mapping": mapping, **result}
            self.note("other_device_s", result["s"])
            return

    def several_devices(self):
        """Weights of two devices in one artifact, loaded into both at once."""
        devices = [self.options.device, self.second_device()]
        self.fresh_server(*devices)
        for device in devices:
            self.load("raw", devices=[device])
        self.run_snapfs(
            *["gms", "save", "--store", self.stores["raw"], "--name", "weights-tp2", "--socket-dir", self.sockets],
            *[word for device in devices for word in ("--device", str(device))],
            *CODECS["raw"],
        )
        many = {"name": "weights-tp2", "devices": devices}
        self.note_loads("load_tp2_warm", [self.timed_load("raw", **many) for _ in range(2)])
        self.daemon_devices = devices
        self.start_daemon()
        loads = [self.timed_load("raw", True, **many) for _ in range(2 + self.options.rounds)]
        self.results["load_tp2_cached"] = loads
        self.note_loads("load_tp2_cached", loads[1:])

    def server_killed(self):
        """The worker goes on without its server; a new one can be filled and attached."""
        self.fresh_server()
        self.restore_ours(True)
        self.stop_server(signal.SIGKILL)
        answer = self.worker.ask()
        if answer["sum"] != self.worker.ready["sum"]:
            raise RuntimeError("the answer differs after the server was killed")
        self.start_server()
        self.load("auto")
        program = (
            "import sys; from snapfs_worker import Weights\n"
            "w = Weights(int(sys.argv[1]), sys.argv[2])\n"
            "w.attach(60)\n"
            "print(len(w.tensors), w.last_attach_s)\n"
        )
        words = [sys.executable, "-c", program, str(self.options.device), self.sockets]
        attached = subprocess.run(words, env=self.env, capture_output=True, text=True, timeout=120)
        if attached.returncode:
            raise RuntimeError(attached.stderr[-1000:])
        self.end_restored()
        self.note("server_killed", "the worker goes on; a new server was filled and attached: " + attached.stdout.strip())

    # ---- stock tools

    def stock(self):
        self.stop_server()
        worker = self.start_worker("stock-worker", 0)
        images = os.path.join(self.work, "stock")
        try:
            self.note("stock_cold_start_s", worker.cold_start_s)
            os.makedirs(images)
            times = {name: machine.checkpoint_call(name, worker.pid) for name in ("Lock", "Checkpoint")}
            start = time.time()
            self.criu("dump", worker, images)
            self.note("stock_dump", {**times, "dump_s": time.time() - start})
            worker.dumped()
            worker.kill()
            self.note("stock_image_bytes", sum(e.stat().st_size for e in os.scandir(images)))
            modes = ("warm", "cold") if self.cold else ("warm",)
            for mode in modes:
                figures = []
                for number in range(self.options.rounds + (mode == "warm")):
                    if figures and self.left() < 20:
                        break
                    if mode == "cold":
                        self.make_cold()
                    took = self.restore_stock(worker, images)
                    if mode == "cold" or number:  # the first one warms the cache
                        figures.append(took)
                    self.results[f"stock_{mode}"] = figures
                self.note(f"stock_{mode}_s", statistics.median(figures))
        finally:
            worker.kill()
            shutil.rmtree(images, ignore_errors=True)

    def criu(self, verb, worker, images):
        criu = os.environ.get("SNAPFS_CRIU", "criu")
        words = [criu, verb, "-D", images, *CRIU_OPTIONS, "-v2", "-o", verb + ".log"]
        words += ["-t", str(worker.pid)] if verb == "dump" else ["-d"]
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode:
            with open(os.path.join(images, verb + ".log")) as log:
                raise RuntimeError(f"criu {verb}: {log.read()[-1500:]}")

    def restore_stock(self, worker, images):
        worker.before_restore()
        start = time.time()
        self.criu("restore", worker, images)
        machine.checkpoint_call("Restore", worker.pid)
        machine.checkpoint_call("Unlock", worker.pid)
        done = worker.wait("done", 120)
        if done["sum"] != worker.ready["sum"]:
            raise RuntimeError(f"the answer is {done['sum']} instead of {worker.ready['sum']}")
        took = done["at"] - start
        self.say(f"   stock: first answer after {took:.3f} s")
        worker.kill()
        return took

    # ---- the table

    def table(self):
        r = self.results
        rows = []

        def row(what, value, form="{:.3f} s", wanted=""):
            if value is not None:
                rows.append((what, form.format(value), wanted))

        def ratio(what, above, below, wanted):
            if r.get(above) and r.get(below):
                row(what, r[above] / r[below], "{:.1f}x", wanted)

        def of(name):
            return r.get(name)

        row("cold start, weights in GMS", of("cold_start_s"))
        row("cold start, weights inside (stock)", of("stock_cold_start_s"))
        row("checkpoint, dump and pack", of("checkpoint_s"))
        row("stored: worker", of("worker_stored_bytes"), "{:,} bytes")
        for codec in CODECS:
            row(f"stored: weights, {codec}", of(f"weights_{codec}_stored_bytes"), "{:,} bytes")
        row("stored: stock images", of("stock_image_bytes"), "{:,} bytes")
        for kind in "warm", "cold":
            row(f"ours {kind}: first answer", of(f"ours_{kind}_s"))
        for kind in "warm", "cold":
            row(f"ours {kind}, by a daemon: first answer", of(f"daemon_{kind}_s"))
        row("stock warm: first answer", of("stock_warm_s"))
        row("stock cold: first answer", of("stock_cold_s"))
        ratio("cold start / ours warm", "cold_start_s", "ours_warm_s", ">= 45, aim 80")
        ratio("cold start / ours cold", "cold_start_s", "ours_cold_s", ">= 22, aim 30")
        ratio("cold start / ours warm, by a daemon", "cold_start_s", "daemon_warm_s", ">= 45, aim 80")
        ratio("cold start / ours cold, by a daemon", "cold_start_s", "daemon_cold_s", ">= 22, aim 30")
        ratio("cold start / stock warm", "stock_cold_start_s", "stock_warm_s", "")
        ratio("cold start / stock cold", "stock_cold_start_s", "stock_cold_s", "")
        if of("disk_gbps") and of("worker_stored_bytes") and of("weights_auto_stored_bytes"):
            stored = r["worker_stored_bytes"] + r["weights_auto_stored_bytes"]
            files = r.get("mapped_file_bytes") or 0
            limit = (stored + files) / r["disk_gbps"] / 1e9
            row("files that the process had mapped, read ahead", files, "{:,} bytes")
            row("disk, direct reads", r["disk_gbps"], "{:.2f} GB/s")
            row("what the disk needs for all bytes", limit)
            for name, what in ("ours_cold_s", "ours cold"), ("daemon_cold_s", "ours cold, by a daemon"):
                if of(name):
                    row(f"{what} / that", r[name] / limit, "{:.2f}x", "<= 1.3")
        row("pinned copies", of("pinned_gbps"), "{:.1f} GB/s")
        for codec in CODECS:
            for kind in "warm", "cold":
                rate = of(f"load_{codec}_{kind}_gbps")
                row(f"loader, {codec}, {kind}, once started", rate, "{:.1f} GB/s")
                row("  with the start of the driver", of(f"load_{codec}_{kind}_all_gbps"), "{:.1f} GB/s")
                row("  the whole command", of(f"load_{codec}_{kind}_command_s"))
                if rate and kind == "warm" and of("pinned_gbps"):
                    row("  of the pinned copy rate", rate / r["pinned_gbps"], "{:.2f}", ">= 0.8 raw")
                if rate and kind == "cold" and of("disk_gbps"):
                    row("  of the disk's rate", rate / r["disk_gbps"], "{:.2f}", ">= 1.3")
            busy = [
                (each["phases_ms"]["read"] + each["phases_ms"]["decode"])
                / os.cpu_count()
                / (each["elapsed_ms"] - each["phases_ms"]["plan"])
                for each in of(f"load_{codec}_warm") or []
            ]
            if busy and codec != "raw":
                share = statistics.median(busy)
                row(f"loader, {codec}, warm: all cores read and decode, of the time from plan to commit", share, "{:.2f}", ">= 0.9")
        for key, what in (("raw", "raw"), ("auto", "auto"), ("tp2", "raw, two devices at once")):
            best, median, whole = (of(f"load_{key}_cached{kind}_gbps") for kind in ("", "_median", "_all"))
            row(f"loader, {what}, decoded in the daemon's memory, once started", best, "{:.1f} GB/s")
            if best and of("pinned_gbps"):
                row("  of the pinned copy rate", best / r["pinned_gbps"], "{:.2f}", ">= 0.8")
                row("  median, of the pinned copy rate", median / r["pinned_gbps"], "{:.2f}")
                row("  from the request to the commit, of it", whole / r["pinned_gbps"], "{:.2f}")
            row("  the whole command", of(f"load_{key}_cached_command_s"))
            row("  the command when nothing is cached", of(f"load_{key}_daemon_first_s"))
        if of("ours_process_only_s") and of("ours_warm_s") and of("load_auto_warm"):
            longer = max(r["ours_process_only_s"], min(each["command_s"] for each in r["load_auto_warm"]))
            row("without a daemon: process restore alone", r["ours_process_only_s"])
            row("  both / the longer alone", r["ours_warm_s"] / longer, "{:.2f}x")
        if of("daemon_process_only_s") and of("daemon_warm_s") and of("daemon_load_alone_s"):
            row("by a daemon: process restore alone", r["daemon_process_only_s"])
            row("  load alone", r["daemon_load_alone_s"])
            row("  both", r["daemon_warm_s"])
            longer = max(r["daemon_process_only_s"], r["daemon_load_alone_s"])
            row("  both / the longer alone", r["daemon_warm_s"] / longer, "{:.2f}x", "<= 1.15")
        for kind, what in ("", "in a process just restored"), ("_resident", "its memory being there"):
            took = of(f"reattach{kind}_ms")
            row(f"re-attach of all weights, {what}", took, "{:.2f} ms")
            if took:
                row("  for 2 GiB", took * 2 * GIB / r["ready"]["weight_bytes"], "{:.2f} ms", "<= 5")
                phases = of(f"reattach{kind}_phases") or {}
                row("  " + phases_of(phases), "", "{}")
        row("restored onto another device: first answer", of("other_device_s"))
        if of("server_killed"):
            rows.append(("server killed while attached", r["server_killed"], "goes on"))
        print("\n| what | measured | wanted |\n| --- | --- | --- |")
        for what in rows:
            print("| " + " | ".join(what) + " |")
        for name, why in r["failed"].items():
            print(f"\nFAILED {name}: {why}")
        if r["left_out"]:
            print("\nleft out: " + ", ".join(r["left_out"]))

    def all(self):
        quick = self.options.worker == "bytes"
        try:
            self.step("machine", self.facts, 5)
            ready = self.step("cold start", self.cold_start, 5 if quick else 60)
            dumped = ready and self.step("checkpoint", self.checkpoint, 10)
            saved = dumped and self.step("save the weights", self.save_weights, 10)
            if saved:
                self.step("disk", self.disk, 10)
                self.step("ours, warm", self.ours_warm, 20)
                self.step("ours, daemon, warm", self.daemon_warm, 25)
                self.step("ours, daemon, weights there already", self.daemon_process_only, 15)
                for codec in "raw", "auto":
                    self.step(f"loader, {codec}, cached", lambda codec=codec: self.daemon_loads(codec), 10)
                if self.cold:
                    self.step("ours, daemon, cold", self.daemon_cold, 35)
                self.stop_daemon()
                if self.cold:
                    self.step("ours, cold", self.ours_cold, 25)
                self.step("ours, weights there already", self.ours_weights_there, 15)
                for codec in "raw", "auto":
                    self.step(f"loader, {codec}, warm", lambda codec=codec: self.loads(codec, False), 10)
                self.step("server killed", self.server_killed, 15)
                for codec in ("auto", "raw") if self.cold else ():
                    self.step(f"loader, {codec}, cold", lambda codec=codec: self.loads(codec, True), 15)
                if self.devices > 1:
                    self.step("several devices", self.several_devices, 25)
                    self.stop_daemon()
                    self.step("another device", self.other_device, 20)
                self.step("loader, mixed, warm", lambda: self.loads("mixed", False), 10)
            self.step("stock", self.stock, 10 if quick else 90)
        finally:
            if self.worker:
                self.worker.kill()
            self.stop_server()
            self.stop_daemon()
            self.results["all_s"] = time.time() - self.begin
            self.save()
            self.table()
        return 1 if self.results["failed"] else 0


def main():
    # Restored processes are handed to this one when their parent has gone, to be reaped here.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    sys.exit(Run(parse()).all())


if __name__ == "__main__":
    main()
