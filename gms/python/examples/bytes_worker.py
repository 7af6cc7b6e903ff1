"""A worker that needs no PyTorch: its weights are bytes in a GMS server, its answer is their checksum.

It shows the library alone, and stands in for llm_worker.py where there is no PyTorch: it takes the same folder and the
same requests.

    bytes_worker.py FOLDER --mib 64 --kv-gib 0.1 --snapshot --socket-dir DIR
"""

import argparse
import os
import random
import sys
import time
import zlib

begun = time.time()
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from snapfs_worker import DeviceRegion, Weights, WorkloadContract
from snapfs_worker.weights import Tensor

from requests_folder import Requests

SLAB = 32 << 20


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--mib", type=int, default=64)
    parser.add_argument("--kv-gib", type=float, default=0)
    parser.add_argument("--device", type=int, default=0)
    parser.add_argument("--socket-dir")
    parser.add_argument("--snapshot", action="store_true")
    return parser.parse_args()


def store(weights, size):
    """Random numbers of 16 bits with few different high bytes, as bf16 weights are."""
    rng = random.Random(0)
    with weights.writer() as writer:
        for number, start in enumerate(range(0, size, SLAB)):
            length = min(SLAB, size - start)
            data = bytearray(rng.randbytes(length))
            data[1::2] = bytes(0x38 + (byte & 3) for byte in data[1::2])
            slab = writer.add_slab(length)
            weights.device.write(writer.address(slab), data)
            writer.put(Tensor(f"layer.{number}", slab, 0, "bfloat16", (length // 2,), (1,)))
        writer.commit()
    weights.attach()


def main():
    arguments = parse()
    contract = WorkloadContract("bytes", arguments.folder if arguments.snapshot else None)
    weights = Weights(arguments.device, arguments.socket_dir)
    store(weights, arguments.mib << 20)
    stored = time.time()
    parked = [weights]
    if arguments.kv_gib:
        parked.append(DeviceRegion(int(arguments.kv_gib * (1 << 30)), arguments.device))

    def answer():
        total = 0
        for name in sorted(weights.tensors):
            length = weights.tensors[name].shape[0] * 2
            total = zlib.crc32(weights.device.read(weights.address(name), length), total)
        return float(total)

    first = answer()
    requests = Requests(arguments.folder)
    requests.emit(
        "ready",
        pid=os.getpid(),
        import_s=0.0,
        build_s=0.0,
        store_s=stored - begun,
        warm_s=time.time() - stored,
        weight_bytes=arguments.mib << 20,
        sum=first,
    )
    with contract.snapshot(*parked) as outcome:
        requests.emit("awake", outcome=outcome.value, at=time.time(), attach_s=weights.last_attach_s)
    requests.serve(answer)


if __name__ == "__main__":
    main()
