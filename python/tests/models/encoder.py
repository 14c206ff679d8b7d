"""torch.nn.TransformerEncoder between an embedding and a head."""

import torch
from torch import nn

# Parts of the model around the encoder, which its preset does not know.
NAMES = {
    "head": "logits",
    "head.weight": "unembed",
    "token.weight": "embed.token",
    "position.weight": "embed.position",
}


class Encoder(nn.Module):
    def __init__(self, V=11, D=16, H=2, L=2, T=8, norm_first=True, batch_first=True, dropout=0.0):
        super().__init__()
        self.token, self.position = nn.Embedding(V, D), nn.Embedding(T, D)
        layer = nn.TransformerEncoderLayer(
            D, H, 4 * D, dropout, "gelu", batch_first=batch_first, norm_first=norm_first
        )
        norm = nn.LayerNorm(D) if norm_first else None
        self.encoder = nn.TransformerEncoder(layer, L, norm, enable_nested_tensor=False)
        self.head = nn.Linear(D, V, bias=False)
        self.batch_first = batch_first

    def forward(self, idx, causal=True):
        T = idx.shape[1]
        x = self.token(idx) + self.position(torch.arange(T))
        mask = torch.full((T, T), float("-inf")).triu(1) if causal else None
        if self.batch_first:
            return self.head(self.encoder(x, mask))
        return self.head(self.encoder(x.transpose(0, 1), mask)).transpose(0, 1)
