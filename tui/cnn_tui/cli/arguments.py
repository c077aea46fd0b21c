"""What was typed, understood. Imports nothing heavy, so that `--help` and a wrong usage answer at once."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from importlib import import_module
from typing import Final

__all__ = ["SUBCOMMANDS", "parse"]

SUBCOMMANDS: Final = {
    "summary": "the layer table of a model, as Keras prints it",
    "trace": "one cell, or any value of any layer, traced back to its bases",
    "export": "cells, feature maps, kernels or every layer as a file",
    "scan": "the strongest cells of whole records, of every record of a file",
    "filters": "what every filter responds to, as motifs for other tools",
    "predict": "every output for every record, or for windows along it",
    "diff": "two files of one network, layer by layer",
    "effects": "what every base changes a value by: saturation mutagenesis",
    "attribute": "gradients, and what every base contributes to a value: DeepLIFT/SHAP",
    "variants": "what the variants of a VCF file change a network's output by",
    "snapshot": "what the explorer shows as a file, or compared with one",
    "code": "the model and one value as a program for Keras or PyTorch",
    "learn": "how a convolution feeds a max pool, step by step, or as a page",
    "serve": "the explorer in a browser",
    "inspect": "what is in a model file, without running it",
    "convert": "a model file as an .npz that needs nothing but numpy",
    "help": "the documentation, a page a topic",
}
"""The subcommands, each with one line that says what it gives: the modules of their names here."""


def parse(arguments: Sequence[str]) -> Namespace:
    """Return what was typed; `command` is one of `SUBCOMMANDS`, or None for the explorer.

    Args:
        arguments: The words after the program's name.

    Raises:
        SystemExit: 0 after `--help` or `--version`, 2 after a wrong usage; either has been printed.
    """
    command = arguments[0] if arguments and arguments[0] in SUBCOMMANDS else None
    module = import_module(f".{command or 'explorer'}", __package__)
    parser = module.parser()
    if command is not None:
        typed = parser.parse_args(arguments[1:])
    else:
        typed, unknown = parser.parse_known_args(arguments)
        if typed.sequences in SUBCOMMANDS:
            name = typed.sequences
            parser.error(f"'{name}' is a subcommand and comes first: cnn-tui {name} … (a file is ./{name})")
        if unknown:
            parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    if hasattr(module, "check"):
        module.check(parser, typed)
    typed.command = command
    result: Namespace = typed
    return result
