"""A connection to a GMS server: frames of MessagePack over a Unix socket, one request at a time.

The connection is the lock: while it is open the server keeps what was granted, and closing it gives it back.
"""

import array
import errno
import os
import socket
import struct
import tempfile
import time

from . import msgpack

MAX_FRAME = 64 << 20
_CONNECT_PAUSE_S = 0.005
_MAX_FDS = 4
_AHEAD = 64  # requests whose replies fit into the socket's buffers


class GmsError(RuntimeError):
    """The server refused a request, or what it said makes no sense, or it is gone."""

    def __init__(self, message, code=None):
        super().__init__(message)
        self.code = code


def socket_path(uuid, tag, socket_dir=None):
    """Where the server of a GPU (`GPU-xxxxxxxx-...`) and a tag listens; default folder: $GMS_SOCKET_DIR, else the temp
    folder."""
    folder = socket_dir or os.environ.get("GMS_SOCKET_DIR") or tempfile.gettempdir()
    return os.path.join(folder, f"gms_{uuid}_{tag}.sock")


class Connection:
    """Owns a connection whose lock has been granted; close it, or use it in a `with`."""

    def __init__(self, path, lock, timeout_s=None, connect_timeout_s=30.0):
        """Connects and waits for the lock.

        lock: "rw", "ro" or "auto" (rw if nothing is committed, else ro). timeout_s: how long to wait for it; None: for
        ever. connect_timeout_s: how long to wait for a server that does not listen yet. GmsError if either runs out.
        """
        self.path = path
        self._socket = _connect(path, connect_timeout_s)
        granted = False
        try:
            reply = self.call(
                "handshake", lock_type=lock, timeout_ms=None if timeout_s is None else max(0, int(timeout_s * 1000))
            )
            if not reply.get("success"):
                raise GmsError(f"{path}: lock {lock} was not granted within {timeout_s} s")
            self.committed = bool(reply.get("committed"))
            self.lock = reply.get("granted_lock_type") or lock
            granted = True
        finally:
            if not granted:
                self.close()

    def call(self, name, **fields):
        """Sends `<name>_request` and returns the fields of `<name>_response`."""
        reply, fds = self._exchange(name, fields)
        _close_all(fds)
        return reply

    def call_for_fd(self, name, **fields):
        """As call, for a reply that carries a descriptor: (fields, fd). The descriptor is the caller's to close."""
        reply, fds = self._exchange(name, fields)
        if len(fds) != 1:
            _close_all(fds)
            raise GmsError(f"{self.path}: {name}_response carries {len(fds)} descriptors instead of one")
        return reply, fds[0]

    def call_ahead(self, requests):
        """Sends many requests, (name, fields) each, before the replies are read, and yields the replies in order.

        The first requests have been sent when this returns. Yields (fields, fd), fd being None for a reply that carries
        none, else the caller's to close. Who does not take all replies must close the connection.
        """
        self._send(requests[:_AHEAD])
        return self._replies(requests)

    def _replies(self, requests):
        for start in range(0, len(requests), _AHEAD):
            batch = requests[start : start + _AHEAD]
            if start:
                self._send(batch)
            for name, _ in batch:
                reply, fds = self._reply(name)
                if len(fds) > 1:
                    _close_all(fds)
                    raise GmsError(f"{self.path}: {name}_response carries {len(fds)} descriptors")
                yield reply, fds[0] if fds else None

    def close(self):
        """Gives the lock back. Idempotent."""
        self._socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _exchange(self, name, fields):
        self._send([(name, fields)])
        return self._reply(name)

    def _send(self, requests):
        try:
            self._socket.sendall(b"".join(_frame(name, fields) for name, fields in requests))
        except OSError as e:
            raise self._gone(requests[0][0], e) from e

    def _reply(self, name):
        fds = array.array("i")
        complete = False
        try:
            reply = self._receive(name, fds)
            complete = True
        except OSError as e:
            raise self._gone(name, e) from e
        finally:
            if not complete:
                _close_all(fds)
        return reply, list(fds)

    def _gone(self, name, e):
        return GmsError(f"{self.path}: the server is gone ({e.strerror or e}) while {name} was asked for")

    def _receive(self, name, fds):
        length = struct.unpack(">I", self._read(4, name, fds))[0]
        if length > MAX_FRAME:
            raise GmsError(f"{self.path}: a reply of {length} bytes to {name}; at most {MAX_FRAME} are allowed")
        try:
            reply = msgpack.unpack(self._read(length, name, fds))
        except msgpack.MalformedMessage as e:
            raise GmsError(f"{self.path}: the reply to {name} is no MessagePack: {e}") from e
        kind = reply.get("type") if isinstance(reply, dict) else None
        if kind == "error_response":
            raise GmsError(f"{self.path}: {name}: {reply.get('error')}", reply.get("code"))
        if kind != f"{name}_response":
            raise GmsError(f"{self.path}: {kind!r} came as the reply to {name}")
        return reply

    def _read(self, length, name, fds):
        data = bytearray()
        while len(data) < length:
            part, ancillary, flags, _ = self._socket.recvmsg(
                min(length - len(data), 1 << 20), socket.CMSG_SPACE(_MAX_FDS * fds.itemsize), socket.MSG_CMSG_CLOEXEC
            )
            for level, kind, payload in ancillary:
                if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                    fds.frombytes(payload[: len(payload) - len(payload) % fds.itemsize])
            if flags & socket.MSG_CTRUNC:
                raise GmsError(f"{self.path}: more than {_MAX_FDS} descriptors came with the reply to {name}")
            if not part:
                raise GmsError(f"{self.path}: the server closed the connection while {name} was asked for")
            data += part
        return bytes(data)


def _frame(name, fields):
    body = msgpack.pack({"type": f"{name}_request", **fields})
    return struct.pack(">I", len(body)) + body


def _connect(path, timeout_s):
    deadline = time.monotonic() + timeout_s
    while True:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.connect(path)
            return sock
        except OSError as e:
            sock.close()
            if e.errno not in (errno.ENOENT, errno.ECONNREFUSED):
                raise GmsError(f"can't connect to the GMS server at {path}: {e.strerror}") from e
            if time.monotonic() >= deadline:
                raise GmsError(
                    f"no GMS server listens at {path} after {timeout_s:g} s: start one with 'snapfs gms serve'"
                ) from e
        time.sleep(_CONNECT_PAUSE_S)


def _close_all(fds):
    for fd in fds:
        os.close(fd)
