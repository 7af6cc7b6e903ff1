"""The weights of one device, which a GMS server owns and this process maps.

Writing: the rw lock, slabs that are mapped read-write, names put beside them, commit. Reading: the ro lock, slabs
mapped read-only. A slab keeps its address from the moment it was first mapped, through commit, detach and attach, even
if another server with the same layout has taken the place of the first.
"""

import json
import os
import resource
import time
from dataclasses import dataclass

from . import live
from .cuda import ACCESS_READ, ACCESS_READ_WRITE, Device, round_up
from .wire import Connection, GmsError, socket_path

DEFAULT_SLAB = 1 << 30


class StaleLayout(GmsError):
    """What is committed lies elsewhere than what this process knows: other weights, or written in another order."""


@dataclass(frozen=True)
class Tensor:
    """Where a named tensor lies. `shape` and `stride` count elements, `dtype` is PyTorch's name without `torch.`"""

    name: str
    slab: int
    offset: int
    dtype: str
    shape: tuple
    stride: tuple
    kind: str = "parameter"

    def value(self):
        """As it is kept in the server's metadata."""
        record = {
            "dtype": f"torch.{self.dtype}",
            "shape": list(self.shape),
            "stride": list(self.stride),
            "tensor_type": self.kind,
        }
        return json.dumps(record, sort_keys=True).encode("utf-8")


class _Range:
    """Reserved addresses, in which slabs lie side by side."""

    def __init__(self, device, size):
        self.device = device
        self.size = size
        self.address = device.reserve(size)
        self.used = 0

    def add(self, size):
        """The next slab; None if there is no room for it."""
        if self.used + size > self.size:
            return None
        slab = _Slab(self, self.address + self.used, size)
        self.used += size
        return slab

    def free(self):
        self.device.free_addresses(self.address, self.size)


class _Slab:
    """Addresses, and what is mapped there now, if anything."""

    def __init__(self, within, address, size):
        self.within = within
        self.device = within.device
        self.address = address
        self.size = size
        self.handle = None

    def map(self, fd):
        """Imports and maps; the addresses can be used after `set_access`. Returns the seconds that importing took."""
        start = time.perf_counter()
        handle = self.device.import_fd(fd)
        took = time.perf_counter() - start
        try:
            self.device.map_only(self.address, self.size, handle)
        except BaseException:
            self.device.release(handle)
            raise
        self.handle = handle
        return took

    def unmap(self):
        if self.handle is not None:
            self.device.unmap(self.address, self.size)
            handle, self.handle = self.handle, None
            self.device.release(handle)


def _set_access(slabs, access):
    """One call for all that lie side by side: the driver takes its time for each."""
    start = 0
    for end in range(1, len(slabs) + 1):
        first, last = slabs[start], slabs[end - 1]
        if end == len(slabs) or slabs[end].within is not last.within or slabs[end].address != last.address + last.size:
            first.device.set_access(first.address, last.address + last.size - first.address, access)
            start = end


class _Clock:
    """Adds up the time of each phase."""

    def __init__(self):
        self.seconds = {}
        self._last = time.perf_counter()

    def lap(self, phase, less=0.0):
        """What has passed since the last lap was `phase`, but for `less` seconds."""
        now = time.perf_counter()
        self.seconds[phase] = self.seconds.get(phase, 0.0) + now - self._last - less
        self._last = now

    def add(self, phase, seconds):
        self.seconds[phase] = self.seconds.get(phase, 0.0) + seconds


