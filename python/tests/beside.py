"""
python -m tests.beside FOLDER: a model of PyTorch with the weights of FOLDER/weights.safetensors takes the
steps of FOLDER/record.json, which the page saved, and is recorded into FOLDER/run.json.
"""

import json
import sys
from pathlib import Path

from .engine import nano_gpt, read_safetensors, train_into

folder = Path(sys.argv[1])
run = json.loads((folder / "record.json").read_text())
model = nano_gpt(run["config"], read_safetensors(folder / "weights.safetensors"))
train_into(folder / "run.json", model, run, lambda model, x: model(x, x)[0])
