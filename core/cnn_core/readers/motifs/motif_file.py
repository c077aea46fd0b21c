"""From motifs to filters: every motif of a file becomes a filter, under its name.

**Weights.** With `log-odds`, a weight is by how many bits a base favours the motif over the background:

    weight = log2((share + s · background) / (1 + s) / background),   share = count / total of the column

where s, the pseudocount, is a share of each column too: a tenth by default, as if one site in eleven were random
letters, so that an unseen base costs every motif the same. The background is the file's own if it has one, and
otherwise uniform. Nothing is rounded. With `probability`, a weight is the share as it is.

**Width.** All kernels are as wide as the widest motif. A narrower one is centred between columns of
zero, which favour no base; where their number is odd, the right side has one more.

**Bias.** With `log-odds`, it is minus the threshold, the lowest score that no more than one random window in 400
exceeds, so that after ReLU most cells are all 0 and a response is by how many bits a window beats the threshold.
Windows are random in the background's letters. The share is computed exactly, on a grid of 1/256 bit onto which
every weight is rounded up: no window scores lower there than it does, so the promise of one in 400 holds to the
last window, and the threshold is at most 1/256 bit a column higher than it need be. With `probability`, there is no
such scale, and the bias is zero.

Both are the rules of the preset `motifs`, which rounds its weights to quarters of a bit and then finds the same
threshold. Sources: see there.

With the `file`'s thresholds, as HOMER writes them, in nats, weights are HOMER's own score in bits, against equal
frequencies and without a pseudocount, a share below a thousandth counting as one; the bias is minus the threshold in
bits. So a cell responds where HOMER's score is above the threshold.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...errors import ModelError, NotFoundError, SettingError, printable
from ...letters.alphabet import BASES
from ...motifs import PSEUDOCOUNT, UNIFORM, Motif, checked_background, log_odds, threshold
from ..filter_bank import FilterBank
from ..report import FileContents, ModelFile, TensorEntry
from ..tensors import listed
from .numbers import Matrix, check_matrices

__all__ = ["SCORES", "THRESHOLDS", "MotifFile", "MotifFilters"]

SCORES: Final = ("log-odds", "probability")
"""What a weight can be."""

THRESHOLDS: Final = ("random", "file")
"""What a bias can be of: the score that few random windows exceed, or the file's own."""

_LEAST_SHARE: Final = 1e-3
_LEAST_PSEUDOCOUNT: Final = 1e-6
_LEAST_BACKGROUND: Final = 1e-3
_MOST_WEIGHTS: Final = 1 << 24


@dataclass(frozen=True, slots=True, kw_only=True)
class MotifFilters(FilterBank):
    """What a motif file leaves open.

    Attributes:
        motif_score: `log-odds` or `probability`.
        motif_threshold: `random` or `file`: of what log-odds the bias is.
        pseudocount: The share of random letters in each column of counts.
        background: The frequencies of A, C, G and T; None is the file's own, or uniform.
    """

    motif_score: str = SCORES[0]
    motif_threshold: str = THRESHOLDS[0]
    pseudocount: float = PSEUDOCOUNT
    background: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, eq=False)
class MotifFile:
    """A motif file that was read.

    Attributes:
        form: What kind of file it is, such as "MEME motif file".
        source: The file's name; the model is called by it.
        motifs: The motifs in the file's order, at least one.
        background: The frequencies of A, C, G and T, shape (4,), where the file gives them; otherwise None.
        version: Who wrote it, as far as the file says, such as "MEME 5.4.1"; otherwise empty.
        thresholds: The score of each motif in nats from which on HOMER counts a site; None where there is none.
        said: What the numbers were taken for and what was done to them, one sentence each.
    """

    form: str
    source: str
    motifs: tuple[Motif, ...]
    background: NDArray[np.float64] | None = None
    version: str = ""
    thresholds: tuple[float | None, ...] = ()
    said: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        form: str,
        source: str,
        matrices: Sequence[Matrix],
        background: NDArray[np.float64] | None = None,
        version: str = "",
        said: Sequence[str] = (),
    ) -> MotifFile:
        """Return the file of matrices that were read.

        Args:
            form: See `MotifFile`.
            source: See `MotifFile`.
            matrices: The matrices in the file's order, at least one.
            background: See `MotifFile`.
            version: See `MotifFile`.
            said: See `MotifFile`.

        Raises:
            ModelError: The matrices are not valid together; see `check_matrices`.
        """
        check_matrices(matrices, source)
        motifs = tuple(matrix.motif for matrix in matrices)
        thresholds = tuple(matrix.threshold for matrix in matrices)
        return cls(form, source, motifs, background, version, thresholds, tuple(said))

    @property
    def contents(self) -> FileContents:
        """What the file holds: an entry for each matrix."""
        entries = tuple(TensorEntry(motif.matrix_id, motif.counts.shape, "float64") for motif in self.motifs)
        return FileContents(self.form, self.version, entries)

    def open(self, settings: MotifFilters) -> ModelFile:
        """Make filters of the motifs.

        Args:
            settings: What the file leaves open.

        Returns:
            A model Input → Conv1D → MaxPooling1D whose filters are the motifs, in the file's order.

        Raises:
            ModelError: A background frequency is too low, or the motifs make too many weights.
            NotFoundError: There is no such score or activation function.
            SettingError: An invalid pseudocount, background, size or stride.
        """
        if settings.motif_score not in SCORES:
            raise NotFoundError(
                f"there is no motif score '{settings.motif_score}'", remedy=f"it is {' or '.join(SCORES)}"
            )
        if settings.motif_threshold != THRESHOLDS[0]:
            _check_thresholds(self, settings)
        if not _LEAST_PSEUDOCOUNT <= settings.pseudocount <= 1:
            raise SettingError(
                f"pseudocount {settings.pseudocount} is not a share of a column",
                remedy=f"it lies between {_LEAST_PSEUDOCOUNT} and 1",
            )
        kernel, bias, said = _filters(self, _background(self, settings), settings)
        names = _names(self.motifs)
        model = settings.model(self.source, kernel, bias, channels=BASES, filter_names=names)
        return ModelFile.of(self.contents, model, tuple(map(printable, (*said, *self.said))))


