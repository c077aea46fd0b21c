"""Files that commands and the explorer write, each whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy_names import lazily

if TYPE_CHECKING:
    from .base_files import write_base_file
    from .kernel_files import MOTIF_SUFFIXES, few_sites_words, write_kernels, write_motifs
    from .layer_files import layer_arrays, own_names
    from .prediction_files import write_prediction_file
    from .program_files import check_program_file, fasta_of, weight_file, write_program
    from .track_files import BESIDE_NOTHING
    from .value_files import INSTEAD, write_values
    from .whole_file import OutputFile, is_on_standard_output, note_stream, noting, written_to

__getattr__ = lazily(
    __name__,
    {
        "base_files": "write_base_file",
        "kernel_files": "MOTIF_SUFFIXES few_sites_words write_kernels write_motifs",
        "layer_files": "layer_arrays own_names",
        "prediction_files": "write_prediction_file",
        "program_files": "check_program_file fasta_of weight_file write_program",
        "track_files": "BESIDE_NOTHING",
        "value_files": "INSTEAD write_values",
        "whole_file": "OutputFile is_on_standard_output note_stream noting written_to",
    },
)
