"""Statistics against their definitions, in float64 and written out."""

import math
import struct
import unittest
from unittest import mock

import torch

from normscope import attention, statistics
from normscope.numbers import recorded, shortest
from normscope.statistics import SITE_FORWARD, of_output, of_site, of_tokens, rms

NAN = math.nan


def defined(x):
    """x: [B, T, F]"""
    x = x.double()
    B, T, _ = x.shape
    size = x.square().mean(-1).sqrt()
    features = x.square().mean((0, 1))
    unit = x / x.norm(dim=-1, keepdim=True)
    cosines = [
        (unit[b, i] @ unit[b, j]).item()
        for b in range(B)
        for i in range(T)
        for j in range(T)
        if i != j
    ]
    return {
        "rms": x.square().mean().sqrt(),
        "rms_typical": size.log().mean().exp(),
        "rms_first": x[:, 0].square().mean().sqrt(),
        "rms_rest": x[:, 1:].square().mean().sqrt(),
        "mean": x.mean(),
        "absmax": x.abs().max(),
        "kurtosis": x.pow(4).mean() / x.square().mean().square(),
        "outlier": features.square().mean() / features.mean().square(),
        "token_cosine": torch.tensor(sum(cosines) / len(cosines)),
    }


def measured(x):
    return dict(zip(SITE_FORWARD, of_site(x).tolist()))


class Sites(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)

    def assert_defined(self, x, tolerance=1e-5):
        got, wanted = measured(x), defined(x)
        for key in SITE_FORWARD:
            with self.subTest(key=key):
                w = wanted[key].item()
                self.assertLessEqual(abs(got[key] - w), tolerance * abs(w) + 1e-7)

    def test_definitions(self):
        self.assert_defined(torch.randn(3, 5, 7) * torch.arange(1.0, 8) + 0.5)

    def test_pieces(self):
        x = torch.randn(4, 6, 8)
        # One sequence at a time, then two positions of one.
        for at_once in (48, 16):
            with mock.patch.object(statistics, "AT_ONCE", at_once):
                self.assert_defined(x)

    def test_formats(self):
        x = torch.randn(2, 4, 8)
        for dtype in (torch.bfloat16, torch.float16, torch.float64):
            self.assert_defined(x.to(dtype))
        # A sum of squares is not in half precision.
        self.assert_defined(torch.full((2, 4, 512), 300.0, dtype=torch.float16))

    def test_large_and_small(self):
        x = torch.randn(2, 4, 8)
        for size in (1e30, 1e-30):
            got, wanted = measured(x * size), measured(x)
            for key in SITE_FORWARD:
                pure = key in ("kurtosis", "outlier", "token_cosine")
                share = got[key] / (1 if pure else size) / wanted[key]
                self.assertAlmostEqual(share, 1, 4, key)

    def test_undefined(self):
        one = measured(torch.randn(2, 1, 4))
        self.assertTrue(math.isnan(one["rms_rest"]) and math.isnan(one["token_cosine"]))
        zeros = measured(torch.zeros(2, 3, 4))
        self.assertEqual((zeros["rms"], zeros["absmax"]), (0, 0))
        self.assertTrue(math.isnan(zeros["kurtosis"]) and math.isnan(zeros["rms_typical"]))

    def test_not_finite(self):
        x = torch.ones(2, 3, 4)
        x[1, 2, 3] = math.inf
        got = measured(x)
        self.assertEqual((got["rms"], got["absmax"]), (math.inf, math.inf))
        x[1, 2, 3] = NAN
        got = measured(x)
        self.assertTrue(all(math.isnan(got[key]) for key in ("rms", "absmax", "mean")))

    def test_rms(self):
        self.assertAlmostEqual(rms(torch.tensor([3e30, 4e30])).item() / 3.5355339e30, 1, 6)
        self.assertEqual(rms(torch.tensor([])).item(), 0)
        self.assertEqual(rms(torch.tensor(-3.0)).item(), 3)
        # Added up in one row, in float32, 2²⁵ ones would be fewer.
        self.assertAlmostEqual(rms(torch.ones(2**15, 2**10)).item(), 1, 6)
        self.assertAlmostEqual(rms(torch.full((3, 5), 1e-30)).item() / 1e-30, 1, 6)
        self.assertEqual(rms(torch.tensor([math.inf, 1])).item(), math.inf)


