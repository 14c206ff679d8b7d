"""Runs of Normscope's engine on the command line, and its weights in models of PyTorch."""

import json
import os
import shutil
import struct
import subprocess
from pathlib import Path

import torch
import torch.nn.functional as F

import normscope

from .models.gpt import NanoGPT

ROOT = Path(__file__).resolve().parents[2]
TSX = ROOT / "node_modules" / "tsx" / "dist" / "cli.mjs"


def record(folder, config, steps):
    """The engine's record of a run, and its weights before the first update."""
    node = os.environ.get("NORMSCOPE_NODE") or shutil.which("node")
    if node is None or not TSX.exists():
        raise FileNotFoundError("the engine needs Node and `npm ci`")
    command = [node, str(TSX), "src/cli/record.ts", "--out", str(folder), "--steps", str(steps)]
    subprocess.run(
        [*command, "--config", json.dumps(config)], cwd=ROOT, check=True, capture_output=True
    )
    run = json.loads((folder / "record.json").read_text())
    return run, read_safetensors(folder / "weights.safetensors")


def read_safetensors(path):
    """Eight bytes that hold the header's length, a JSON header, then float32 tensors."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__":
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            flat = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32)
            tensors[name] = flat.view(entry["shape"])
    return tensors


def load(model, weights, values):
    """
    Copies weights into the parameters that `values` names: each a function of the file's tensors,
    of the layer where its name has `{i}`. Nothing may be left over.
    """
    parameters = dict(model.named_parameters())
    layers = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("blocks."))
    with torch.no_grad():
        for pattern, value in values.items():
            for i in range(layers if "{i}" in pattern else 1):
                target = parameters.pop(pattern.replace("{i}", str(i)))
                at = f"blocks.{i}."
                target.copy_(value(lambda name: weights[name.replace("@", at)]))
    assert not parameters, list(parameters)


def joined(*names):
    """Side by side, [in, 3 · out] of matrices or [3 · out] of biases."""
    return lambda w: torch.cat([w(name) for name in names], -1)


def turned(value):
    """[in, out] as [out, in]."""
    return lambda w: value(w).T


def just(name):
    return lambda w: w(name)


def gpt(turn):
    """Parameters of GPT-2; `turn` is of its matrices."""
    matrices = {
        "transformer.h.{i}.attn.c_attn.weight": joined("@attn.wq", "@attn.wk", "@attn.wv"),
        "transformer.h.{i}.attn.c_proj.weight": just("@attn.wo"),
        "transformer.h.{i}.mlp.c_fc.weight": just("@mlp.w_in"),
        "transformer.h.{i}.mlp.c_proj.weight": just("@mlp.w_out"),
    }
    return {
        **{name: turn(value) for name, value in matrices.items()},
        "transformer.wte.weight": just("embed.token"),
        "transformer.wpe.weight": just("embed.position"),
        "transformer.h.{i}.ln_1.weight": just("@attn.norm.gain"),
        "transformer.h.{i}.ln_1.bias": just("@attn.norm.bias"),
        "transformer.h.{i}.attn.c_attn.bias": joined("@attn.bq", "@attn.bk", "@attn.bv"),
        "transformer.h.{i}.attn.c_proj.bias": just("@attn.bo"),
        "transformer.h.{i}.ln_2.weight": just("@mlp.norm.gain"),
        "transformer.h.{i}.ln_2.bias": just("@mlp.norm.bias"),
        "transformer.h.{i}.mlp.c_fc.bias": just("@mlp.b_in"),
        "transformer.h.{i}.mlp.c_proj.bias": just("@mlp.b_out"),
        "transformer.ln_f.weight": just("final_norm.gain"),
        "transformer.ln_f.bias": just("final_norm.bias"),
    }


def nano_gpt(config, weights):
    """A model of nanoGPT's modules with these weights."""
    V, D = weights["embed.token"].shape
    model = NanoGPT(V=V, D=D, H=config["n_heads"], L=config["n_layers"], T=config["seq_len"])
    load(model, weights, {**gpt(turned), "lm_head.weight": turned(just("unembed"))})
    return model


