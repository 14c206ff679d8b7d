"""A tiny training run, and what a scope made of it."""

import json
import tempfile
from pathlib import Path

import torch

import normscope

from .models.gpt import NanoGPT


def batch(step=0, B=4, T=8, V=11):
    generator = torch.Generator().manual_seed(step)
    return tuple(torch.randint(V, (B, T), generator=generator) for _ in range(2))


def model_of(**settings):
    torch.manual_seed(0)
    return NanoGPT(**settings)


def ordinary(model, scope, optimizer, step):
    """A step as most loops have it."""
    _, loss = model(*batch(step))
    optimizer.zero_grad()
    loss.backward()
    scope.step(loss)
    optimizer.step()


def run(model, one=ordinary, steps=2, name="run.json", **watched):
    """The record of so many steps, or the text of its file where that is a table."""
    optimizer = torch.optim.AdamW(model.parameters(), 1e-2)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / name
        with normscope.watch(model, out, **watched) as scope:
            for step in range(steps):
                one(model, scope, optimizer, step)
        return json.loads(out.read_text()) if name.endswith("json") else out.read_text()


def numbers(frame, places=None):
    """All numbers of a frame, by name."""
    if isinstance(frame, dict):
        for key, value in frame.items():
            yield from numbers(value, (*(places or ()), key))
    elif isinstance(frame, list):
        for i, value in enumerate(frame):
            yield from numbers(value, (*(places or ()), i))
    else:
        yield places, frame


def same(test, a, b, relative=1e-5):
    """Fails where two frames differ."""
    a, b = dict(numbers(a)), dict(numbers(b))
    test.assertEqual(set(a), set(b))
    largest = max((abs(x) for key, x in b.items() if "grad_rms" in key), default=0)
    for key, x in b.items():
        if isinstance(x, str) or isinstance(a[key], str):
            test.assertEqual(a[key], x, key)
        elif "update_ratio" not in key:
            near = 1e-6 * largest if "grad" in str(key) else 1e-6
            test.assertLessEqual(abs(a[key] - x), relative * abs(x) + near, (key, a[key], x))
