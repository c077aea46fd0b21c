"""Sequences and a model that come with the program; on the command line `@planted` names the sample `planted`."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cnn_core.errors import NotFoundError

__all__ = ["MODELS", "SAMPLES", "model_path", "sample_path"]

SAMPLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "planted": "12 simulated records of 500 bases with motifs planted at known places",
        "seed_20mer": "the 20 bases of the question: five windows of 16",
        "lesson": "3 simulated records of 500 bases for the lesson: the question's 20 bases, a tie, a changed base",
        "iupac": "4 simulated records with lowercase stretches, runs of N, ambiguous letters and U",
    }
)
"""The samples by name, the default first, each with one line that says what it is."""

MODELS: Final[Mapping[str, str]] = MappingProxyType(
    {"trained": "the network of the preset seed, trained on simulated enhancers; 500 bases"}
)
"""The model files by name, each with one line that says what it is."""

_MODEL_FILES: Final[Mapping[str, str]] = MappingProxyType({"trained": "seed_trained.keras"})


def model_path(name: str) -> Path:
    """Return where a model file lies.

    Args:
        name: One of `MODELS`.

    Raises:
        NotFoundError: There is no such model file; the message names those that there are.
    """
    if name not in _MODEL_FILES:
        raise NotFoundError(f"there is no model file '{name}'", remedy=f"there is {', '.join(MODELS)}")
    return Path(__file__).with_name(_MODEL_FILES[name])


def sample_path(name: str) -> Path:
    """Return where a sample's FASTA file lies.

    Args:
        name: One of `SAMPLES`, with or without the leading @ of the command line.

    Raises:
        NotFoundError: There is no such sample; the message names the nearest one, or all.
    """
    bare = name.removeprefix("@")
    if bare not in SAMPLES:
        close = get_close_matches(bare, SAMPLES, n=1, cutoff=0.5)
        raise NotFoundError(
            f"there is no sample '{name}'",
            remedy=f"did you mean @{close[0]}?" if close else f"the samples are @{', @'.join(SAMPLES)}",
        )
    return Path(__file__).with_name(f"{bare}.fa")