def train_into(out, model, run, logits_of, **watched):
    """The steps of a record on its tokens, recorded into a file."""
    config = run["config"]
    optimizer = torch.optim.SGD(model.parameters(), lr=config["lr"])
    with normscope.watch(model, out, optimizer=optimizer, **watched) as scope:
        for frame in run["frames"]:
            inputs, targets = (torch.tensor(frame["tokens"][key]) for key in ("inputs", "targets"))
            logits = logits_of(model, inputs)
            loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1)
            optimizer.zero_grad()
            loss.backward()
            scope.step(loss, targets=targets, clip=config["grad_clip"])
            torch.nn.utils.clip_grad_norm_(model.parameters(), config["grad_clip"])
            optimizer.step()


LLAMA = {
    "model.embed_tokens.weight": just("embed.token"),
    "model.layers.{i}.input_layernorm.weight": just("@attn.norm.gain"),
    **{
        f"model.layers.{{i}}.self_attn.{x}_proj.weight": turned(just(f"@attn.w{x}")) for x in "qkvo"
    },
    "model.layers.{i}.post_attention_layernorm.weight": just("@mlp.norm.gain"),
    "model.layers.{i}.mlp.gate_proj.weight": turned(just("@mlp.w_gate")),
    "model.layers.{i}.mlp.up_proj.weight": turned(just("@mlp.w_in")),
    "model.layers.{i}.mlp.down_proj.weight": turned(just("@mlp.w_out")),
    "model.norm.weight": just("final_norm.gain"),
    "lm_head.weight": turned(just("unembed")),
}


def encoder(final_norm):
    """Parameters of torch.nn.TransformerEncoder between an embedding and a head."""
    at = "encoder.layers.{i}"
    return {
        "token.weight": just("embed.token"),
        "position.weight": just("embed.position"),
        f"{at}.self_attn.in_proj_weight": turned(joined("@attn.wq", "@attn.wk", "@attn.wv")),
        f"{at}.self_attn.in_proj_bias": joined("@attn.bq", "@attn.bk", "@attn.bv"),
        f"{at}.self_attn.out_proj.weight": turned(just("@attn.wo")),
        f"{at}.self_attn.out_proj.bias": just("@attn.bo"),
        f"{at}.linear1.weight": turned(just("@mlp.w_in")),
        f"{at}.linear1.bias": just("@mlp.b_in"),
        f"{at}.linear2.weight": turned(just("@mlp.w_out")),
        f"{at}.linear2.bias": just("@mlp.b_out"),
        **{
            f"{at}.norm{n}.{theirs}": just(f"@{branch}.norm.{ours}")
            for n, branch in ((1, "attn"), (2, "mlp"))
            for theirs, ours in (("weight", "gain"), ("bias", "bias"))
        },
        "head.weight": turned(just("unembed")),
        **({"encoder.norm.weight": just("final_norm.gain")} if final_norm else {}),
        **({"encoder.norm.bias": just("final_norm.bias")} if final_norm else {}),
    }


def by_head(name, H):
    """[in, out] as [H, in, out/H], and [out] as [H, out/H]."""

    def value(w):
        x = w(name)
        return x.view(*x.shape[:-1], H, -1).transpose(0, -2) if x.ndim == 2 else x.view(H, -1)

    return value


def lens(H):
    """Parameters of TransformerLens."""
    at = "blocks.{i}"
    return {
        "embed.W_E": just("embed.token"),
        "pos_embed.W_pos": just("embed.position"),
        **{f"{at}.attn.W_{x}": by_head(f"@attn.w{x.lower()}", H) for x in "QKV"},
        **{f"{at}.attn.b_{x}": by_head(f"@attn.b{x.lower()}", H) for x in "QKV"},
        f"{at}.attn.W_O": lambda w: w("@attn.wo").view(H, -1, w("@attn.wo").shape[1]),
        f"{at}.attn.b_O": just("@attn.bo"),
        **{f"{at}.mlp.{x}": just(f"@mlp.{x.lower()}") for x in ("W_in", "W_out", "b_in", "b_out")},
        **{
            f"{at}.ln{n}.{theirs}": just(f"@{branch}.norm.{ours}")
            for n, branch in ((1, "attn"), (2, "mlp"))
            for theirs, ours in (("w", "gain"), ("b", "bias"))
        },
        "ln_final.w": just("final_norm.gain"),
        "ln_final.b": just("final_norm.bias"),
        "unembed.W_U": just("unembed"),
    }
