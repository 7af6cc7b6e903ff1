"""Device memory of one's own at an address that outlives it."""

from .cuda import ACCESS_READ_WRITE, Device, round_up


class DeviceRegion:
    """Owns device memory that gives its physical memory back while it is parked, such as a KV cache.

    Its address holds as long as the region: CUDA graphs captured over it stay right. Its contents are gone after
    `park`. Nothing may run on the device that uses it while it is parked.
    """

    def __init__(self, size, device=0):
        """size: bytes, rounded up to 2 MiB. CudaError if there isn't enough memory."""
        self.device = Device(device)
        self.device.make_current()
        self.size = round_up(size)
        self.address = self.device.reserve(self.size)
        self._handle = None
        try:
            self.unpark()
        except BaseException:
            self.device.free_addresses(self.address, self.size)
            raise

    @property
    def parked(self):
        return self._handle is None

    def park(self):
        """Waits for the device, then gives the memory back; the address stays. Idempotent."""
        if self._handle is not None:
            self.device.synchronize()
            self.device.unmap(self.address, self.size)
            handle, self._handle = self._handle, None
            self.device.release(handle)

    def unpark(self):
        """Takes memory again, with undefined contents. Idempotent."""
        if self._handle is None:
            self.device.make_current()
            handle = self.device.create(self.size)
            try:
                self.device.map(self.address, self.size, handle, ACCESS_READ_WRITE)
            except BaseException:
                self.device.release(handle)
                raise
            self._handle = handle

    def close(self):
        """Gives memory and address back. Idempotent."""
        self.park()
        if self.address:
            self.device.free_addresses(self.address, self.size)
            self.address = 0
