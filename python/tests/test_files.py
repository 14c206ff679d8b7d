"""The files: whole at any time, and in the format."""

import csv
import io
import json
import signal
import subprocess
import sys
import tempfile
import textwrap
import unittest
import warnings
from pathlib import Path

import torch

import normscope

from .support import batch, model_of, ordinary, run

PACKAGE = Path(__file__).resolve().parents[1]


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = Path(folder.name) / "run.json"

    def read(self):
        return json.loads(self.out.read_text())

    def test_record(self):
        record = run(model_of())
        self.assertEqual((record["format"], record["version"]), ("normscope-record", 1))
        self.assertEqual(record["recorder"]["name"], "normscope-python")
        self.assertEqual(record["recorder"]["torch"], torch.__version__)
        self.assertEqual(
            record["config"],
            {
                **{"n_layers": 2, "d_model": 16, "n_heads": 2, "seq_len": 8, "batch_size": 4},
                **{"placement": "pre", "positions": "learned", "norm": "layernorm"},
                **{"norm_eps": 1e-5, "mlp_ratio": 4, "tie_embeddings": False},
            },
        )
        told = run(model_of(), config={"optimizer": "adamw"})
        self.assertEqual(told["config"]["optimizer"], "adamw")

    def test_a_line_for_each_frame(self):
        model = model_of()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        with normscope.watch(model, self.out) as scope:
            for step in range(3):
                ordinary(model, scope, optimizer, step)
        lines = self.out.read_text().splitlines()
        self.assertEqual(len(lines), 4)
        for step, line in enumerate(lines[1:]):
            self.assertTrue(line.startswith(f'{{"step":{step},"loss":'))

    def test_whole_after_every_step(self):
        model = model_of()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        with normscope.watch(model, self.out) as scope:
            for step in range(4):
                ordinary(model, scope, optimizer, step)
                if step:
                    # The step's own frame waits for its update to be measured.
                    self.assertEqual(len(self.read()["frames"]), step)
        self.assertEqual(len(self.read()["frames"]), 4)

    def test_interrupted(self):
        model = model_of()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        with self.assertRaises(KeyboardInterrupt):
            with normscope.watch(model, self.out) as scope:
                ordinary(model, scope, optimizer, 0)
                model(*batch(1))[1].backward()
                scope.step(1.0)
                raise KeyboardInterrupt
        first, last = self.read()["frames"]
        self.assertEqual((first["output"]["changed"], last["output"]["changed"]), (1, "NaN"))
        self.assertEqual(last["param"]["unembed"]["update_ratio"], "NaN")

    def test_killed(self):
        program = f"""
            import os, signal, sys
            sys.path.insert(0, {str(PACKAGE)!r})
            import torch, normscope
            from tests.support import model_of, ordinary
            model = model_of()
            optimizer = torch.optim.SGD(model.parameters(), 0.1)
            with normscope.watch(model, {str(self.out)!r}) as scope:
                for step in range(3):
                    ordinary(model, scope, optimizer, step)
                os.kill(os.getpid(), signal.SIGKILL)
        """
        ended = subprocess.run([sys.executable, "-B", "-c", textwrap.dedent(program)])
        self.assertEqual(ended.returncode, -signal.SIGKILL)
        self.assertEqual([frame["step"] for frame in self.read()["frames"]], [0, 1])

    def test_no_step(self):
        with normscope.watch(model_of(), self.out):
            pass
        self.assertEqual(self.read()["frames"], [])

    def test_not_finite(self):
        model = model_of()

        def one(model, scope, optimizer, step):
            with torch.no_grad():
                model.lm_head.weight[0, 0] = float("inf")
            _, loss = model(*batch(step))
            loss.backward()
            scope.step(loss)

        frame = run(model, one, steps=1)["frames"][0]
        self.assertEqual(frame["loss"], "NaN")
        self.assertEqual(frame["param"]["unembed"]["param_rms"], "Infinity")
        self.assertEqual(frame["output"]["grad_norm"], "NaN")

    def test_notes_end_the_file(self):
        def one(model, scope, optimizer, step):
            if step:
                scope.step(1.0)
            else:
                ordinary(model, scope, optimizer, step)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            record = run(model_of(), one, steps=3)
        self.assertEqual(len(record["frames"]), 3)
        self.assertEqual(list(record)[-2:], ["frames", "notes"])

    def test_table(self):
        record = run(model_of(), every=2, steps=5)
        text = run(model_of(), every=2, steps=5, name="run.csv")
        self.assertTrue(text.startswith("step,loss,output/logit_rms,"))
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual([row["step"] for row in rows], ["0", "2", "4"])
        for row, frame in zip(rows, record["frames"]):
            place = record["sites"].index("blocks.1.resid_post")
            self.assertEqual(float(row["blocks.1.resid_post/rms"]), frame["site"]["rms"][place])
            self.assertEqual(float(row["blocks.1.attn/entropy/1"]), frame["head"]["entropy"][1][1])
            self.assertEqual(float(row["output/grad_norm"]), frame["output"]["grad_norm"])
            param = frame["param"]["blocks.1.attn.wq"]["param_grad_rms"]
            self.assertEqual(float(row["blocks.1.attn.wq/param_grad_rms"]), param)
        self.assertNotIn("blocks.1.resid_post/branch_ratio", rows[0])

    def test_table_without_values(self):
        def one(model, scope, optimizer, step):
            if step == 1:
                scope.step(1.0)
            else:
                ordinary(model, scope, optimizer, step)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rows = list(csv.DictReader(io.StringIO(run(model_of(), one, 3, "run.csv"))))
        # Not defined without a forward pass; not measured at all.
        self.assertEqual(rows[1]["blocks.0.resid_pre/rms"], "NaN")
        self.assertEqual(rows[1]["output/accuracy"], "")
        self.assertNotEqual(rows[2]["output/accuracy"], "")

    def test_refused(self):
        for out in ("run.txt", "run"):
            with self.assertRaisesRegex(ValueError, "has to end in .json or .csv"):
                normscope.watch(model_of(), out)
        with self.assertRaises(FileNotFoundError):
            normscope.watch(model_of(), self.out.parent / "none" / "run.json")
        with self.assertRaisesRegex(ValueError, "every=0"):
            normscope.watch(model_of(), self.out, every=0)
