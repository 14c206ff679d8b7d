import type { Config } from '../../config/fields';
import { modalitiesOf } from '../../config/fields';
import { normsOverBatch } from './overBatch';
import type { Section } from '../section';

const BINS = `
BINS = 15  # of the calibration error
`;
const REDUCED = `
def reduced(parts: Dict[str, Tensor], operation: Any, ranks: int) -> Dict[str, Tensor]:
    """The same of all ranks together, on the processor: one message and one transfer."""
    names = sorted(parts)
    if not names:
        return {}
    flat = torch.cat([parts[name].flatten() for name in names])
    if ranks > 1:
        dist.all_reduce(flat, operation)
    sizes = [parts[name].numel() for name in names]
    return dict(zip(names, flat.cpu().split(sizes)))


def quotient(a: float, b: float) -> float:
    """a / b as floating-point numbers have it: 1/0 is infinite, 0/0 is NaN."""
    if b != 0:
        return a / b
    return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a)


def root(x: float) -> float:
    return math.sqrt(x) if x >= 0 else math.nan
`;

const tokens = (config: Config) => `
    def see_tokens(self, site: str, x: Tensor, squares: Tensor) -> None:
        """Of a site with a row for every token. x, squares: [b, T, F]"""
        T = x.shape[1]
        sizes = squares.mean(-1)  # [b, T]
        counted = sizes != 0  # of a token of zeros there is no logarithm
        self.add(f"{site}/logarithms", torch.where(counted, sizes, 1.0).log().sum() / 2)
        self.add(f"{site}/counted", counted.sum().double())
        self.add(f"{site}/first", sizes[:, 0].sum())
        self.add(f"{site}/rest", sizes[:, 1:].sum())
        self.add(f"{site}/features", squares.sum((0, 1)))  # [F]
        # The sum of cos(x_i, x_j) over i != j is |sum of x_i / |x_i||^2 - T.
        directions = (x / squares.sum(-1, keepdim=True).sqrt()).sum(1)  # [b, F]
        pairs = T * (T - 1) if T > 1 else math.nan
        self.add(f"{site}/cosines", ((directions.square().sum(-1) - T) / pairs).sum())
${
  modalitiesOf(config) > 1
    ? `        for m in range(MODALITIES):
            self.add(f"{site}/modality_{m}", sizes[:, m::MODALITIES].sum())
`
    : ''
}`;

const head = ({ causal }: Config) => `
    def see_heads(self, layer: str, pattern: Tensor) -> None:
        """Of scores (before the mask) and pattern, each [b, H, T, T]; per head [H]."""
        scores = self.scores.pop(layer)
        T = scores.shape[-1]
        position = torch.arange(T, device=scores.device)
        apart = (position[:, None] - position).double()  # i - j, [T, T]
${
  causal
    ? `        scores = scores.masked_fill(apart < 0, -math.inf)
        keys = (position[1:] + 1).double()
`
    : `        keys = torch.full_like(position[1:], T, dtype=torch.float64)
`
}        logarithms = scores.log_softmax(-1).clamp(min=-1e300)  # 0 * -inf is 0 here
        entropies = -(logarithms.exp() * logarithms).sum(-1)[..., 1:] / keys.log()  # [b, H, T - 1]
        self.add(f"{layer}/entropy", entropies.mean(-1).sum(0))
        self.add(f"{layer}/sink", pattern[..., 1:, 0].mean(-1).sum(0))
        self.add(f"{layer}/distance", (pattern * apart).sum(-1).mean(-1).sum(0))
        self.top(f"{layer}/max_logit", scores.amax((0, 2, 3)))
`;

const OUTPUT = `
    def see_output(self, logits: Tensor, targets: Tensor) -> None:
        """Of the tokens that are counted. logits: [b, T, V]; targets: [b, T]"""
        with torch.no_grad():
            is_counted = targets >= 0
            rows, wanted = logits[is_counted].double(), targets[is_counted]
            logarithms = rows.log_softmax(-1).clamp(min=-1e300)
            p = logarithms.exp()
            confidence, likeliest = p.max(-1)
            right = (likeliest == wanted).double()
            bins = (confidence * BINS).ceil().long().clamp(1, BINS) - 1
            gaps = torch.zeros(BINS, dtype=torch.float64, device=rows.device)
            self.add("output/entropy", -(p * logarithms).sum())
            self.add("output/right", right.sum())
            self.add("output/gaps", gaps.index_add_(0, bins, right - confidence))
            self.add("output/counted", is_counted.sum().double())
`;

/** Of norms over the batch: told by a hook, before each renews what it keeps. */
const NORMS = `
    def watch_norms(self, model: nn.Module) -> None:
        for name, module in model.named_modules():
            if getattr(module, "running_var", None) is not None:
                hook = functools.partial(self.see_norm, name)
                self.hooks.append(module.register_forward_pre_hook(hook))

    def see_norm(self, name: str, norm: nn.Module, inputs: Tuple[Tensor, ...]) -> None:
        """The moments of a batch [b, T, D], and what the norm keeps before it follows them."""
        with torch.no_grad():
            rows = inputs[0].detach().double().flatten(0, 1)
            self.add(f"{name}/norm_rows", torch.full_like(rows.sum(), len(rows)))
            self.add(f"{name}/norm_sum", rows.sum(0))
            self.add(f"{name}/norm_squares", rows.square().sum(0))
            kept = getattr(norm, "running_mean", None), norm.running_var
            self.kept[name] = [None if x is None else x.double().cpu() for x in kept]
`;

