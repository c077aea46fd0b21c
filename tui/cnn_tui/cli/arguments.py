"""What was typed, understood. Imports nothing heavy, so that `--help` and a wrong usage answer at once."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .. import opening

if TYPE_CHECKING:
    from .parser import Parser

__all__ = ["SUBCOMMANDS", "command_of", "parse", "parser_of"]

SUBCOMMANDS: Final = {
    "summary": "the layer table of a model, as Keras prints it",
    "trace": "one cell, or any value of any layer, traced back to its bases",
    "export": "cells, feature maps, kernels or every layer as a file",
    "scan": "the strongest cells of whole records, of every record of a file",
    "filters": "what every filter responds to, as motifs for other tools",
    "predict": "every output for every record, or for windows along it",
    "diff": "two files of one network, layer by layer",
    "effects": "what every base changes a value by: saturation mutagenesis",
    "attribute": "gradients, and what each base contributes to a value: DeepLIFT/SHAP",
    "insert": "what a motif changes a network's outputs by where it is put",
    "variants": "what the variants of a VCF file change a network's output by",
    "snapshot": "what the explorer shows as a file, or compared with one",
    "code": "the model and one value as a program for Keras or PyTorch",
    "learn": "how a convolution feeds a max pool, step by step, or as a page",
    "serve": "the explorer in a browser",
    "inspect": "what is in a model file, without running it",
    "convert": "a model file as an .npz that needs nothing but numpy",
    "completion": "what a shell completes a command line with",
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
    command, others = command_of(arguments)
    parser = parser_of(command)
    if command is None:
        _check_place(parser, others)
    typed = parser.understood(others)
    module = import_module(f".{command or 'explorer'}", __package__)
    if hasattr(module, "check"):
        module.check(parser, typed)
    typed.command = command
    return typed


@cache
def parser_of(command: str | None) -> Parser:
    """Return the parser of a subcommand, made once; None is the explorer."""
    made: Parser = import_module(f".{command or 'explorer'}", __package__).parser()
    return made


def command_of(arguments: Sequence[str]) -> tuple[str | None, Sequence[str]]:
    """Return the subcommand, or None, and all other words; its options may stand before it, too."""
    for index, word in enumerate(arguments):
        if word == "--":
            break
        if word in SUBCOMMANDS:
            before = arguments[:index]
            words = parser_of(word).words([*before, word])
            if [each.kind for each in words if each.kind not in ("option", "value")] == ["place"]:
                return word, [*before, *arguments[index + 1 :]]
    return None, arguments


def _check_place(parser: Parser, arguments: Sequence[str]) -> None:
    """Refuse a subcommand behind what is not its own, and a mistyped one."""
    name = next((word.text for word in parser.words(arguments) if word.kind in ("place", "end")), "")
    if name in SUBCOMMANDS:
        parser.error(f"'{name}' is a subcommand and comes first: cnn-tui {name} … (a file is ./{name})")
    if name.isalpha() and not Path(name).exists():
        near = opening.nearest_name(name, SUBCOMMANDS)
        if near:
            parser.error(f"unknown subcommand {name}; did you mean {near}? (a file is ./{name})")
