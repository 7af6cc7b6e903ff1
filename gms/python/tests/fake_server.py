"""A GMS server in a thread, for tests of the client alone: as much of the protocol as the library uses.

The states are those of the protocol; `replies` lets a test put its own bytes in the place of a reply.
"""

import array
import os
import socket
import struct
import threading

from snapfs_worker import msgpack


class MemfdMemory:
    """Memory that is nothing but a file."""

    def create(self, size):
        fd = os.memfd_create("allocation")
        os.ftruncate(fd, size)
        return fd

    def export(self, handle):
        return os.dup(handle)

    def free(self, handle):
        os.close(handle)


class FakeServer:
    def __init__(self, path, memory=None):
        self.path = path
        self.replies = {}
        self.requests = []
        self._memory = memory or MemfdMemory()
        self._changed = threading.Condition()
        self._allocations = {}
        self._metadata = {}
        self._next = 0
        self._closed = False
        self._committed = False
        self._writer = None
        self._connections = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(path)
        self._socket.listen()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """As if the server were killed: connections break, its memory lives on where it is mapped. Idempotent."""
        if self._closed:
            return
        self._closed = True
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for connection in list(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the client has closed it
        for thread in list(self._threads):
            thread.join()
        self._clear()
        os.unlink(self.path)

    def _accept(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return  # closed
            self._connections.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection):
        try:
            while True:
                header = _read(connection, 4)
                request = msgpack.unpack(_read(connection, struct.unpack(">I", header)[0]))
                self.requests.append(request)
                name = request.pop("type").removesuffix("_request")
                if name in self.replies:
                    connection.sendall(self.replies[name])
                    continue
                reply, fd = self._answer(connection, name, request)
                body = msgpack.pack({"type": f"{name}_response" if "error" not in reply else "error_response", **reply})
                ancillary = [] if fd is None else [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))]
                connection.sendmsg([struct.pack(">I", len(body)) + body], ancillary)
                if fd is not None:
                    os.close(fd)
        except (OSError, EOFError):
            pass  # the client is gone
        finally:
            with self._changed:
                if self._writer is connection:
                    self._writer = None
                    self._clear()
                self._changed.notify_all()
            connection.close()

    def _clear(self):
        for allocation in self._allocations.values():
            self._memory.free(allocation["handle"])
        self._allocations, self._metadata, self._committed = {}, {}, False

    def _answer(self, connection, name, request):
        with self._changed:
            return getattr(self, "_on_" + name)(connection, **request)

    def _on_handshake(self, connection, lock_type, timeout_ms):
        if lock_type == "auto":
            lock_type = "ro" if self._committed else "rw"
        if lock_type == "ro":
            timeout = None if timeout_ms is None else timeout_ms / 1000
            if not self._changed.wait_for(lambda: self._committed, timeout):
                return {"success": False, "committed": False, "granted_lock_type": None}, None
        else:
            self._clear()
            self._writer = connection
        return {"success": True, "committed": self._committed, "granted_lock_type": lock_type}, None

    def _on_allocate(self, connection, size, tag):
        if connection is not self._writer:
            return {"error": "allocate needs the rw lock", "code": 1}, None
        slot, self._next = self._next, self._next + 1
        allocation_id = f"allocation-{slot}"
        self._allocations[allocation_id] = {
            "handle": self._memory.create(size), "size": size, "tag": tag, "slot": len(self._allocations)
        }  # fmt: skip
        return {"allocation_id": allocation_id, "size": size, "aligned_size": size, "layout_slot": slot}, None

    def _describe(self, allocation_id):
        found = self._allocations[allocation_id]
        return {
            "allocation_id": allocation_id,
            "size": found["size"],
            "aligned_size": found["size"],
            "tag": found["tag"],
            "layout_slot": found["slot"],
        }

    def _on_export_allocation(self, _, allocation_id):
        return self._describe(allocation_id), self._memory.export(self._allocations[allocation_id]["handle"])

    def _on_list_allocations(self, _, tag):
        # in an order that is not that of the slots
        return {"allocations": [self._describe(each) for each in sorted(self._allocations, reverse=True)]}, None

    def _on_metadata_put(self, _, key, allocation_id, offset_bytes, value):
        self._metadata[key] = {"allocation_id": allocation_id, "offset_bytes": offset_bytes, "value": value}
        return {"success": True}, None

    def _on_metadata_get(self, _, key):
        return {"found": key in self._metadata, **self._metadata.get(key, {})}, None

    def _on_metadata_list(self, _, prefix):
        return {"keys": [key for key in self._metadata if key.startswith(prefix)]}, None

    def _on_get_memory_layout_hash(self, _):
        layout = [(found["slot"], found["size"]) for found in self._allocations.values()]
        places = sorted((key, found["offset_bytes"]) for key, found in self._metadata.items())
        return {"memory_layout_hash": str((layout, places)) if self._committed else ""}, None

    def _on_commit(self, _):
        self._writer, self._committed = None, True
        self._changed.notify_all()
        return {"success": True}, None


def _read(connection, length):
    data = b""
    while len(data) < length:
        part = connection.recv(length - len(data))
        if not part:
            raise EOFError
        data += part
    return data
