"""The few functions of the CUDA driver that are used, through ctypes. Every return code is checked and named."""

import ctypes
import os
import uuid as uuids

GRANULARITY = 2 << 20

_HANDLE_POSIX_FD = 1
_ALLOCATION_PINNED = 1
_LOCATION_DEVICE = 1
ACCESS_READ = 1
ACCESS_READ_WRITE = 3

_driver = None


class CudaUnavailable(RuntimeError):
    """There is no CUDA driver, or it finds no device."""


class CudaError(RuntimeError):
    """A call failed; says which, and the driver's name for the reason."""

    def __init__(self, call, code, name):
        super().__init__(f"{call}: {name} ({code})")
        self.call = call
        self.code = code


class _Location(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("id", ctypes.c_int)]


class _AllocationProperties(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("handle_types", ctypes.c_int),
        ("location", _Location),
        ("win32", ctypes.c_void_p),
        ("flags", ctypes.c_ubyte * 8),
    ]


class _Access(ctypes.Structure):
    _fields_ = [("location", _Location), ("flags", ctypes.c_int)]


_SIZE, _ADDRESS, _HANDLE = ctypes.c_size_t, ctypes.c_uint64, ctypes.c_uint64
_PROTOTYPES = {
    "cuInit": [ctypes.c_uint],
    "cuDeviceGet": [ctypes.POINTER(ctypes.c_int), ctypes.c_int],
    "cuDeviceGetUuid": [ctypes.c_void_p, ctypes.c_int],
    "cuDevicePrimaryCtxRetain": [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int],
    "cuCtxGetCurrent": [ctypes.POINTER(ctypes.c_void_p)],
    "cuCtxSetCurrent": [ctypes.c_void_p],
    "cuCtxSynchronize": [],
    "cuMemCreate": [ctypes.POINTER(_HANDLE), _SIZE, ctypes.POINTER(_AllocationProperties), ctypes.c_ulonglong],
    "cuMemRelease": [_HANDLE],
    "cuMemImportFromShareableHandle": [ctypes.POINTER(_HANDLE), ctypes.c_void_p, ctypes.c_int],
    "cuMemAddressReserve": [ctypes.POINTER(_ADDRESS), _SIZE, _SIZE, _ADDRESS, ctypes.c_ulonglong],
    "cuMemAddressFree": [_ADDRESS, _SIZE],
    "cuMemMap": [_ADDRESS, _SIZE, _SIZE, _HANDLE, ctypes.c_ulonglong],
    "cuMemUnmap": [_ADDRESS, _SIZE],
    "cuMemSetAccess": [_ADDRESS, _SIZE, ctypes.POINTER(_Access), _SIZE],
    "cuMemcpyHtoD_v2": [_ADDRESS, ctypes.c_void_p, _SIZE],
    "cuMemcpyDtoH_v2": [ctypes.c_void_p, _ADDRESS, _SIZE],
}


class Driver:
    """The CUDA driver. One for the process, see `driver()`."""

    def __init__(self, path):
        try:
            self._library = ctypes.CDLL(path)
        except OSError as e:
            raise CudaUnavailable(f"there is no CUDA driver: {e}") from e
        for name, arguments in _PROTOTYPES.items():
            try:
                function = getattr(self._library, name)
            except AttributeError as e:
                raise CudaUnavailable(f"the CUDA driver {path} is too old: it has no {name}") from e
            function.argtypes = arguments
            function.restype = ctypes.c_int
        try:
            self.call("cuInit", 0)
        except CudaError as e:
            raise CudaUnavailable(f"the CUDA driver can't be used: {e}") from e

    def call(self, name, *arguments):
        """Calls a function; CudaError unless it returns 0."""
        code = getattr(self._library, name)(*arguments)
        if code:
            raise CudaError(name, code, self._error_name(code))

    def _error_name(self, code):
        text = ctypes.c_char_p()
        found = self._library.cuGetErrorName(code, ctypes.byref(text)) == 0 and text.value
        return found.decode("ascii", "replace") if found else "unknown error"


