"""
Attention statistics, from the scores that a module computes: a mode of PyTorch's function
overrides is on while an attention module runs and looks at its softmax, or at the queries and keys
that go into a fused kernel.

Dimensions: B sequences, H heads, T queries, S keys, d features of a head.
"""

import math
from contextlib import nullcontext
from typing import Any, Callable, Dict, List, Optional, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.overrides import TorchFunctionMode

from .statistics import pieces, wide

HEAD = ("entropy", "max_logit", "sink", "distance")

SOFTMAXES = {torch.softmax, F.softmax, Tensor.softmax}
FUSED = getattr(F, "scaled_dot_product_attention", None)  # from PyTorch 2.0 on
WATCHED = {*SOFTMAXES, F.multi_head_attention_forward, *([FUSED] if FUSED else [])}

# A piece of the scores: (sequences, rows) → [b, H, rows, S], float32, −∞ where masked.
Scores = Callable[[slice, slice], Tensor]


def of_heads(scores: Scores, B: int, H: int, T: int, S: int) -> Tensor:
    """
    entropy, max_logit, sink and distance of each head. Scores are made and left piece by piece, so
    that of a fused kernel's no more than 64 MB are there at a time. Returns [4, H].
    """
    sums: Optional[Tensor] = None
    largest: Optional[Tensor] = None
    for b, rows in pieces(B, T, H * S):
        s = scores(b, rows)
        some, top = _sums(s, rows.start, S - T), s.amax((0, 2, 3))
        sums = some if sums is None else sums + some
        largest = top if largest is None else torch.maximum(largest, top)
    assert sums is not None and largest is not None
    entropy, told, sink, after, distance = sums
    return torch.stack([entropy / told, largest, sink / after, distance / (B * T)])


def _sums(s: Tensor, first: int, past: int) -> Tensor:
    """
    Over sequences and rows, of which the first is `first`: entropies and their number, shares of
    the first key and their number, distances.

    s: [b, H, rows, S], −∞ where masked; past: keys before the first query. Returns [5, H].
    """
    rows, S = s.shape[2:]
    pattern = s.softmax(-1)
    keys = (s > -math.inf).sum(-1)  # [b, H, rows]
    query = torch.arange(first, first + rows, device=s.device) + past
    key = torch.arange(S, device=s.device)
    logarithms = torch.where(pattern > 0, pattern, torch.ones_like(pattern)).log()
    after = (query > 0).expand_as(keys)  # the first row has no choice
    told = after & (keys > 1)
    spread = -(pattern * logarithms).sum(-1) / keys.clamp(min=2).to(s.dtype).log()
    zero = torch.zeros_like(spread)
    apart = (query[:, None] - key).to(s.dtype)  # [rows, S]
    return torch.stack(
        [
            torch.where(told, spread, zero).sum((0, 2)),
            told.sum((0, 2)).to(s.dtype),
            torch.where(after, pattern[..., 0], zero).sum((0, 2)),
            after.sum((0, 2)).to(s.dtype),
            (pattern * apart).sum((0, 2, 3)),
        ]
    )


def of_scores(scores: Tensor) -> Tensor:
    """
    Of what goes into a softmax. A pair is masked whose score is −∞ or in the lower half of its
    format's range, where masks put it. scores: [B, H, T, S]. Returns [4, H].
    """
    B, H, T, S = scores.shape
    lowest = torch.finfo(scores.dtype).min / 2

    def piece(b: slice, rows: slice) -> Tensor:
        s = scores.detach()[b, :, rows]
        return wide(s.masked_fill(s < lowest, -math.inf))

    return of_heads(piece, B, H, T, S)


