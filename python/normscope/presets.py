"""
Where models of the usual libraries have their sites and parameters, by the names of their modules.
A pattern is of a module, `{i}` the layer; `:in` behind it means what the module reads, else it is
what the module gives.
"""

from dataclasses import dataclass, field
from typing import Dict, Tuple, Union

SiteNames = Union[str, Tuple[str, ...]]


@dataclass(frozen=True)
class Preset:
    """
    Patterns begin behind a prefix such as `transformer.`, which is found; those with `*.`
    anywhere.
    """

    title: str
    needs: Tuple[str, ...]  # a model that has these modules, and none of `lacks`, is one
    sites: Dict[str, SiteNames]
    params: Dict[str, SiteNames]
    lacks: Tuple[str, ...] = ()
    settings: Dict[str, object] = field(default_factory=dict)  # what is true of every such model
    norm: str = ""  # of the module that tells which norm it is
    hidden: str = ""  # of a parameter with F and D as its dimensions, in either order


# Sites of the attention module and its output in every block of pre-LN order.
_ATTENTION: SiteNames = ("blocks.{i}.attn", "blocks.{i}.attn_add")

_GPT_SITES: Dict[str, SiteNames] = {
    "drop:in": "embed",
    "h.{i}:in": "blocks.{i}.resid_pre",
    "h.{i}.ln_1": "blocks.{i}.attn_in",
    "h.{i}.attn.c_attn": "blocks.{i}.attn.qkv",
    "h.{i}.attn.c_proj": "blocks.{i}.attn_out",
    "h.{i}.attn": _ATTENTION,
    "h.{i}.ln_2:in": "blocks.{i}.resid_mid",
    "h.{i}.ln_2": "blocks.{i}.mlp_in",
    "h.{i}.mlp.c_proj": "blocks.{i}.mlp_out",
    "h.{i}.mlp": "blocks.{i}.mlp_add",
    "h.{i}": "blocks.{i}.resid_post",
    "ln_f": "final_norm",
    "*.lm_head": "logits",
}

_GPT_PARAMS: Dict[str, SiteNames] = {
    "wte.weight": "embed.token",
    "wpe.weight": "embed.position",
    "h.{i}.ln_1.weight": "blocks.{i}.attn.norm.gain",
    "h.{i}.ln_1.bias": "blocks.{i}.attn.norm.bias",
    "h.{i}.attn.c_attn.weight": tuple(f"blocks.{{i}}.attn.w{x}" for x in "qkv"),
    "h.{i}.attn.c_attn.bias": tuple(f"blocks.{{i}}.attn.b{x}" for x in "qkv"),
    "h.{i}.attn.c_proj.weight": "blocks.{i}.attn.wo",
    "h.{i}.attn.c_proj.bias": "blocks.{i}.attn.bo",
    "h.{i}.ln_2.weight": "blocks.{i}.mlp.norm.gain",
    "h.{i}.ln_2.bias": "blocks.{i}.mlp.norm.bias",
    "h.{i}.mlp.c_fc.weight": "blocks.{i}.mlp.w_in",
    "h.{i}.mlp.c_fc.bias": "blocks.{i}.mlp.b_in",
    "h.{i}.mlp.c_proj.weight": "blocks.{i}.mlp.w_out",
    "h.{i}.mlp.c_proj.bias": "blocks.{i}.mlp.b_out",
    "ln_f.weight": "final_norm.gain",
    "ln_f.bias": "final_norm.bias",
    "*.lm_head.weight": "unembed",
}

_GPT = {
    "needs": ("h.{i}.attn.c_attn", "h.{i}.ln_1", "h.{i}.ln_2", "h.{i}.mlp.c_proj"),
    # Cross attention adds a third branch, which a block of Normscope has not.
    "lacks": ("h.{i}.crossattention",),
    "sites": _GPT_SITES,
    "params": _GPT_PARAMS,
    "settings": {"placement": "pre", "positions": "learned"},
    "norm": "h.{i}.ln_1",
    "hidden": "h.{i}.mlp.c_fc.weight",
}

