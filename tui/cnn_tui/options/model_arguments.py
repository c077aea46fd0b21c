"""The options of model files: what may be typed, and what it asks of the reader. Imports nothing heavy."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import fields
from typing import Final, NoReturn

from cnn_core.errors import SettingError

from .model_options import OPTION_NAMES, ModelOptions

__all__ = ["MODELS", "add_model_options", "options_of", "typed_options"]

MODELS: Final = "motifs, seed, trained, or a file"
"""What stands for a model, in a few words."""

_YES_NO: Final = ("yes", "no")
_SCORES: Final = ("log-odds", "probability")
_DESCRIPTION: Final = """\
Keras (.keras, .h5), PyTorch (.pt, .safetensors), motifs (MEME, JASPAR,
TRANSFAC), and .npz of cnn-tui convert; the content decides, not the name.
What a file says itself needs no option."""


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Add the group of options that say how a model file is read."""
    group = parser.add_argument_group("model files", _DESCRIPTION)
    group.add_argument(
        "--architecture",
        metavar="FILE",
        help="Keras: the .json or .yaml of a file that holds weights alone (default: the one beside it that fits)",
    )
    group.add_argument(
        "--flip-kernels",
        metavar="yes|no",
        choices=_YES_NO,
        help="Keras: turn the kernels round. Theano stored them the other way round, so the default is yes where "
        "the file says theano, where its weights are named as Theano names them, and for Keras 0.3, and otherwise "
        "no: a wrong yes is as wrong as a wrong no",
    )
    group.add_argument(
        "--weights",
        metavar="KEY",
        help="PyTorch: the weight of the convolution over the letters (default: found by its shape)",
    )
    group.add_argument(
        "--batch-norm",
        metavar="NAME",
        help="PyTorch: the batch norm right behind that convolution, or none (default: auto, by names, numbers, order "
        "and sizes; what had to be assumed is said)",
    )
    group.add_argument(
        "--channels",
        metavar="ACGT…",
        help="Keras and PyTorch: the channel order the model was trained with (default: ACGT, or ACGTN for five); "
        "Keras: - is a channel that stays zero, and so are those behind the last one named; where an Embedding "
        "looks letters up, the order of the numbers from 0, - for a number that no letter has",
    )
    group.add_argument(
        "--motif-score",
        metavar="SCORE",
        choices=_SCORES,
        help="motifs: a weight is log-odds, in bits against the background (default), or probability, the share as "
        "it is",
    )
    group.add_argument(
        "--activation",
        metavar="NAME",
        help="PyTorch and motifs, which do not say it: such as relu (default), linear, exponential",
    )
    group.add_argument(
        "--pool-size",
        metavar="N",
        type=_size,
        help="PyTorch and motifs: responses that a cell chooses from (default: 8)",
    )
    group.add_argument(
        "--pool-stride",
        metavar="N",
        type=_size,
        help="PyTorch and motifs: from one pool window to the next (default: the pool size)",
    )


def options_of(typed: argparse.Namespace) -> ModelOptions:
    """Return what was typed as the options of a model file."""
    values = {each.name: getattr(typed, each.name, None) for each in fields(ModelOptions)}
    flip = values["flip_kernels"]
    return ModelOptions(**{**values, "flip_kernels": None if flip is None else flip == _YES_NO[0]})


def typed_options(text: str) -> ModelOptions:
    """Return options that are typed in one line, as behind a command.

    Args:
        text: The options and their values; quotes hold together what has spaces.

    Raises:
        SettingError: There is no such option, or its value is none.
    """
    parser = _LineParser(add_help=False, allow_abbrev=False)
    add_model_options(parser)
    try:
        words = shlex.split(text)
    except ValueError:
        raise SettingError("a quote in the options has no end", remedy="close it") from None
    typed, others = parser.parse_known_args(words)
    if others:
        names = ", ".join(OPTION_NAMES.values())
        raise SettingError(f"there is no option {others[0]} of a model file", remedy=f"choose among {names}")
    return options_of(typed)


class _LineParser(argparse.ArgumentParser):
    """Raises what is wrong, instead of ending the program."""

    def error(self, message: str) -> NoReturn:
        raise SettingError(message, remedy="type it as on the command line")


def _size(text: str) -> int:
    """Return a size; it counts responses, so it is 1 at least."""
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"'{text}' is not a size: these are whole numbers, from 1 on")
    return int(text)
