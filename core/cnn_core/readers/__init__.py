"""Readers of model files: bytes in, a model out, and nothing in a file is executed.

`opening` opens a file of any format; `formats` lists them. Each format is a module with a `FORMAT`: whole Keras models
in `keras/`, graphs of ONNX in `onnx/`, weights without an architecture in `weights/`, motifs in `motifs/`, and our own
files in `npz`. Weights and motifs become a convolution and a pool, see `filter_bank`. `foreign` says what any other
file is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .npz import write_npz
    from .opening import inspect_model_file, open_model_file, open_motif_file
    from .report import FileContents, ModelFile
    from .unavailability import causes

__getattr__ = lazily(
    __name__,
    {
        "npz": "write_npz",
        "opening": "inspect_model_file open_model_file open_motif_file",
        "report": "FileContents ModelFile",
        "unavailability": "causes",
    },
)