_LLAMA = Preset(
    title="Llama and its like in Hugging Face transformers (Mistral, Qwen 2)",
    needs=(
        "layers.{i}.self_attn.q_proj",
        "layers.{i}.input_layernorm",
        "layers.{i}.post_attention_layernorm",
        "layers.{i}.mlp.down_proj",
    ),
    lacks=("layers.{i}.pre_feedforward_layernorm", "layers.{i}.post_feedforward_layernorm"),
    sites={
        "embed_tokens": "embed",
        "layers.{i}:in": "blocks.{i}.resid_pre",
        "layers.{i}.input_layernorm": "blocks.{i}.attn_in",
        "layers.{i}.self_attn.q_proj": "blocks.{i}.attn.q",
        "layers.{i}.self_attn.k_proj": "blocks.{i}.attn.k",
        "layers.{i}.self_attn.v_proj": "blocks.{i}.attn.v",
        "layers.{i}.self_attn.o_proj": "blocks.{i}.attn_out",
        "layers.{i}.self_attn": _ATTENTION,
        "layers.{i}.post_attention_layernorm:in": "blocks.{i}.resid_mid",
        "layers.{i}.post_attention_layernorm": "blocks.{i}.mlp_in",
        "layers.{i}.mlp.down_proj": "blocks.{i}.mlp_out",
        "layers.{i}.mlp": "blocks.{i}.mlp_add",
        "layers.{i}": "blocks.{i}.resid_post",
        "norm": "final_norm",
        "*.lm_head": "logits",
    },
    params={
        "embed_tokens.weight": "embed.token",
        "layers.{i}.input_layernorm.weight": "blocks.{i}.attn.norm.gain",
        **{
            f"layers.{{i}}.self_attn.{x}_proj.{kind}": f"blocks.{{i}}.attn.{letter}{x}"
            for x in "qkvo"
            for kind, letter in (("weight", "w"), ("bias", "b"))
        },
        "layers.{i}.post_attention_layernorm.weight": "blocks.{i}.mlp.norm.gain",
        **{
            f"layers.{{i}}.mlp.{theirs}_proj.{kind}": f"blocks.{{i}}.mlp.{letter}_{ours}"
            for theirs, ours in (("gate", "gate"), ("up", "in"), ("down", "out"))
            for kind, letter in (("weight", "w"), ("bias", "b"))
        },
        "norm.weight": "final_norm.gain",
        "*.lm_head.weight": "unembed",
    },
    settings={"placement": "pre", "positions": "rope"},
    norm="layers.{i}.input_layernorm",
    hidden="layers.{i}.mlp.down_proj.weight",
)

_LENS = Preset(
    title="HookedTransformer of TransformerLens",
    needs=("blocks.{i}.hook_resid_pre", "blocks.{i}.hook_resid_post", "blocks.{i}.attn.hook_q"),
    sites={
        "blocks.0.hook_resid_pre": "embed",
        "blocks.{i}.hook_resid_pre": "blocks.{i}.resid_pre",
        "blocks.{i}.ln1": "blocks.{i}.attn_in",
        "blocks.{i}.attn.hook_q": "blocks.{i}.attn.q",
        "blocks.{i}.attn.hook_k": "blocks.{i}.attn.k",
        "blocks.{i}.attn.hook_v": "blocks.{i}.attn.v",
        "blocks.{i}.attn": "blocks.{i}.attn",
        "blocks.{i}.hook_attn_out": ("blocks.{i}.attn_out", "blocks.{i}.attn_add"),
        "blocks.{i}.hook_resid_mid": "blocks.{i}.resid_mid",
        "blocks.{i}.ln2": "blocks.{i}.mlp_in",
        "blocks.{i}.hook_mlp_out": ("blocks.{i}.mlp_out", "blocks.{i}.mlp_add"),
        "blocks.{i}.hook_resid_post": "blocks.{i}.resid_post",
        "ln_final": "final_norm",
        "unembed": "logits",
    },
    params={
        "embed.W_E": "embed.token",
        "pos_embed.W_pos": "embed.position",
        "blocks.{i}.ln1.w": "blocks.{i}.attn.norm.gain",
        "blocks.{i}.ln1.b": "blocks.{i}.attn.norm.bias",
        **{f"blocks.{{i}}.attn.W_{x}": f"blocks.{{i}}.attn.w{x.lower()}" for x in "QKVO"},
        **{f"blocks.{{i}}.attn.b_{x}": f"blocks.{{i}}.attn.b{x.lower()}" for x in "QKVO"},
        "blocks.{i}.ln2.w": "blocks.{i}.mlp.norm.gain",
        "blocks.{i}.ln2.b": "blocks.{i}.mlp.norm.bias",
        **{f"blocks.{{i}}.mlp.W_{x}": f"blocks.{{i}}.mlp.w_{x}" for x in ("in", "gate", "out")},
        **{f"blocks.{{i}}.mlp.b_{x}": f"blocks.{{i}}.mlp.b_{x}" for x in ("in", "gate", "out")},
        "ln_final.w": "final_norm.gain",
        "ln_final.b": "final_norm.bias",
        "unembed.W_U": "unembed",
    },
    settings={"placement": "pre"},
    norm="blocks.{i}.ln1",
    hidden="blocks.{i}.mlp.W_out",
)