def driver():
    """The driver, loaded at the first call: $SNAPFS_LIBCUDA, else libcuda.so.1."""
    global _driver
    if _driver is None:
        _driver = Driver(os.environ.get("SNAPFS_LIBCUDA") or "libcuda.so.1")
    return _driver


class Device:
    """One GPU, by its ordinal, as the current context of the calling thread (the primary one, as PyTorch's)."""

    def __init__(self, ordinal):
        self.ordinal = ordinal
        self._driver = driver()
        number = ctypes.c_int()
        self._driver.call("cuDeviceGet", ctypes.byref(number), ordinal)
        self._number = number.value
        self._context = None

    def uuid(self):
        """As NVML prints it: GPU-xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx."""
        raw = (ctypes.c_ubyte * 16)()
        self._driver.call("cuDeviceGetUuid", raw, self._number)
        return f"GPU-{uuids.UUID(bytes=bytes(raw))}"

    def make_current(self):
        """Makes its context that of the calling thread. Memory calls need it."""
        if self._context is None:
            context = ctypes.c_void_p()
            self._driver.call("cuDevicePrimaryCtxRetain", ctypes.byref(context), self._number)
            self._context = context
        current = ctypes.c_void_p()
        self._driver.call("cuCtxGetCurrent", ctypes.byref(current))
        if current.value != self._context.value:
            self._driver.call("cuCtxSetCurrent", self._context)

    def synchronize(self):
        """Waits until all that was launched has ended."""
        self.make_current()
        self._driver.call("cuCtxSynchronize")

    def create(self, size):
        """Physical memory of one's own; returns its handle. size: a multiple of GRANULARITY."""
        properties = _AllocationProperties(type=_ALLOCATION_PINNED, location=_Location(_LOCATION_DEVICE, self._number))
        handle = _HANDLE()
        self._driver.call("cuMemCreate", ctypes.byref(handle), size, ctypes.byref(properties), 0)
        return handle.value

    def import_fd(self, fd):
        """A handle of memory that another process owns. The descriptor stays the caller's."""
        handle = _HANDLE()
        self._driver.call("cuMemImportFromShareableHandle", ctypes.byref(handle), ctypes.c_void_p(fd), _HANDLE_POSIX_FD)
        return handle.value

    def release(self, handle):
        self._driver.call("cuMemRelease", handle)

    def reserve(self, size):
        """A range of addresses with nothing behind it."""
        address = _ADDRESS()
        self._driver.call("cuMemAddressReserve", ctypes.byref(address), size, 0, 0, 0)
        return address.value

    def free_addresses(self, address, size):
        self._driver.call("cuMemAddressFree", address, size)

    def map(self, address, size, handle, access):
        """Puts memory behind a whole reserved range."""
        self.map_only(address, size, handle)
        try:
            self.set_access(address, size, access)
        except CudaError:
            self.unmap(address, size)
            raise

    def map_only(self, address, size, handle):
        """Puts memory behind addresses, which nothing can use before `set_access`."""
        self._driver.call("cuMemMap", address, size, 0, handle, 0)

    def set_access(self, address, size, access):
        """Lets the device use mappings, which may be several that lie side by side."""
        description = _Access(_Location(_LOCATION_DEVICE, self._number), access)
        self._driver.call("cuMemSetAccess", address, size, ctypes.byref(description), 1)

    def unmap(self, address, size):
        self._driver.call("cuMemUnmap", address, size)

    def write(self, address, data):
        """Copies bytes to the device."""
        self._driver.call("cuMemcpyHtoD_v2", address, bytes(data), len(data))

    def read(self, address, size):
        """Copies bytes from the device."""
        data = ctypes.create_string_buffer(size)
        self._driver.call("cuMemcpyDtoH_v2", data, address, size)
        return data.raw


def round_up(size, unit=GRANULARITY):
    return -(-size // unit) * unit