class Output(unittest.TestCase):
    def test_definitions(self):
        torch.manual_seed(1)
        logits, targets = torch.randn(3, 4, 9) * 2, torch.randint(-1, 9, (3, 4))
        with mock.patch.object(statistics, "AT_ONCE", 18):
            got = of_output(of_tokens(logits), targets).tolist()
        counted = targets >= 0
        p = logits[counted].double().softmax(-1)
        confidence, likeliest = p.max(-1)
        right = (likeliest == targets[counted]).double()
        bins = (confidence * 15).ceil()
        ece = sum((right - confidence)[bins == k].sum().abs() for k in range(1, 16)) / len(right)
        wanted = [-(p * p.log()).sum(-1).mean(), right.mean(), ece]
        for g, w in zip(got, wanted):
            self.assertAlmostEqual(g, w.item(), 5)

    def test_impossible_symbols(self):
        logits = torch.tensor([[[0.0, -math.inf, 0.0]]])
        entropy = of_output(of_tokens(logits), torch.tensor([[0]]))[0].item()
        self.assertAlmostEqual(entropy, math.log(2), 6)


def defined_heads(scores):
    """scores: [B, H, T, S], −∞ where masked. Returns [4, H]."""
    scores = scores.double()
    B, H, T, S = scores.shape
    pattern = scores.softmax(-1)
    keys = (scores > -math.inf).sum(-1)
    rows = []
    for h in range(H):
        entropy, sink, distance = [], [], []
        for b in range(B):
            for i in range(T):
                A = pattern[b, h, i]
                distance.append(sum(A[j].item() * (i + S - T - j) for j in range(S)))
                if i == 0:
                    continue
                spread = -sum(a * math.log(a) for a in A.tolist() if a > 0)
                entropy.append(spread / math.log(keys[b, h, i]))
                sink.append(A[0].item())
        mean = [sum(x) / len(x) for x in (entropy, sink, distance)]
        rows.append([mean[0], scores[:, h].max().item(), mean[1], mean[2]])
    return torch.tensor(rows).T


