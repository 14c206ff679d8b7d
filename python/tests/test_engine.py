"""Models of PyTorch with the engine's weights and tokens have the engine's numbers."""

import json
import tempfile
import unittest
from pathlib import Path

from .compare import differences
from .engine import LLAMA, encoder, gpt, lens, load, nano_gpt, record, train_into
from .models.encoder import NAMES, Encoder
from .models.gpt import GPT2LMHeadModel
from .models.lens import HookedTransformer
from .models.llama import LlamaForCausalLM

SHAPE = {"n_layers": 3, "d_model": 16, "n_heads": 2, "seq_len": 8, "batch_size": 3}
TRAINING = {"optimizer": "sgd", "lr": 0.1, "grad_clip": 0.5}
STEPS = 3


def train(model, run, logits_of, **watched):
    """The same steps on the same tokens; returns the record."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run.json"
        train_into(out, model, run, logits_of, **watched)
        return json.loads(out.read_text())


class Engine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def check(self, run, ours, preset, sites, without=None):
        compared, wrong = differences(ours, run, without)
        self.assertEqual(wrong, [])
        self.assertEqual(ours["recorder"]["names"], preset)
        self.assertEqual(len(ours["frames"]), STEPS)
        self.assertEqual("notes" in ours, without is not None)
        # Everything is there but the sites of all pairs.
        own = [s for s in run["sites"] if not s.endswith(("attn.scores", "attn.pattern"))]
        self.assertEqual(ours["sites"], own)
        self.assertEqual(set(ours["frames"][0]["param"]), set(run["frames"][0]["param"]))
        for kind in ("site", "head", "output"):
            self.assertEqual(set(ours["frames"][0][kind]), set(run["frames"][0][kind]))
        self.assertGreater(len(compared), sites)
        known = {key: run["config"][key] for key in ours["config"]}
        self.assertEqual(ours["config"], known)

    def test_nanogpt(self):
        run, weights = record(self.folder, {**SHAPE, **TRAINING}, STEPS)
        model = nano_gpt(run["config"], weights)
        # Without targets the model would compute the last position alone.
        ours = train(model, run, lambda model, x: model(x, x)[0])
        self.check(run, ours, "nanogpt", 500)

    def test_gpt2(self):
        config = {
            **SHAPE,
            **TRAINING,
            "tie_embeddings": True,
            "task": "induction",
            "embed_std": 0.1,
        }
        run, weights = record(self.folder, config, STEPS)
        V, D = weights["embed.token"].shape
        model = GPT2LMHeadModel(
            V=V, D=D, H=SHAPE["n_heads"], L=SHAPE["n_layers"], T=SHAPE["seq_len"], tied=True
        )
        load(model, weights, gpt(lambda value: value))
        ours = train(model, run, lambda model, x: model(x).logits)
        self.check(run, ours, "gpt2", 500)

    def test_llama(self):
        config = {
            **{**SHAPE, **TRAINING, "norm": "rmsnorm", "positions": "rope", "bias": False},
            **{"activation": "swiglu", "mlp_ratio": 2},
        }
        run, weights = record(self.folder, config, STEPS)
        V, D = weights["embed.token"].shape
        heads = SHAPE["n_heads"]
        model = LlamaForCausalLM(V=V, D=D, H=heads, groups=heads, hidden=2 * D, L=3)
        load(model, weights, LLAMA)
        ours = train(model, run, lambda model, x: model(x).logits)
        self.check(run, ours, "llama", 400)

    def test_encoder(self):
        for placement in ("pre", "post"):
            with self.subTest(placement=placement):
                run, weights = record(self.folder, {**SHAPE, **TRAINING, "placement": placement}, 3)
                V, D = weights["embed.token"].shape
                pre = placement == "pre"
                # Activations are [T, B, D] in one of the two.
                model = Encoder(V, D, SHAPE["n_heads"], 3, norm_first=pre, batch_first=not pre)
                load(model, weights, encoder(final_norm=pre))
                with self.assertWarnsRegex(
                    UserWarning, "gradient cannot be had of: blocks.L.attn.k"
                ):
                    names = ["auto", NAMES]
                    ours = train(model, run, lambda model, x: model(x), names=names)
                preset = "torch_encoder" if pre else "torch_encoder_post"
                self.check(run, ours, preset, 500, without=r"attn\.[qkv]/grad_rms")

    def test_transformer_lens(self):
        run, weights = record(self.folder, {**SHAPE, **TRAINING}, STEPS)
        V, D = weights["embed.token"].shape
        H = SHAPE["n_heads"]
        model = HookedTransformer(V, D, H, SHAPE["n_layers"])
        load(model, weights, lens(H))
        with self.assertWarnsRegex(UserWarning, "gradient cannot be had of: blocks.L.attn_in"):
            ours = train(model, run, lambda model, x: model(x))
        self.check(run, ours, "transformer_lens", 500, without=r"attn_in/grad_rms")


if __name__ == "__main__":
    unittest.main()