def _check_thresholds(read: MotifFile, settings: MotifFilters) -> None:
    """Refuse the file's own thresholds where there are none, or where they are not of the scores asked for."""
    if settings.motif_threshold not in THRESHOLDS:
        raise NotFoundError(
            f"there is no motif threshold '{settings.motif_threshold}'", remedy=f"it is {' or '.join(THRESHOLDS)}"
        )
    without = [motif.name for motif, each in zip(read.motifs, read.thresholds, strict=False) if each is None]
    if without or not read.thresholds:
        raise ModelError(
            f"says no threshold of {listed(without or [read.motifs[0].name])}",
            where=read.source,
            remedy="leave --motif-threshold out; only HOMER's motif files have them",
        )
    if (settings.motif_score, settings.pseudocount, settings.background) != (SCORES[0], PSEUDOCOUNT, None):
        raise SettingError(
            "the file's thresholds are of log-odds against equal frequencies without a pseudocount",
            where=read.source,
            remedy="leave out the motif score, the pseudocount and the background, or --motif-threshold",
        )


def _background(read: MotifFile, settings: MotifFilters) -> NDArray[np.float64]:
    if settings.background is not None:
        background = checked_background(settings.background, with_zeros=True)
    else:
        background = np.array(UNIFORM) if read.background is None else read.background
    if settings.motif_score == SCORES[0] and background.min() < _LEAST_BACKGROUND:
        base = BASES[int(background.argmin())]
        raise ModelError(
            f"{base} has the background frequency {background.min():.6g}, too rare for log-odds",
            where=read.source,
            remedy=f"give a background in which every base has at least {_LEAST_BACKGROUND}",
        )
    return background


def _filters(
    read: MotifFile, background: NDArray[np.float64], settings: MotifFilters
) -> tuple[NDArray[np.float32], NDArray[np.float32], list[str]]:
    """Return all kernels side by side, all biases, and sentences that say how they were made."""
    motifs = read.motifs
    widest = max(motif.width for motif in motifs)
    if widest * len(BASES) * len(motifs) > _MOST_WEIGHTS:
        what = f"holds {len(motifs):,} motifs of which the widest has {widest} columns"
        raise ModelError(what, where=read.source, remedy="split the file")
    kernel = np.zeros((widest, len(BASES), len(motifs)), dtype=np.float32)
    bias = np.zeros(len(motifs), dtype=np.float32)
    said, silent = [], []
    by_odds = settings.motif_score == SCORES[0]
    by_file = settings.motif_threshold == THRESHOLDS[1]
    for index, motif in enumerate(motifs):
        if by_file:
            weights = np.log2(np.maximum(motif.probabilities, _LEAST_SHARE) * len(BASES))
        else:
            weights = log_odds(motif, background, settings.pseudocount) if by_odds else motif.probabilities
        left = (widest - motif.width) // 2
        kernel[left : left + motif.width, :, index] = weights
        if by_odds:
            lowest = _of_homer(read.thresholds[index]) if by_file else threshold(weights, background)
            bias[index] = -lowest
            if lowest >= weights.max(axis=1).sum():
                silent.append(motif.name)
    if by_file:
        said.append(
            f"weights are log-odds in bits against equal frequencies, without a pseudocount, a share below "
            f"{_LEAST_SHARE:g} counting as one; each bias is minus the file's own threshold, from nats to bits"
        )
    elif by_odds:
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
            f"{listed(silent)} cannot respond: no window scores above the file's own threshold"
            if by_file
            else f"{listed(silent)} cannot respond: more than one random window in 400 matches best, so none beats the "
            "threshold"
        )
    return kernel, bias, said


def _of_homer(nats: float | None) -> float:
    return (nats or 0.0) / math.log(2)


def _names(motifs: Sequence[Motif]) -> tuple[str, ...]:
    """Return the filters' names, with the identifier behind a name that several motifs share."""
    called = Counter(motif.name for motif in motifs)
    return tuple(motif.name if called[motif.name] == 1 else f"{motif.name} {motif.matrix_id}" for motif in motifs)
