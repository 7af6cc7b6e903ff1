"""What the machine can do: the limits that the figures are compared with."""

import concurrent.futures
import ctypes
import mmap
import os
import platform
import subprocess
import time

from snapfs_worker import cuda, wire

MIB = 1 << 20
_BLOCK = 4 * MIB
_READERS = 8


def drop_caches():
    os.sync()
    with open("/proc/sys/vm/drop_caches", "w") as file:
        file.write("3")


def facts():
    """Names and versions, for the record."""
    found = {"kernel": platform.release(), "cores": os.cpu_count(), "python": platform.python_version()}
    with open("/proc/meminfo") as file:
        found["memory_gib"] = round(int(file.readline().split()[1]) / MIB)
    with open("/proc/cpuinfo") as file:
        names = [line.partition(": ")[2].strip() for line in file if line.startswith("model name")]
    found["cpu"] = names[0] if names else platform.machine()
    try:
        query = "nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader"
        found["gpu"] = subprocess.run(query.split(), capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        found["gpu"] = "none, stand-in" if os.environ.get("SNAPFS_LIBCUDA") else "unknown"
    return found


def device_count():
    count = ctypes.c_int()
    code = cuda.driver()._library.cuDeviceGetCount(ctypes.byref(count))
    return count.value if code == 0 else 1


def device_of(pid):
    """What nvidia-smi says about the device that a process uses; empty if it can't be asked."""
    query = "nvidia-smi --query-compute-apps=pid,gpu_uuid --format=csv,noheader"
    try:
        lines = subprocess.run(query.split(), capture_output=True, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        return ""
    return "; ".join(line for line in lines if line.split(",")[0].strip() == str(pid))


def socket_path(ordinal, folder):
    """Where the server for the weights of a device listens."""
    return wire.socket_path(cuda.Device(ordinal).uuid(), "weights", folder)


def rehearse(path, rounds=3, names=200):
    """Lets a server do what it does for a load and an attach, so that it need not do it for the first time later."""
    for _ in range(rounds):
        with wire.Connection(path, "rw", 30) as writer:
            made = writer.call("allocate", size=2 * MIB, tag="weights")["allocation_id"]
            os.close(writer.call_for_fd("export_allocation", allocation_id=made)[1])
            for name in range(names):
                writer.call("metadata_put", key=f"t{name}", allocation_id=made, offset_bytes=0, value=b"{}")
            writer.call("commit")
        with wire.Connection(path, "ro", 30) as reader:
            reader.call("get_memory_layout_hash")
            reader.call("list_allocations", tag=None)
            os.close(reader.call_for_fd("export_allocation", allocation_id=made)[1])
    wire.Connection(path, "rw", 30).close()  # which leaves nothing


def disk_rate(folder):
    """Bytes a second that direct reads of the files in a folder come to, with several requests in flight; the best of
    three, since what is behind a virtual disk may have a cache of its own."""
    files = [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names]
    pieces = [(path, at) for path in files for at in range(0, os.path.getsize(path), _BLOCK)]

    def read(piece):
        path, at = piece
        buffer = mmap.mmap(-1, _BLOCK)
        fd = os.open(path, os.O_RDONLY | os.O_DIRECT)
        try:
            return os.preadv(fd, [buffer], at)
        finally:
            os.close(fd)
            buffer.close()

    best = 0
    for _ in range(3):
        drop_caches()
        start = time.time()
        with concurrent.futures.ThreadPoolExecutor(_READERS) as pool:
            total = sum(pool.map(read, pieces))
        best = max(best, total / (time.time() - start))
    return best


def pinned_rate(ordinal, size=256 * MIB, copy=16 * MIB, rounds=8):
    """Bytes a second from pinned memory to the device, with asynchronous copies on one stream."""
    device = cuda.Device(ordinal)
    device.make_current()
    library = cuda.driver()._library
    host, stream, to = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_uint64()

    def call(name, *arguments):
        code = getattr(library, name)(*arguments)
        if code:
            raise cuda.CudaError(name, code, "")

    call("cuMemHostAlloc", ctypes.byref(host), ctypes.c_size_t(size), 0)
    call("cuMemAlloc_v2", ctypes.byref(to), ctypes.c_size_t(size))
    call("cuStreamCreate", ctypes.byref(stream), 1)
    ctypes.memset(host, 1, size)
    best = 0.0
    for _ in range(rounds):
        start = time.perf_counter()
        for at in range(0, size, copy):
            source = ctypes.c_void_p(host.value + at)
            call("cuMemcpyHtoDAsync_v2", ctypes.c_uint64(to.value + at), source, ctypes.c_size_t(copy), stream)
        call("cuStreamSynchronize", stream)
        best = max(best, size / (time.perf_counter() - start))
    call("cuStreamDestroy_v2", stream)
    call("cuMemFree_v2", to)
    call("cuMemFreeHost", host)
    return best


def checkpoint_call(name, pid):
    """Locks, checkpoints, restores or unlocks a process; returns seconds."""
    cuda.driver()
    start = time.time()
    code = getattr(cuda.driver()._library, "cuCheckpointProcess" + name)(pid, (ctypes.c_char * 64)())
    if code:
        raise cuda.CudaError("cuCheckpointProcess" + name, code, f"on process {pid}")
    return time.time() - start
