"""Doings of training loops besides forward, backward and step."""

import copy
import tempfile
import unittest
import warnings
from pathlib import Path
from unittest import mock

import torch
import torch.nn.functional as F
from torch import nn

import normscope
from normscope import passes

from .models.gpt import GPT2LMHeadModel
from .models.llama import LlamaForCausalLM
from .support import batch, model_of, ordinary, run, same


def site(record, name, key, frame=0):
    return record["frames"][frame]["site"][key][record["sites"].index(name)]


class Training(unittest.TestCase):
    def setUp(self):
        self.plain = run(model_of())

    def test_changes_nothing(self):
        for settings in ({}, {"dropout": 0.3}, {"recompute": True, "dropout": 0.3}):
            watched, alone = model_of(**settings), model_of(**settings)
            torch.manual_seed(5)
            run(watched, steps=3)
            torch.manual_seed(5)
            optimizer = torch.optim.AdamW(alone.parameters(), 1e-2)
            for step in range(3):
                ordinary(alone, type("", (), {"step": lambda *_: None})(), optimizer, step)
            for a, b in zip(watched.parameters(), alone.parameters()):
                self.assertTrue(torch.equal(a, b))

    def test_hooks_are_removed(self):
        model = model_of()
        run(model)
        self.assertFalse(any(m._forward_hooks or m._forward_pre_hooks for m in model.modules()))

    def test_every(self):
        record = run(model_of(), steps=5, every=2)
        self.assertEqual([frame["step"] for frame in record["frames"]], [0, 2, 4])
        same(self, record["frames"][0], self.plain["frames"][0])
        goes_on = run(model_of(), steps=3, every=2, first_step=7)
        self.assertEqual([frame["step"] for frame in goes_on["frames"]], [8])

    def test_evaluation_between(self):
        def one(model, scope, optimizer, step):
            _, loss = model(*batch(step))
            model.eval()
            with torch.no_grad():
                model(*batch(100))
            model(*batch(101))  # gradients not turned off, but none asked for
            optimizer.zero_grad()
            loss.backward()
            with torch.no_grad():
                model(*batch(102))
            model.train()
            scope.step(loss)
            optimizer.step()
            with torch.no_grad():
                model(*batch(103, B=2, T=3))

        record = run(model_of(), one)
        for a, b in zip(record["frames"], self.plain["frames"]):
            same(self, a, b)

    def test_evaluation_is_not_measured(self):
        def one(model, scope, optimizer, step):
            with torch.no_grad():
                model(*batch(step))
            self.assertEqual(scope.passes.number, step)
            ordinary(model, scope, optimizer, step)
            self.assertEqual(scope.passes.number, step + 1)

        run(model_of(), one)

    def test_accumulation(self):
        def one(model, scope, optimizer, step):
            optimizer.zero_grad()
            total = 0
            for micro in (50, 0):
                _, loss = model(*batch(micro))
                (loss / 2).backward()
                total += loss.detach() / 2
            scope.step(total)
            optimizer.step()

        record = run(model_of(), one, steps=1)
        frame, plain = record["frames"][0], self.plain["frames"][0]
        # Sites are those of the last of the passes, with the gradient that it had: half of the
        # whole.
        for key, values in plain["site"].items():
            for x, y in zip(frame["site"][key], values):
                if not isinstance(y, str):
                    half = y / 2 if key == "grad_rms" else y
                    self.assertAlmostEqual(x, half, 5)
        # Parameters have the sum over both.
        model = model_of()
        sum(model(*batch(micro))[1] / 2 for micro in (50, 0)).backward()
        wanted = model.lm_head.weight.grad.square().mean().sqrt().item()
        self.assertAlmostEqual(frame["param"]["unembed"]["param_grad_rms"], wanted, 6)
        whole = sum(p.grad.square().sum() for p in model.parameters()).sqrt().item()
        self.assertAlmostEqual(frame["output"]["grad_norm"], whole, 5)

    def test_backward_after_all_passes(self):
        def one(model, scope, optimizer, step):
            optimizer.zero_grad()
            loss = (model(*batch(50))[1] + model(*batch(0))[1]) / 2
            loss.backward()
            scope.step(loss)

        record = run(model_of(), one, steps=1)
        for name in ("embed", "blocks.1.mlp_out"):
            want = site(self.plain, name, "grad_rms") / 2
            self.assertAlmostEqual(site(record, name, "grad_rms"), want, 6)
            self.assertAlmostEqual(site(record, name, "rms"), site(self.plain, name, "rms"), 6)

    def test_fused_kernel(self):
        # Once more without it where PyTorch has none.
        model = model_of()
        for block in model.transformer.h:
            block.attn.flash = hasattr(F, "scaled_dot_product_attention")
        record = run(model, steps=1)
        self.assertNotIn("notes", record)
        # Before updates: Adam takes the rounding in the gradient of a bias of keys for a direction.
        for part in ("site", "head", "output"):
            same(self, record["frames"][0][part], self.plain["frames"][0][part])

    def test_loss_scale(self):
        def one(model, scope, optimizer, step):
            _, loss = model(*batch(step))
            optimizer.zero_grad()
            (loss * 1024).backward()
            scope.step(loss, scale=torch.tensor(1024.0))
            for p in model.parameters():
                p.grad /= 1024
            optimizer.step()

        record = run(model_of(), one)
        for a, b in zip(record["frames"], self.plain["frames"]):
            self.assertEqual(a["output"].pop("loss_scale"), 1024)
            b["output"].pop("loss_scale")
            same(self, a, b)

    def test_autocast(self):
        def one(model, scope, optimizer, step):
            with torch.autocast("cpu", torch.bfloat16):
                _, loss = model(*batch(step))
            optimizer.zero_grad()
            loss.backward()
            scope.step(loss)
            optimizer.step()

        record = run(model_of(), one, steps=1)
        frame, plain = record["frames"][0], self.plain["frames"][0]
        self.assertNotIn("notes", record)
        for key in ("rms", "grad_rms"):
            for x, y in zip(frame["site"][key], plain["site"][key]):
                self.assertNotEqual(x, 0)
                self.assertLess(abs(x - y), 0.03 * y)
        # A value in bf16 is one of its numbers.
        largest = torch.tensor(site(record, "blocks.0.attn.q", "absmax"))
        self.assertEqual(largest.bfloat16().float(), largest)
        heads = zip(frame["head"]["entropy"][0], plain["head"]["entropy"][0])
        self.assertTrue(all(abs(x - y) < 0.01 for x, y in heads))

    def test_recomputation(self):
        for reentrant in (True, False):
            with self.subTest(reentrant=reentrant):
                # Reentrant checkpoints need an input with a gradient, which the embedding gives.
                record = run(model_of(recompute=reentrant))
                self.assertNotIn("notes", record)
                for a, b in zip(record["frames"], self.plain["frames"]):
                    same(self, a, b)

    def test_tied_weights(self):
        record = run(model_of(tied=True))
        frame = record["frames"][0]
        self.assertIn("embed.token", frame["param"])
        self.assertNotIn("unembed", frame["param"])
        self.assertTrue(record["config"]["tie_embeddings"])
        model = model_of(tied=True)
        model(*batch(0))[1].backward()
        norm = sum(p.grad.square().sum() for p in model.parameters()).sqrt().item()
        self.assertAlmostEqual(frame["output"]["grad_norm"], norm, 5)

    def test_shared_block(self):
        model, apart = model_of(), model_of()
        model.transformer.h[1] = model.transformer.h[0]
        apart.transformer.h[1].load_state_dict(apart.transformer.h[0].state_dict())
        record, wanted = run(model, steps=1), run(apart, steps=1)
        for key in ("rms", "grad_rms", "token_cosine"):
            for x, y in zip(record["frames"][0]["site"][key], wanted["frames"][0]["site"][key]):
                self.assertAlmostEqual(x, y, 5)
        self.assertEqual(record["frames"][0]["head"], wanted["frames"][0]["head"])
        self.assertNotIn("blocks.1.attn.wq", record["frames"][0]["param"])

    def test_frozen(self):
        model = model_of()
        for p in [*model.transformer.wte.parameters(), *model.transformer.wpe.parameters()]:
            p.requires_grad_(False)
        record = run(model, steps=1)
        self.assertEqual(site(record, "embed", "grad_rms"), 0)
        self.assertNotIn("embed.token", record["frames"][0]["param"])
        want = site(self.plain, "blocks.1.resid_pre", "grad_rms")
        self.assertAlmostEqual(site(record, "blocks.1.resid_pre", "grad_rms"), want, 6)

    def test_update(self):
        model = model_of()
        before = model.lm_head.weight.detach().clone()
        record = run(model, steps=1)
        moved = (model.lm_head.weight.detach() - before).norm() / before.norm()
        ratio = record["frames"][0]["param"]["unembed"]["update_ratio"]
        self.assertAlmostEqual(ratio, moved.item(), 6)
        self.assertEqual(record["frames"][0]["output"]["changed"], 1)
        with self.assertWarnsRegex(UserWarning, "update_ratio"):
            without = run(model_of(), updates=False)
        self.assertNotIn("update_ratio", without["frames"][0]["param"]["unembed"])

    def test_learning_rate_and_clipping(self):
        model = model_of()
        optimizer = torch.optim.SGD(model.parameters(), 0.5)

        def one(model, scope, _, step):
            model(*batch(step))[1].backward()
            scope.step(1.0, clip=0.1)

        output = run(model, one, steps=1, optimizer=optimizer)["frames"][0]["output"]
        self.assertEqual(output["lr"], 0.5)
        self.assertAlmostEqual(output["clip_factor"], 0.1 / output["grad_norm"], 6)
        self.assertEqual(output["changed"], 0)

    def test_labels(self):
        torch.manual_seed(0)
        model = GPT2LMHeadModel()
        with_two = hasattr(torch.nn.Module, "register_full_backward_pre_hook")  # PyTorch 2

        def one(model, scope, optimizer, step):
            ids, _ = batch(step)
            out = model(ids, labels=ids)
            out.loss.backward()
            scope.step(out.loss, **({} if with_two else {"labels": ids}))
            self.logits, self.ids = out.logits.detach(), ids

        output = run(model, one, steps=1)["frames"][0]["output"]
        right = self.logits[:, :-1].argmax(-1) == self.ids[:, 1:]
        self.assertAlmostEqual(output["accuracy"], right.float().mean().item(), 6)

    def test_grouped_queries(self):
        torch.manual_seed(0)

        def one(model, scope, optimizer, step):
            x, y = batch(step)
            loss = F.cross_entropy(model(x).logits.flatten(0, 1), y.flatten())
            loss.backward()
            scope.step(loss, targets=y)

        record = run(LlamaForCausalLM(H=4, groups=2), one, steps=1)
        self.assertEqual(record["config"]["n_heads"], 4)
        self.assertEqual(len(record["frames"][0]["head"]["sink"][0]), 4)
        self.assertIsInstance(site(record, "blocks.0.attn.k", "grad_rms"), float)

    def test_copy_is_another_model(self):
        def one(model, scope, optimizer, step):
            average = copy.deepcopy(model)
            _, loss = model(*batch(step))
            average(*batch(60))[1].backward()
            optimizer.zero_grad()
            loss.backward()
            scope.step(loss)
            optimizer.step()

        for a, b in zip(run(model_of(), one)["frames"], self.plain["frames"]):
            same(self, a, b)

    def test_wrapped(self):
        class Wrapped(nn.Module):
            def __init__(self, module):
                super().__init__()
                self.module = module

            def forward(self, *args):
                return self.module(*args)

        with self.assertWarnsRegex(UserWarning, "accuracy and ece are left out: no targets"):
            record = run(Wrapped(model_of()))
        for a, b in zip(record["frames"], self.plain["frames"]):
            a["output"] = {**b["output"], **a["output"]}
            same(self, a, b)

    def test_error_in_attention(self):
        model = model_of()

        def one(model, scope, optimizer, step):
            inner = model.transformer.h[1].attn.c_proj
            handle = inner.register_forward_pre_hook(lambda *_: 1 / 0)
            with self.assertRaises(ZeroDivisionError):
                model(*batch(step))
            handle.remove()
            ordinary(model, scope, optimizer, step)

        for a, b in zip(run(model, one)["frames"], self.plain["frames"]):
            same(self, a, b)
        self.assertEqual(torch.overrides._get_current_function_mode(), None)

    def test_nothing_came_back(self):
        def one(model, scope, optimizer, step):
            scope.step(2.5)

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            record = run(model_of(), one, steps=2)
        self.assertEqual(sum("no gradient came" in str(w.message) for w in caught), 1)
        self.assertEqual(record["frames"][1]["loss"], 2.5)
        self.assertEqual(set(record["frames"][1]["site"]["rms"]), {"NaN"})
        self.assertIn("step() has to come after backward()", record["notes"][0])

    def test_attention_unseen(self):
        model = model_of()
        model.transformer.h[0].attn.forward = lambda x: x
        with self.assertWarnsRegex(UserWarning, "Attention is not measured of blocks.L.attn"):
            record = run(model, steps=1)
        entropy = record["frames"][0]["head"]["entropy"]
        self.assertEqual(entropy[0], ["NaN", "NaN"])
        self.assertIsInstance(entropy[1][0], float)
        self.assertTrue(any("Not seen in the forward pass" in note for note in record["notes"]))

    def test_no_activations(self):
        class Odd(nn.Module):
            def forward(self, x):
                return x, None

        model = model_of()
        model.scale = Odd()
        forward = model.forward
        model.forward = lambda *args: (model.scale(torch.ones(3)), forward(*args))[1]
        with self.assertWarnsRegex(UserWarning, "Not seen in the forward pass: final_norm"):
            record = run(model, names=["auto", {"scale": "final_norm"}])
        self.assertEqual(site(record, "final_norm", "rms"), "NaN")

    def test_compiled(self):
        class OptimizedModule(nn.Module):
            def __init__(self, module):
                super().__init__()
                self._orig_mod = module

        whole, within = OptimizedModule(model_of()), model_of()
        within.transformer.h[0] = OptimizedModule(within.transformer.h[0])
        for model, names in ((whole, None), (within, {"lm_head": "logits"})):
            with self.assertRaisesRegex(ValueError, "under torch.compile"):
                run(model, names=names)
        with mock.patch.object(passes, "is_compiling", lambda: True):
            with self.assertRaisesRegex(RuntimeError, "under torch.compile"):
                run(model_of())

    def test_closed(self):
        with tempfile.TemporaryDirectory() as folder:
            scope = normscope.watch(model_of(), Path(folder) / "run.json")
            scope.close()
            scope.close()
            with self.assertRaises(RuntimeError):
                scope.step(1.0)