def of_queries(
    q: Tensor,
    k: Tensor,
    mask: Optional[Tensor] = None,
    causal: bool = False,
    scale: Optional[float] = None,
) -> Tensor:
    """
    Of queries and keys, as scaled_dot_product_attention takes them: mask is True where a pair is
    read, or is added. q: [B, H, T, d]; k: [B, H or a divisor, S, d]; mask: such as [B, H, T, S].
    Returns [4, H].
    """
    B, H, T, d = q.shape
    S = k.shape[-2]
    factor = 1 / math.sqrt(d) if scale is None else scale
    if mask is not None:
        mask = mask.expand(B, H, T, S)

    def piece(b: slice, rows: slice) -> Tensor:
        with no_autocast(q.device.type):
            keys = wide(k[b])
            if keys.shape[1] != H:  # grouped queries share keys
                keys = keys.repeat_interleave(H // keys.shape[1], 1)
            s = factor * (wide(q[b, :, rows]) @ keys.transpose(-1, -2))  # [b, H, rows, S]
        if mask is not None:
            part = mask[b, :, rows]
            if part.dtype == torch.bool:
                s = s.masked_fill(~part, -math.inf)
            else:
                s = (s + part).masked_fill(part < torch.finfo(part.dtype).min / 2, -math.inf)
        if causal:
            query = torch.arange(T, device=q.device)[rows]
            s = s.masked_fill(query[:, None] < torch.arange(S, device=q.device), -math.inf)
        return s

    return of_heads(piece, B, H, T, S)


def no_autocast(device: str) -> Any:
    """Scores are computed in float32, whatever the model computes in."""
    try:
        return torch.autocast(device, enabled=False)
    except RuntimeError:  # a device that has none
        return nullcontext()


# Statistics [4, H], and q, k and v where the module keeps them to itself.
Measured = Tuple[Tensor, Tuple[Tensor, ...]]


class Probe(TorchFunctionMode):
    """Calls `found` with what is measured of the first attention that runs while it is on."""

    def __init__(self, found: Callable[[Tensor, Tuple[Tensor, ...]], None]) -> None:
        super().__init__()
        self.found: Optional[Callable[[Tensor, Tuple[Tensor, ...]], None]] = found

    def __torch_function__(
        self, func: Any, types: Any, args: Tuple[Any, ...] = (), kwargs: Optional[Dict] = None
    ) -> Any:
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        if self.found is not None and func in WATCHED:
            with torch.no_grad():
                statistics = measured(func, args, kwargs)
                if statistics is not None:
                    self.found(*statistics)
                    self.found = None
        return result


def measured(func: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Optional[Measured]:
    """Of a call that is one of attention; None of any other."""
    if func in SOFTMAXES:
        scores = kwargs.get("input", args[0] if args else None)
        dim = kwargs.get("dim", args[1] if len(args) > 1 else None)
        if not isinstance(scores, Tensor) or scores.ndim != 4 or dim not in (-1, 3):
            return None
        return of_scores(scores), ()
    if func is F.multi_head_attention_forward:
        return of_multi_head(_multi_head_arguments(args, kwargs))
    given = _fused_arguments(*args, **kwargs)
    return (of_queries(*given), ()) if given[0].ndim == 4 and not given[0].is_nested else None


def _fused_arguments(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Optional[Tensor] = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: Optional[float] = None,
    enable_gqa: bool = False,
) -> Tuple[Tensor, Tensor, Optional[Tensor], bool, Optional[float]]:
    return query, key, attn_mask, is_causal, scale


def _multi_head_arguments(args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Dict[str, Any]:
    names: List[str] = [
        *("query", "key", "value", "embed_dim_to_check", "num_heads"),
        *("in_proj_weight", "in_proj_bias"),
    ]
    return {**dict(zip(names, args)), **kwargs}


def projections(given: Dict[str, Any]) -> Tuple[Tensor, ...]:
    """
    q, k and v of torch.nn.MultiheadAttention, which it keeps to itself: projected once more.
    Each [T, B, D].
    """
    weight, bias = given["in_proj_weight"], given.get("in_proj_bias")
    if given.get("use_separate_proj_weight"):
        weights = tuple(given[f"{part}_proj_weight"] for part in "qkv")
    else:
        weights = weight.chunk(3)
    biases = (None,) * 3 if bias is None else bias.chunk(3)
    inputs = (given["query"], given["key"], given["value"])
    return tuple(F.linear(x, W, b) for x, W, b in zip(inputs, weights, biases))


def of_multi_head(given: Dict[str, Any]) -> Optional[Measured]:
    """Of F.multi_head_attention_forward, whose masks are True where a pair is not read."""
    if given["query"].ndim != 3 or given.get("bias_k") is not None or given.get("add_zero_attn"):
        return None
    projected = projections(given)
    q, k, _ = projected
    H = given["num_heads"]
    q, k = (x.unflatten(-1, (H, -1)).permute(1, 2, 0, 3) for x in (q, k))  # [B, H, T, d]
    B, _, T, _ = q.shape
    S = k.shape[-2]
    mask, padding = given.get("attn_mask"), given.get("key_padding_mask")
    added: List[Tensor] = []  # each [B, H, T, S], or 1 where it is the same for all
    if mask is not None:
        added.append(_added(mask.view(B, H, T, S) if mask.ndim == 3 else mask[None, None]))
    if padding is not None:
        added.append(_added(padding)[:, None, None, :])
    total = sum(added[1:], added[0]) if added else None
    causal = mask is None and bool(given.get("is_causal"))
    return of_queries(q, k, total, causal), projected


def _added(mask: Tensor) -> Tensor:
    """A mask of truth values, True where a pair is not read, as what is added."""
    if mask.dtype != torch.bool:
        return mask
    return torch.zeros_like(mask, dtype=torch.float32).masked_fill(mask, -math.inf)
