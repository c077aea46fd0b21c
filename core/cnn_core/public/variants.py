"""What variants change the outputs by, for `OpenedModel.variants`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..attribution import Merge, VariantScore, VariantScoring
from ..letters import open_calls
from ..letters.alphabet import Ambiguity
from ..letters.sequence_files import Sequences
from ..named_arrays import Tabular
from ..network.model import Model
from .inputs import check_choice

__all__ = ["VariantScores", "variant_scores"]


class VariantScores(Tabular, tuple[VariantScore, ...]):
    """The scores of variants, one for each alternative: a tuple of `VariantScore`, and a table of them."""

    outputs: tuple[str, ...]
    """The names of the values that are scored."""

    def __new__(cls, scores: Iterable[VariantScore], outputs: tuple[str, ...] = ()) -> VariantScores:
        """Return scores of outputs."""
        made = super().__new__(cls, scores)
        made.outputs = outputs
        return made

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """A row an alternative and a value, as `cnn-tui variants` has them.

        `chrom pos id ref alt output reference alternative difference logit_difference status`; `pos` is 1-based. What
        was not scored has one row, without an output, and NaN for its numbers; `status` says why.
        """
        texts: list[tuple[str, ...]] = []
        numbers: list[tuple[float, ...]] = []
        for score in self:
            line, status = score.variant.line, str(score.status)
            of = (score.reference, score.alternative, score.difference, score.logit_difference)
            for nth, output in enumerate(self.outputs if score.reference is not None else ("",)):
                texts.append((line.chrom, str(line.pos), line.id, line.ref, score.variant.alt, output, status))
                numbers.append(tuple(np.nan if each is None else float(each[nth]) for each in of))
        chrom, pos, names, ref, alt, outputs, statuses = np.array(texts, dtype=object).reshape(-1, 7).T
        reference, alternative, difference, logit = np.array(numbers, dtype=np.float64).reshape(-1, 4).T
        return {
            "chrom": chrom,
            "pos": pos.astype(np.int64),
            "id": names,
            "ref": ref,
            "alt": alt,
            "output": outputs,
            "reference": reference,
            "alternative": alternative,
            "difference": difference,
            "logit_difference": logit,
            "status": statuses,
        }


def variant_scores(
    model: Model,
    reference: Sequences,
    calls: str | os.PathLike[str],
    window: int | None,
    strand: str,
    merge: str,
    ambiguity: str,
) -> VariantScores:
    """Return the scores of the variants of a file, see `OpenedModel.variants`."""
    check_choice(merge, [*Merge], "a way to merge strands")
    check_choice(ambiguity, [*Ambiguity], "a policy for ambiguous letters")
    work = VariantScoring(model, reference, window=window, strands=strand, merge=merge, ambiguity=ambiguity)
    with open_calls(calls) as lines:
        return VariantScores(work.scores(lines), work.outputs)
