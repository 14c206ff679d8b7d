"""The settings of docs/formats.md that can be told of a model for certain; others are left out."""

from typing import Any, Dict, Optional

from torch import nn

from .names import Found, module_names
from .presets import PRESETS


def settings_of(
    model: nn.Module, found: Found, heads: Optional[int], B: int, T: int, D: int
) -> Dict[str, Any]:
    """
    B sequences of a forward pass, T tokens, D features of the stream; 0 where that is not known.
    """
    known = {
        "n_layers": found.layers(),
        "d_model": D,
        "n_heads": heads or 0,
        "seq_len": T,
        "batch_size": B,
    }
    settings: Dict[str, Any] = {key: value for key, value in known.items() if value}
    preset = PRESETS.get(found.preset or "")
    if preset is None:
        return settings
    settings.update(preset.settings)
    # Models that were made from GPT-2 may have their positions elsewhere.
    if settings.get("positions") == "learned" and ("embed.position",) not in found.params.values():
        del settings["positions"]
    modules = module_names(model)
    norm = modules.get(found.prefix + preset.norm.replace("{i}", "0"))
    settings.update(_norm_settings(norm) if norm is not None else {})
    # Under every name, also of those that share a tensor.
    parameters = {
        f"{at}.{name}": parameter
        for at, module in modules.items()
        for name, parameter in module.named_parameters(recurse=False)
    }
    hidden = parameters.get(found.prefix + preset.hidden.replace("{i}", "0"))
    if hidden is not None and D in hidden.shape:
        F = hidden.shape[1] if hidden.shape[0] == D else hidden.shape[0]
        settings["mlp_ratio"] = F / D if F % D else F // D
    heads_of = [
        p for name, p in parameters.items() if name.split(".")[-2:] == ["lm_head", "weight"]
    ]
    if heads_of:
        settings["tie_embeddings"] = sum(p is heads_of[0] for p in parameters.values()) > 1
    return settings


def _norm_settings(norm: nn.Module) -> Dict[str, Any]:
    kind = type(norm).__name__
    for ending, name in (("LayerNorm", "layernorm"), ("RMSNorm", "rmsnorm")):
        if kind.endswith(ending):
            eps = getattr(norm, "eps", getattr(norm, "variance_epsilon", None))
            known = isinstance(eps, float)
            return {"norm": name, "norm_eps": eps} if known else {"norm": name}
    return {}
