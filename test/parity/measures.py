"""Every statistic of a record, from its definition."""

import math

import torch


def rms(x):
    return x.square().mean().sqrt()


def kurtosis(x):
    """E[x⁴]/E[x²]² over all elements."""
    x = x / rms(x)
    return x.pow(4).mean() / x.square().mean().square()


def outlier(x):
    """The same of the features' RMS over tokens. x: [B, T, D]"""
    return kurtosis(x.square().mean((0, 1)).sqrt())


def token_cosine(x):
    """Mean of cos(x_i, x_j) over pairs i ≠ j of a sequence. x: [B, T, D]"""
    T = x.shape[1]
    x = x / x.norm(dim=-1, keepdim=True)
    cosines = x @ x.transpose(1, 2)  # [B, T, T]
    pairs = cosines.sum((1, 2)) - cosines.diagonal(dim1=1, dim2=2).sum(1)  # [B]
    return (pairs / (T * (T - 1))).mean()


def of_tokens(x):
    """RMS of each token: the geometric mean of those that are not 0, at position 0, at the others. x: [B, T, D]"""
    size = x.square().mean(-1).sqrt()
    return {
        "rms_typical": size[size > 0].log().mean().exp(),
        "rms_first": rms(size[:, 0]),
        "rms_rest": rms(size[:, 1:]),
    }


def branch_ratio(sites, site):
    """What is added against the stream it joins: resid_mid where the block has one and it is the MLP's."""
    block, dot, part = site.rpartition(".")
    if part not in ("attn_add", "mlp_add"):
        return torch.tensor(torch.nan)
    middle = f"{block}.resid_mid"
    stream = middle if part == "mlp_add" and middle in sites else f"{block}.resid_pre"
    return rms(sites[site]) / rms(sites[stream])


def of_site(x, grad):
    """x, grad: [B, T, D] or, where there is nothing per token, [B, H, T, T]"""
    nan = torch.tensor(torch.nan)
    per_token = x.ndim == 3
    return {
        "rms": rms(x),
        "mean": x.mean(),
        "absmax": x.abs().max(),
        "kurtosis": kurtosis(x),
        "outlier": outlier(x) if per_token else nan,
        "token_cosine": token_cosine(x) if per_token else nan,
        **(of_tokens(x) if per_token else dict.fromkeys(("rms_typical", "rms_first", "rms_rest"), nan)),
        "grad_rms": rms(grad),
    }


def of_modality(x, grad, m):
    """Over the tokens of one of two modalities, which alternate."""
    per_token = x.ndim == 3
    return {
        f"{key}_modality_{m}": rms(value[:, m::2]) if per_token else torch.tensor(torch.nan)
        for key, value in (("rms", x), ("grad_rms", grad))
    }


def of_sites(sites, modalities):
    """Each [sites]. A site's tensor holds its gradient."""
    rows = []
    for site, tensor in sites.items():
        x = tensor.detach()
        grad = torch.zeros_like(x) if tensor.grad is None else tensor.grad
        row = {**of_site(x, grad), "branch_ratio": branch_ratio(sites, site)}
        if modalities == 2:
            row |= of_modality(x, grad, 0) | of_modality(x, grad, 1)
        rows.append(row)
    return {key: [row[key].item() for row in rows] for key in rows[0]}


def of_heads(sites, config):
    """Each [L][H]; not defined where no attention runs."""
    undefined = [math.nan] * config["n_heads"]
    layers = []
    for layer in range(config["n_layers"]):
        at = f"blocks.{layer}.attn"
        runs = f"{at}.scores" in sites
        layers.append(
            of_layer(sites[f"{at}.scores"], sites[f"{at}.pattern"], config["causal"])
            if runs
            else dict.fromkeys(("entropy", "max_logit", "sink", "distance"), undefined)
        )
    return {key: [heads[key] for heads in layers] for key in layers[0]}


def of_layer(scores, pattern, causal):
    """Each [H]. scores, pattern: [B, H, T, T]"""
    T = pattern.shape[-1]
    position = torch.arange(T)
    keys = position + 1 if causal else torch.full((T,), T)
    entropy = -torch.xlogy(pattern, pattern).sum(-1)[..., 1:] / keys[1:].log()  # [B, H, T − 1]
    apart = position[:, None] - position[None, :]
    visible = scores.masked_fill(apart < 0, -math.inf) if causal else scores
    return {
        "entropy": entropy.mean((0, 2)).tolist(),
        "max_logit": visible.amax((0, 2, 3)).tolist(),
        "sink": pattern[:, :, 1:, 0].mean((0, 2)).tolist(),
        "distance": (pattern * apart).sum(-1).mean((0, 2)).tolist(),
    }


def calibration_error(confidence, right):
    """ECE with 15 bins of equal width, bin k = (k/15, (k+1)/15]. Both [tokens]"""
    bins = (confidence * 15).ceil()
    gaps = [(right[bins == k] - confidence[bins == k]).sum().abs() for k in range(1, 16)]
    return sum(gaps) / len(confidence)


def of_output(logits, targets):
    """logits: [B, T, V]; targets: [B, T]; neither where there are no tokens."""
    if logits is None:
        return dict.fromkeys(("logit_rms", "output_entropy", "accuracy", "ece"), math.nan)
    counted = targets >= 0
    p = logits[counted].softmax(-1)  # [tokens, V]
    confidence, likeliest = p.max(-1)
    right = (likeliest == targets[counted]).double()
    return {
        "logit_rms": rms(logits).item(),
        "output_entropy": -torch.xlogy(p, p).sum(-1).mean().item(),
        "accuracy": right.mean().item(),
        "ece": calibration_error(confidence, right).item(),
    }
