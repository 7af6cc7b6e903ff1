"""A PyTorch model whose parameters lie in a GMS server.

`store_module` moves the parameters of a loaded model there; `bind_module` points the parameters of a model, which may
be on the meta device, at what is there. Afterwards the parameters are views of slabs, whose addresses never change: a
CUDA graph captured over them holds through Weights.detach and attach. They are read-only: who writes to one gets a
CUDA error. Do either before torch.compile and before graphs are captured.
"""

import torch

from .cuda import round_up
from .weights import DEFAULT_SLAB, Tensor

_ALIGNMENT = 512


class _Bytes:
    """Device memory as PyTorch takes it in without a copy."""

    def __init__(self, address, size):
        self.__cuda_array_interface__ = {
            "shape": (size,),
            "typestr": "|u1",
            "data": (address, False),
            "strides": None,
            "version": 3,
        }


def memory_tensor(address, size, device=0):
    """A uint8 tensor over mapped device memory, which it doesn't own."""
    return torch.as_tensor(_Bytes(address, size), device=f"cuda:{device}")


def store_module(weights, model, slab_bytes=DEFAULT_SLAB, timeout_s=None):
    """Moves all parameters of a model on the device into the server, commits and attaches them.

    They are copied one by one, and each leaves its old memory at once, so little more than one copy exists at a time.
    Returns the bytes of the parameters. Parameters that share memory go on sharing it.
    """
    slabs = list(_slabs(_shared(model), slab_bytes))
    with weights.writer(timeout_s, sum(round_up(size) for _, size in slabs)) as writer:
        total = _store(writer, slabs, weights.device.ordinal)
        torch.cuda.synchronize(weights.device.ordinal)
        writer.commit()
    weights.attach(timeout_s)
    torch.cuda.empty_cache()
    return total


def bind_module(weights, model):
    """Points the parameters of a model at the attached weights of the same names.

    KeyError names the parameters that are not there, ValueError those of another shape or dtype; then nothing was done.
    """
    views = tensor_views(weights)
    parameters = list(model.named_parameters(remove_duplicate=False))
    missing = [name for name, _ in parameters if name not in views]
    if missing:
        raise KeyError(f"{weights.path} has no {', '.join(missing[:5])} ({len(missing)} parameters are missing)")
    for name, parameter in parameters:
        view = views[name]
        if view.shape != parameter.shape or view.dtype != parameter.dtype:
            raise ValueError(
                f"{name} is {parameter.dtype} {list(parameter.shape)} in the model, but {view.dtype}"
                f" {list(view.shape)} in {weights.path}"
            )
    for name, parameter in parameters:
        _rebind(model, name, parameter, views[name])


def tensor_views(weights):
    """A tensor for every name, over the attached memory."""
    slabs = [memory_tensor(address, size, weights.device.ordinal) for address, size in weights.slabs]
    return {name: _view(slabs[tensor.slab], tensor) for name, tensor in weights.tensors.items()}


def _rebind(model, name, parameter, view):
    if parameter.is_meta:
        owner, _, last = name.rpartition(".")
        holder = model.get_submodule(owner)
        setattr(holder, last, torch.nn.Parameter(view, requires_grad=False))
    else:
        parameter.requires_grad_(False)
        parameter.data = view


def _view(slab, tensor):
    dtype = getattr(torch, tensor.dtype)
    length = _span(tensor.shape, tensor.stride) * dtype.itemsize
    if tensor.offset + length > slab.numel():
        raise ValueError(f"tensor {tensor.name} reaches beyond its slab of {slab.numel()} bytes")
    flat = slab[tensor.offset : tensor.offset + length].view(dtype)
    return flat.as_strided(tensor.shape, tensor.stride)


def _span(shape, stride):
    """Elements from the first to behind the last one in memory."""
    return 0 if 0 in shape else 1 + sum((n - 1) * step for n, step in zip(shape, stride))


def _store(writer, slabs, ordinal):
    total = 0
    for group, size in slabs:
        slab = writer.add_slab(size)
        memory = memory_tensor(writer.address(slab), round_up(size), ordinal)
        for offset, sharers in group:
            _, parameter = sharers[0]
            tensors = [
                Tensor(name, slab, offset, str(parameter.dtype).rpartition(".")[2], tuple(p.shape), tuple(p.stride()))
                for name, p in sharers
            ]
            view = _view(memory, tensors[0])
            with torch.no_grad():
                view.copy_(parameter)
            for tensor, (_, sharer) in zip(tensors, sharers):
                sharer.requires_grad_(False)
                sharer.data = view
                writer.put(tensor)
            total += view.numel() * view.element_size()
    return total


def _shared(model):
    """[(name, parameter), ...] for each run of memory, in the order of the model."""
    groups = {}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        key = (parameter.data_ptr(), parameter.dtype, tuple(parameter.shape), tuple(parameter.stride()))
        groups.setdefault(key if parameter.numel() else name, []).append((name, parameter))
    return list(groups.values())


def _slabs(groups, slab_bytes):
    """Packs groups into slabs: ([(offset, sharers), ...], bytes) of each. A longer tensor has a slab of its own."""
    current, used = [], 0
    for sharers in groups:
        parameter = sharers[0][1]
        length = round_up(_span(parameter.shape, parameter.stride()) * parameter.element_size(), _ALIGNMENT)
        if current and used + length > slab_bytes:
            yield current, used
            current, used = [], 0
        current.append((used, sharers))
        used += length
    if current:
        yield current, max(used, 1)
