"""A folder with models and sequences of every kind, for random hands to open."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
from small_networks import without_block

from cnn_core.layers import (
    Add,
    AveragePooling1D,
    Concatenate,
    Conv1D,
    Dense,
    Flatten,
    GlobalMaxPooling1D,
    Input,
    MaxPooling1D,
    SideInput,
)
from cnn_core.network.model import Model, Node
from cnn_core.readers.npz import write_npz

__all__ = ["choose", "lay_out"]

_READERS: Final = Path(__file__).parents[1] / "core" / "readers"
_PACKED: Final = {
    "keras_3.15.1_torch": (
        "danq.keras", "embedded.keras", "gates.keras", "directions.keras", "unread.keras", "sides.keras",
        "residual.keras", "question.keras", "separable.keras", "masked.keras", "rows.keras", "channels_first.keras",
        "shared.keras", "question.weights.h5", "question.json", "merges.h5",
    ),
    "keras_1.2.2_theano": ("functional.h5", "wrapped.h5"),
}  # fmt: skip
_COPIED: Final = ("deep.pt", "branches.pt", "norm.pt", "plain.safetensors", "nan.pt", "lightning.ckpt")
_OURS: Final = ("motifs", "seed", "trained", "motifs", "seed")
_SETTINGS: Final = (
    {}, {}, {}, {"reverse": True}, {"ambiguity": "uniform"}, {"ambiguity": "error"}, {"filter": "1"}, {"cell": 2},
    {"position": 5}, {"settings": ("pool_size=4,pool_stride=3",)},
)  # fmt: skip


def lay_out(place: Path) -> None:
    """Write the files into an empty folder."""
    for archive, names in _PACKED.items():
        with zipfile.ZipFile(_READERS / "keras_files" / f"{archive}.zip") as packed:
            for name in names:
                packed.extract(name, place)
    for name in _COPIED:
        shutil.copy(_READERS / "pytorch" / name, place)
    without_block(place / "no_pool.npz")
    for name, make in _MODELS.items():
        write_npz(make(), place / name)
    (place / "one.meme").write_text(
        "MEME version 4\nALPHABET= ACGT\nMOTIF [b]odd[/b] first\nletter-probability matrix:\n"
        + "0.7 0.1 0.1 0.1\n" * 8
    )
    (place / "broken.keras").write_bytes(b"PK\x03\x04 no more")
    (place / "page.html").write_text("<!DOCTYPE html><html></html>")
    _lay_out_sequences(place)


def _lay_out_sequences(place: Path) -> None:
    random = np.random.default_rng(12)

    def letters(count: int, alphabet: str = "ACGT") -> str:
        return "".join(random.choice(list(alphabet), count))

    records = {
        "twenty.fa": [("short", letters(20))],
        "mega.fa": [("chrom", letters(1_200_000)), ("second", letters(90_000))],
        "iupac.fa": [("every", letters(700, "ACGTRYSWKMBDHVNacgtn")), ("n", "N" * 600), ("runs", "ACGTN" * 90)],
        "many.fa": [(f"record_{nth} [b]of many[/b]", letters(4 + nth % 76)) for nth in range(3_000)],
        "odd.fa": [
            ("[red]markup[/]", letters(300)),
            ("中文字名" * 30, letters(500)),
            ("long" * 150, letters(800)),
            ("one", "A"),
            ("soft", letters(520, "acgtACGT")),
            ("repeats", "ACGTACGTAC" * 60),
        ],
        "empty.fa": [("nothing", ""), ("something", letters(40))],
    }  # fmt: skip
    for name, found in records.items():
        (place / name).write_text("".join(f">{header}\n{text}\n" for header, text in found))
    (place / "protein.fa").write_text(">p\nMKVLAAGIVGLPE\n")


def choose(random: Random) -> dict[str, Any]:
    """Return what to open, as `OpenRequest` takes it."""
    models = (*_OURS, *_OURS, *_COPIED, *_MODELS, "no_pool.npz", "one.meme", *_PACKED["keras_3.15.1_torch"][:13])
    sequences = ("@planted", "@planted", "twenty.fa", "mega.fa", "iupac.fa", "many.fa", "odd.fa", "@iupac")
    model = random.choice(models)
    chosen = {"model": model, "sequences": random.choice(sequences), **random.choice(_SETTINGS)}
    if model == "no_pool.npz":
        chosen = {"model": model, "sequences": "twenty.fa"}
    return chosen


def _kernel(*shape: int) -> Any:
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(np.float32)


def _three_blocks() -> Model:
    return Model.sequential(
        "three",
        [
            ("letters", Input()),
            ("first", Conv1D(_kernel(9, 4, 12), activation="relu")),
            ("first_pool", MaxPooling1D(3)),
            ("second", Conv1D(_kernel(5, 12, 7), activation="elu")),
            ("second_pool", AveragePooling1D(2)),
            ("third", Conv1D(_kernel(3, 7, 5))),
            ("third_pool", MaxPooling1D(2)),
        ],
    )


def _averages() -> Model:
    return Model.sequential(
        "averages",
        [("letters", Input(60)), ("conv", Conv1D(_kernel(7, 4, 6), activation="relu")), ("mean", AveragePooling1D(4)),
         ("flat", Flatten()), ("out", Dense(_kernel(13 * 6, 3)))],
    )  # fmt: skip


def _two_of_the_letters() -> Model:
    return Model(
        "two",
        (
            Node("letters", Input(40)),
            Node("narrow", Conv1D(_kernel(5, 4, 3), activation="relu"), ("letters",)),
            Node("narrow_pool", MaxPooling1D(4), ("narrow",)),
            Node("wide", Conv1D(_kernel(9, 4, 6), activation="relu"), ("letters",)),
            Node("wide_pool", AveragePooling1D(4), ("wide",)),
            Node("a", Flatten(), ("narrow_pool",)),
            Node("b", Flatten(), ("wide_pool",)),
            Node("both", Concatenate(), ("a", "b")),
        ),
    )


def _beside_the_letters() -> Model:
    conv = Conv1D(_kernel(3, 4, 2))
    return Model(
        "beside",
        (
            Node("letters", Input(20)),
            Node("other strand", SideInput((20, 4))),
            Node("kind [b]", SideInput((2,))),
            Node("conv", conv, ("letters",)),
            Node("pool", MaxPooling1D(3), ("conv",)),
            Node("other", conv, ("other strand",)),
            Node("best", GlobalMaxPooling1D(), ("pool",)),
            Node("worst", GlobalMaxPooling1D(), ("other",)),
            Node("sum", Add(), ("best", "worst", "kind [b]")),
        ),
    )


def _silent() -> Model:
    """Return a block of which no cell is ever anything but silent."""
    return Model.sequential(
        "silent",
        [("letters", Input()), ("conv", Conv1D(np.zeros((4, 4, 3), np.float32), activation="relu")),
         ("pool", MaxPooling1D(4))],
    )  # fmt: skip


_MODELS: Final[dict[str, Callable[[], Model]]] = {
    "three.npz": _three_blocks,
    "averages.npz": _averages,
    "two.npz": _two_of_the_letters,
    "beside.npz": _beside_the_letters,
    "silent.npz": _silent,
}
