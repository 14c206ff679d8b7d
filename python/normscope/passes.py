"""
What hooks see of a forward pass and of the backward pass through it. Of every site only statistics
are kept, on the device, never the tensor.

Dimensions: B sequences, T tokens, D features of the stream, H heads.
"""

import inspect
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Iterable, List, Optional, Set, Tuple

import torch
from torch import Tensor, nn

from .attention import Probe
from .names import FUSED, Found, Tap, module_names
from .statistics import of_site, of_tokens, rms

COMPILED = (
    "normscope cannot watch a model under torch.compile: its modules do not run as such. Train the "
    "model that it was made from, or without `compile`, while it is watched."
)
BRANCHES = (".attn_in", ".mlp_in")


@dataclass
class Pass:
    """One forward pass of the model."""

    number: int
    forward: Dict[str, Tensor] = field(default_factory=dict)  # site → [9], as SITE_FORWARD
    grads: Dict[str, Tensor] = field(default_factory=dict)  # site → RMS of its gradient, []
    heads: Dict[str, Tensor] = field(default_factory=dict)  # `blocks.L.attn` → [4, H], as HEAD
    tokens: Optional[Dict[str, Tensor]] = None  # of the logits, each [B, T]
    targets: Optional[Tensor] = None  # [B, T], as the model was given them
    shifted: bool = False  # the model shifts them by itself
    shape: Tuple[int, int, int] = (0, 0, 0)  # B, T, D
    hooked: Set[str] = field(default_factory=set)  # sites whose gradient will be seen
    unknown: Set[str] = field(default_factory=set)  # sites whose gradient cannot be had
    calls: Dict[Tuple[int, bool], int] = field(default_factory=dict)  # of a module, so far
    again: Set[int] = field(default_factory=set)  # modules that were called too often


def is_compiling() -> bool:
    """Tests if torch.compile is at work on what calls this."""
    compiler = getattr(torch, "compiler", None)
    return bool(compiler and hasattr(compiler, "is_compiling") and compiler.is_compiling())


def refuse_compiled(model: nn.Module) -> None:
    """Raises a ValueError where a module is the result of torch.compile, or compiled in place."""
    for module in model.modules():
        in_place = getattr(module, "_compiled_call_impl", None) is not None
        if in_place or type(module).__name__ == "OptimizedModule":
            raise ValueError(COMPILED)


def first_tensor(value: Any) -> Optional[Tensor]:
    """
    Modules that give several things give their hidden states first. What has no tokens and features
    is none.
    """
    while isinstance(value, (tuple, list)) and value:
        value = value[0]
    if not isinstance(value, Tensor) or not value.is_floating_point():
        return None
    return value if value.ndim > 1 and value.numel() and not value.is_nested else None