_ENCODER_PARAMS: Dict[str, SiteNames] = {
    "layers.{i}.self_attn.in_proj_weight": tuple(f"blocks.{{i}}.attn.w{x}" for x in "qkv"),
    "layers.{i}.self_attn.in_proj_bias": tuple(f"blocks.{{i}}.attn.b{x}" for x in "qkv"),
    "layers.{i}.self_attn.out_proj.weight": "blocks.{i}.attn.wo",
    "layers.{i}.self_attn.out_proj.bias": "blocks.{i}.attn.bo",
    "layers.{i}.linear1.weight": "blocks.{i}.mlp.w_in",
    "layers.{i}.linear1.bias": "blocks.{i}.mlp.b_in",
    "layers.{i}.linear2.weight": "blocks.{i}.mlp.w_out",
    "layers.{i}.linear2.bias": "blocks.{i}.mlp.b_out",
    "layers.{i}.norm1.weight": "blocks.{i}.attn.norm.gain",
    "layers.{i}.norm1.bias": "blocks.{i}.attn.norm.bias",
    "layers.{i}.norm2.weight": "blocks.{i}.mlp.norm.gain",
    "layers.{i}.norm2.bias": "blocks.{i}.mlp.norm.bias",
    "norm.weight": "final_norm.gain",
    "norm.bias": "final_norm.bias",
}

_ENCODER_SITES: Dict[str, SiteNames] = {
    "layers.0:in": "embed",
    "layers.{i}:in": "blocks.{i}.resid_pre",
    "layers.{i}.self_attn": ("blocks.{i}.attn", "blocks.{i}.attn_out"),
    "layers.{i}.dropout1": "blocks.{i}.attn_add",
    "layers.{i}.linear2": "blocks.{i}.mlp_out",
    "layers.{i}.dropout2": "blocks.{i}.mlp_add",
    "layers.{i}": "blocks.{i}.resid_post",
    "norm": "final_norm",
}

_ENCODER = {
    "needs": (
        "layers.{i}.self_attn.out_proj",
        "layers.{i}.linear1",
        "layers.{i}.norm1",
        "layers.{i}.dropout1",
    ),
    "lacks": ("layers.{i}.multihead_attn",),
    "params": _ENCODER_PARAMS,
    "norm": "layers.{i}.norm1",
    "hidden": "layers.{i}.linear1.weight",
}

PRESETS: Dict[str, Preset] = {
    "nanogpt": Preset(title="nanoGPT", **_GPT),  # type: ignore[arg-type]
    "gpt2": Preset(title="GPT-2 of Hugging Face transformers", **_GPT),  # type: ignore[arg-type]
    "llama": _LLAMA,
    "transformer_lens": _LENS,
    "torch_encoder": Preset(
        title="torch.nn.TransformerEncoder, norm_first=True",
        sites={
            **_ENCODER_SITES,
            "layers.{i}.norm1": "blocks.{i}.attn_in",
            "layers.{i}.norm2:in": "blocks.{i}.resid_mid",
            "layers.{i}.norm2": "blocks.{i}.mlp_in",
        },
        settings={"placement": "pre"},
        **_ENCODER,  # type: ignore[arg-type]
    ),
    "torch_encoder_post": Preset(
        title="torch.nn.TransformerEncoder, norm_first=False",
        sites={
            **_ENCODER_SITES,
            "layers.{i}.self_attn:in": "blocks.{i}.attn_in",
            "layers.{i}.norm1": "blocks.{i}.resid_mid",
            "layers.{i}.linear1:in": "blocks.{i}.mlp_in",
        },
        settings={"placement": "post"},
        **_ENCODER,  # type: ignore[arg-type]
    ),
}
