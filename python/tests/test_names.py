"""Models are recognized by their modules, and what is not is told."""

import unittest

import torch
import torch.nn.functional as F
from torch import nn

import normscope
from normscope.names import BLOCK_SITES, find
from normscope.presets import PRESETS

from .models.encoder import Encoder
from .models.gpt import GPT2LMHeadModel, NanoGPT
from .models.lens import HookedTransformer
from .models.llama import LlamaForCausalLM
from .support import batch, run

MODELS = {
    "nanogpt": NanoGPT,
    "gpt2": GPT2LMHeadModel,
    "llama": LlamaForCausalLM,
    "transformer_lens": HookedTransformer,
    "torch_encoder": Encoder,
    "torch_encoder_post": lambda: Encoder(norm_first=False),
}


class Own(nn.Module):
    """A model whose names nobody knows: ReLU blocks in post-LN order, which add up two branches."""

    def __init__(self, D=8, L=2):
        super().__init__()
        self.inp = nn.Embedding(11, D)
        self.towers = nn.ModuleList(
            nn.ModuleDict(
                {"mix": nn.MultiheadAttention(D, 2, batch_first=True), "up": nn.Linear(D, D)}
            )
            for _ in range(L)
        )
        self.out = nn.Linear(D, 11)

    def forward(self, idx, targets):
        x = self.inp(idx)
        for tower in self.towers:
            x = x + tower["mix"](x, x, x)[0]
            x = x + tower["up"](x)
        logits = self.out(x)
        return logits, F.cross_entropy(logits.flatten(0, 1), targets.flatten())


class Presets(unittest.TestCase):
    def test_recognized(self):
        self.assertEqual(set(MODELS), set(PRESETS))
        for name, make in MODELS.items():
            with self.subTest(model=name):
                model = make()
                found = find(model)
                self.assertEqual(found.preset, name)
                self.assertEqual(found.layers(), 2)
                kinds = {site[9:] for site in found.sites() if site.startswith("blocks.1.")}
                self.assertEqual(kinds, set(BLOCK_SITES))
                self.assertEqual(
                    found.heads and set(found.heads.values()), {"blocks.0.attn", "blocks.1.attn"}
                )
                around = () if name.startswith("torch") else ("logits",)
                for site in ("embed", *around):
                    self.assertIn(site, found.sites())
                # By its name, and inside another module.
                self.assertEqual(find(model, name).sites(), found.sites())
                inside = nn.ModuleDict({"module": model})
                self.assertEqual(find(inside).sites(), found.sites())

    def test_parameters(self):
        for name in ("nanogpt", "gpt2", "llama", "transformer_lens"):
            model = MODELS[name]()
            named = find(model).params
            self.assertEqual(set(named), set(dict(model.named_parameters())))

    def test_stack_alone(self):
        found = find(LlamaForCausalLM().model)
        self.assertEqual(found.prefix, "")
        self.assertNotIn("logits", found.sites())
        self.assertEqual(find(NanoGPT().transformer).preset, "nanogpt")

    def test_unknown(self):
        with self.assertRaises(normscope.NamesError) as caught:
            find(Own())
        message = str(caught.exception)
        for part in (
            "Own has the modules of no model",
            "h.{i}.attn.c_attn",
            "towers.{i}.mix",
            "names=",
        ):
            self.assertIn(part, message)

    def test_not_this_one(self):
        with self.assertRaisesRegex(normscope.NamesError, "has no modules of the preset llama"):
            find(NanoGPT(), "llama")
        with self.assertRaisesRegex(normscope.NamesError, "no preset 'gpt3'; there are nanogpt"):
            find(NanoGPT(), "gpt3")
        two = nn.ModuleDict({"a": NanoGPT(), "b": NanoGPT()})
        with self.assertRaisesRegex(normscope.NamesError, "several stacks.*a.transformer"):
            find(two)

    def test_blocks_of_another_kind(self):
        model = LlamaForCausalLM()
        for layer in model.model.layers:
            layer.pre_feedforward_layernorm = nn.Identity()  # as Gemma 2 has it
        with self.assertRaises(normscope.NamesError):
            find(model)


class Mapping(unittest.TestCase):
    NAMES = {
        "inp": "embed",
        "towers.{i}.mix:in": ["blocks.{i}.resid_pre", "blocks.{i}.attn_in"],
        "towers.{i}.mix": ["blocks.{i}.attn", "blocks.{i}.attn_out", "blocks.{i}.attn_add"],
        "towers.{i}.up:in": ("blocks.{i}.resid_mid", "blocks.{i}.mlp_in"),
        "towers.{i}.up": "blocks.{i}.mlp_add",
        "out": "logits",
        "out.weight": "unembed",
        "towers.{i}.up.weight": "blocks.{i}.mlp.w_in",
    }

    def test_own_names(self):
        torch.manual_seed(0)
        model = Own()
        with self.assertWarns(UserWarning):
            record = run(model, names=self.NAMES, steps=1)
        frame = record["frames"][0]
        at = {site: i for i, site in enumerate(record["sites"])}
        self.assertEqual(record["recorder"]["names"], "given")
        self.assertEqual(record["config"]["d_model"], 8)
        self.assertIn("blocks.1.mlp.w_in", frame["param"])
        self.assertIn("towers.0.mix.in_proj_weight", frame["param"])
        # The stream has the gradients of branch and stream, the branch its own.
        torch.manual_seed(0)
        model = Own()
        x = model.inp(batch(0)[0])
        mid = x + model.towers[0]["mix"](x, x, x)[0]
        branch = mid.clone()
        for y in (mid, branch):
            y.retain_grad()
        y = mid + model.towers[0]["up"](branch)
        y = y + model.towers[1]["mix"](y, y, y)[0]
        y = y + model.towers[1]["up"](y)
        F.cross_entropy(model.out(y).flatten(0, 1), batch(0)[1].flatten()).backward()
        total = mid.grad.square().mean().sqrt().item()
        alone = branch.grad.square().mean().sqrt().item()
        self.assertAlmostEqual(frame["site"]["grad_rms"][at["blocks.0.resid_mid"]], total, 6)
        self.assertAlmostEqual(frame["site"]["grad_rms"][at["blocks.0.mlp_in"]], alone, 6)

    def test_beside_a_preset(self):
        found = find(NanoGPT(), ["nanogpt", {"transformer.wte": "embed"}])
        self.assertEqual([t.module for t in found.taps if t.site == "embed"], ["transformer.wte"])
        self.assertEqual(found.sites(), find(NanoGPT()).sites())

    def test_mistakes(self):
        for names, message in (
            (
                {"tower.{i}.mix": "blocks.{i}.attn_out"},
                r"no module or parameter 'tower\.\{i\}\.mix'\. Did you mean towers\.\{i\}\.mix",
            ),
            ({"out": "logit"}, "the site 'logit', which is none"),
            ({}, "gives no sites"),
        ):
            with self.assertRaisesRegex(normscope.NamesError, message):
                find(Own(), names)
