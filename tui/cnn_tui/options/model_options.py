"""How a model file is read: one option each. Imports nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final

from cnn_core.errors import SettingError

from .option import option, options_in, typed_options

__all__ = ["MODEL_OPTIONS", "POOL_SIZE", "ModelOptions"]

POOL_SIZE: Final = 8
"""`cnn_core.readers.filter_defaults.DEFAULT_POOL_SIZE`, whose room is too heavy for `--help`."""
_NOT_READERS: Final = ("weight_edits", "output_names")
"""The options of a model file that say nothing of how it is read."""


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How a model file is read; None leaves it to the file, and then to the reader."""

    architecture: str | None = option(
        None,
        "model file",
        "Keras: the .json or .yaml of a file that holds weights alone (default: the one beside it that fits)",
        metavar="FILE",
        path="file",
    )
    flip_kernels: bool | None = option(
        None,
        "model file",
        "Keras: turn the kernels round. Theano stored them the other way round, so the default is yes where the file "
        "says theano, where its weights are named as Theano names them, and for Keras 0.3, and otherwise no: a wrong "
        "yes is as wrong as a wrong no",
        metavar="yes|no",
    )
    treat: tuple[str, ...] = option(
        (),
        "model file",
        "Keras: what a Lambda or a class of the author's own is, whose program is not in the file and never run, by "
        "the layer's name or the class's: identity, dropout, a class of Keras's such as Conv1D, or an activation "
        "function; it is said wherever the model is; once for each",
        metavar="NAME=identity",
    )
    begin: str | None = option(
        None,
        "model file",
        "Keras: the letters enter at this layer, and what comes before it is cut off",
        metavar="LAYER",
    )
    weights: str | None = option(
        None,
        "model file",
        "weights alone: the weight of the convolution over the letters (default: found by its shape)",
        metavar="KEY",
    )
    batch_norm: str | None = option(
        None,
        "model file",
        "weights alone: the batch norm right behind that convolution, or none (default: auto, by names, numbers, "
        "order and sizes; what had to be assumed is said)",
        metavar="NAME",
    )
    channels: str | None = option(
        None,
        "model file",
        "Keras and weights alone: the channel order the model was trained with (default: ACGT, or ACGTN for five); "
        "Keras: - is a channel that stays zero, and so are those behind the last one named; where an Embedding "
        "looks letters up, the order of the numbers from 0, - for a number that no letter has",
        metavar="ACGT…",
    )
    activation: str | None = option(
        None,
        "model file",
        "weights alone and motifs, which do not say it: such as relu (default), linear, exponential",
        metavar="NAME",
    )
    pool_size: int | None = option(
        None,
        "model file",
        f"weights alone and motifs: positions that a cell chooses from (default: {POOL_SIZE})",
        metavar="N",
        least=1,
    )
    pool_stride: int | None = option(
        None,
        "model file",
        "weights alone and motifs: from one pool window to the next (default: the pool size)",
        metavar="N",
        least=1,
    )
    motif_score: str | None = option(
        None,
        "model file",
        "motifs: a weight is log-odds, in bits against the background (default), or probability, the share as it is",
        metavar="SCORE",
        choices=("log-odds", "probability"),
    )
    motif_rows: str | None = option(
        None,
        "model file",
        "motifs: a row of matrices that could be read either way is a position or a letter (default: told by the file)",
        metavar="ROWS",
        choices=("position", "letter"),
    )
    motif_threshold: str | None = option(
        None,
        "model file",
        "motifs: a bias is minus the score that one random window in 400 exceeds (random, default), or minus the "
        "threshold in a HOMER file (file)",
        metavar="OF",
        choices=("random", "file"),
    )
    output_names: str | None = option(
        None,
        "model file",
        "what the values of the output are called: one name a line, lines of index, tab and name, or JSON",
        metavar="FILE",
        path="file",
    )
    weight_edits: tuple[str, ...] = option(
        (),
        "model file",
        "a weight other than the model's, which itself stays as it is: conv1d:17:3A=0.5 (filter 17, tap 3), "
        "conv1d:17:3:12=0.5 (channel 12 of feature maps), conv1d:17:bias=0.1, or a whole filter: conv1d:17=flipped, "
        "revcomp or shuffled:1 (a seed); once for each, in order",
        flag="--weight",
        metavar="conv1d:17:3A=0.5",
    )

    @property
    def given(self) -> tuple[str, ...]:
        """The options of how the file is read that are not None, as they are typed."""
        return tuple(
            each.flag
            for each in MODEL_OPTIONS
            if each.name != "weight_edits" and getattr(self, each.name) != each.default
        )

    @property
    def typed(self) -> tuple[str, ...]:
        """The options that are not their defaults and their values, as they are typed."""
        return tuple(typed_options(self))

    @property
    def for_reader(self) -> dict[str, Any]:
        """The options of `cnn_core.readers.opening.open_model_file`.

        Raises:
            SettingError: What is to be treated has no `=`, or one name stands twice.
        """
        found = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in _NOT_READERS}
        return found | {"treat": _by_name(self.treat) or None}


def _by_name(treat: tuple[str, ...]) -> dict[str, str]:
    """Return what layers are treated as by their names."""
    found: dict[str, str] = {}
    for each in treat:
        name, equals, wanted = each.partition("=")
        if not (name and equals and wanted) or name in found:
            raise SettingError(
                f"'{name}' is treated twice" if wanted else f"'{each}' does not say what is treated as what",
                where="--treat",
                remedy="say it once, such as lambda=identity",
            )
        found[name] = wanted
    return found


MODEL_OPTIONS: Final = tuple(options_in(ModelOptions))
"""The options of a model file."""