const meter = (config: Config) => {
  const hasHeads = config.sublayers !== 'mlp';
  const hasTokens = config.task !== 'gaussian';
  const hasNorms = normsOverBatch(config).length > 0;
  return `
class Meter:
    """
    What a frame tells, as sums over the batch. The sums of its parts are added up, of passes and
    of ranks, so that every statistic is that of the whole batch however it is divided. In float64:
    no square leaves its range.
    """

    def __init__(self, factor: float) -> None:
        self.factor = factor  # of the loss, and so of every gradient
        self.sums: Dict[str, Tensor] = {}
        self.tops: Dict[str, Tensor] = {}  # of which the largest counts
        self.updates: Dict[str, Tensor] = {}  # sums over parameters
${hasHeads ? '        self.scores: Dict[str, Tensor] = {}  # that wait for their pattern\n' : ''}${
    hasNorms
      ? '        self.hooks: List[Any] = []\n        self.kept: Dict[str, List[Optional[Tensor]]] = {}  # by norms over the batch\n'
      : ''
  }
    def add(self, name: str, value: Tensor) -> None:
        self.sums[name] = self.sums[name] + value if name in self.sums else value

    def top(self, name: str, value: Tensor) -> None:
        self.tops[name] = torch.maximum(self.tops[name], value) if name in self.tops else value

    def tap(self, site: str, x: Tensor) -> Tensor:
        """Measures what flows at a site, and its gradient when that comes back; x flows on."""
        with torch.no_grad():
            self.see(site, x.detach().double())
        y = x.view_as(x) if x.requires_grad else x.detach().clone().requires_grad_()
        y.register_hook(functools.partial(self.see_gradient, site))
        return y

    def see(self, site: str, x: Tensor) -> None:
        squares = x.square()
        self.add(f"{site}/count", torch.full_like(x.sum(), x.numel()))
        self.add(f"{site}/sum", x.sum())
        self.add(f"{site}/squares", squares.sum())
        self.add(f"{site}/fourths", squares.square().sum())
        self.top(f"{site}/absmax", x.abs().max())
        if x.ndim == 3:
            self.see_tokens(site, x, squares)
${
  hasHeads
    ? `        layer, _, kind = site.rpartition(".")
        if kind == "scores":
            self.scores[layer] = x
        elif kind == "pattern":
            self.see_heads(layer, x)
`
    : ''
}
${tokens(config).replace(/^\n/, '')}
    def see_gradient(self, site: str, gradient: Tensor) -> None:
        squares = (gradient.detach().double() / self.factor).square()
        self.add(f"{site}/gradient_squares", squares.sum())
${
  modalitiesOf(config) > 1
    ? `        if squares.ndim == 3:
            sizes = squares.mean(-1)
            for m in range(MODALITIES):
                self.add(f"{site}/gradient_modality_{m}", sizes[:, m::MODALITIES].sum())
`
    : ''
}${hasHeads ? head(config) : ''}${hasTokens ? OUTPUT : ''}${hasNorms ? NORMS : ''}
    def see_update(self, name: str, p: Tensor, gradient: Tensor, delta: Tensor) -> None:
        """Of a parameter (or of the part of it that a rank has), before it is moved."""
        for key, x in (("p", p), ("gradient", gradient), ("delta", delta)):
            self.updates[f"{name}/{key}"] = x.detach().double().square().sum()
        self.updates[f"{name}/count"] = self.updates[f"{name}/p"].new_tensor(p.numel())
        changed = (p + delta != p).any().double()
        self.updates["changed"] = self.updates.get("changed", 0) + changed
`;
};

