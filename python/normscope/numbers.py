"""Numbers as a record has them: the fewest digits that give the float32 back."""

import math
from typing import List, Sequence, Union

import torch

Recorded = Union[float, str]

SURE_DIGITS = 6  # a float32 keeps every decimal of six digits
ENOUGH_DIGITS = 9  # nine digits keep every float32
SMALLEST_NORMAL = 2.0**-126


def shortest(values: Sequence[float]) -> List[float]:
    """
    Each value, rounded to float32, as the decimal with the fewest digits that rounds back to it:
    0.1, not 0.10000000149011612. What is not finite stays as it is.
    """
    exact = torch.tensor(values, dtype=torch.float64).to(torch.float32)
    result = exact.tolist()
    waiting = [i for i, x in enumerate(result) if math.isfinite(x)]
    # Below the normal range fewer digits tell neighbours apart.
    tiny = any(abs(result[i]) < SMALLEST_NORMAL for i in waiting)
    for digits in range(1 if tiny else SURE_DIGITS, ENOUGH_DIGITS + 1):
        candidates = [float(f"{result[i]:.{digits}g}") for i in waiting]
        rounded = torch.tensor(candidates, dtype=torch.float64).to(torch.float32)
        fits = (rounded == exact[waiting]).tolist()
        for i, candidate, fit in zip(waiting, candidates, fits):
            if fit:
                result[i] = candidate
        waiting = [i for i, fit in zip(waiting, fits) if not fit]
        if not waiting:
            break
    return result


def recorded(x: float) -> Recorded:
    """JSON has no number for what is not finite; a record has a string."""
    if math.isfinite(x):
        return x
    return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"


def quotient(a: float, b: float) -> float:
    """a / b as floating-point numbers have it: 1/0 is infinite, 0/0 is NaN."""
    if b != 0:
        return a / b
    return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a)
