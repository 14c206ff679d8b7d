"""Models with the module names of nanoGPT and of GPT-2 in Hugging Face transformers."""

import math
from types import SimpleNamespace

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.checkpoint import checkpoint


class Conv1D(nn.Module):
    """A linear map that keeps its matrix as [in, out]."""

    def __init__(self, nf, nx):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(nx, nf) * 0.2)
        self.bias = nn.Parameter(torch.zeros(nf))

    def forward(self, x):
        return torch.addmm(self.bias, x.reshape(-1, x.shape[-1]), self.weight).view(
            *x.shape[:-1], -1
        )


class Attention(nn.Module):
    flash = False  # PyTorch 2.0's fused kernel

    def __init__(self, D, H, linear, dropout):
        super().__init__()
        self.c_attn = linear(D, 3 * D)
        self.c_proj = linear(D, D)
        self.attn_dropout = nn.Dropout(dropout)
        self.resid_dropout = nn.Dropout(dropout)
        self.n_head = H

    def forward(self, x):
        B, T, D = x.shape
        q, k, v = self.c_attn(x).split(D, dim=2)
        q, k, v = (y.view(B, T, self.n_head, -1).transpose(1, 2) for y in (q, k, v))
        y = self.fused(q, k, v) if self.flash else self.composed(q, k, v)
        y = y.transpose(1, 2).reshape(B, T, D)
        return self.given(self.resid_dropout(self.c_proj(y)))

    def fused(self, q, k, v):
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)

    def composed(self, q, k, v):
        T = q.shape[2]
        scores = (q @ k.transpose(-2, -1)) / math.sqrt(q.shape[-1])
        later = torch.ones(T, T, dtype=torch.bool, device=q.device).triu(1)
        scores = scores.masked_fill(later, self.masked(scores.dtype))
        return self.attn_dropout(F.softmax(scores, dim=-1)) @ v

    def masked(self, dtype):
        return -math.inf

    def given(self, y):
        return y


class GPT2Attention(Attention):
    """Masks by the format's lowest number, and gives the cache beside its output."""

    def masked(self, dtype):
        return torch.finfo(dtype).min

    def given(self, y):
        return y, None


class MLP(nn.Module):
    def __init__(self, D, linear, dropout, last):
        super().__init__()
        self.c_fc = linear(D, 4 * D)
        self.c_proj = linear(4 * D, D)
        setattr(self, last, nn.Dropout(dropout))
        self.last = last

    def forward(self, x):
        return getattr(self, self.last)(self.c_proj(F.gelu(self.c_fc(x))))


class Block(nn.Module):
    attention = Attention

    def __init__(self, D, H, linear, dropout):
        super().__init__()
        self.ln_1 = nn.LayerNorm(D)
        self.attn = self.attention(D, H, linear, dropout)
        self.ln_2 = nn.LayerNorm(D)
        self.mlp = MLP(D, linear, dropout, "dropout")

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT2Block(Block):
    attention = GPT2Attention

    def forward(self, x):
        x = self.attn(self.ln_1(x))[0] + x
        return (x + self.mlp(self.ln_2(x)),)


class NanoGPT(nn.Module):
    """model(idx, targets) gives logits and loss."""

    block = Block

    def __init__(self, V=11, D=16, H=2, L=2, T=8, dropout=0.0, tied=False, recompute=None):
        super().__init__()
        self.transformer = nn.ModuleDict(
            {
                "wte": nn.Embedding(V, D),
                "wpe": nn.Embedding(T, D),
                "drop": nn.Dropout(dropout),
                "h": nn.ModuleList(self.block(D, H, self.linear, dropout) for _ in range(L)),
                "ln_f": nn.LayerNorm(D),
            }
        )
        self.lm_head = nn.Linear(D, V, bias=False)
        if tied:
            self.transformer.wte.weight = self.lm_head.weight
        self.recompute = recompute  # None, or use_reentrant of torch.utils.checkpoint

    def linear(self, before, after):
        return nn.Linear(before, after)

    def stack(self, idx):
        pos = torch.arange(idx.shape[1], device=idx.device)
        x = self.transformer.drop(self.transformer.wte(idx) + self.transformer.wpe(pos))
        for block in self.transformer.h:
            if self.recompute is None:
                x = block(x)
            else:
                x = checkpoint(block, x, use_reentrant=self.recompute)
            x = x[0] if isinstance(x, tuple) else x
        return self.transformer.ln_f(x)

    def forward(self, idx, targets=None):
        x = self.stack(idx)
        if targets is None:
            return self.lm_head(x[:, [-1], :]), None
        logits = self.lm_head(x)
        return logits, F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1)


class GPT2LMHeadModel(NanoGPT):
    """model(input_ids, labels=…) shifts the labels by itself."""

    block = GPT2Block

    def linear(self, before, after):
        return Conv1D(after, before)

    def forward(self, input_ids, labels=None):
        logits = self.lm_head(self.stack(input_ids))
        loss = None
        if labels is not None:
            loss = F.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
        return SimpleNamespace(logits=logits, loss=loss)
