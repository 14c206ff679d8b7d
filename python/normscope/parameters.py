"""Parameters by the names of a weights file, and what an update does to them."""

from dataclasses import dataclass
from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor, nn

from .names import Found, module_names, parameter_names
from .statistics import rms


@dataclass(frozen=True)
class Part:
    """
    A parameter, or one of several side by side in it, as q, k and v are in a fused projection.
    """

    name: str
    parameter: nn.Parameter
    index: int
    count: int
    dim: int

    def of(self, tensor: Tensor) -> Tensor:
        """The part of the parameter's value, or of its gradient."""
        if self.count == 1:
            return tensor
        size = tensor.shape[self.dim] // self.count
        return tensor.narrow(self.dim, self.index * size, size)

    @property
    def numel(self) -> int:
        return self.parameter.numel() // self.count


def parts_of(model: nn.Module, found: Found) -> List[Part]:
    """Every learned tensor once; one that has no name of a weights file keeps its own."""
    modules = module_names(model)
    parts = []
    for name, parameter in parameter_names(model).items():
        names = found.params.get(name, (name,))
        owner, _, kind = name.rpartition(".")
        # A Conv1D of Hugging Face keeps its matrix as [in, out], a Linear as [out, in].
        last = type(modules[owner]).__name__ == "Conv1D" and kind == "weight"
        dim = parameter.ndim - 1 if last else 0
        if parameter.shape[dim] % len(names):
            names = (name,)
        parts += [Part(n, parameter, i, len(names), dim) for i, n in enumerate(names)]
    return parts


def gradient_rms(part: Part) -> Tensor:
    """RMS of ∂loss/∂W; 0 where nothing came. []"""
    grad = part.parameter.grad
    if grad is None:
        return torch.zeros((), device=part.parameter.device)
    if grad.is_sparse:
        values = grad.coalesce().values()
        return rms(values) * (values.numel() / part.numel) ** 0.5
    return rms(part.of(grad))


class Update:
    """The weights before an update, so that it can be measured after."""

    def __init__(self, parts: List[Part]) -> None:
        self.parts = parts
        kept: Dict[int, Tensor] = {}
        for part in parts:
            key = id(part.parameter)
            if key not in kept:
                kept[key] = part.parameter.detach().clone()
        self.kept = kept

    def sizes(self) -> List[Tuple[Part, Tensor, Tensor]]:
        """Each part with the RMS of its change and of what it was, []."""
        result = []
        with torch.no_grad():
            for part in self.parts:
                before = part.of(self.kept[id(part.parameter)])
                result.append((part, rms(part.of(part.parameter) - before), rms(before)))
        return result


def learning_rate(optimizer: Optional[torch.optim.Optimizer]) -> Optional[float]:
    """That of all groups; None where they differ."""
    if optimizer is None:
        return None
    rates = {float(group["lr"]) for group in optimizer.param_groups}
    return rates.pop() if len(rates) == 1 else None
