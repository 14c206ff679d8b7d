"""
What recording costs: a training step of a GPT without a scope, with one that records no step of
these, and with one that records each. `python3 benchmark.py --help` tells the sizes.

Each round makes one step of every kind in turn, so that what else the machine does slows all of
them alike. Told are the median of each, and the median over rounds of its ratio to the first.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Callable, Dict, List, Optional

import torch

import normscope
from tests.models.gpt import NanoGPT


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("layers", 6), ("width", 256), ("heads", 8), ("tokens", 128)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--vocabulary", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--device", default="cpu")
    return parser.parse_args()


def stepper(
    asked: argparse.Namespace, every: Optional[int], out: Path
) -> "tuple[Callable[[], float], Callable[[], None]]":
    """A function that makes one step and returns its seconds, and one that ends it all."""
    torch.manual_seed(0)
    V, T = asked.vocabulary, asked.tokens
    model = NanoGPT(V, asked.width, asked.heads, asked.layers, T).to(asked.device)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-4)
    scope = normscope.watch(model, out, every=every, first_step=1) if every else None
    inputs, targets = (torch.randint(V, (asked.batch, T), device=asked.device) for _ in range(2))

    def step() -> float:
        begin = time.perf_counter()
        loss = model(inputs, targets)[1]
        optimizer.zero_grad()
        loss.backward()
        if scope:
            scope.step(loss)
        optimizer.step()
        loss.item()
        return time.perf_counter() - begin

    return step, scope.close if scope else lambda: None


def main() -> None:
    asked = arguments()
    kinds = {"without a scope": None, "not recorded": 10**9, "recorded": 1}
    with tempfile.TemporaryDirectory() as folder:
        files = {kind: Path(folder) / f"{i}.json" for i, kind in enumerate(kinds)}
        made = {kind: stepper(asked, every, files[kind]) for kind, every in kinds.items()}
        seconds: Dict[str, List[float]] = {kind: [] for kind in kinds}
        for round in range(asked.rounds + 1):
            for kind, (step, _) in made.items():
                taken = step()
                if round:  # the first is warm-up
                    seconds[kind].append(taken)
        for _, end in made.values():
            end()
        frame = files["recorded"].stat().st_size / (asked.rounds + 1)
    print(
        f"{asked.layers} layers, width {asked.width}, {asked.heads} heads, {asked.batch} × "
        f"{asked.tokens} tokens, {asked.vocabulary} symbols, {asked.device}, PyTorch "
        f"{torch.__version__}, {torch.get_num_threads()} threads, median of {asked.rounds}"
    )
    plain = seconds["without a scope"]
    for kind, values in seconds.items():
        ratio = statistics.median(x / y for x, y in zip(values, plain))
        print(f"{kind:16} {1e3 * statistics.median(values):8.1f} ms  {ratio:5.2f} ×")
    print(f"{frame / 1e3:.0f} kB a frame")


if __name__ == "__main__":
    main()
