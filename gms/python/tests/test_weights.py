import os
import subprocess
import sys
import tempfile
import unittest

from snapfs_worker import CudaError, DeviceRegion, GmsError, StaleLayout, Weights, live_imports
from snapfs_worker.weights import Tensor, contiguous

from . import standin
from .fake_server import FakeServer

MIB = 1 << 20
LONG_S = 120
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class WeightsTest(unittest.TestCase):
    def setUp(self):
        self.device = standin.require()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.server = self.serve()
        self.free = standin.free_memory(self.device)
        self.before = live_imports()
        self.addCleanup(self.check_nothing_left)

    def check_nothing_left(self):
        self.assertEqual(live_imports(), self.before)

    def serve(self):
        path = os.path.join(self.folder, f"gms_{self.device.uuid()}_weights.sock")
        server = FakeServer(path, standin.OwnedMemory(self.device))
        self.addCleanup(server.close)
        return server

    def weights(self):
        weights = Weights(0, self.folder, connect_timeout_s=LONG_S)
        self.addCleanup(weights.detach)
        return weights

    def store(self, weights, fill=b"w", sizes=(3 * MIB, 2 * MIB), offset=512):
        """A tensor in each slab, of 64 bytes."""
        with weights.writer(LONG_S) as writer:
            for number, size in enumerate(sizes):
                slab = writer.add_slab(size)
                weights.device.write(writer.address(slab, offset), fill * 64)
                writer.put(Tensor(f"layer.{number}", slab, offset, "bfloat16", (4, 8), (8, 1)))
            writer.commit()

    def read(self, weights, name):
        return weights.device.read(weights.address(name), 64)

    def test_what_was_stored_is_attached(self):
        writer, reader = self.weights(), self.weights()
        self.store(writer)
        reader.attach(LONG_S)
        self.assertEqual(self.read(reader, "layer.0"), b"w" * 64)
        self.assertEqual(self.read(reader, "layer.1"), b"w" * 64)
        self.assertEqual(reader.tensors, writer.tensors)
        self.assertEqual([size for _, size in reader.slabs], [4 * MIB, 2 * MIB])
        self.assertEqual(reader.nbytes, 6 * MIB)

    def test_addresses_hold_from_writing_on(self):
        weights = self.weights()
        self.store(weights)
        slabs = weights.slabs
        for _ in range(3):
            weights.attach(LONG_S)
            self.assertEqual(self.read(weights, "layer.1"), b"w" * 64)
            self.assertEqual(live_imports(), self.before + 2)
            weights.detach()
            self.assertEqual(live_imports(), self.before)
        self.assertEqual(weights.slabs, slabs)

    def test_attached_weights_are_read_only_and_detached_ones_are_gone(self):
        weights = self.weights()
        self.store(weights)
        weights.attach(LONG_S)
        with self.assertRaisesRegex(CudaError, "CUDA_ERROR_ILLEGAL_ADDRESS"):
            weights.device.write(weights.address("layer.0"), b"x")
        weights.detach()
        with self.assertRaisesRegex(CudaError, "CUDA_ERROR_ILLEGAL_ADDRESS"):
            self.read(weights, "layer.0")

    def test_another_server_takes_the_place_of_the_first(self):
        weights = self.weights()
        self.store(weights, b"1")
        weights.attach(LONG_S)
        address = weights.address("layer.0")
        self.server.close()
        self.assertEqual(self.read(weights, "layer.0"), b"1" * 64)
        weights.detach()
        self.server = self.serve()
        self.store(self.weights(), b"2")
        weights.attach(LONG_S)
        self.assertEqual(weights.address("layer.0"), address)
        self.assertEqual(self.read(weights, "layer.0"), b"2" * 64)

    def test_other_weights_are_refused(self):
        weights = self.weights()
        self.store(weights)
        weights.attach(LONG_S)
        weights.detach()
        self.store(self.weights(), offset=1024)
        with self.assertRaisesRegex(StaleLayout, "start it anew"):
            weights.attach(LONG_S)
        self.assertFalse(weights.attached)

    def test_first_process_writes_and_the_second_attaches(self):
        first = self.weights()
        with first.writer_if_empty(LONG_S) as writer:
            writer.put(Tensor("t", writer.add_slab(MIB), 0, "uint8", (1,), (1,)))
            writer.commit()
        second = self.weights()
        self.assertIsNone(second.writer_if_empty(LONG_S))
        second.attach(LONG_S)
        self.assertEqual(second.tensors["t"].shape, (1,))

    def test_writer_that_fails_leaves_nothing(self):
        weights = self.weights()
        with self.assertRaisesRegex(ValueError, "no"), weights.writer(LONG_S) as writer:
            writer.add_slab(MIB)
            raise ValueError("no")
        self.assertEqual((weights.slabs, weights.tensors), ([], {}))
        with self.assertRaisesRegex(GmsError, "not granted"):
            weights.attach(0)

    def test_weights_that_are_known_cannot_be_written_again(self):
        weights = self.weights()
        self.store(weights)
        with self.assertRaisesRegex(GmsError, "can't move"):
            weights.writer(LONG_S)

    def test_metadata_that_makes_no_sense(self):
        for what, value, offset in (
            ("no JSON", b"{", 0),
            ("beyond the slab", Tensor("t", 0, 0, "uint8", (1,), (1,)).value(), 3 * MIB),
            ("strides that don't fit", b'{"dtype": "uint8", "shape": [1], "stride": [1, 1]}', 0),
            ("no list", b"7", 0),
        ):
            with self.subTest(what):
                with self.weights().writer(LONG_S) as writer:
                    writer.add_slab(MIB)
                    writer._connection.call(
                        "metadata_put", key="t", allocation_id=writer._ids[0], offset_bytes=offset, value=value
                    )
                    writer.commit()
                reader = self.weights()
                with self.assertRaisesRegex(GmsError, "'t'"):
                    reader.attach(LONG_S)
                self.assertEqual((reader.attached, reader.slabs), (False, []))

    def test_contiguous(self):
        self.assertEqual(contiguous((2, 3, 4)), (12, 4, 1))
        self.assertEqual(contiguous(()), ())


