"""The modules of a model that have sites, found by a preset's patterns or by the user's."""

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Dict, Iterable, List, Mapping, Optional, Sequence, Set, Tuple, Union

from torch import nn

from .presets import PRESETS, Preset

Names = Union[str, Mapping[str, Union[str, Sequence[str]]]]

# In the order of the forward pass.
BLOCK_SITES = (
    *("resid_pre", "attn_in", "attn.q", "attn.k", "attn.v", "attn_out", "attn_add", "resid_mid"),
    *("mlp_in", "mlp_out", "mlp_add", "resid_post"),
)
FUSED = "attn.qkv"  # q, k and v side by side
HEADS = "attn"  # the module whose pattern is measured
SITE = re.compile(
    r"^(embed|final_norm|logits|blocks\.(\d+)\.(%s))$"
    % "|".join(map(re.escape, (*BLOCK_SITES, FUSED, HEADS)))
)
SHOWN = 40


class NamesError(ValueError):
    """A model in which no sites are found; the message says what was looked for."""


@dataclass(frozen=True)
class Tap:
    """An input (`into`) or output of a module, and the site that it is."""

    module: str
    into: bool
    site: str


@dataclass
class Found:
    """The sites and parameters of one model."""

    preset: Optional[str] = None
    prefix: str = ""
    taps: List[Tap] = field(default_factory=list)
    heads: Dict[str, str] = field(default_factory=dict)  # module → `blocks.L.attn`
    params: Dict[str, Tuple[str, ...]] = field(default_factory=dict)  # parameter → its names
    projected: Set[str] = field(default_factory=set)  # `blocks.L.attn` of MultiheadAttention

    def sites(self) -> List[str]:
        """All sites, in the order of the forward pass."""
        given: Set[str] = set()
        for tap in self.taps:
            fused = tap.site.endswith(FUSED)
            given.update(tap.site[:-3] + x for x in "qkv") if fused else given.add(tap.site)
        # torch.nn.MultiheadAttention keeps q, k and v to itself: they are projected once more.
        given.update(f"{at}.{x}" for at in self.projected for x in "qkv")
        return sorted(given, key=_place)

    def layers(self) -> int:
        numbers = (SITE.match(site).group(2) for site in self.sites())  # type: ignore[union-attr]
        return max((int(n) + 1 for n in numbers if n is not None), default=0)


def _place(site: str) -> Tuple[int, int, int]:
    if site == "embed":
        return (0, 0, 0)
    match = SITE.match(site)
    assert match
    if match.group(2) is None:
        return (2, 0, site == "logits")
    return (1, int(match.group(2)), BLOCK_SITES.index(match.group(3)))


def module_names(model: nn.Module) -> Dict[str, nn.Module]:
    """Every name of every module: one that is shared has several."""
    return dict(model.named_modules(remove_duplicate=False))


def parameter_names(model: nn.Module) -> Dict[str, nn.Parameter]:
    """Each learned tensor once, by its first name."""
    return {name: p for name, p in model.named_parameters() if p.requires_grad}


def find(model: nn.Module, names: Optional[Union[Names, Sequence[Names]]] = None) -> Found:
    """
    The sites of a model: of the preset that fits or is named, and of the patterns that are
    given.
    """
    found = Found()
    given = [names] if names is None or isinstance(names, (str, Mapping)) else list(names)
    for one in given:
        if one is None or one == "auto":
            _apply_preset(found, model, _recognized(model))
        elif isinstance(one, str):
            _apply_preset(found, model, _named(model, one))
        else:
            _apply_mapping(found, model, one)
    if not found.taps:
        raise NamesError("names= gives no sites.")
    modules = module_names(model)
    found.projected = {
        at for name, at in found.heads.items() if isinstance(modules[name], nn.MultiheadAttention)
    }
    return found


# ---------------------------------------------------------------------------------------- patterns


def _expression(pattern: str, prefix: str) -> "re.Pattern[str]":
    """Of `h.{i}.attn` behind a prefix; `*.lm_head` stands anywhere."""
    anywhere = pattern.startswith("*.")
    body = re.escape(pattern[2:] if anywhere else pattern).replace(r"\{i\}", r"(?P<i>\d+)")
    return re.compile((r"(?:.*\.)?" if anywhere else re.escape(prefix)) + body + "$")


def _matches(pattern: str, prefix: str, names: Iterable[str]) -> List[Tuple[str, Optional[str]]]:
    """The names that a pattern fits, each with its layer."""
    expression = _expression(pattern, prefix)
    fits = ((name, expression.match(name)) for name in names)
    return [(name, m.groupdict().get("i")) for name, m in fits if m]


def _sites_of(given: Union[str, Sequence[str]], layer: Optional[str]) -> List[str]:
    sites = [given] if isinstance(given, str) else list(given)
    return [site if layer is None else site.replace("{i}", layer) for site in sites]


def _add(
    found: Found, pattern: str, given: Union[str, Sequence[str]], prefix: str, names: List[str]
) -> int:
    """Adds the taps of one pattern, and tells how many modules it fits."""
    body, into = (pattern[:-3], True) if pattern.endswith(":in") else (pattern, False)
    matches = _matches(body, prefix, names)
    for name, layer in matches:
        for site in _sites_of(given, layer):
            match = SITE.match(site)
            if not match:
                raise NamesError(
                    f"{pattern!r} is given the site {site!r}, which is none. Sites are embed, "
                    f"final_norm, logits and blocks.{{i}}. with {', '.join(BLOCK_SITES)}; of a "
                    f"module that gives q, k and v side by side {FUSED}, and blocks.{{i}}.attn of "
                    "the module that attends."
                )
            if match.group(3) == HEADS:
                found.heads[name] = site
                continue
            # A later mapping replaces a preset's of the same site.
            found.taps = [tap for tap in found.taps if tap.site != site]
            found.taps.append(Tap(name, into, site))
    return len(matches)


