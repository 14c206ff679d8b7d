"""Files that are whole after every frame: a run that is killed leaves all that it recorded."""

import json
import math
from pathlib import Path
from typing import Any, Dict, Iterator, List, TextIO, Tuple, Union

from .numbers import recorded, shortest

# As a record has it: step, loss, and statistics of sites, heads, output and parameters.
Frame = Dict[str, Any]


def _leaves(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, float):
        yield value


def _rebuilt(value: Any, leaves: Iterator[float]) -> Any:
    if isinstance(value, dict):
        return {key: _rebuilt(item, leaves) for key, item in value.items()}
    if isinstance(value, list):
        return [_rebuilt(item, leaves) for item in value]
    return next(leaves) if isinstance(value, float) else value


def rounded(frame: Frame) -> Frame:
    """The frame with every number in the fewest digits that give its float32 back."""
    return _rebuilt(frame, iter(shortest(list(_leaves(frame)))))


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    return recorded(value) if isinstance(value, float) else value


def _dumped(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


class JsonWriter:
    """
    A record, each frame on a line of its own. What ends the file is written with every frame, and
    over it the next one, so that it is JSON at any time.
    """

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.end = 0  # where the next frame begins
        self.frames = 0

    def begin(self, head: Dict[str, Any]) -> None:
        self.file.write(_dumped(_as_json(head))[:-1] + ',"frames":[')
        self.end = self.file.tell()

    def frame(self, frame: Frame, notes: List[str]) -> None:
        line = (",\n" if self.frames else "\n") + _dumped(_as_json(rounded(frame)))
        self.frames += 1
        self._finish(line, notes)
        self.end += len(line.encode())

    def close(self, notes: List[str]) -> None:
        self._finish("", notes)
        self.file.close()

    def _finish(self, line: str, notes: List[str]) -> None:
        self.file.seek(self.end)
        said = f',"notes":{_dumped(notes)}' if notes else ""
        self.file.write(f"{line}]{said}}}\n")
        self.file.flush()


class CsvWriter:
    """
    A table with a row per recorded step. Its columns are those of the first frame. A number that
    is not defined at its place is `NaN`; one that was not measured in a step is empty.
    """

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.sites: List[str] = []
        self.columns: List[str] = []

    def begin(self, head: Dict[str, Any]) -> None:
        self.sites = head["sites"]

    def frame(self, frame: Frame, notes: List[str]) -> None:
        cells = dict(columns_of(rounded(frame), self.sites))
        if not self.columns:
            self.columns = list(cells)
            self.file.write(",".join(map(_quoted, self.columns)) + "\n")
        self.file.write(",".join(_cell(cells.get(c)) for c in self.columns) + "\n")
        self.file.flush()

    def close(self, notes: List[str]) -> None:
        self.file.close()


def columns_of(frame: Frame, sites: List[str]) -> Iterator[Tuple[str, Union[int, float]]]:
    """The numbers of a frame by the names of their columns, the place first."""
    yield "step", frame["step"]
    yield "loss", frame["loss"]
    for key, value in frame["output"].items():
        yield f"output/{key}", value
    for i, site in enumerate(sites):
        for key, values in frame["site"].items():
            if key != "branch_ratio" or site.endswith("_add"):
                yield f"{site}/{key}", values[i]
    for key, layers in frame["head"].items():
        for layer, values in enumerate(layers):
            for head, value in enumerate(values):
                yield f"blocks.{layer}.attn/{key}/{head}", value
    for name, statistics in frame["param"].items():
        for key, value in statistics.items():
            yield f"{name}/{key}", value


def _quoted(text: str) -> str:
    return f'"{text}"' if "," in text or '"' in text else text


def _cell(value: Union[int, float, None]) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    return str(recorded(value))


def writer_of(path: Path) -> Union[JsonWriter, CsvWriter]:
    """
    By the ending of the file's name; opened at once, so that a place where nothing can be is
    told early.
    """
    kind = path.suffix.lower()
    if kind not in (".json", ".csv"):
        raise ValueError(f"out={str(path)!r} has to end in .json or .csv.")
    # Without the line endings of Windows, which would shift places in the file.
    file = open(path, "w", encoding="utf-8", newline="")
    return JsonWriter(file) if kind == ".json" else CsvWriter(file)
