"""From motifs to filters: every motif of a file becomes a filter, under its name.

**Weights.** With `log-odds`, a weight is how many bits a base tells the motif from the background:

    weight = log2((share + s · background) / (1 + s) / background),   share = count / total of the column

where s, the pseudocount, is a share of each column too: a tenth unless told otherwise, as if one site in eleven
were random letters, so that a base never seen costs every motif the same. The background is the file's own where it
has one, and uniform where it has none. Nothing is rounded. With `probability`, a weight is the share as it is.

**Width.** All kernels are as wide as the widest motif. A narrower one stands in the middle, the columns beside it
weigh zero, which says nothing about their base, and where their number is odd the right side has one more.

**Bias.** With `log-odds`, it is minus the threshold, the lowest score that no more than one random window in 400
exceeds, so that after ReLU most cells are silent and a response is by how many bits a window beats the threshold.
Windows are random in the background's letters. The share is computed exactly, on a grid of 1/256 bit onto which
every weight is rounded up: no window scores lower there than it does, so the promise of one in 400 holds to the
last window, and the threshold is at most 1/256 bit a column higher than it need be. With `probability`, there is no
such scale, and the bias is zero.

Both are the rules of the preset `motifs`, which rounds its weights to quarters of a bit and then finds the same
threshold. Sources: see there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...errors import ModelError, NotFoundError, SettingError, printable
from ...layers import Conv1D
from ...letters.alphabet import BASES
from ...motifs import PSEUDOCOUNT, UNIFORM, Motif, checked_background, log_odds, threshold
from ..filter_bank import filter_bank
from ..formats import Format
from ..head import Head
from ..report import FileContents, ModelFile, TensorEntry
from ..tensors import listed
from .motif_file import MotifFile

__all__ = ["SCORES", "MotifFilters", "motif_filters", "motif_format"]

SCORES: Final = ("log-odds", "probability")
"""What a weight can be."""

_LEAST_PSEUDOCOUNT: Final = 1e-6
_LEAST_BACKGROUND: Final = 1e-3
_MOST_WEIGHTS: Final = 1 << 24


@dataclass(frozen=True, slots=True)
class MotifFilters:
    """What a motif file leaves open.

    Attributes:
        motif_score: `log-odds` or `probability`.
        pseudocount: The share of random letters in each column of counts.
        background: How often A, C, G and T stand anywhere; None is the file's own, or uniform.
        activation: The name of the activation function.
        pool_size: Responses that a cell chooses from.
        pool_stride: Responses between neighbouring pool windows; None means the pool size.
    """

    motif_score: str = "log-odds"
    pseudocount: float = PSEUDOCOUNT
    background: tuple[float, float, float, float] | None = None
    activation: str = "relu"
    pool_size: int = 8
    pool_stride: int | None = None


def motif_format(name: str, matches: Callable[[Head], bool], read: Callable[[bytes, str], MotifFile]) -> Format:
    """Return a format of motif files.

    Args:
        name: What it is called.
        matches: Tells whether a file has this format.
        read: Reads the motifs of a file, from its bytes and its name.
    """

    def open_file(data: bytes, source: str, options: Mapping[str, Any], path: Path | None) -> ModelFile:
        return motif_filters(read(data, source), source, f"{name} motif file", MotifFilters(**options))

    def inspect(data: bytes, source: str) -> FileContents:
        return open_file(data, source, {}, None).contents

    options = tuple(field.name for field in fields(MotifFilters))
    return Format(name.lower(), options, lambda head, _: matches(head), open_file, inspect)


def motif_filters(read: MotifFile, source: str, form: str, settings: MotifFilters) -> ModelFile:
    """Make filters of motifs.

    Args:
        read: The motifs.
        source: The file's name; the model is called by it.
        form: What kind of file it is, such as "MEME motif file".
        settings: What the file leaves open.

    Returns:
        A model Input → Conv1D → MaxPooling1D whose filters are the motifs, in the file's order.

    Raises:
        ModelError: A background frequency is too low, or the motifs make too many weights.
        NotFoundError: There is no such score or activation function.
        SettingError: A pseudocount, a background, a size or a stride that cannot be.
    """
    if settings.motif_score not in SCORES:
        raise NotFoundError(
            f"there is no motif score '{settings.motif_score}'", remedy=f"it is {' or '.join(SCORES)}"
        )
    if not _LEAST_PSEUDOCOUNT <= settings.pseudocount <= 1:
        raise SettingError(
            f"pseudocount {settings.pseudocount} is not a share of a column",
            remedy=f"it lies between {_LEAST_PSEUDOCOUNT} and 1",
        )
    background = _background(read, settings, source)
    said: list[str] = []
    kernel, bias = _filters(read.motifs, background, settings, source, said)
    model = filter_bank(
        source,
        Conv1D(kernel=kernel, bias=bias, activation=settings.activation, filter_names=_names(read.motifs)),
        channels=BASES,
        pool_size=settings.pool_size,
        pool_stride=settings.pool_stride,
    )
    entries = tuple(TensorEntry(motif.matrix_id, motif.counts.shape, "float64") for motif in read.motifs)
    return ModelFile(model, form, read.version, entries, tuple(map(printable, said)))


def _background(read: MotifFile, settings: MotifFilters, source: str) -> NDArray[np.float64]:
    if settings.background is not None:
        background = checked_background(settings.background, with_zeros=True)
    else:
        background = np.array(UNIFORM) if read.background is None else read.background
    if settings.motif_score == SCORES[0] and background.min() < _LEAST_BACKGROUND:
        base = BASES[int(background.argmin())]
        raise ModelError(
            f"{base} has the background frequency {background.min():.6g}, too rare for log-odds",
            where=source,
            remedy=f"give a background in which every base has at least {_LEAST_BACKGROUND}",
        )
    return background


def _filters(
    motifs: Sequence[Motif],
    background: NDArray[np.float64],
    settings: MotifFilters,
    source: str,
    said: list[str],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return all kernels side by side and all biases; and say how they were made."""
    widest = max(motif.width for motif in motifs)
    if widest * len(BASES) * len(motifs) > _MOST_WEIGHTS:
        raise ModelError(
            f"holds {len(motifs):,} motifs of which the widest has {widest} columns",
            where=source,
            remedy="split the file",
        )
    kernel = np.zeros((widest, len(BASES), len(motifs)), dtype=np.float32)
    bias = np.zeros(len(motifs), dtype=np.float32)
    silent = []
    by_odds = settings.motif_score == SCORES[0]
    for index, motif in enumerate(motifs):
        weights = log_odds(motif, background, settings.pseudocount) if by_odds else motif.probabilities
        left = (widest - motif.width) // 2
        kernel[left : left + motif.width, :, index] = weights
        if by_odds:
            lowest = threshold(weights, background)
            bias[index] = -lowest
            if lowest >= weights.max(axis=1).sum():
                silent.append(motif.name)
    if by_odds:
        shares = ", ".join(f"{base} {share:.4g}" for base, share in zip(BASES, background, strict=True))
        said.append(
            f"weights are log-odds in bits against {shares}, with a pseudocount of {settings.pseudocount:.4g} of "
            "each column; each bias is minus the score that one random window in 400 exceeds"
        )
    else:
        said.append("weights are probabilities, and there is no bias")
    if any(motif.width < widest for motif in motifs):
        said.append(f"motifs narrower than {widest} stand in the middle of their kernel, between columns of zero")
    if silent:
        said.append(
            f"{listed(silent)} cannot respond: more than one random window in 400 matches best, so none beats the "
            "threshold"
        )
    return kernel, bias


def _names(motifs: Sequence[Motif]) -> tuple[str, ...]:
    """Return the filters' names; where several motifs share one, their identifiers tell them apart."""
    called = Counter(motif.name for motif in motifs)
    return tuple(motif.name if called[motif.name] == 1 else f"{motif.name} {motif.matrix_id}" for motif in motifs)
