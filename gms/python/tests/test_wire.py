import os
import struct
import tempfile
import threading
import unittest

from snapfs_worker import msgpack
from snapfs_worker.wire import Connection, GmsError, socket_path

from .fake_server import FakeServer

LONG_S = 120


class WireTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "gms.sock")
        self.server = FakeServer(self.path)
        self.addCleanup(self.server.close)

    def connect(self, lock, timeout_s=LONG_S):
        connection = Connection(self.path, lock, timeout_s, LONG_S)
        self.addCleanup(connection.close)
        return connection

    def test_a_descriptor_comes_with_its_reply(self):
        writer = self.connect("rw")
        made = writer.call("allocate", size=4096, tag="weights")
        reply, fd = writer.call_for_fd("export_allocation", allocation_id=made["allocation_id"])
        self.addCleanup(os.close, fd)
        self.assertEqual(reply["size"], 4096)
        self.assertEqual(os.fstat(fd).st_size, 4096)
        self.assertFalse(os.get_inheritable(fd))

    def test_what_is_asked_for_reaches_the_server(self):
        self.connect("rw").call("allocate", size=1 << 40 >> 20, tag="weights")
        self.assertEqual(self.server.requests[0], {"lock_type": "rw", "timeout_ms": LONG_S * 1000})
        self.assertEqual(self.server.requests[1], {"size": 1 << 20, "tag": "weights"})

    def test_reader_waits_for_the_commit(self):
        writer = self.connect("rw")
        granted = []
        reader = threading.Thread(target=lambda: granted.append(self.connect("ro").committed))
        reader.start()
        self.assertTrue(writer.call("commit")["success"])
        reader.join(LONG_S)
        self.assertEqual(granted, [True])

    def test_time_runs_out(self):
        with self.assertRaisesRegex(GmsError, "not granted within 0 s"):
            self.connect("ro", 0)

    def test_auto_takes_what_there_is(self):
        writer = self.connect("auto")
        self.assertEqual(writer.lock, "rw")
        writer.call("commit")
        self.assertEqual(self.connect("auto").lock, "ro")

    def test_refusal_names_the_request_and_the_reason(self):
        self.connect("rw").call("commit")
        with self.assertRaisesRegex(GmsError, "allocate: allocate needs the rw lock") as failure:
            self.connect("ro").call("allocate", size=1, tag="weights")
        self.assertEqual(failure.exception.code, 1)

    def test_server_that_goes(self):
        connection = self.connect("rw")
        self.server.close()
        with self.assertRaisesRegex(GmsError, "commit"):
            connection.call("commit")

    def test_replies_that_lie(self):
        other = msgpack.pack({"type": "allocate_response"})
        for what, reply in (
            ("at most", struct.pack(">I", 0xFFFFFFFF)),
            ("no MessagePack", struct.pack(">I", 1) + b"\xc1"),
            ("came as the reply", struct.pack(">I", 1) + b"\xc0"),
            ("came as the reply", struct.pack(">I", len(other)) + other),
        ):
            self.server.replies["commit"] = reply
            with self.subTest(what), self.assertRaisesRegex(GmsError, what):
                self.connect("rw").call("commit")

    def test_a_descriptor_that_is_missing(self):
        body = msgpack.pack({"type": "export_allocation_response"})
        self.server.replies["export_allocation"] = struct.pack(">I", len(body)) + body
        with self.assertRaisesRegex(GmsError, "0 descriptors"):
            self.connect("rw").call_for_fd("export_allocation", allocation_id="x")

    def test_nobody_listens(self):
        with self.assertRaisesRegex(GmsError, "snapfs gms serve"):
            Connection(self.path + ".not", "ro", 0, connect_timeout_s=0)

    def test_socket_path(self):
        self.assertEqual(socket_path("GPU-1", "weights", "/run/gms"), "/run/gms/gms_GPU-1_weights.sock")


if __name__ == "__main__":
    unittest.main()
