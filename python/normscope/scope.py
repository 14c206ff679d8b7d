"""The recorder: what a training loop calls."""

import math
import warnings
from pathlib import Path
from types import TracebackType
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Type, Union

import torch
from torch import Tensor, nn

from .attention import HEAD
from .names import Names, find, module_names
from .numbers import quotient
from .parameters import Update, gradient_rms, learning_rate, parts_of
from .passes import Pass, Passes, refuse_compiled
from .settings import settings_of
from .statistics import SITE_FORWARD, of_output, read_back, rms
from .version import VERSION
from .writers import Frame, writer_of

OUTPUT = ("output_entropy", "accuracy", "ece")


def watch(
    model: nn.Module,
    out: Union[str, Path],
    names: Optional[Union[Names, Sequence[Names]]] = None,
    every: int = 1,
    *,
    updates: bool = True,
    optimizer: Optional[torch.optim.Optimizer] = None,
    config: Optional[Mapping[str, Any]] = None,
    batch_first: Optional[bool] = None,
    first_step: int = 0,
) -> "Scope":
    """
    Records the training of a model; used in a `with`, or closed by `close()`.

    out: a file that ends in `.json` (a record) or `.csv` (a table); it is overwritten.
    names: the name of a preset, a mapping {module or pattern with {i}: site}, or a list of these;
        without it the model is recognized.
    every: a step is recorded where its number is a multiple of this.
    updates: keep the weights from `step` to the next, in order to measure the update between.
    optimizer: where its learning rate is to be recorded.
    config: settings of docs/formats.md that the record is to name beside those that are recognized.
    batch_first: False where activations are [T, B, D]; without it, as the model's attention has it.
    first_step: number of the first step, in a run that goes on.
    """
    return Scope(
        model,
        out,
        names,
        every,
        updates=updates,
        optimizer=optimizer,
        config=config,
        batch_first=batch_first,
        first_step=first_step,
    )


