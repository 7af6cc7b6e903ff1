"""A Llama-shaped PyTorch worker whose weights lie in a GMS server, and which takes part in snapshots.

The weights are random, no model is downloaded. When it is warm it writes FOLDER/ready (JSON: pid, times, the sum of the
answer). With --snapshot it then parks weights and KV cache, is dumped, wakes, and writes FOLDER/awake. Then it serves:
each time FOLDER/go appears it answers one request and writes FOLDER/done (JSON: sum, seconds, at); for FOLDER/again it
detaches and attaches its weights and writes FOLDER/attached (JSON: attach_s and its phases).

    llm_worker.py FOLDER --layers 16 --hidden 2048 --compile 1 --kv-gib 8 --snapshot --socket-dir DIR

FOLDER is the control folder as well.
"""

import argparse
import os
import sys
import time

begun = time.time()
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from snapfs_worker import DeviceRegion, Weights, WorkloadContract

from requests_folder import Requests


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--layers", type=int, default=16)
    parser.add_argument("--hidden", type=int, default=2048)
    parser.add_argument("--compile", type=int, choices=(0, 1), default=0)
    parser.add_argument("--kv-gib", type=float, default=0)
    parser.add_argument("--device", type=int, default=0)
    parser.add_argument("--socket-dir")
    parser.add_argument("--snapshot", action="store_true")
    parser.add_argument("--gms", type=int, choices=(0, 1), default=1, help="0: weights and KV cache are its own")
    return parser.parse_args()


def build(torch, arguments, device):
    from transformers import LlamaConfig, LlamaForCausalLM

    heads = max(1, arguments.hidden // 128)
    config = LlamaConfig(
        hidden_size=arguments.hidden,
        intermediate_size=arguments.hidden * 4,
        num_hidden_layers=arguments.layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        vocab_size=32000,
        max_position_embeddings=2048,
    )
    torch.manual_seed(0)
    with torch.device(device):
        torch.set_default_dtype(torch.bfloat16)
        return LlamaForCausalLM(config).eval()


def capture(torch, model, use_compile, device):
    """Returns a graph of one forward pass, what it reads, and the logits that a replay fills.

    Who replays it keeps all three: a graph knows addresses, and doesn't keep what lies there from being freed.
    """
    tokens = torch.arange(128, device=device)[None] % 32000
    body = torch.compile(model.model) if use_compile else model.model

    def forward():
        return model.lm_head(body(input_ids=tokens, use_cache=False).last_hidden_state)

    with torch.inference_mode():
        for _ in range(3):
            forward()
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            logits = forward()
    return graph, tokens, logits


def main():
    arguments = parse()
    contract = WorkloadContract("torch", arguments.folder if arguments.snapshot else None)
    device = f"cuda:{arguments.device}"
    import torch

    imported = time.time()
    torch.cuda.set_device(arguments.device)
    from snapfs_worker.torch_module import memory_tensor, store_module

    model = build(torch, arguments, device)
    built = time.time()
    kv_bytes = int(arguments.kv_gib * (1 << 30))
    weight_bytes = sum(p.numel() * p.element_size() for p in model.parameters())
    weights, parked = None, []
    if arguments.gms:
        weights = Weights(arguments.device, arguments.socket_dir)
        store_module(weights, model)
        parked.append(weights)
        if kv_bytes:
            kv = DeviceRegion(kv_bytes, arguments.device)
            memory_tensor(kv.address, kv.size, arguments.device)[-1] = 1
            parked.append(kv)
    elif kv_bytes:
        kv = torch.empty(kv_bytes, dtype=torch.uint8, device=device)
    stored = time.time()
    graph, tokens, logits = capture(torch, model, arguments.compile, device)

    def answer():
        """Replays the graph, whose input lives as long as main()."""
        graph.replay()
        torch.cuda.synchronize()
        return float(logits.float().sum())

    first = answer()
    torch.cuda.empty_cache()
    requests = Requests(arguments.folder)
    requests.emit(
        "ready",
        pid=os.getpid(),
        import_s=imported - begun,
        build_s=built - imported,
        store_s=stored - built,
        warm_s=time.time() - stored,
        weight_bytes=weight_bytes,
        sum=first,
    )
    with contract.snapshot(*parked) as outcome:
        requests.awake(outcome, weights)
    requests.serve(answer, weights)


if __name__ == "__main__":
    main()