class Heads(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(2)
        self.later = torch.ones(6, 6, dtype=torch.bool).triu(1)
        self.q, self.k = torch.randn(2, 4, 6, 8), torch.randn(2, 4, 6, 8)
        self.scores = self.q @ self.k.transpose(-1, -2) / math.sqrt(8)
        self.causal = self.scores.masked_fill(self.later, -math.inf)

    def assert_same(self, got, wanted):
        self.assertTrue(torch.allclose(got.double(), wanted.double(), rtol=1e-5, atol=1e-6), got)

    def test_scores(self):
        self.assert_same(attention.of_scores(self.causal), defined_heads(self.causal))
        self.assert_same(attention.of_scores(self.scores), defined_heads(self.scores))
        lowest = self.scores + torch.finfo(torch.float32).min * self.later
        self.assert_same(attention.of_scores(lowest), defined_heads(self.causal))
        half = self.scores.half()
        masked = half.masked_fill(self.later, torch.finfo(torch.float16).min)
        wanted = defined_heads(half.float().masked_fill(self.later, -math.inf))
        self.assert_same(attention.of_scores(masked), wanted)

    def test_pieces(self):
        with mock.patch.object(statistics, "AT_ONCE", 2 * 4 * 6):
            self.assert_same(attention.of_scores(self.causal), defined_heads(self.causal))
            got = attention.of_queries(self.q, self.k, causal=True)
            self.assert_same(got, defined_heads(self.causal))

    def test_queries(self):
        of_queries = attention.of_queries
        self.assert_same(of_queries(self.q, self.k), defined_heads(self.scores))
        self.assert_same(of_queries(self.q, self.k, ~self.later), defined_heads(self.causal))
        added = torch.zeros(6, 6).masked_fill(self.later, -math.inf)
        self.assert_same(of_queries(self.q, self.k, added), defined_heads(self.causal))
        added = torch.zeros(6, 6).masked_fill(self.later, torch.finfo(torch.float32).min)
        self.assert_same(of_queries(self.q, self.k, added), defined_heads(self.causal))
        scaled = of_queries(self.q, self.k, scale=0.1)
        self.assert_same(scaled, defined_heads(self.q @ self.k.transpose(-1, -2) * 0.1))

    def test_any_softmax(self):
        F = torch.nn.functional
        for softmax in (
            lambda x: F.softmax(x, dim=-1),
            lambda x: F.softmax(x, x.ndim - 1, dtype=torch.float64),
            lambda x: torch.softmax(x, -1),
            lambda x: x.softmax(-1),
            torch.nn.Softmax(dim=-1),
        ):
            found = []
            with attention.Probe(lambda statistics, projected: found.append(statistics)):
                torch.relu(self.scores)
                softmax(self.scores[0])  # over three dimensions: not of heads
                softmax(self.causal)
                softmax(self.scores)  # not the first
            self.assertEqual(len(found), 1)
            self.assert_same(found[0], defined_heads(self.causal))

    def test_autocast(self):
        wanted = attention.of_queries(self.q, self.k)
        with torch.autocast("cpu", torch.bfloat16):
            self.assertTrue(torch.equal(attention.of_queries(self.q, self.k), wanted))

    def test_shared_keys(self):
        got = attention.of_queries(self.q, self.k[:, :2])
        repeated = self.k[:, :2].repeat_interleave(2, 1)
        wanted = defined_heads(self.q @ repeated.transpose(-1, -2) / math.sqrt(8))
        self.assert_same(got, wanted)

    def test_fused_arguments(self):
        # As PyTorch 2 calls its fused kernel.
        given = attention._fused_arguments(
            self.q, self.k, self.k, None, 0.0, is_causal=True, scale=0.5, enable_gqa=True
        )
        wanted = attention.of_queries(self.q, self.k, causal=True, scale=0.5)
        self.assert_same(attention.of_queries(*given), wanted)

    def test_padding(self):
        padded = torch.tensor([[False] * 6, [False] * 4 + [True] * 2])
        module = torch.nn.MultiheadAttention(8, 2, batch_first=True)
        x = torch.randn(2, 6, 8)
        found = []
        with attention.Probe(lambda statistics, projected: found.append(statistics)):
            module(x, x, x, key_padding_mask=padded, attn_mask=self.later, need_weights=False)
        qkv = torch.nn.functional.linear(x, module.in_proj_weight, module.in_proj_bias).detach()
        q, k, _ = (y.view(2, 6, 2, 4).transpose(1, 2) for y in qkv.chunk(3, -1))
        scores = q @ k.transpose(-1, -2) / 2
        scores = scores.masked_fill(self.later | padded[:, None, None], -math.inf)
        self.assert_same(found[0], defined_heads(scores))


class Numbers(unittest.TestCase):
    def test_shortest(self):
        torch.manual_seed(3)
        some = torch.cat([torch.randn(300) * 10.0 ** torch.randint(-42, 38, (300,)), torch.ones(1)])
        for x, digits in zip(some.tolist(), shortest(some.tolist())):
            as_float = struct.unpack("f", struct.pack("f", digits))[0]
            self.assertEqual(as_float, x)
            # With one digit less it is another number.
            n = len(repr(digits).split("e")[0].replace(".", "").replace("-", "").strip("0"))
            if n > 6:
                fewer = float(f"{x:.{n - 1}g}")
                self.assertNotEqual(struct.unpack("f", struct.pack("f", fewer))[0], x)

    def test_examples(self):
        self.assertEqual(shortest([0.1, 1 / 3, 0, -2, 1e-45]), [0.1, 0.33333334, 0, -2, 1e-45])
        self.assertEqual([recorded(x) for x in (1.5, NAN, math.inf)], [1.5, "NaN", "Infinity"])
        self.assertEqual(
            [recorded(x) for x in shortest([-math.inf, 1e39])], ["-Infinity", "Infinity"]
        )