class Scope:
    """The recording of one run. `step` is its whole use."""

    def __init__(
        self,
        model: nn.Module,
        out: Union[str, Path],
        names: Optional[Union[Names, Sequence[Names]]],
        every: int,
        *,
        updates: bool,
        optimizer: Optional[torch.optim.Optimizer],
        config: Optional[Mapping[str, Any]],
        batch_first: Optional[bool],
        first_step: int,
    ) -> None:
        if every < 1:
            raise ValueError(f"every={every} has to be 1 or more.")
        refuse_compiled(model)
        self.model = model
        self.every = every
        self.next = first_step
        self.updates = updates
        self.optimizer = optimizer
        self.config = dict(config or {})
        self.notes: List[str] = []
        self.found = find(model, names)
        self.sites = self.found.sites()
        self.parts = parts_of(model, self.found)
        self.begun = False
        self.closed = False
        self.pending: Optional[Tuple[Frame, Optional[Update]]] = None
        self.n_heads: Optional[int] = None
        time_first = _is_time_first(model) if batch_first is None else not batch_first
        self.writer = writer_of(Path(out))
        self.passes = Passes(model, self.found, time_first, self._is_due)

    def __enter__(self) -> "Scope":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self._close(broken=kind is not None)

    def close(self) -> None:
        """Writes the last frame, ends the file and removes every hook."""
        self._close(broken=False)

    def _close(self, broken: bool) -> None:
        if self.closed:
            return
        self.closed = True
        self.passes.close()
        try:
            self._settle(broken)
        finally:
            if not self.begun:
                self.writer.begin(self._head(None))
            self.writer.close(self.notes)

    def _is_due(self) -> bool:
        return not self.closed and self.next % self.every == 0

    # ------------------------------------------------------------------------------------- a step

    def step(
        self,
        loss: Union[Tensor, float],
        *,
        scale: Union[Tensor, float] = 1.0,
        targets: Optional[Tensor] = None,
        labels: Optional[Tensor] = None,
        lr: Optional[float] = None,
        clip: Optional[float] = None,
    ) -> None:
        """
        To be called once per update: after the last backward pass; before gradients are unscaled
        or clipped, and before `optimizer.step()`.

        loss: the step's loss, neither scaled nor divided.
        scale: what the loss was multiplied by (`scaler.get_scale()`); gradients are divided by it.
        targets: [B, T] of the last forward pass, −1 (or anything negative) where not counted.
        labels: the same, where the model itself compares its output with the next position's.
        lr: learning rate of the update that follows. clip: the norm that gradients are going to be
        clipped to.
        """
        if self.closed:
            raise RuntimeError("The scope is closed.")
        self._settle(broken=False)
        due = self._is_due()
        step = self.next
        self.next += 1
        run = self.passes.reached
        self.passes.forget()
        if due:
            rate = learning_rate(self.optimizer) if lr is None else float(lr)
            with torch.no_grad():
                self._measure(step, run, loss, float(scale), targets, labels, rate, clip)

    def _measure(
        self,
        step: int,
        run: Optional[Pass],
        loss: Union[Tensor, float],
        scale: float,
        targets: Optional[Tensor],
        labels: Optional[Tensor],
        lr: Optional[float],
        clip: Optional[float],
    ) -> None:
        if run is None:
            self._note(
                "In some steps no gradient came through a forward pass of the watched model: they "
                "have no statistics of sites. It has to be called itself, and step() has to come "
                "after backward()."
            )
            run = Pass(0)
        output = self._output(run, targets, labels)
        wanted: Dict[Any, Tensor] = {
            "loss": loss.detach() if isinstance(loss, Tensor) else torch.tensor(float(loss)),
            **({"output": output} if output is not None else {}),
            **{("forward", site): x for site, x in run.forward.items()},
            **{("grad", site): x for site, x in run.grads.items()},
            **{("head", at): x for at, x in run.heads.items()},
            **{("param", part.name): rms(part.of(part.parameter)) for part in self.parts},
            **{("param_grad", part.name): gradient_rms(part) for part in self.parts},
        }
        read = dict(zip(wanted, read_back(list(wanted.values()))))
        frame = {
            "step": step,
            "loss": read["loss"][0],
            "site": self._of_sites(run, read, scale),
            "head": self._of_heads(read),
            "output": self._of_output(read, scale, lr, clip),
            "param": {
                part.name: {
                    "param_rms": read["param", part.name][0],
                    "param_grad_rms": read["param_grad", part.name][0] / scale,
                }
                for part in self.parts
            },
        }
        if not self.begun:
            self.writer.begin(self._head(run))
            self.begun = True
        self.pending = (frame, Update(self.parts) if self.updates else None)
        if not self.updates:
            self._note("update_ratio and changed are left out: updates=False.")
            self._settle(broken=False)

    def _settle(self, broken: bool) -> None:
        """Completes the last frame by the update that followed it, and writes it."""
        if self.pending is None:
            return
        frame, update = self.pending
        self.pending = None
        if update is not None:
            sizes = update.sizes()
            numbers = read_back([x for _, change, before in sizes for x in (change, before)])
            changes = [x[0] for x in numbers[::2]]
            changed = any(change != 0 for change in changes)
            # A run that was broken off before its update has none; 0 would say that it did nothing.
            unknown = broken and not changed
            for (part, _, _), change, before in zip(sizes, changes, numbers[1::2]):
                ratio = math.nan if unknown else quotient(change, before[0])
                frame["param"][part.name]["update_ratio"] = ratio
            frame["output"]["changed"] = math.nan if unknown else float(changed)
        self.writer.frame(frame, self.notes)

    # ----------------------------------------------------------------------------- parts of a frame

    def _of_sites(self, run: Pass, read: Dict[Any, List[float]], scale: float) -> Dict[str, Any]:
        nothing = [math.nan] * len(SITE_FORWARD)
        rows = {site: read.get(("forward", site), nothing) for site in self.sites}
        columns = {key: [rows[s][k] for s in self.sites] for k, key in enumerate(SITE_FORWARD)}
        columns["grad_rms"] = [self._gradient(run, site, read, scale) for site in self.sites]
        columns["branch_ratio"] = [_branch_ratio(site, rows) for site in self.sites]
        if run.number:
            self._say_missing(run)
        return columns

    def _gradient(self, run: Pass, site: str, read: Dict[Any, List[float]], scale: float) -> float:
        if site in run.unknown or site not in run.forward:
            return math.nan
        # A site that no gradient came to has one of 0.
        return read["grad", site][0] / scale if ("grad", site) in read else 0.0

    def _of_heads(self, read: Dict[Any, List[float]]) -> Dict[str, Any]:
        """Each statistic as [L][H]; nothing where no attention was seen."""
        rows = {key[1]: values for key, values in read.items() if key[0] == "head"}
        if rows:
            self.n_heads = max(len(values) // len(HEAD) for values in rows.values())
        H = self.n_heads
        if H is None:
            return {}
        nothing = [math.nan] * (len(HEAD) * H)
        layers = [rows.get(f"blocks.{i}.attn", nothing) for i in range(self.found.layers())]
        return {
            key: [values[k * H : (k + 1) * H] for values in layers] for k, key in enumerate(HEAD)
        }

    def _output(
        self, run: Pass, targets: Optional[Tensor], labels: Optional[Tensor]
    ) -> Optional[Tensor]:
        """Statistics of the predicted distribution, [3], where targets are known."""
        shifted = labels is not None if targets is None else False
        given = labels if targets is None else targets
        if given is None:
            given, shifted = run.targets, run.shifted
        if run.tokens is None:
            return None
        if given is None:
            self._note(
                "output_entropy, accuracy and ece are left out: no targets were given to the model "
                "by that name, nor to step(targets=…)."
            )
            return None
        tokens = run.tokens
        given = given.to(tokens["entropy"].device)
        if shifted:
            tokens = {key: value[:, :-1] for key, value in tokens.items()}
            given = given[:, 1:]
        if given.shape != tokens["entropy"].shape:
            self._note(
                f"output_entropy, accuracy and ece are left out where targets {list(given.shape)} "
                f"do not fit the logits {list(tokens['entropy'].shape)}."
            )
            return None
        return of_output(tokens, given)

    def _of_output(
        self,
        read: Dict[Any, List[float]],
        scale: float,
        lr: Optional[float],
        clip: Optional[float],
    ) -> Dict[str, float]:
        squares = [
            (read["param_grad", part.name][0] / scale) ** 2 * part.numel for part in self.parts
        ]
        norm = math.sqrt(math.fsum(squares)) if all(map(math.isfinite, squares)) else sum(squares)
        result: Dict[str, float] = {}
        if ("forward", "logits") in read:
            result["logit_rms"] = read["forward", "logits"][0]
        result.update(zip(OUTPUT, read.get("output", [])))
        result["grad_norm"] = norm
        if clip is not None:
            result["clip_factor"] = min(1.0, quotient(clip, norm)) if clip > 0 else 1.0
        if lr is not None:
            result["lr"] = lr
        result["loss_scale"] = scale
        return result

    # --------------------------------------------------------------------------------- what is said

    def _head(self, run: Optional[Pass]) -> Dict[str, Any]:
        B, T, D = run.shape if run else (0, 0, 0)
        heads = self.n_heads
        return {
            "format": "normscope-record",
            "version": 1,
            "config": {**settings_of(self.model, self.found, heads, B, T, D), **self.config},
            "recorder": {
                "name": "normscope-python",
                "version": VERSION,
                "torch": torch.__version__,
                "model": type(self.model).__name__,
                "names": self.found.preset or "given",
            },
            "sites": self.sites,
        }

    def _say_missing(self, run: Pass) -> None:
        missing = [site for site in self.sites if site not in run.forward]
        if missing:
            self._note(f"Not seen in the forward pass: {_kinds(missing)}.")
        if run.unknown:
            self._note(f"The gradient cannot be had of: {_kinds(sorted(run.unknown))}.")
        without = [at for at in self.found.heads.values() if at not in run.heads]
        if without or not self.found.heads:
            self._note(
                f"Attention is not measured of {_kinds(without) or 'any layer'}: no softmax over "
                "[B, H, T, T] was seen, nor scaled_dot_product_attention."
            )
        if all(part.parameter.grad is None for part in self.parts):
            self._note("No parameter has a gradient: step() has to come before zero_grad().")

    def _note(self, text: str) -> None:
        """Once in the record and once as a warning."""
        if text not in self.notes:
            self.notes.append(text)
            warnings.warn(f"normscope: {text}", stacklevel=5)


def _branch_ratio(site: str, rows: Dict[str, List[float]]) -> float:
    """RMS of what is added against that of the stream it joins; NaN elsewhere."""
    block, _, kind = site.rpartition(".")
    if kind not in ("attn_add", "mlp_add"):
        return math.nan
    middle = f"{block}.resid_mid"
    stream = middle if kind == "mlp_add" and middle in rows else f"{block}.resid_pre"
    return quotient(rows[site][0], rows[stream][0]) if stream in rows else math.nan


def _kinds(sites: Sequence[str]) -> str:
    """Sites of one kind in all layers told once."""
    parts = (site.split(".") for site in sites)
    told = (".".join("L" if p.isdigit() else p for p in part) for part in parts)
    return ", ".join(dict.fromkeys(told))


def _is_time_first(model: nn.Module) -> bool:
    """torch.nn.MultiheadAttention has [T, B, D] unless told otherwise."""
    attentions = [m for m in module_names(model).values() if isinstance(m, nn.MultiheadAttention)]
    return bool(attentions) and not attentions[0].batch_first
