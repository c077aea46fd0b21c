"""What filters add to an output, as columns of their table and as arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..motifs.filter_motif import FilterMotif
from ..scan.filter_influence import Influence
from .filter_table import FilterColumn

__all__ = ["influence_arrays", "influence_columns", "shown_influence_columns"]


def influence_columns(influence: Influence) -> tuple[FilterColumn, ...]:
    """Return the columns `influence_mean influence_rms n` of a table for programs; empty for other filters.

    Args:
        influence: What filters add to an output, see `scan.Influence`.
    """
    mean, rms = (_column(influence, name, numbers, ".6g") for name, numbers in _numbers(influence).items())
    return mean, rms, FilterColumn("n", lambda _: str(influence.n), is_number=True)


def shown_influence_columns(influence: Influence) -> tuple[FilterColumn, ...]:
    """Return the columns of a table for people, where n is said above it.

    Args:
        influence: What filters add to an output.
    """
    mean, rms = _numbers(influence).values()
    return _column(influence, "influence", mean, "+.2g"), _column(influence, "rms", rms, ".2g")


def _numbers(influence: Influence) -> dict[str, NDArray[np.float64]]:
    return {"influence_mean": influence.mean, "influence_rms": influence.rms}


def _column(influence: Influence, name: str, numbers: NDArray[np.float64], form: str) -> FilterColumn:
    of = dict(zip(influence.filters, numbers.tolist(), strict=True))

    def text(motif: FilterMotif) -> str:
        number = of.get(motif.filter)
        return "" if number is None else f"{number:{form}}" if number else "0"

    return FilterColumn(name, text, is_number=True)


def influence_arrays(influence: Influence) -> dict[str, NDArray[Any]]:
    """Return what filters add to an output as arrays, a row a filter.

    Args:
        influence: What they add, to the filters that are written, in their order.

    Returns:
        `influence_mean` and `influence_rms`, shape (filters,); `influence_changes` and `influence_rms_changes`, of
        every value by itself, shape (filters, values); `influence_replaced_by`, the mean activations; `influence_n`.
    """
    return {
        **_numbers(influence),
        "influence_changes": influence.changes,
        "influence_rms_changes": influence.rms_changes,
        "influence_replaced_by": influence.replaced_by,
        "influence_n": np.array(influence.n),
    }
