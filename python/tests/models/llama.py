"""
A model with the module names of Llama in Hugging Face transformers: RMSNorm, RoPE, SwiGLU,
grouped queries.
"""

import math
from types import SimpleNamespace

import torch
import torch.nn.functional as F
from torch import nn


class LlamaRMSNorm(nn.Module):
    def __init__(self, D, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(D))
        self.variance_epsilon = eps

    def forward(self, x):
        return (
            self.weight * x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.variance_epsilon)
        )


def turned(x):
    """x: [B, H, T, d]; feature i turns with feature i + d/2."""
    T, d = x.shape[-2:]
    angles = torch.arange(T)[:, None] * 10000.0 ** (-2 * torch.arange(d // 2) / d)
    first, second = x.chunk(2, -1)
    cos, sin = angles.cos(), angles.sin()
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)


class LlamaAttention(nn.Module):
    def __init__(self, D, H, groups):
        super().__init__()
        self.head_dim, self.repeats = D // H, H // groups
        self.q_proj = nn.Linear(D, D, bias=False)
        self.k_proj = nn.Linear(D, groups * self.head_dim, bias=False)
        self.v_proj = nn.Linear(D, groups * self.head_dim, bias=False)
        self.o_proj = nn.Linear(D, D, bias=False)

    def forward(self, hidden_states, attention_mask=None):
        B, T, D = hidden_states.shape
        q, k, v = (
            project(hidden_states).view(B, T, -1, self.head_dim).transpose(1, 2)
            for project in (self.q_proj, self.k_proj, self.v_proj)
        )
        q, k = turned(q), turned(k)
        k, v = (x.repeat_interleave(self.repeats, 1) for x in (k, v))
        scores = q @ k.transpose(2, 3) / math.sqrt(self.head_dim) + attention_mask
        pattern = F.softmax(scores, dim=-1, dtype=torch.float32).to(q.dtype)
        return self.o_proj((pattern @ v).transpose(1, 2).reshape(B, T, D)), pattern


class LlamaMLP(nn.Module):
    def __init__(self, D, hidden):
        super().__init__()
        self.gate_proj = nn.Linear(D, hidden, bias=False)
        self.up_proj = nn.Linear(D, hidden, bias=False)
        self.down_proj = nn.Linear(hidden, D, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class LlamaDecoderLayer(nn.Module):
    def __init__(self, D, H, groups, hidden):
        super().__init__()
        self.self_attn = LlamaAttention(D, H, groups)
        self.mlp = LlamaMLP(D, hidden)
        self.input_layernorm = LlamaRMSNorm(D)
        self.post_attention_layernorm = LlamaRMSNorm(D)

    def forward(self, hidden_states, attention_mask=None):
        residual = hidden_states
        # As there, without a positional argument.
        read = self.input_layernorm(hidden_states)
        hidden_states, _ = self.self_attn(hidden_states=read, attention_mask=attention_mask)
        hidden_states = residual + hidden_states
        residual = hidden_states
        hidden_states = self.mlp(self.post_attention_layernorm(hidden_states))
        return (residual + hidden_states,)


class LlamaModel(nn.Module):
    def __init__(self, V, D, H, groups, hidden, L):
        super().__init__()
        self.embed_tokens = nn.Embedding(V, D)
        self.layers = nn.ModuleList(LlamaDecoderLayer(D, H, groups, hidden) for _ in range(L))
        self.norm = LlamaRMSNorm(D)

    def forward(self, input_ids):
        T = input_ids.shape[1]
        mask = torch.full((T, T), torch.finfo(torch.float32).min).triu(1)[None, None]
        x = self.embed_tokens(input_ids)
        for layer in self.layers:
            x = layer(x, attention_mask=mask)[0]
        return self.norm(x)


class LlamaForCausalLM(nn.Module):
    def __init__(self, V=11, D=16, H=4, groups=2, hidden=32, L=2):
        super().__init__()
        self.model = LlamaModel(V, D, H, groups, hidden, L)
        self.lm_head = nn.Linear(D, V, bias=False)

    def forward(self, input_ids):
        return SimpleNamespace(logits=self.lm_head(self.model(input_ids)))
