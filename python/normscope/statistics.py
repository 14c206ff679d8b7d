"""
The statistics of docs/formats.md, "Statistics", on the device that the tensors are on. Nothing
here waits for the device: results are tensors, which are read back together.

Dimensions: B sequences, T tokens, F features (D of the stream, V of the logits).
"""

import math
from typing import Dict, Iterator, List, Tuple, Union

import torch
from torch import Tensor

# In the order in which `of_site` stacks them.
SITE_FORWARD = (
    "rms",
    "rms_typical",
    "rms_first",
    "rms_rest",
    "mean",
    "absmax",
    "kurtosis",
    "outlier",
    "token_cosine",
)
CALIBRATION_BINS = 15
# Numbers that are worked on at a time: logits of a large vocabulary are never copied whole.
AT_ONCE = 2**24
# Numbers whose fourth powers, and the sums of them, are well inside float32.
MODERATE = (1e-6, 1e6)


def wide(x: Tensor) -> Tensor:
    """As float32, or float64 where it is that."""
    return x.detach() if x.dtype == torch.float64 else x.detach().float()


def largest(x: Tensor) -> Tensor:
    """max |x|, NaN where a number is none; without a copy of x. []"""
    return wide(torch.maximum(x.amax(), -x.amin()))


def unit_of(absmax: Tensor) -> Union[Tensor, float]:
    """
    What to divide by so that no square leaves float32; 1 where there is nothing to divide or no
    end. On a processor, where that can be asked without waiting, also where no square can.
    """
    if absmax.device.type == "cpu" and MODERATE[0] < absmax.item() < MODERATE[1]:
        return 1.0
    return torch.where(torch.isfinite(absmax) & (absmax > 0), absmax, torch.ones_like(absmax))


def divided(x: Tensor, unit: Union[Tensor, float]) -> Tensor:
    return wide(x) if isinstance(unit, float) else wide(x) / unit


def rms(x: Tensor) -> Tensor:
    """√ of the mean of x² over all elements; 0 of none. []"""
    if x.numel() == 0:
        return torch.zeros((), device=x.device)
    x = x.detach()
    unit = unit_of(largest(x))
    rows = divided(x, unit).reshape(-1, x.shape[-1] if x.ndim else 1)
    # Row by row, as a norm of very many numbers adds up in float32 what it should not.
    squares = torch.linalg.vector_norm(rows, dim=-1).square()
    return unit * (squares.mean() / rows.shape[1]).sqrt()


def pieces(B: int, T: int, F: int) -> Iterator[Tuple[slice, slice]]:
    """Sequences and positions, AT_ONCE numbers at a time."""
    sequences = max(1, AT_ONCE // max(1, T * F))
    positions = T if T * F <= AT_ONCE else max(1, AT_ONCE // F)
    for b in range(0, B, sequences):
        for t in range(0, T, positions):
            yield slice(b, b + sequences), slice(t, t + positions)


def of_site(x: Tensor) -> Tensor:
    """
    The forward statistics of a site, in the order of SITE_FORWARD.

    x: [B, T, F]. Returns [9].
    """
    B, T, F = x.shape
    x = x.detach()
    absmax = largest(x)
    unit = unit_of(absmax)
    tokens = absmax.new_empty(B, T)  # mean square of each token
    directions = absmax.new_zeros(B, F)  # sum of the tokens' unit vectors
    features = absmax.new_zeros(F)  # sums over tokens
    total, fourth = absmax.new_zeros(()), absmax.new_zeros(())
    for b, t in pieces(B, T, F):
        y = divided(x[b, t], unit)
        squares = y.square()
        tokens[b, t] = squares.mean(-1)
        features += squares.sum((0, 1))
        total += y.sum()
        fourth += squares.square().sum()
        directions[b] += (y / squares.sum(-1, keepdim=True).sqrt()).sum(1)
    mean_square = tokens.mean()
    features = features / (B * T)
    counted = tokens != 0  # of a token of zeros there is no logarithm
    logarithms = torch.where(counted, tokens, torch.ones_like(tokens)).log() / 2
    # Σ_{i≠j} cos = ‖Σ u_i‖² − T, u_i of length 1
    pairs = T * (T - 1) if T > 1 else math.nan
    return torch.stack(
        [
            unit * mean_square.sqrt(),
            unit * (logarithms.sum() / counted.sum()).exp(),
            unit * tokens[:, 0].mean().sqrt(),
            unit * tokens[:, 1:].mean().sqrt(),
            unit * total / x.numel(),
            absmax,
            fourth / x.numel() / mean_square.square(),
            features.square().mean() / features.mean().square(),
            ((directions.square().sum(-1) - T) / pairs).mean(),
        ]
    )


def of_tokens(logits: Tensor) -> Dict[str, Tensor]:
    """
    What the output's statistics need of each token, without its target: so the logits need not be
    kept.

    logits: [B, T, V]. Returns entropy (nats), confidence (p of the likeliest symbol) and
    likeliest, each [B, T].
    """
    logits = logits.detach()
    B, T, V = logits.shape
    entropy = torch.empty(B, T, device=logits.device)
    confidence = torch.empty_like(entropy)
    likeliest = torch.empty(B, T, dtype=torch.long, device=logits.device)
    for b, t in pieces(B, T, V):
        logarithms = wide(logits[b, t]).log_softmax(-1)
        p = logarithms.exp()
        # 0 · −∞ is 0 here
        entropy[b, t] = -(p * logarithms.clamp(min=-1e30)).sum(-1).to(entropy.dtype)
        largest = p.max(-1)
        confidence[b, t], likeliest[b, t] = largest.values.to(entropy.dtype), largest.indices
    return {"entropy": entropy, "confidence": confidence, "likeliest": likeliest}


def of_output(tokens: Dict[str, Tensor], targets: Tensor) -> Tensor:
    """
    output_entropy, accuracy and ece over counted tokens.

    tokens: as `of_tokens` gives them; targets: [B, T], negative where not counted. Returns [3].
    """
    counted = (targets >= 0).float()
    right = (tokens["likeliest"] == targets).float()
    confidence = tokens["confidence"]
    number = counted.sum()
    # Bin k of 0 … 14 holds k/15 < p ≤ (k + 1)/15.
    bins = (confidence * CALIBRATION_BINS).ceil().long().clamp(1, CALIBRATION_BINS) - 1
    members = torch.nn.functional.one_hot(bins, CALIBRATION_BINS)  # [B, T, 15]
    gaps = (((right - confidence) * counted)[..., None] * members).sum((0, 1))
    return torch.stack(
        [
            (tokens["entropy"] * counted).sum() / number,
            (right * counted).sum() / number,
            gaps.abs().sum() / number,
        ]
    )


def read_back(tensors: List[Tensor]) -> List[List[float]]:
    """Every tensor's numbers, flat, in float32: one transfer for each device that they are on."""
    result: List[List[float]] = [[] for _ in tensors]
    for device in {tensor.device for tensor in tensors}:
        here = [i for i, tensor in enumerate(tensors) if tensor.device == device]
        numbers = torch.cat([tensors[i].detach().float().flatten() for i in here]).tolist()
        at = 0
        for i in here:
            result[i] = numbers[at : at + tensors[i].numel()]
            at += tensors[i].numel()
    return result
