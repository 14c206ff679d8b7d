"""
What PyTorch makes of the runs of the engine: `python3 parity.py FOLDER…`

Each folder holds record.json and weights.safetensors as the command line writes them. From the settings,
the weights and the tokens of each frame, never from its numbers, every statistic is computed anew, and
the weights are updated. FOLDER/torch.json takes the frames, as in a record, and the RMS of every buffer
after them; or, where something went wrong, what.
"""

import json
import math
import re
import struct
import sys
from pathlib import Path

import torch

import measures
from transformer import Pass, autocasts, forward, loss_of, modalities
from training import of_update, updated

VERSION = "3"  # to be raised with every change of what is computed

FIXED = re.compile(r"^(x0|R)$|\.(running_mean|running_var|u)$")  # not learned


def read_safetensors(path):
    """Eight bytes that hold the header's length, a JSON header, then the tensors' bytes."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        flat = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32)
        tensors[name] = flat.to(torch.get_default_dtype()).view(entry["shape"])
    return tensors


def parameter_statistics(W, grad, after):
    return {
        "param_rms": measures.rms(W).item(),
        "param_grad_rms": measures.rms(grad).item(),
        "update_ratio": ((after - W).norm() / W.norm()).item(),
    }


def measure(config, weights, moments, step, tokens):
    """One frame and the weights after its update; `moments` is written to."""
    params = {name: W.requires_grad_() for name, W in weights.items() if not FIXED.search(name)}
    inputs, targets = (
        torch.tensor(tokens[key]) if tokens else None for key in ("inputs", "targets")
    )
    run = Pass(config, weights)
    out, logits = forward(run, inputs)
    loss = loss_of(run, out, logits, targets)
    loss.backward()

    with torch.no_grad():
        grads = {
            name: torch.zeros_like(W) if W.grad is None else W.grad for name, W in params.items()
        }
        after = updated(params, grads, moments, step, config)
        frame = {
            "step": step,
            "loss": loss.item(),
            "site": measures.of_sites(run.sites, modalities(config)),
            "head": measures.of_heads(run.sites, config),
            "output": {
                **measures.of_output(logits, targets),
                **of_update(params, grads, after, step, config),
            },
            "param": {
                name: parameter_statistics(W, grads[name], after[name])
                for name, W in params.items()
            },
            "norm": {
                name: {key: value.item() for key, value in values.items()}
                for name, values in run.discrepancies.items()
            },
        }
    return list(run.sites), frame, {**weights, **run.buffers, **after}, run.buffers


def recompute(record, weights):
    frames, moments = [], {}
    for frame in record["frames"]:
        weights = {name: W.detach().clone() for name, W in weights.items()}
        sites, measured, weights, buffers = measure(
            record["config"], weights, moments, frame["step"], frame.get("tokens")
        )
        frames.append(measured)
    return {
        "torch": torch.__version__,
        "script": VERSION,
        "sites": sites,
        "frames": frames,
        "buffers": {name: measures.rms(value).item() for name, value in buffers.items()},
    }


def recorded(value):
    """As in a record: six digits, and a string for what is not finite."""
    if isinstance(value, dict):
        return {key: recorded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [recorded(item) for item in value]
    if not isinstance(value, float):
        return value
    if math.isfinite(value):
        return float(f"{value:.6g}")
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def result_of(folder):
    try:
        record = json.loads((folder / "record.json").read_text())
        # Autocast leaves float64 alone.
        torch.set_default_dtype(torch.float32 if autocasts(record["config"]) else torch.float64)
        weights = read_safetensors(folder / "weights.safetensors")
        return recorded(recompute(record, weights))
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main(folders):
    torch.set_num_threads(1)
    for folder in map(Path, folders):
        (folder / "torch.json").write_text(json.dumps(result_of(folder), separators=(",", ":")))


if __name__ == "__main__":
    main(sys.argv[1:])
