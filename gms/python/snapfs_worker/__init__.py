"""Keeps the weights of an inference worker in a GPU memory service (GMS), and takes part in snapshots.

Pure Python and ctypes; PyTorch is needed by `snapfs_worker.torch_module` only. The way in:

    Weights           the weights of one device: written once, attached and detached at stable addresses
    DeviceRegion      memory of one's own (a KV cache) that gives its physical memory back while parked
    WorkloadContract  the sentinels through which a worker and what checkpoints it talk
    store_module, bind_module (snapfs_worker.torch_module)
                      puts the parameters of a PyTorch model there, or points them at what is there

Nothing here is safe for use by several threads at once: a worker parks and wakes on one thread.
"""

from .contract import Outcome, WorkloadContract
from .cuda import CudaError, CudaUnavailable
from .live import live_imports
from .region import DeviceRegion
from .weights import StaleLayout, Weights, WeightsWriter
from .wire import GmsError

__all__ = [
    "CudaError",
    "CudaUnavailable",
    "DeviceRegion",
    "GmsError",
    "Outcome",
    "StaleLayout",
    "Weights",
    "WeightsWriter",
    "WorkloadContract",
    "live_imports",
]
