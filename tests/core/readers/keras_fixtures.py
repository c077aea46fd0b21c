"""The model files that Keras wrote, and what it computed: see `make_keras_fixtures.py`."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_core.layers import SideInput
from cnn_core.network.model import Model

HERE = Path(__file__).parent / "keras_files"
Answers = dict[str, NDArray[np.generic]]


@dataclass(frozen=True)
class Stored:
    """One model file of one version of Keras."""

    tag: str
    """The archive's name: version and backend."""
    member: str
    architecture: str | None = None

    @property
    def model(self) -> str:
        return self.member.partition(".")[0]

    @property
    def data(self) -> bytes:
        return members(self.tag)[self.member]

    @property
    def architecture_data(self) -> bytes | None:
        return None if self.architecture is None else members(self.tag)[self.architecture]

    @property
    def answers(self) -> Answers:
        prefix = f"{self.model}/"
        return {
            key.removeprefix(prefix): value for key, value in answers(self.tag).items() if key.startswith(prefix)
        }

    @property
    def is_on_theano(self) -> bool:
        return self.tag.endswith("theano")

    def __str__(self) -> str:
        beside = "" if self.architecture is None else f"+{self.architecture.rpartition('.')[2]}"
        return f"{self.tag.removeprefix('keras_')}-{self.member}{beside}"


@cache
def members(tag: str) -> dict[str, bytes]:
    with zipfile.ZipFile(HERE / f"{tag}.zip") as packed:
        return {name: packed.read(name) for name in packed.namelist()}


@cache
def answers(tag: str) -> Answers:
    with np.load(io.BytesIO(members(tag)["answers.npz"])) as stored:
        return dict(stored)


def every_file() -> Iterator[Stored]:
    for path in sorted(HERE.glob("*.zip")):
        found = members(path.stem)
        for member in found:
            if not member.endswith((".h5", ".keras")):
                continue
            if member.endswith((".weights.h5", ".legacy.h5")):
                stem = member.partition(".")[0]
                yield from (
                    Stored(path.stem, member, f"{stem}.{kind}")
                    for kind in ("json", "yaml")
                    if f"{stem}.{kind}" in found
                )
            else:
                yield Stored(path.stem, member)


FILES = tuple(every_file())


def one(tag: str, member: str, architecture: str | None = None) -> Stored:
    """Return a file that must be there."""
    found = Stored(f"keras_{tag}", member, architecture)
    assert found in FILES
    return found


def side_inputs(model: Model, stored: Stored) -> Answers:
    """Return what was given to the inputs that are not letters."""
    sides = {key.removeprefix("side/"): value for key, value in stored.answers.items() if key.startswith("side/")}
    names = [node.name for node in model.inputs if isinstance(node.layer, SideInput)]
    if "side" in stored.answers:
        return dict.fromkeys(names, stored.answers["side"])
    return {name: sides[name] for name in names}


def node_of(model: Model, key: str) -> str:
    """Return the node whose output is that of one of Keras's layers: its name, or before Keras 1 its number."""
    if not key.isdecimal():
        return key
    last: dict[str, str] = {}
    for node in model.nodes:
        last[node.name.partition("/")[0]] = node.name
    ends = [name for first, name in last.items() if not first.endswith("_input")]
    # The branches of a Merge are part of it.
    start = ends.index("merge") if "merge" in ends else 0
    return ends[start + int(key)]


def largest_error(found: NDArray[np.generic], expected: NDArray[np.generic]) -> float:
    """Return the largest difference, as a part of the largest value; axes of length 1 and their order aside."""
    mine, theirs = found.squeeze(), expected.squeeze()
    if mine.shape != theirs.shape:
        theirs = theirs.T
    assert mine.shape == theirs.shape
    return float(np.abs(mine - theirs).max() / max(np.abs(theirs).max(), 1e-12))
