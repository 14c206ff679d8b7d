"""
What exported models are and compute at step 0: `python3 model.py FOLDER…`

Each folder holds model.py, which is a script as far as its model, record.json, initial.safetensors (the engine's weights
as they were drawn) and weights.safetensors (those that the record was computed with). FOLDER/torch.json takes the
frame, as in a record, and how far each drawn tensor is from the engine's; or, where something went wrong, what.
"""

import json
import math
import runpy
import sys
import traceback
from pathlib import Path

import torch
import torch.nn.functional as F

sys.path.append(str(Path(__file__).parent.parent / "parity"))
import measures
from parity import modalities, read_safetensors, recorded


def tensors_of(model):
    return {**dict(model.named_parameters()), **dict(model.named_buffers())}


def difference(mine, wanted):
    """The largest one between numbers, beside the largest number."""
    if mine.shape != wanted.shape:
        return math.inf
    return ((mine - wanted).abs().max() / wanted.abs().max().clamp(min=1)).item()


def apart(model, wanted):
    """Of each tensor of either side."""
    mine = tensors_of(model)
    return {
        name: difference(mine[name].detach(), wanted[name])
        if name in mine and name in wanted
        else math.inf
        for name in {**mine, **wanted}
    }


class Sites:
    """A tap that keeps what flows at every site, with its gradient."""

    def __init__(self):
        self.kept = {}

    def __call__(self, name, x):
        x = x.clone() if x.requires_grad else x.clone().requires_grad_()
        x.retain_grad()
        self.kept[name] = x
        return x

    def measured(self, order):
        """In float64, those of `order` first."""
        found = {}
        for name in sorted(self.kept, key=lambda name: order.index(name) if name in order else math.inf):
            x = self.kept[name]
            found[name] = x.detach().double()
            found[name].grad = None if x.grad is None else x.grad.double()
        return found


def loss_of(config, weights, out, logits, targets):
    if config["objective"] == "random_projection":
        return (out * weights["R"]).sum()
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1)


@torch.no_grad()
def by_halves(model, inputs):
    """How far two halves of a batch are from the whole, where draws are named by the place in it."""
    if not hasattr(model, "first") or len(inputs) < 2:
        return 0.0
    whole, _ = model(inputs)
    half = len(inputs) // 2
    parts = []
    for model.first, part in ((0, inputs[:half]), (half, inputs[half:])):
        parts.append(model(part)[0])
    return difference(torch.cat(parts), whole)


def computed(folder):
    record = json.loads((folder / "record.json").read_text())
    config, tokens = record["config"], record["frames"][0].get("tokens")
    initial, weights = (
        read_safetensors(folder / f"{name}.safetensors") for name in ("initial", "weights")
    )
    names = runpy.run_path(str(folder / "model.py"))
    fixed = {name: initial.pop(name) for name in ("x0", "R") if name in initial}
    weights.update(fixed)
    model = names["Transformer"](len(initial["embed.token"])) if tokens else names["Transformer"]()
    names["initialize"](model, config["seed"])
    drawn = apart(model, initial)

    with torch.no_grad():
        for name, tensor in tensors_of(model).items():
            tensor.copy_(weights[name])
    inputs = torch.tensor(tokens["inputs"]) if tokens else weights["x0"]
    sites = Sites()
    out, logits = model(inputs, sites)
    targets = torch.tensor(tokens["targets"]) if tokens else None
    loss = loss_of(config, weights, out, logits, targets)
    loss.backward()
    is_of_tokens = not any(name.endswith("running_var") for name in tensors_of(model))
    kept = sites.measured(record["sites"])
    nothing = torch.tensor(0.0)
    return {
        "apart": drawn,
        "sites": list(kept),
        "frames": [
            {
                "step": 0,
                "loss": loss.item(),
                "site": measures.of_sites(kept, modalities(config)),
                "head": measures.of_heads(kept, config),
                "output": measures.of_output(kept.get("logits"), targets),
                "param": {
                    name: {
                        "param_rms": measures.rms(W.detach()).item(),
                        "param_grad_rms": measures.rms(nothing if W.grad is None else W.grad).item(),
                    }
                    for name, W in model.named_parameters()
                },
            }
        ],
        "buffers": {name: measures.rms(value).item() for name, value in model.named_buffers()},
        "halves": by_halves(model, inputs) if is_of_tokens else 0.0,
    }


def result_of(folder):
    try:
        return recorded(computed(folder))
    except Exception:
        return {"error": traceback.format_exc()}


def main(folders):
    torch.set_num_threads(1)
    for folder in map(Path, folders):
        (folder / "torch.json").write_text(json.dumps(result_of(folder)))


if __name__ == "__main__":
    main(sys.argv[1:])
