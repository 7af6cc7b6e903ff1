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
from snapfs_worker.cuda import Device, round_up
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
    parser.add_argument("--gms", type=int, choices=(0, 1), default=1, help="0: the weights are its own")
    return parser.parse_args()


def layers(size):
    """Random numbers of 16 bits with few different high bytes, as bf16 weights are."""
    rng = random.Random(0)
    high = bytes(0x38 + (byte & 3) for byte in range(256))
    for start in range(0, size, SLAB):
        data = bytearray(rng.randbytes(min(SLAB, size - start)))
        data[1::2] = data[1::2].translate(high)
        yield data


def store(weights, size):
    """Puts the layers into the server; returns [(address, length), ...]."""
    with weights.writer(expected=round_up(size)) as writer:
        for number, data in enumerate(layers(size)):
            slab = writer.add_slab(len(data))
            weights.device.write(writer.address(slab), data)
            writer.put(Tensor(f"layer.{number}", slab, 0, "bfloat16", (len(data) // 2,), (1,)))
        writer.commit()
    weights.attach()
    return [(weights.address(name), tensor.shape[0] * 2) for name, tensor in weights.tensors.items()]


def keep(device, size):
    """Puts the layers into memory of this process."""
    places = []
    for data in layers(size):
        region = DeviceRegion(len(data), device)
        region.device.write(region.address, data)
        places.append((region.address, len(data)))
    return places


def main():
    arguments = parse()
    contract = WorkloadContract("bytes", arguments.folder if arguments.snapshot else None)
    size = arguments.mib << 20
    device = Device(arguments.device)
    weights, parked = None, []
    if arguments.gms:
        weights = Weights(arguments.device, arguments.socket_dir)
        places = store(weights, size)
        parked.append(weights)
    else:
        places = keep(arguments.device, size)
    stored = time.time()
    if arguments.kv_gib:
        parked.append(DeviceRegion(int(arguments.kv_gib * (1 << 30)), arguments.device))

    def answer():
        total = 0
        for address, length in places:
            total = zlib.crc32(device.read(address, length), total)
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
        weight_bytes=size,
        sum=first,
    )
    with contract.snapshot(*parked) as outcome:
        requests.awake(outcome, weights)
    requests.serve(answer, weights)


if __name__ == "__main__":
    main()
