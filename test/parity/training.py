"""One update of all parameters: clipping, weight decay, optimizer, learning rate."""

import math
import re

import torch


def learning_rate(config, n):
    """Of update n, counted from 0."""
    warmup, steps = config["warmup_steps"], config["schedule_steps"]
    rise = min(1, (n + 1) / warmup) if warmup else 1
    p = 1 if n >= steps else min(1, max(0, (n - warmup) / max(1, steps - warmup)))
    fall = {
        "constant": 1,
        "linear": 1 - p,
        "cosine": (1 + math.cos(math.pi * p)) / 2,
        "inv_sqrt": min(1, math.sqrt(max(warmup, 1) / (n + 1))),
    }
    return config["lr"] * rise * fall[config["schedule"]]


def norm_of(grads):
    """‖g‖ over all gradients."""
    return math.sqrt(sum(g.square().sum().item() for g in grads.values()))


def clip_factor(grads, most):
    """min(1, most/‖g‖); 0 is off."""
    norm = norm_of(grads)
    return min(1.0, most / norm) if most > 0 and norm > 0 else 1.0


def adam(g, state, n, config):
    beta1, beta2 = config["beta1"], config["beta2"]
    state["m"] = beta1 * state.get("m", 0) + (1 - beta1) * g
    state["v"] = beta2 * state.get("v", 0) + (1 - beta2) * g.square()
    m = state["m"] / (1 - beta1 ** (n + 1))
    v = state["v"] / (1 - beta2 ** (n + 1))
    return m / (v.sqrt() + config["adam_eps"])


def sgd(g, state, n, config):
    return g


def momentum(g, state, n, config):
    state["m"] = config["beta1"] * state.get("m", 0) + g
    return state["m"]


def orthogonalized(G):
    """Five Newton–Schulz steps towards the nearest orthogonal matrix (Jordan et al. 2024)."""
    a, b, c = 3.4445, -4.7750, 2.0315
    X = G / (G.norm() if G.any() else 1)
    wide = X if X.shape[0] <= X.shape[1] else X.T
    for _ in range(5):
        A = wide @ wide.T
        wide = a * wide + (b * A + c * A @ A) @ wide
    return wide if X.shape[0] <= X.shape[1] else wide.T


def muon(g, state, n, config):
    """Nesterov momentum made orthogonal, with the size of an AdamW step (Liu et al. 2025, eq. 4)."""
    velocity = momentum(g, state, n, config)
    return 0.2 * math.sqrt(max(g.shape)) * orthogonalized(g + config["beta1"] * velocity)


OPTIMIZERS = {"adamw": adam, "adam": adam, "sgd": sgd, "momentum": momentum, "muon": muon}


MATRICES = re.compile(r"^blocks\.\d+\.(attn|mlp)\.w\w+$")
TABLES = ("embed.token", "embed.position", "unembed")


def optimizer_of(name, config):
    """Muon is for the matrices of the blocks; the rest is Adam's."""
    if config["optimizer"] == "muon" and not MATRICES.search(name):
        return adam
    return OPTIMIZERS[config["optimizer"]]


def of_update(params, grads, after, n, config):
    """Statistics of update n."""
    return {
        "grad_norm": norm_of(grads),
        "clip_factor": clip_factor(grads, config["grad_clip"]),
        "lr": float(learning_rate(config, n)),
        "loss_scale": float(config["loss_scale"]) if config["precision"] != "fp32" else 1.0,
        "changed": float(any((after[name] != W).any() for name, W in params.items())),
    }


def updated(params, grads, moments, n, config):
    """The parameters after update n; `moments` is written to."""
    rate = learning_rate(config, n)
    factor = clip_factor(grads, config["grad_clip"])
    after = {}
    for name, W in params.items():
        g = factor * grads[name]
        decays = name in TABLES or MATRICES.search(name)
        decay = config["weight_decay"] * W if decays else torch.zeros_like(W)
        decoupled = config["optimizer"] == "adamw"
        rule = optimizer_of(name, config)
        direction = rule(g if decoupled else g + decay, moments.setdefault(name, {}), n, config)
        after[name] = W - rate * (direction + decay if decoupled else direction)
    return after