class Weights:
    """The weights of one device.

    `attach` and `detach` may be called as often as one likes; `park` and `unpark` are their names for a
    WorkloadContract. Everything that runs on the device must have nothing to do with the weights while detached.
    """

    def __init__(self, device=0, socket_dir=None, tag="weights", connect_timeout_s=30.0):
        """device: ordinal of the GPU. Connects to nothing yet.

        last_attach_s, an attribute, is how long the last attach took after the lock was granted; last_attach has its
        phases in seconds (ask: the layout and the list; count: live-imports; export: waiting for handles; import, map,
        access: the driver) and `faults`, pages that had to come first, as in a process that has just been restored.
        """
        self.device = Device(device)
        self.tag = tag
        self.path = socket_path(self.device.uuid(), tag, socket_dir)
        self.layout_hash = None
        self.last_attach_s = None
        self.last_attach = {}
        self._ranges = []
        self._slabs = []
        self._tensors = {}
        self._connection = None
        self._connect_timeout_s = connect_timeout_s

    @property
    def attached(self):
        return self._connection is not None

    @property
    def tensors(self):
        """What is there, by name; known after the first attach."""
        return dict(self._tensors)

    @property
    def nbytes(self):
        """Bytes of all slabs."""
        return sum(slab.size for slab in self._slabs)

    @property
    def slabs(self):
        """(address, size) of each slab. The addresses hold as long as this process."""
        return [(slab.address, slab.size) for slab in self._slabs]

    def address(self, name):
        """The device address of a tensor, whether attached or not. KeyError if there is none of that name."""
        tensor = self._tensors[name]
        return self._slabs[tensor.slab].address + tensor.offset

    def attach(self, timeout_s=None):
        """Waits until weights are committed and maps them read-only, at the addresses of last time if there was one.

        timeout_s: how long to wait; None: for ever. GmsError if it runs out, the server goes, or something is amiss;
        StaleLayout if other weights than last time are there. Then nothing is attached. Idempotent.
        """
        if self._connection is not None:
            return
        connection = Connection(self.path, "ro", timeout_s, self._connect_timeout_s)
        clock, faults = _Clock(), _faults()
        granted = time.monotonic()
        counted = len(self._slabs)
        attached = False
        try:
            answers = connection.call_ahead([("get_memory_layout_hash", {}), ("list_allocations", {"tag": None})])
            live.add(counted)  # while the server answers
            clock.lap("count")
            layout_hash = next(answers)[0].get("memory_layout_hash")
            self._check_layout(layout_hash)
            allocations = _allocations(self.path, next(answers)[0])
            clock.lap("ask")
            if not self._slabs:
                self._adopt(connection, allocations)
                counted = len(self._slabs)
                live.add(counted)
                clock.lap("adopt")
            self._map(connection, allocations, clock)
            self.layout_hash = layout_hash
            self._connection = connection
            self.last_attach_s = time.monotonic() - granted
            self.last_attach = {**clock.seconds, "faults": _faults() - faults}
            attached = True
        finally:
            if not attached:
                self._unmap_slabs()
                live.remove(counted)
                connection.close()

    def _check_layout(self, layout_hash):
        if not layout_hash:
            raise GmsError(f"{self.path}: the ro lock was granted, but nothing is committed")
        if self.layout_hash not in (None, layout_hash):
            raise StaleLayout(
                f"{self.path}: the layout of the committed weights is {layout_hash}, but this process was made"
                f" with {self.layout_hash}: load the weights that it was checkpointed with, or start it anew"
            )

    def detach(self):
        """Waits for the device, unmaps all, gives the handles and the lock back; the addresses stay. Idempotent.

        Works as well if the server is gone.
        """
        if self._connection is not None:
            self.device.synchronize()
            self._unmap()
            connection, self._connection = self._connection, None
            connection.close()

    park = detach
    unpark = attach

    def writer(self, timeout_s=None, expected=0):
        """Waits for the rw lock, which clears what was there, and returns a WeightsWriter to be used in a `with`.

        expected: bytes of all slabs, each rounded up to 2 MiB, if that is known: they lie side by side then, and are
        attached faster. For the first time only: GmsError if this process knows weights already, since they would move.
        """
        return self._writer("rw", timeout_s, expected)

    def writer_if_empty(self, timeout_s=None, expected=0):
        """As writer, or None if weights are committed already: then they are to be attached."""
        return self._writer("auto", timeout_s, expected)

    def _writer(self, lock, timeout_s, expected):
        if self._slabs:
            raise GmsError(f"{self.path}: this process has attached or written weights already; they can't move")
        connection = Connection(self.path, lock, timeout_s, self._connect_timeout_s)
        if connection.lock != "rw":
            connection.close()
            return None
        return WeightsWriter(self, connection, expected)

    def _adopt(self, connection, allocations):
        """Learns what is there, in the first attach."""
        tensors = {}
        slots = {allocation["allocation_id"]: slab for slab, allocation in enumerate(allocations)}
        names = connection.call("metadata_list", prefix="").get("keys", ())
        answers = connection.call_ahead([("metadata_get", {"key": name}) for name in names])
        for name, (found, _) in zip(names, answers):
            if found.get("found") and found.get("allocation_id") in slots:
                slab = slots[found["allocation_id"]]
                tensors[name] = _tensor(self.path, name, slab, allocations[slab]["aligned_size"], found)
        self.device.make_current()
        sizes = [allocation["aligned_size"] for allocation in allocations]
        if sizes:
            self._ranges = [_Range(self.device, sum(sizes))]
            self._slabs = [self._ranges[0].add(size) for size in sizes]
        self._tensors = tensors

    def _map(self, connection, allocations, clock):
        sizes = [allocation["aligned_size"] for allocation in allocations]
        if sizes != [slab.size for slab in self._slabs]:
            raise StaleLayout(f"{self.path}: slabs of {sizes} bytes are committed, not {self.slabs}")
        self.device.make_current()
        exports = [("export_allocation", {"allocation_id": each["allocation_id"]}) for each in allocations]
        for slab, (reply, fd) in zip(self._slabs, connection.call_ahead(exports)):
            clock.lap("export")
            took = _import(connection, slab, reply, fd)
            clock.lap("map", less=took)
            clock.add("import", took)
        _set_access(self._slabs, ACCESS_READ)
        clock.lap("access")

    def _unmap(self):
        self._unmap_slabs()
        live.remove(len(self._slabs))

    def _unmap_slabs(self):
        for slab in self._slabs:
            slab.unmap()