class Passes:
    """The hooks on one model; `due` tells if the step that is under way is recorded."""

    def __init__(
        self, model: nn.Module, found: Found, time_first: bool, due: Callable[[], bool]
    ) -> None:
        self.model = model
        self.found = found
        self.time_first = time_first
        self.due = due
        self.running: Optional[Pass] = None  # whose forward is under way
        self.started: Optional[Pass] = None  # the last one, which a recomputation belongs to
        self.reached: Optional[Pass] = None  # the last one that a gradient came to
        self.number = 0
        self.handles: List[Any] = []
        self.probes: List[Probe] = []
        self._watch_root()
        self._watch_modules()

    # ------------------------------------------------------------------------------------ the whole

    def forget(self) -> None:
        """Forgets numbers of a step that is over."""
        self._leave_probes()
        self.running = self.started = self.reached = None

    def close(self) -> None:
        self.forget()
        for handle in self.handles:
            handle.remove()
        self.handles = []

    def _watch_root(self) -> None:
        # Functions and no methods: a copy of the model, such as a moving average, copies its
        # hooks, and with a method all of this. `module is model` tells a copy.
        model = self.model

        def begin(module: nn.Module, args: Any, kwargs: Optional[Dict[str, Any]] = None) -> None:
            if is_compiling():
                raise RuntimeError(COMPILED)
            if module is model:
                self._begin(args, kwargs or {})

        def end(module: nn.Module, args: Any, output: Any) -> None:
            if module is model:
                self.running = None

        try:
            self.handles.append(model.register_forward_pre_hook(begin, with_kwargs=True))
        except TypeError:  # before PyTorch 2.0
            self.handles.append(model.register_forward_pre_hook(begin))
        self._end = end  # after all others: the model may be a site itself

    def _begin(self, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> None:
        self._leave_probes()
        self.running = None
        # A pass without gradients is no part of training.
        if not torch.is_grad_enabled() or not self.due():
            return
        self.number += 1
        self.running = self.started = Pass(self.number)
        try:
            given = inspect.signature(self.model.forward).bind_partial(*args, **kwargs).arguments
        except (TypeError, ValueError):
            return
        given = {**given, **given.get("kwargs", {})}
        for name, shifted in (("targets", False), ("labels", True)):
            value = given.get(name)
            if isinstance(value, Tensor) and value.ndim == 2 and not value.is_floating_point():
                self.running.targets, self.running.shifted = value.detach(), shifted

    # ---------------------------------------------------------------------------------- each module

    def _watch_modules(self) -> None:
        modules = module_names(self.model)
        taps: Dict[int, Dict[str, List[Tap]]] = {}
        for tap in self.found.taps:
            taps.setdefault(id(modules[tap.module]), {}).setdefault(tap.module, []).append(tap)
        heads: Dict[int, List[str]] = {}
        for name, at in self.found.heads.items():
            heads.setdefault(id(modules[name]), []).append(at)
        by_id = {id(module): module for module in modules.values()}
        for key in {**taps, **heads}:
            # Hooks of the probe come first, so that it sees no operation of the others.
            if key in taps:
                self._watch_into(by_id[key], list(taps[key].values()))
            if key in heads:
                self._watch_heads(by_id[key], heads[key])
            if key in taps:
                self._watch_output(by_id[key], list(taps[key].values()))
        self.handles.append(self.model.register_forward_hook(self._end))

    def _taps_of(self, key: int, into: bool, calls: List[List[Tap]]) -> Iterable[Tap]:
        """
        The taps of this call: the k-th call of a module with k names is that of the k-th layer.
        """
        run = self.running
        if run is not None:
            k = run.calls.get((key, into), 0)
            run.calls[key, into] = k + 1
            if k >= len(calls):
                # TransformerLens normalizes for q, k and v each: the gradient is none of the
                # calls' alone.
                run.unknown.update(tap.site for tap in calls[-1])
                run.again.add(key)
                return ()
            return (tap for tap in calls[k] if tap.into == into)
        # Outside a forward pass with a backward pass to come: recomputation of what was not kept.
        if self.started is None or not torch.is_grad_enabled() or len(calls) > 1:
            return ()
        return (tap for tap in calls[0] if tap.into == into)

    def _watch_into(self, watched: nn.Module, calls: List[List[Tap]]) -> None:
        if not any(tap.into for taps in calls for tap in taps):
            return

        def read(module: nn.Module, args: Any) -> Any:
            if module is not watched:
                return None
            x = first_tensor(args)
            if x is None:
                return None
            taps = self._taps_of(id(watched), True, calls)
            for tap in sorted(taps, key=lambda tap: tap.site.endswith(BRANCHES)):
                if tap.site.endswith(BRANCHES):
                    # A node of its own behind the stream's, with the gradient of the branch alone.
                    branch = x.view_as(x)
                    args = tuple(branch if arg is x else arg for arg in args)
                    x = branch
                self._see(tap.site, x)
            return args

        self.handles.append(watched.register_forward_pre_hook(read))

    def _watch_output(self, watched: nn.Module, calls: List[List[Tap]]) -> None:
        if all(tap.into for taps in calls for tap in taps):
            return

        def gave(module: nn.Module, args: Any, output: Any) -> None:
            if module is not watched:
                return
            x = first_tensor(output)
            if x is not None:
                for tap in self._taps_of(id(watched), False, calls):
                    self._see(tap.site, x)

        self.handles.append(watched.register_forward_hook(gave))

    # ------------------------------------------------------------------------------------ each site

    def _see(self, site: str, x: Tensor) -> None:
        run = self.running or self.started
        assert run is not None
        if site.endswith(FUSED):
            self._see_fused(run, site[:-3], x)
            return
        if self.running is not None:
            with torch.no_grad():
                shaped = self._shaped(x)
                run.forward[site] = of_site(shaped)
                if site == "logits":
                    run.tokens = of_tokens(shaped)
                elif not any(run.shape):
                    run.shape = (shaped.shape[0], shaped.shape[1], shaped.shape[2])
        if site in run.forward and self._hooked(run, x, [site]):
            x.register_hook(lambda grad: self._reached(run, {site: grad}))

    def _see_fused(self, run: Pass, at: str, x: Tensor) -> None:
        """x: [B, T, D + 2 d_head · (heads of keys)], q, k and v side by side."""
        total = x.shape[-1]
        D = run.shape[2]
        keys = (total - D) // 2 if D and total != 3 * D else total // 3
        sizes = [total - 2 * keys, keys, keys]
        sites = [at + part for part in "qkv"]
        if self.running is not None:
            with torch.no_grad():
                for site, part in zip(sites, self._shaped(x).split(sizes, -1)):
                    run.forward[site] = of_site(part)

        if sites[0] in run.forward and self._hooked(run, x, sites):
            x.register_hook(
                lambda grad: self._reached(run, dict(zip(sites, grad.split(sizes, -1))))
            )

    def _hooked(self, run: Pass, x: Tensor, sites: List[str]) -> bool:
        """Tests if this tensor is the one whose gradient is to be seen."""
        if run.hooked.issuperset(sites):
            return False
        if not x.requires_grad:
            # Either nothing flows back, or this is the first pass of a recomputation.
            if not torch.is_grad_enabled():
                run.unknown.update(sites)
            return False
        run.hooked.update(sites)
        run.unknown.difference_update(sites)
        return True

    def _reached(self, run: Pass, grads: Dict[str, Tensor]) -> None:
        if self.reached is None or run.number > self.reached.number:
            self.reached = run
        with torch.no_grad():
            for site, grad in grads.items():
                run.grads[site] = rms(grad)

    def _shaped(self, x: Tensor) -> Tensor:
        """As [B, T, F]: heads side by side, a sequence without a batch as a batch of one."""
        x = x.detach()
        if x.ndim == 2:
            return x[None]
        if x.ndim > 3:
            x = x.flatten(2)
        return x.transpose(0, 1) if self.time_first else x

    # ------------------------------------------------------------------------------------ attention

    def _watch_heads(self, watched: nn.Module, layers: List[str]) -> None:
        key = -id(watched)

        def enter(module: nn.Module, args: Any) -> None:
            run = self.running
            if module is not watched or run is None:
                return
            k = run.calls.get((key, True), 0)
            run.calls[key, True] = k + 1
            at = layers[min(k, len(layers) - 1)]

            def found(statistics: Tensor, projected: Tuple[Tensor, ...]) -> None:
                run.heads[at] = statistics
                for part, x in zip("qkv", projected):  # [T, B, D]
                    site = f"{at}.{part}"
                    run.forward[site] = of_site(x.transpose(0, 1))
                    run.unknown.add(site)

            probe = Probe(found)
            probe.__enter__()
            self.probes.append(probe)

        def leave(module: nn.Module, args: Any, output: Any) -> None:
            if module is watched and self.probes:
                self.probes.pop().__exit__(None, None, None)

        self.handles.append(watched.register_forward_pre_hook(enter))
        self.handles.append(watched.register_forward_hook(leave))

    def _leave_probes(self) -> None:
        """Of modules that ended in an error."""
        while self.probes:
            self.probes.pop().__exit__(None, None, None)
