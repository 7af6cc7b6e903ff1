"""The stand-in for the CUDA driver (gms/src/test/c), which $SNAPFS_LIBCUDA names; tests that need it call for it."""

import ctypes
import os

from snapfs_worker import cuda


def require():
    """Fails where the stand-in is missing: a test that is skipped tests nothing."""
    if not os.environ.get("SNAPFS_LIBCUDA"):
        raise AssertionError("SNAPFS_LIBCUDA must name the stand-in for the CUDA driver")
    return cuda.Device(0)


def free_memory(device):
    """Bytes that are free on a device."""
    device.make_current()
    free, total = ctypes.c_size_t(), ctypes.c_size_t()
    cuda.driver()._library.cuMemGetInfo_v2(ctypes.byref(free), ctypes.byref(total))
    return free.value


class OwnedMemory:
    """Device memory for a FakeServer."""

    def __init__(self, device):
        self._device = device

    def create(self, size):
        self._device.make_current()
        properties = cuda._AllocationProperties(type=1, handle_types=1, location=cuda._Location(1, 0))
        handle = ctypes.c_uint64()
        cuda.driver().call("cuMemCreate", ctypes.byref(handle), size, ctypes.byref(properties), 0)
        return handle.value

    def export(self, handle):
        fd = ctypes.c_int()
        function = cuda.driver()._library.cuMemExportToShareableHandle
        code = function(ctypes.byref(fd), ctypes.c_uint64(handle), 1, ctypes.c_ulonglong(0))
        if code:
            raise AssertionError(f"cuMemExportToShareableHandle returned {code}")
        return fd.value

    def free(self, handle):
        self._device.release(handle)
