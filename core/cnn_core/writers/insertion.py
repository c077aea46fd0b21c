"""What a motif changes where it is put, as a table, a row a value, a place and a strand, and as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..errors import printable
from ..network.model import Model
from ..scan.inserted_change import INSERTION_COLUMNS, InsertedChange, Insertion
from ..scan.insertion_places import CENTER
from .comments import Notes, assumption_array
from .decimals import shortest
from .tables import table_name

__all__ = ["INSERTION_COLUMNS", "InsertionNotes", "insertion_arrays", "write_insertion_table"]


@dataclass(frozen=True)
class InsertionNotes(Notes):
    """What is said beside the numbers.

    Attributes:
        model: The network, whose outputs may have names.
    """

    model: Model


def write_insertion_table(found: Insertion, file: BinaryIO, notes: InsertionNotes) -> None:
    """Write tab-separated columns, see `INSERTION_COLUMNS`; what is said comes first, in lines that begin with #.

    The base is that of the input over which the motif's first letter stands, from 0. `sd` and `se` are empty where
    the motif was put into a single sequence.

    Args:
        found: What was found.
        file: A file that is open for writing bytes.
        notes: What is said of it.
    """
    notes.write(file)
    file.write(f"{chr(9).join(INSERTION_COLUMNS)}\n".encode())
    for label, base, strand, n, *numbers in zip(*found.columns.values(), strict=True):
        where = CENTER if base < 0 else str(base)
        words = ("" if np.isnan(number) else shortest(number) for number in numbers)
        file.write(f"{chr(9).join((table_name(label), where, strand, str(n), *words))}\n".encode())


def insertion_arrays(found: Insertion, notes: InsertionNotes) -> dict[str, NDArray[Any]]:
    """Return what was found as arrays.

    Args:
        found: What was found.
        notes: What is said of it.

    Returns:
        For each layer `change:LAYER`, `sd:LAYER` and `se:LAYER`, shape (strands, places, …); `without:LAYER`, of the
        values' own shape; `logit:LAYER`, whether they are logits. `bases`, −1 for the middle of inputs of several
        lengths, `strands`, `n`, `motif`, `letters`, `described`; `names:LAYER` where the values have names of their
        own; and `assumptions` and `edits`, if anything.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for change in found.changes:
        arrays |= {
            f"change:{change.wanted.name}": change.mean,
            f"sd:{change.wanted.name}": change.sd,
            f"se:{change.wanted.name}": change.se,
            f"without:{change.wanted.name}": change.without,
            f"logit:{change.wanted.name}": np.array(change.is_logit),
            **_names(change, notes.model),
        }
    return arrays | {
        "bases": found.bases,
        "strands": np.array(found.strands),
        "n": np.array(found.n, dtype=np.int64),
        "motif": np.array(printable(found.motif.name)),
        "letters": np.array(found.motif.letters),
        "described": np.array(printable(notes.described)),
        **assumption_array(notes.sentences, notes.edits),
    }


def _names(change: InsertedChange, model: Model) -> dict[str, NDArray[Any]]:
    """Return the names of an output's values, where they have any."""
    if change.wanted.layer != model.named_output or change.wanted.index:
        return {}
    return {f"names:{change.wanted.name}": np.array([*map(printable, model.output_names)])}
