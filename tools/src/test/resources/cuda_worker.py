"""A worker with CUDA state, on the stand-in for libcuda: python3 cuda_worker.py CONTROL LIBRARY STATE

Follows the workload contract in CONTROL. Writes `result` when it goes on: `same` if its device memory holds what it did.
"""
import ctypes
import os
import sys
import time

control, library, state = sys.argv[1:]
os.environ["SNAPFS_STANDIN_STATE"] = state
cuda = ctypes.CDLL(library)
SIZE = 4 << 20


class Properties(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("handles", ctypes.c_int),
        ("location", ctypes.c_int * 2),
        ("win32", ctypes.c_void_p),
        ("flags", ctypes.c_ubyte * 8),
    ]


def call(name, *arguments):
    code = getattr(cuda, name)(*arguments)
    assert code == 0, "%s: %d" % (name, code)


def write(name, text=""):
    aside = os.path.join(control, "." + name)
    with open(aside, "w") as file:
        file.write(text)
    os.rename(aside, os.path.join(control, name))


context, handle, address = ctypes.c_void_p(), ctypes.c_ulonglong(), ctypes.c_ulonglong()
size, nothing = ctypes.c_size_t(SIZE), ctypes.c_ulonglong(0)
call("cuInit", 0)
call("cuDevicePrimaryCtxRetain", ctypes.byref(context), 0)
call("cuCtxSetCurrent", context)
call("cuMemCreate", ctypes.byref(handle), size, ctypes.byref(Properties(1, 1, (1, 0))), nothing)
call("cuMemAddressReserve", ctypes.byref(address), size, nothing, nothing, nothing)
call("cuMemMap", address, size, nothing, handle, nothing)
call("cuMemSetAccess", address, size, ctypes.byref((ctypes.c_int * 3)(1, 0, 3)), ctypes.c_size_t(1))
call("cuMemsetD8_v2", address, ctypes.c_ubyte(77), size)
write("ready-for-snapshot", "ready")
while not any(os.path.exists(os.path.join(control, name)) for name in ("restore-complete", "snapshot-complete")):
    time.sleep(0.01)
found = ctypes.create_string_buffer(SIZE)
call("cuMemcpyDtoH_v2", found, address, size)
write("result", "same" if found.raw == bytes([77]) * SIZE else "other")
while True:
    time.sleep(0.05)
