"""A model with the hook points of TransformerLens."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class HookPoint(nn.Module):
    def forward(self, x):
        return x


class LayerNorm(nn.Module):
    def __init__(self, D):
        super().__init__()
        self.eps = 1e-5
        self.w, self.b = nn.Parameter(torch.ones(D)), nn.Parameter(torch.zeros(D))
        self.hook_scale, self.hook_normalized = HookPoint(), HookPoint()

    def forward(self, x):
        x = x - x.mean(-1, keepdim=True)
        scale = self.hook_scale((x.square().mean(-1, keepdim=True) + self.eps).sqrt())
        return self.hook_normalized(x / scale) * self.w + self.b


class Attention(nn.Module):
    def __init__(self, D, H):
        super().__init__()
        for x in "QKV":
            setattr(self, f"W_{x}", nn.Parameter(torch.randn(H, D, D // H) * 0.2))
            setattr(self, f"b_{x}", nn.Parameter(torch.zeros(H, D // H)))
        self.W_O = nn.Parameter(torch.randn(H, D // H, D) * 0.2)
        self.b_O = nn.Parameter(torch.zeros(D))
        for name in ("q", "k", "v", "z", "attn_scores", "pattern"):
            setattr(self, f"hook_{name}", HookPoint())

    def forward(self, query_input, key_input, value_input):
        def project(x, W, b):
            return torch.einsum("btd,hde->bthe", x, W) + b

        q = self.hook_q(project(query_input, self.W_Q, self.b_Q))
        k = self.hook_k(project(key_input, self.W_K, self.b_K))
        v = self.hook_v(project(value_input, self.W_V, self.b_V))
        scores = torch.einsum("bqhe,bkhe->bhqk", q, k) / math.sqrt(q.shape[-1])
        T = q.shape[1]
        later = torch.ones(T, T, dtype=torch.bool).triu(1)
        pattern = F.softmax(self.hook_attn_scores(scores.masked_fill(later, -math.inf)), dim=-1)
        z = self.hook_z(torch.einsum("bkhe,bhqk->bqhe", v, self.hook_pattern(pattern)))
        return torch.einsum("bthe,hed->btd", z, self.W_O) + self.b_O


class MLP(nn.Module):
    def __init__(self, D):
        super().__init__()
        self.W_in = nn.Parameter(torch.randn(D, 4 * D) * 0.2)
        self.b_in = nn.Parameter(torch.zeros(4 * D))
        self.W_out = nn.Parameter(torch.randn(4 * D, D) * 0.2)
        self.b_out = nn.Parameter(torch.zeros(D))

    def forward(self, x):
        return F.gelu(x @ self.W_in + self.b_in) @ self.W_out + self.b_out


class TransformerBlock(nn.Module):
    def __init__(self, D, H):
        super().__init__()
        self.ln1, self.ln2 = LayerNorm(D), LayerNorm(D)
        self.attn, self.mlp = Attention(D, H), MLP(D)
        for name in ("attn_out", "mlp_out", "resid_pre", "resid_mid", "resid_post"):
            setattr(self, f"hook_{name}", HookPoint())

    def forward(self, resid_pre):
        resid_pre = self.hook_resid_pre(resid_pre)
        # As there: normalized three times.
        attn_out = self.hook_attn_out(
            self.attn(
                query_input=self.ln1(resid_pre),
                key_input=self.ln1(resid_pre),
                value_input=self.ln1(resid_pre),
            )
        )
        resid_mid = self.hook_resid_mid(resid_pre + attn_out)
        mlp_out = self.hook_mlp_out(self.mlp(self.ln2(resid_mid)))
        return self.hook_resid_post(resid_mid + mlp_out)


class Table(nn.Module):
    """Embed, PosEmbed and Unembed: one matrix each, by its own name."""

    def __init__(self, name, *shape):
        super().__init__()
        setattr(self, name, nn.Parameter(torch.randn(*shape) * 0.2))
        self.name = name

    @property
    def table(self):
        return getattr(self, self.name)


class HookedTransformer(nn.Module):
    def __init__(self, V=11, D=16, H=2, L=2, T=8):
        super().__init__()
        self.embed, self.pos_embed = Table("W_E", V, D), Table("W_pos", T, D)
        self.hook_embed, self.hook_pos_embed = HookPoint(), HookPoint()
        self.blocks = nn.ModuleList(TransformerBlock(D, H) for _ in range(L))
        self.ln_final = LayerNorm(D)
        self.unembed = Unembed("W_U", D, V)

    def forward(self, tokens):
        embed = self.hook_embed(self.embed.table[tokens])
        residual = embed + self.hook_pos_embed(self.pos_embed.table[: tokens.shape[1]])
        for block in self.blocks:
            residual = block(residual)
        return self.unembed(self.ln_final(residual))


class Unembed(Table):
    def forward(self, x):
        return x @ self.table
