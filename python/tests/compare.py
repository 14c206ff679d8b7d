"""Two records, number by number."""

import math
import re

RELATIVE = 1e-4
# Remainders where larger numbers cancel are 0 below this share of them.
CANCELLED = 1e-6


def number(x):
    return float(x.replace("Infinity", "inf")) if isinstance(x, str) else float(x)


def values_of(record, frame):
    """
    Every number of a frame by its name, with the size of the numbers that it is a difference of,
    or 0.
    """
    yield "loss", frame["loss"], 0
    largest = max(map(number, frame["site"]["grad_rms"]), key=lambda x: x if x == x else 0)
    for key, column in frame["site"].items():
        for i, (site, value) in enumerate(zip(record["sites"], column)):
            rms = number(frame["site"]["rms"][i])
            scale = {"mean": rms, "grad_rms": largest, "token_cosine": 1}.get(key, 0)
            yield f"{site}/{key}", value, scale
    for key, layers in frame["head"].items():
        for layer, heads in enumerate(layers):
            for head, value in enumerate(heads):
                yield f"blocks.{layer}.attn/{key}/{head}", value, 0
    for key, value in frame["output"].items():
        yield f"output/{key}", value, 0
    steepest = max(number(p["param_grad_rms"]) for p in frame["param"].values())
    for name, statistics in frame["param"].items():
        for key, value in statistics.items():
            # The gradient of a bias of keys is nothing but rounding, and so is its update.
            rounding = number(statistics["param_grad_rms"]) < CANCELLED * steepest
            scale = steepest if key == "param_grad_rms" else math.inf if rounding else 0
            yield f"{name}/{key}", value, scale


def differences(ours, engine, without=None):
    """
    Of all numbers that both records have: how many they are, and what differs. What `without` fits
    cannot be had, and has to be NaN.
    """
    compared, wrong = set(), []
    for a, b in zip(ours["frames"], engine["frames"]):
        assert a["step"] == b["step"]
        wanted = {name: (value, scale) for name, value, scale in values_of(engine, b)}
        for name, value, _ in values_of(ours, a):
            if name not in wanted:
                continue
            if without and re.search(without, name):
                if value != "NaN":
                    wrong.append(f"step {a['step']} {name}: {value}, not NaN")
                continue
            compared.add(name)
            x, y, scale = number(value), number(wanted[name][0]), wanted[name][1]
            allowed = RELATIVE * abs(y) + (CANCELLED * scale if scale else 0)
            if scale == math.inf or x == y or (math.isnan(x) and math.isnan(y)):
                continue
            if not abs(x - y) <= allowed:
                wrong.append(f"step {a['step']} {name}: {value}, the engine {wanted[name][0]}")
    return compared, wrong
