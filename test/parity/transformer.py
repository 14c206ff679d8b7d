"""
The transformer that docs/formats.md describes, on its own and in float64, under autocast in float32: one function per
equation.

Dimensions: B sequences, T tokens, D features of the stream, H heads, d = D/H, F hidden features,
V symbols, L layers. A linear map is x @ W + b with W [in, out].
"""

import math
import re

import torch
import torch.nn.functional as F


class Pass:
    """One forward pass in training: what it reads, and what it leaves behind."""

    def __init__(self, config, weights):
        self.config = config
        self.weights = weights  # by the names of a weights file
        self.sites = {}  # every site's tensor, in the order of the pass
        self.buffers = {}  # the buffers as they are after the pass
        self.discrepancies = {}  # how far a norm's running statistics are from the batch's

    def tap(self, site, x):
        """The same values as a node of their own, so that a site's gradient is that of its readers alone."""
        x = x.clone() if x.requires_grad else x.clone().requires_grad_()
        x.retain_grad()
        self.sites[site] = x
        return x

    def bias(self, name):
        return self.weights[name] if self.config["bias"] else 0.0


def modalities(config):
    return 2 if config["task"] == "two_modality" else 1


def autocasts(config):
    return config["precision"] == "bf16" and config["precision_policy"] == "autocast"


def unit(x):
    return x / x.norm()


def softcap(z, c):
    return c * torch.tanh(z / c) if c > 0 else z


# ------------------------------------------------------------------------------------------- linear maps


def spectral_norm(run, name, W):
    """σ(W) after one power step from the stored u; no gradient passes the singular vectors."""
    with torch.no_grad():
        v = unit(W @ run.weights[f"{name}.u"])  # [in]
        u = unit(W.T @ v)  # [out]
    run.buffers[f"{name}.u"] = u
    return v @ W @ u


def matrix(run, name):
    W = run.weights[name]
    if run.config["weight_reparam"] == "sigma":
        return W * run.weights[f"{name}.gamma"] / spectral_norm(run, name, W)
    return W


def product(run, a, b, bias=None):
    """
    a @ b + bias; under `autocast` as PyTorch's own has it, which casts to bf16 what goes in and stores what comes
    out. Whatever reads the result computes in float32, which PyTorch leaves to the lists of each operation.
    """
    with torch.autocast("cpu", torch.bfloat16, enabled=autocasts(run.config)):
        y = a @ b if bias is None else F.linear(a, b.T, bias)
    return y.to(a.dtype)


def linear(run, at, part, x):
    bias = run.weights[f"{at}.b{part}"] if run.config["bias"] else None
    return product(run, x, matrix(run, f"{at}.w{part}"), bias)


# ------------------------------------------------------------------------------------------------- norms


def follow(run, name, batch_value):
    """The running statistic before the pass; after it, 0.9 of that and 0.1 of the batch's."""
    running = run.weights[name]
    run.buffers[name] = 0.9 * running + 0.1 * batch_value.detach()
    return running


def standardized(x, eps):
    centred = x - x.mean(-1, keepdim=True)
    return centred / (centred.square().mean(-1, keepdim=True) + eps).sqrt()


def layernorm(run, name, x, eps):
    return run.weights[f"{name}.gain"] * standardized(x, eps) + run.bias(f"{name}.bias")


def rmsnorm(run, name, x, eps):
    return run.weights[f"{name}.gain"] * x / (x.square().mean(-1, keepdim=True) + eps).sqrt()