/** From sums to statistics. */
const frame = (config: Config) => {
  const hasHeads = config.sublayers !== 'mlp';
  const hasTokens = config.task !== 'gaussian';
  const norms = normsOverBatch(config);
  const modal = modalitiesOf(config) > 1;
  return `
class Frame:
    """The statistics of a step, from the sums of all parts of its batch."""

    def __init__(self, meter: Meter, ranks: int, are_parameters_divided: bool) -> None:
        self.sums = reduced(meter.sums, dist.ReduceOp.SUM, ranks)
        self.tops = reduced(meter.tops, dist.ReduceOp.MAX, ranks)
        divided = ranks if are_parameters_divided else 1
        self.updates = reduced(meter.updates, dist.ReduceOp.SUM, divided)
${norms.length ? '        self.kept = meter.kept\n' : ''}
    def sum(self, name: str) -> float:
        return self.sums[name].item() if name in self.sums else 0.0

    def site(self, site: str) -> Dict[str, float]:
        n, squares = self.sum(f"{site}/count"), self.sum(f"{site}/squares")
        told = {
            "rms": root(squares / n),
            "mean": self.sum(f"{site}/sum") / n,
            "absmax": self.tops[f"{site}/absmax"].item(),
            "kurtosis": quotient(self.sum(f"{site}/fourths") * n, squares**2),
            "grad_rms": root(self.sum(f"{site}/gradient_squares") / n),
        }
        if f"{site}/features" in self.sums:
            features = self.sums[f"{site}/features"]
            typical = quotient(self.sum(f"{site}/logarithms"), self.sum(f"{site}/counted"))
            tokens = n / features.numel()
            told["rms_typical"] = math.exp(typical)
            told["rms_first"] = root(self.sum(f"{site}/first") / BATCH_SIZE)
            told["rms_rest"] = root(quotient(self.sum(f"{site}/rest"), tokens - BATCH_SIZE))
            told["outlier"] = (features.square().mean() / features.mean().square()).item()
            told["token_cosine"] = self.sum(f"{site}/cosines") / BATCH_SIZE
${
  modal
    ? `            for m in range(MODALITIES):
                own = BATCH_SIZE * len(range(m, SEQ_LEN, MODALITIES))
                squares = self.sum(f"{site}/modality_{m}")
                gradients = self.sum(f"{site}/gradient_modality_{m}")
                told[f"rms_modality_{m}"] = root(squares / own)
                told[f"grad_rms_modality_{m}"] = root(gradients / own)
`
    : ''
}        return told

    def sites(self) -> Dict[str, List[float]]:
        told = [self.site(site) for site in SITES]
        stream = math.nan  # of the stream that the next update reads
        for site, statistics in zip(SITES, told):
            if site.endswith(("resid_pre", "resid_mid")):
                stream = statistics["rms"]
            elif site.endswith("_add"):
                statistics["branch_ratio"] = quotient(statistics["rms"], stream)
        return {key: [one.get(key, math.nan) for one in told] for key in SITE_STATISTICS}

${
  hasHeads
    ? `    def heads(self) -> Dict[str, List[List[float]]]:
        layers = [f"blocks.{layer}.attn" for layer in range(N_LAYERS)]
        told: Dict[str, List[List[float]]] = {
            key: [(self.sums[f"{layer}/{key}"] / BATCH_SIZE).tolist() for layer in layers]
            for key in ("entropy", "sink", "distance")
        }
        told["max_logit"] = [self.tops[f"{layer}/max_logit"].tolist() for layer in layers]
        return told
`
    : `    def heads(self) -> Dict[str, List[List[float]]]:
        keys = ("entropy", "max_logit", "sink", "distance")
        return {key: [[math.nan] * N_HEADS for _ in range(N_LAYERS)] for key in keys}
`
}
${
  hasTokens
    ? `    def output(self) -> Dict[str, float]:
        counted = self.sum("output/counted")
        return {
            "logit_rms": self.site("logits")["rms"],
            "output_entropy": self.sum("output/entropy") / counted,
            "accuracy": self.sum("output/right") / counted,
            "ece": self.sums["output/gaps"].abs().sum().item() / counted,
        }
`
    : `    def output(self) -> Dict[str, float]:
        """There are no tokens to predict."""
        return dict.fromkeys(("logit_rms", "output_entropy", "accuracy", "ece"), math.nan)
`
}
    def update(self) -> Dict[str, float]:
        """Of all parameters together."""
        squares = [x.item() for name, x in self.updates.items() if name.endswith("/gradient")]
        norm = math.sqrt(sum(squares))
        return {
            "grad_norm": norm,
            "clip_factor": ${config.grad_clip ? 'min(quotient(GRAD_CLIP, norm), 1.0)' : '1.0'},
            "changed": float(self.updates["changed"].item() > 0),
        }

    def parameter(self, name: str) -> Dict[str, float]:
        keys = ("p", "gradient", "delta", "count")
        p, gradient, delta, n = (self.updates[f"{name}/{key}"].item() for key in keys)
        return {
            "param_rms": root(p / n),
            "param_grad_rms": root(gradient / n),
            "update_ratio": quotient(root(delta / n), root(p / n)),
        }
${
  norms.length
    ? `
    def norms(self) -> Dict[str, Dict[str, float]]:
        """How far the batch is from what norms keep, in standard deviations of the batch."""
        told = {}
        for name, (running_mean, running_var) in self.kept.items():
            n, total = self.sums[f"{name}/norm_rows"], self.sums[f"{name}/norm_sum"]
            mean = torch.zeros_like(total) if running_mean is None else total / n
            std = (self.sums[f"{name}/norm_squares"] / n - mean.square()).sqrt()
            shift = math.nan * mean if running_mean is None else (mean - running_mean).abs()
            told[name] = {
                "mean_tid": (shift / std).mean().item(),
                "var_tid": (running_var.sqrt() / std - 1).abs().mean().item(),
            }
        return told
`
    : ''
}`;
};

export const statisticsSection = (config: Config): Section => ({
  title: 'Statistics',
  code: [...(config.task === 'gaussian' ? [] : [BINS]), REDUCED, meter(config), frame(config)]
    .map((part) => part.trim())
    .join('\n\n\n')
    .replace(/\n{3,}(?= )/g, '\n\n'),
});
