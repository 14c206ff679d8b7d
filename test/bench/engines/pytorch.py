"""
The benchmark's model in PyTorch: on one thread of the processor or, with --card, on a graphics card where
there is one; eagerly or, with --compile, with forward and backward pass by torch.compile.

    python3 pytorch.py WORKLOAD.json WEIGHTS.safetensors [--card] [--compile]

Says where it computes, as a line of JSON. Then it reads the numbers of steps to make from standard input, one a
line, and answers each with a list of [milliseconds, loss before the update]; or with an object whose `error` says
in a line why it cannot.
"""

import json
import math
import struct
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F


def read_safetensors(path):
    """Eight bytes that hold the header's length, a JSON header, then the tensors' bytes."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            flat = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32)
            tensors[name] = flat.view(entry["shape"])
    return tensors


def linear(x, weights, at, part):
    return torch.addmm(weights[f"{at}.b{part}"], x, weights[f"{at}.w{part}"])


def attention(x, weights, at, config):
    """x: [B*T, D] -> [B*T, D]; H heads of d features each."""
    B, T, H = config["batch_size"], config["seq_len"], config["n_heads"]
    q, k, v = (
        linear(x, weights, at, part).view(B, T, H, -1).transpose(1, 2) for part in ("q", "k", "v")
    )
    scores = q @ k.transpose(2, 3) / math.sqrt(q.shape[3])  # [B, H, T, T]
    future = torch.ones(T, T, dtype=torch.bool, device=x.device).triu(1)
    pattern = scores.masked_fill(future, -math.inf).softmax(3)
    mixed = (pattern @ v).transpose(1, 2).reshape(B * T, -1)
    return linear(mixed, weights, at, "o")


def loss_of(weights, inputs, targets, config):
    """The mean cross-entropy in nats. inputs, targets: [B*T]"""
    D = config["d_model"]

    def norm(x, name):
        gain, bias = weights[f"{name}.gain"], weights[f"{name}.bias"]
        return F.layer_norm(x, (D,), gain, bias, config["norm_eps"])

    tokens = F.embedding(inputs, weights["embed.token"]).view(config["batch_size"], -1, D)
    x = (tokens + weights["embed.position"]).view(-1, D)
    for layer in range(config["n_layers"]):
        at = f"blocks.{layer}"
        x = x + attention(norm(x, f"{at}.attn.norm"), weights, f"{at}.attn", config)
        hidden = F.gelu(linear(norm(x, f"{at}.mlp.norm"), weights, f"{at}.mlp", "_in"))
        x = x + linear(hidden, weights, f"{at}.mlp", "_out")
    logits = norm(x, "final_norm") @ weights["unembed"]
    return F.cross_entropy(logits, targets)


def device_of(wants_card):
    """Where to compute, and what that is called."""
    if wants_card and torch.cuda.is_available():
        return torch.device("cuda"), f"{torch.cuda.get_device_name()}, CUDA {torch.version.cuda}"
    return torch.device("cpu"), "the processor, one thread"


def compiled(function):
    if not hasattr(torch, "compile"):
        raise RuntimeError(f"PyTorch {torch.__version__} has no torch.compile")
    return torch.compile(function, dynamic=False)


def say(message):
    print(json.dumps(message), flush=True)


def main(workload, weights, *flags):
    torch.set_num_threads(1)
    device, name = device_of("--card" in flags)
    loss_fn = compiled(loss_of) if "--compile" in flags else loss_of
    workload = json.loads(Path(workload).read_text())
    config = workload["config"]
    batches = [[torch.tensor(ids, device=device) for ids in batch] for batch in workload["batches"]]
    weights = {
        name: w.to(device).requires_grad_() for name, w in read_safetensors(Path(weights)).items()
    }
    optimizer = torch.optim.AdamW(
        weights.values(),
        lr=config["lr"],
        betas=(config["beta1"], config["beta2"]),
        eps=config["adam_eps"],
        weight_decay=0,
    )
    say(f"{name}, PyTorch {torch.__version__}")
    made = 0
    for line in sys.stdin:
        samples = []
        for _ in range(int(line)):
            inputs, targets = batches[made % len(batches)]
            began = time.perf_counter()
            optimizer.zero_grad()
            loss = loss_fn(weights, inputs, targets, config)
            loss.backward()
            optimizer.step()
            # Waits for all that the card was given before.
            value = loss.item()
            samples.append([1000 * (time.perf_counter() - began), value])
            made += 1
        say(samples)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Exception as error:
        say({"error": f"{type(error).__name__}: {str(error).strip()}".splitlines()[0]})