# ----------------------------------------------------------------------------------------- presets


def _prefixes(preset: Preset, names: List[str]) -> List[str]:
    """Where in the model such a stack begins, such as `transformer.`; each once."""
    found: List[str] = []
    mark = re.compile("^(.*?)" + re.escape(preset.needs[0]).replace(r"\{i\}", r"\d+") + "$")
    for name in names:
        match = mark.match(name)
        prefix = match.group(1) if match else None
        if prefix is None or prefix in found or (prefix and not prefix.endswith(".")):
            continue
        if all(_matches(p, prefix, names) for p in preset.needs) and not any(
            _matches(p, prefix, names) for p in preset.lacks
        ):
            found.append(prefix)
    return found


def _tells(name: str, prefix: str, model: nn.Module) -> bool:
    """Presets that share names are told apart by what the modules are."""
    modules = module_names(model)
    if name in ("gpt2", "nanogpt"):
        first = next(
            n for n in modules if re.match(re.escape(prefix) + r"h\.\d+\.attn\.c_attn$", n)
        )
        return (type(modules[first]).__name__ == "Conv1D") == (name == "gpt2")
    if name.startswith("torch_encoder"):
        layers = [m for n, m in modules.items() if re.match(re.escape(prefix) + r"layers\.\d+$", n)]
        return bool(getattr(layers[0], "norm_first", False)) == (name == "torch_encoder")
    return True


def _recognized(model: nn.Module) -> Tuple[str, str]:
    """The preset that fits, and its prefix."""
    names = list(module_names(model))
    fits = [
        (name, prefix)
        for name, preset in PRESETS.items()
        for prefix in _prefixes(preset, names)
        if _tells(name, prefix, model)
    ]
    if not fits:
        looked = "\n".join(f"  {n:20} {p.title}: {', '.join(p.needs)}" for n, p in PRESETS.items())
        raise NamesError(
            f"{type(model).__name__} has the modules of no model that is known. Looked for "
            f"(behind any prefix):\n{looked}\nIts modules: {_listed(names)}\n"
            "Say where its sites are, such as\n"
            '  names={"layers.{i}": "blocks.{i}.resid_post", "layers.{i}:in": '
            '"blocks.{i}.resid_pre", "layers.{i}.attn": "blocks.{i}.attn", "head": "logits"}\n'
            "where :in is what a module reads. python/README.md has more."
        )
    if len(fits) > 1:
        which = ", ".join(f"{name} at {prefix or 'its root'}" for name, prefix in fits)
        raise NamesError(
            f"{type(model).__name__} has several stacks: {which}. Watch one of these modules."
        )
    return fits[0]


def _named(model: nn.Module, name: str) -> Tuple[str, str]:
    if name not in PRESETS:
        raise NamesError(f"There is no preset {name!r}; there are {', '.join(PRESETS)}.")
    names = list(module_names(model))
    prefixes = _prefixes(PRESETS[name], names)
    if len(prefixes) != 1:
        problem = "has no" if not prefixes else "has several"
        raise NamesError(
            f"{type(model).__name__} {problem} modules of the preset {name} "
            f"({', '.join(PRESETS[name].needs)}). Its modules: {_listed(names)}"
        )
    return name, prefixes[0]


def _apply_preset(found: Found, model: nn.Module, fit: Tuple[str, str]) -> None:
    found.preset, found.prefix = fit
    preset = PRESETS[found.preset]
    names, params = list(module_names(model)), list(parameter_names(model))
    for pattern, given in preset.sites.items():
        _add(found, pattern, given, found.prefix, names)
    if "embed" not in {tap.site for tap in found.taps}:
        first = [tap for tap in found.taps if tap.site == "blocks.0.resid_pre"]
        found.taps += [Tap(tap.module, tap.into, "embed") for tap in first]
    for pattern, given in preset.params.items():
        for name, layer in _matches(pattern, found.prefix, params):
            found.params[name] = tuple(_sites_of(given, layer))


def _apply_mapping(
    found: Found, model: nn.Module, mapping: Mapping[str, Union[str, Sequence[str]]]
) -> None:
    names, params = list(module_names(model)), list(parameter_names(model))
    for pattern, given in mapping.items():
        of_params = _matches(pattern, "", params)
        for name, layer in of_params:
            found.params[name] = tuple(_sites_of(given, layer))
        if of_params or _add(found, pattern, given, "", names):
            continue
        close = get_close_matches(pattern.replace(":in", ""), _collapsed(names), 3)
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        raise NamesError(
            f"{type(model).__name__} has no module or parameter {pattern!r}.{hint} "
            f"Its modules: {_listed(names)}"
        )


def _collapsed(names: Iterable[str]) -> List[str]:
    """Names with `{i}` for numbers, each once."""
    return list(dict.fromkeys(re.sub(r"(?<=\.)\d+(?=\.|$)", "{i}", n) for n in names if n))


def _listed(names: Iterable[str]) -> str:
    all_names = _collapsed(names)
    more = len(all_names) - SHOWN
    return ", ".join(all_names[:SHOWN]) + (f" and {more} more" if more > 0 else "") or "none"
