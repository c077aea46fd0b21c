"""What each command takes: one module a command. Imports nothing heavy, so that `--help` answers at once."""

from __future__ import annotations

from typing import Final

__all__ = ["SUBCOMMANDS"]

SUBCOMMANDS: Final = {
    "summary": "the layer table of a model, as Keras prints it",
    "trace": "one cell, or any value of any layer, traced back to its bases",
    "export": "cells, feature maps, kernels or every layer as a file",
    "scan": "the strongest cells of whole records, of every record of a file",
    "snapshot": "what the explorer shows as a file, or compared with one",
    "code": "the model and one value as a program for Keras or PyTorch",
    "learn": "how a convolution feeds a max pool, step by step, or as a page",
    "serve": "the explorer in a browser",
    "inspect": "what is in a model file, without running it",
    "convert": "a model file as an .npz that needs nothing but numpy",
    "help": "the documentation, a page a topic",
}
"""The subcommands, each with one line that says what it gives. Its parser is the module of its name here, and what it
does the module of its name in `cnn_tui.cli`."""