class RegionTest(unittest.TestCase):
    def setUp(self):
        self.device = standin.require()

    def test_memory_is_given_back_and_the_address_stays(self):
        free = standin.free_memory(self.device)
        region = DeviceRegion(3 * MIB)
        self.addCleanup(region.close)
        address = region.address
        self.device.write(address + region.size - 4, b"last")
        self.assertEqual(free - standin.free_memory(self.device), 4 * MIB)
        region.park()
        region.park()
        self.assertEqual(standin.free_memory(self.device), free)
        with self.assertRaises(CudaError):
            self.device.read(address, 1)
        region.unpark()
        self.device.write(address, b"again")
        self.assertEqual(self.device.read(address, 5), b"again")
        region.close()
        region.close()
        self.assertEqual(standin.free_memory(self.device), free)

    def test_not_enough_memory(self):
        with self.assertRaisesRegex(CudaError, "cuMemCreate: CUDA_ERROR_OUT_OF_MEMORY"):
            DeviceRegion(1 << 45)


class DriverTest(unittest.TestCase):
    def run_with(self, **environment):
        program = "import snapfs_worker as s\ntry:\n    s.Weights()\nexcept s.CudaUnavailable as e:\n    print(e)"
        environment = {**os.environ, **environment, "PYTHONPATH": ROOT}
        run = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=LONG_S
        )
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout

    def test_no_driver(self):
        self.assertIn("there is no CUDA driver", self.run_with(SNAPFS_LIBCUDA="/nowhere/libcuda.so.1"))

    def test_driver_that_is_too_old(self):
        self.assertIn("too old: it has no cuInit", self.run_with(SNAPFS_LIBCUDA="libc.so.6"))

    def test_no_device(self):
        standin.require()
        self.assertIn("CUDA_ERROR_NO_DEVICE", self.run_with(SNAPFS_STANDIN_DEVICES="0"))


if __name__ == "__main__":
    unittest.main()