def prmsnorm(run, name, x, eps):
    part = x[..., : max(1, x.shape[-1] // 16)]
    return run.weights[f"{name}.gain"] * x / (part.square().mean(-1, keepdim=True) + eps).sqrt()


def seednorm(run, name, x, eps):
    """RMSNorm whose gain depends on the token (Cai et al. 2026)."""
    gain, alpha, beta = (run.weights[f"{name}.{part}"] for part in ("gain", "alpha", "beta"))
    pull = torch.tanh(x @ beta).unsqueeze(-1)  # [B, T, 1]
    return (pull * alpha + gain) * x / (x.square().mean(-1, keepdim=True) + eps).sqrt()


def scalenorm(run, name, x, eps):
    return run.weights[f"{name}.gain"] * x / x.norm(dim=-1, keepdim=True).clamp(min=eps)


def batchnorm(run, name, x, eps):
    mean = x.mean((0, 1))  # [D]
    variance = (x - mean).square().mean((0, 1))
    running_mean = follow(run, f"{name}.running_mean", mean)
    m = x.shape[0] * x.shape[1]
    unbiased = variance * m / (m - 1) if m > 1 else variance
    running_var = follow(run, f"{name}.running_var", unbiased)
    run.discrepancies[name] = {
        "mean_tid": ((mean - running_mean).abs() / variance.sqrt()).mean(),
        "var_tid": ((running_var / variance).sqrt() - 1).abs().mean(),
    }
    normed = (x - mean) / (variance + eps).sqrt()
    return run.weights[f"{name}.gain"] * normed + run.bias(f"{name}.bias")


def powernorm(run, name, x, eps):
    mean_square = x.square().mean((0, 1))  # [D]
    running = follow(run, f"{name}.running_var", mean_square)
    run.discrepancies[name] = {
        "mean_tid": torch.tensor(torch.nan),  # no mean is removed
        "var_tid": ((running / mean_square).sqrt() - 1).abs().mean(),
    }
    return run.weights[f"{name}.gain"] * x / (mean_square + eps).sqrt() + run.bias(f"{name}.bias")


def dyt(run, name, x, eps):
    squashed = torch.tanh(run.weights[f"{name}.alpha"] * x)
    return run.weights[f"{name}.gain"] * squashed + run.bias(f"{name}.bias")


def derf(run, name, x, eps):
    squashed = torch.erf(run.weights[f"{name}.alpha"] * x + run.weights[f"{name}.shift"])
    return run.weights[f"{name}.gain"] * squashed + run.bias(f"{name}.bias")


def adaptive(run, name, x, eps):
    """A scale and a shift per modality; modalities alternate."""
    modality = torch.arange(x.shape[1]) % modalities(run.config)  # [T]
    scale = run.weights[f"{name}.scale"][modality]  # [T, D]
    return (1 + scale) * standardized(x, eps) + run.weights[f"{name}.shift"][modality]


NORMS = {
    "layernorm": layernorm,
    "rmsnorm": rmsnorm,
    "prmsnorm": prmsnorm,
    "scalenorm": scalenorm,
    "batchnorm": batchnorm,
    "powernorm": powernorm,
    "dyt": dyt,
    "derf": derf,
    "adaptive": adaptive,
    "seednorm": seednorm,
    "none": lambda run, name, x, eps: x,
}


def norm(run, name, kind, x):
    return NORMS[kind](run, name, x, run.config["norm_eps"])


# --------------------------------------------------------------------------------------------- attention


def rope(x):
    """Rotary positions as in Llama: feature i turns with feature i + d/2. x: [B, H, T, d]"""
    T, d = x.shape[-2:]
    frequencies = 10000.0 ** (-2 * torch.arange(d // 2) / d)
    angles = torch.arange(T)[:, None] * frequencies  # [T, d/2]
    first, second = x[..., : d // 2], x[..., d // 2 :]
    turned = [
        first * angles.cos() - second * angles.sin(),
        second * angles.cos() + first * angles.sin(),
    ]
    return torch.cat(turned, -1)


def slopes(H):
    """ALiBi's 2^(−8h/H) for h = 1 … H."""
    return 2.0 ** (-8 * torch.arange(1, H + 1) / H)


def authors_slopes(H):
    """As in the authors' code: of the power of two below, then every other one of twice as many heads."""
    P = 2 ** int(math.log2(H))
    return torch.cat([slopes(P), slopes(2 * P)[0::2][: H - P]])


SLOPES = {"alibi": slopes, "alibi_authors": authors_slopes}


def alibi(slopes, T):
    """−m_h · (how many tokens apart). [H, T, T]"""
    position = torch.arange(T)
    return -slopes[:, None, None] * (position[:, None] - position[None, :]).abs()


def attention_scores(run, at, q, k):
    """q, k: [B, H, T, d]. Returns [B, H, T, T]."""
    config = run.config
    B, H, T, d = q.shape
    if config["attention"] == "uniform":
        return torch.zeros(B, H, T, T)
    scale = 1 / math.sqrt(d)
    if config["qk_norm"] == "l2":
        q, k = (x / x.norm(dim=-1, keepdim=True).clamp(min=config["norm_eps"]) for x in (q, k))
        scale = run.weights[f"{at}.qk_gain"]
    elif config["qk_norm"] in ("rmsnorm", "layernorm"):
        q = norm(run, f"{at}.q_norm", config["qk_norm"], q)
        k = norm(run, f"{at}.k_norm", config["qk_norm"], k)
    if config["positions"] == "rope":
        q, k = rope(q), rope(k)
    scores = softcap(product(run, scale * q, k.transpose(-1, -2)), config["attn_softcap"])
    kind = config["positions"]
    return scores + alibi(SLOPES[kind](H), T) if kind in SLOPES else scores


def attention(run, layer, kind, x):
    """x: [B, T, D]"""
    config = run.config
    at = f"blocks.{layer}.attn"
    B, T, D = x.shape
    H = config["n_heads"]
    q, k, v = (run.tap(f"{at}.{part}", linear(run, at, part, x)) for part in "qkv")  # [B, T, D]
    if config["qk_norm"] == "rmsnorm_all" and config["attention"] != "uniform":
        q, k = (norm(run, f"{at}.{n}_norm", "rmsnorm", y) for n, y in (("q", q), ("k", k)))
    q, k, v = (y.view(B, T, H, D // H).transpose(1, 2) for y in (q, k, v))  # [B, H, T, d]
    scores = run.tap(f"{at}.scores", attention_scores(run, at, q, k))
    if config["causal"]:
        later = torch.ones(T, T, dtype=torch.bool).triu(1)
        scores = scores.masked_fill(later, -math.inf)
    pattern = run.tap(f"{at}.pattern", scores.softmax(-1))
    heads = product(run, pattern, v)  # [B, H, T, d]
    if config["inner_norm"] == "normformer":
        heads = heads * run.weights[f"{at}.head_scale"][:, None, None]
    joined = heads.transpose(1, 2).reshape(B, T, D)
    if config["inner_norm"] == "subln":
        joined = norm(run, f"{at}.norm_inner", kind, joined)
    return linear(run, at, "o", joined)


# --------------------------------------------------------------------------------------------------- MLP

ACTIVATIONS = {
    "gelu": lambda x: x * 0.5 * (1 + torch.erf(x / math.sqrt(2))),
    "gelu_tanh": lambda x: x / 2 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "relu": F.relu,
    "silu": lambda x: x * torch.sigmoid(x),
    "relu2": lambda x: F.relu(x).square(),
}
GATES = {"swiglu": "silu", "geglu": "gelu", "geglu_tanh": "gelu_tanh"}


def mlp(run, layer, kind, x):
    """x: [B, T, D]"""
    at = f"blocks.{layer}.mlp"
    activation = run.config["activation"]
    hidden = linear(run, at, "_in", x)  # [B, T, F]
    if activation in GATES:
        hidden = ACTIVATIONS[GATES[activation]](linear(run, at, "_gate", x)) * hidden
    else:
        hidden = ACTIVATIONS[activation](hidden)
    if run.config["inner_norm"] != "none":
        hidden = norm(run, f"{at}.norm_inner", kind, hidden)
    return linear(run, at, "_out", hidden)


SUBLAYERS = {"attn": attention, "mlp": mlp}

# ------------------------------------------------------------------------------------- residual updates

NORM_BEFORE = {"pre", "sandwich", "peri"}  # f reads N(x)
NORM_OUT = {"sandwich", "peri", "reordered"}  # N(f(·)) is added
NORM_AFTER = {"post", "deepnorm", "residual"}  # x becomes N(x + f(x))
ENDS_IN_NORM = {"pre", "sandwich", "peri", "reordered"}  # `final_norm: auto` is on


def updates(config):
    """The branches of each residual update of a block."""
    if config["sublayers"] != "both":
        return [[config["sublayers"]]]
    return [["attn", "mlp"]] if config["topology"] == "parallel" else [["attn"], ["mlp"]]


def layer_plans(config):
    """Placement and norm of every layer: `0-2:post,8:/rmsnorm`, later exceptions win."""
    plans = [[config["placement"], config["norm"]] for _ in range(config["n_layers"])]
    for exception in filter(None, config["layer_overrides"].split(",")):
        first, last, placement, kind = re.fullmatch(
            r"(\d+)(?:-(\d+))?:(\w*)(?:/(\w+))?", exception.strip()
        ).groups()
        for plan in plans[int(first) : int(last or first) + 1]:
            plan[:] = placement or plan[0], kind or plan[1]
    return plans


def stream_factor(config, placement):
    """What x is multiplied by where a branch is added."""
    L = config["n_layers"]
    N = L * len(sum(updates(config), []))
    factor = {"deepscale": lambda: math.sqrt(1 - 2 / N), "skipless": lambda: 0.0}
    a = factor.get(config["residual_scale"], lambda: 1.0)()
    return a * ((2 * L) ** 0.25 if placement == "deepnorm" else 1)


def branch_factor(run, layer, branch):
    """What a branch is multiplied by where it is added."""
    scale = run.config["residual_scale"]
    N = run.config["n_layers"] * len(sum(updates(run.config), []))
    if scale == "rezero":
        return run.weights[f"blocks.{layer}.residual_scale"]
    if scale in ("skipinit", "layerscale"):
        return run.weights[f"blocks.{layer}.{branch}.residual_scale"]
    return {"inv_sqrt_depth": 1 / math.sqrt(N), "deepscale": math.sqrt(2 / N)}.get(scale, 1.0)


def placed_norm(run, layer, kind, name, x):
    """A norm of the placement, with `norm_scale`."""
    factor = 1 / math.sqrt(layer + 1) if run.config["norm_scale"] == "inv_sqrt_layer" else 1.0
    return factor * norm(run, f"blocks.{layer}.{name}", kind, x)


def branch_output(run, layer, plan, branch, read):
    """What one branch adds to the stream. read: [B, T, D]"""
    placement, kind = plan
    site = f"blocks.{layer}.{branch}"
    y = SUBLAYERS[branch](run, layer, kind, run.tap(f"{site}_in", read))
    y = run.tap(f"{site}_out", y)
    if run.config["inner_norm"] == "normformer" and branch == "attn":
        y = norm(run, f"{site}.norm_post", kind, y)
    if placement in NORM_OUT:
        y = placed_norm(run, layer, kind, f"{branch}.norm_out", y)
    return run.tap(f"{site}_add", branch_factor(run, layer, branch) * y)


def residual_update(run, layer, plan, branches, x):
    """The stream after the branches have been added to it, and their sum. x: [B, T, D]"""
    placement, kind = plan
    shared = f"{branches[0]}.norm"
    read = placed_norm(run, layer, kind, shared, x) if placement in NORM_BEFORE else x
    added = sum(branch_output(run, layer, plan, branch, read) for branch in branches)
    x = stream_factor(run.config, placement) * x + added
    return (placed_norm(run, layer, kind, shared, x) if placement in NORM_AFTER else x), added


# --------------------------------------------------------------------------------------------- the stack


def sinusoids(T, D):
    """sin(t/10000^(2i/D)) in feature 2i, the cosine in 2i + 1. [T, D]"""
    feature = torch.arange(D)
    angles = torch.arange(T)[:, None] / 10000.0 ** ((feature - feature % 2) / D)
    return torch.where(feature % 2 == 0, angles.sin(), angles.cos())


def embed(run, inputs):
    """inputs: [B, T], or none where the stack reads x0. Returns [B, T, D]."""
    if run.config["task"] == "gaussian":
        return run.weights["x0"]
    x = run.weights["embed.token"][inputs]
    if run.config["positions"] == "learned":
        return x + run.weights["embed.position"]
    if run.config["positions"] == "sinusoidal":
        return x + sinusoids(*x.shape[1:])
    return x


def has_final_norm(config, plans):
    if config["placement"] == "residual":
        return True
    if config["final_norm"] == "auto":
        return plans[-1][0] in ENDS_IN_NORM
    return config["final_norm"] == "on"


def forward(run, inputs):
    """What the unembedding reads [B, T, D], and the logits [B, T, V] where there are tokens."""
    config = run.config
    plans = layer_plans(config)
    x = run.tap("embed", embed(run, inputs))
    dual = x  # ResiDual's second stream: the embedding plus all branches, with no norm on its way
    if plans[0][0] == "peri":
        x = norm(run, "embed.norm", config["norm"], x)
    for layer, plan in enumerate(plans):
        x = run.tap(f"blocks.{layer}.resid_pre", x)
        for i, branches in enumerate(updates(config)):
            if i == 1:
                x = run.tap(f"blocks.{layer}.resid_mid", x)
            x, added = residual_update(run, layer, plan, branches, x)
            dual = dual + added
        x = run.tap(f"blocks.{layer}.resid_post", x)
    if has_final_norm(config, plans):
        kind = config["norm"]
        if config["placement"] == "residual":
            x = run.tap("final_norm", x + norm(run, "final_norm", kind, dual))
        else:
            x = run.tap("final_norm", norm(run, "final_norm", kind, x))
    if config["task"] == "gaussian":
        return x, None
    unembed = run.weights["embed.token"].T if config["tie_embeddings"] else run.weights["unembed"]
    return x, run.tap("logits", softcap(product(run, x, unembed), config["logit_softcap"]))


def loss_of(run, out, logits, targets):
    if run.config["objective"] == "random_projection":
        return (out * run.weights["R"]).sum()
    # Mean over counted tokens; a target of −1 is not counted.
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1)