class WeightsWriter:
    """Owns the rw lock while weights are written. Leaving the `with` without `commit` drops everything."""

    def __init__(self, weights, connection, expected):
        self._weights = weights
        self._connection = connection
        self._expected = round_up(expected)
        self._ids = []
        self._committed = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self._committed:
            self._drop()

    def add_slab(self, size):
        """Allocates and maps a slab; returns its number. size: bytes, rounded up to 2 MiB. Waits for memory."""
        weights = self._weights
        reply = self._connection.call("allocate", size=round_up(size), tag=weights.tag)
        self._ids.append(reply["allocation_id"])
        weights.device.make_current()
        slab = self._place(reply["aligned_size"])
        live.add(1)
        try:
            answer, fd = self._connection.call_for_fd("export_allocation", allocation_id=reply["allocation_id"])
            _import(self._connection, slab, answer, fd)
            weights._slabs.append(slab)
            _set_access([slab], ACCESS_READ_WRITE)
        except BaseException:
            if slab in weights._slabs:
                weights._slabs.remove(slab)
                slab.unmap()
            live.remove(1)
            raise
        return len(self._ids) - 1

    def _place(self, size):
        """The addresses of a slab: behind the one before, as long as what was expected has room."""
        ranges = self._weights._ranges
        slab = ranges[-1].add(size) if ranges else None
        if slab is None:
            left = self._expected if not ranges else 0
            ranges.append(_Range(self._weights.device, max(left, size)))
            slab = ranges[-1].add(size)
        return slab

    def address(self, slab, offset=0):
        """A device address, to write to."""
        return self._weights._slabs[slab].address + offset

    def put(self, tensor):
        """Says where a tensor lies."""
        self._weights._tensors[tensor.name] = tensor
        self._connection.call(
            "metadata_put",
            key=tensor.name,
            allocation_id=self._ids[tensor.slab],
            offset_bytes=tensor.offset,
            value=tensor.value(),
        )

    def commit(self):
        """Waits for the device, unmaps all and commits; the weights are to be attached then, at the same addresses."""
        weights = self._weights
        weights.device.synchronize()
        weights._unmap()
        if not self._connection.call("commit").get("success"):
            raise GmsError(f"{weights.path}: the server did not commit")
        self._committed = True
        self._connection.close()

    def _drop(self):
        weights = self._weights
        weights.device.synchronize()
        still = sum(slab.handle is not None for slab in weights._slabs)
        weights._unmap_slabs()
        live.remove(still)
        for each in weights._ranges:
            each.free()
        weights._ranges, weights._slabs, weights._tensors = [], [], {}
        self._connection.close()


def _import(connection, slab, reply, fd):
    """Maps what came as the reply to an export; returns the seconds that importing took."""
    if fd is None:
        raise GmsError(f"{connection.path}: export_allocation_response carries no descriptor")
    try:
        if reply.get("aligned_size") != slab.size:
            raise GmsError(
                f"{connection.path}: allocation {reply.get('allocation_id')} has {reply.get('aligned_size')} bytes"
            )
        return slab.map(fd)
    finally:
        os.close(fd)


def _faults():
    usage = resource.getrusage(resource.RUSAGE_THREAD)
    return usage.ru_minflt + usage.ru_majflt


def _allocations(path, reply):
    """All allocations in the order of their slots, which is the same in every server with this layout."""
    found = reply.get("allocations", [])
    for allocation in found:
        size = allocation.get("aligned_size")
        if not isinstance(size, int) or size <= 0 or not isinstance(allocation.get("allocation_id"), str):
            raise GmsError(f"{path}: an allocation makes no sense: {allocation!r:.200}")
    return sorted(found, key=lambda allocation: allocation.get("layout_slot", 0))


def _tensor(path, name, slab, slab_size, found):
    try:
        record = json.loads(found["value"].decode("utf-8"))
        shape = tuple(int(n) for n in record["shape"])
        stride = tuple(int(n) for n in record["stride"]) if record.get("stride") is not None else contiguous(shape)
        dtype = str(record["dtype"]).rpartition("torch.")[2]
        offset = int(found["offset_bytes"])
    except (AttributeError, KeyError, TypeError, ValueError) as e:
        raise GmsError(f"{path}: the metadata of tensor {name!r} makes no sense: {e}") from e
    if len(shape) != len(stride) or min(shape + stride + (offset, slab_size - offset)) < 0:
        raise GmsError(f"{path}: tensor {name!r} is not inside of its slab, or its strides don't fit its shape")
    return Tensor(name, slab, offset, dtype, shape, stride, str(record.get("tensor_type", "parameter")))


def contiguous(shape):
    """The strides of a dense tensor of this shape, in elements."""
    strides, step = [], 1
    for n in reversed(shape):
        strides.append(step)
        step *= max(n, 1)
    return tuple(reversed(strides))
