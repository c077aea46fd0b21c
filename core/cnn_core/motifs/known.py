"""The motifs that come along: JASPAR 2026 CORE vertebrates, the latest version of each matrix.

`jaspar2026.npz` was made by `tests/core/motifs/make_known_motifs.py` from the package pyjaspar 4.0.0. Counts are as
JASPAR publishes them, but for the 31 matrices that hold fractions or more than 65,535 of one letter: these are rounded
to 65,535ths of their largest count, by which no share moves by more than 2e-5. Names repeat; identifiers do not.

Source: JASPAR 2026, https://jaspar.elixir.no, Nucleic Acids Research 54 (2026), PMC12807658; licence CC BY 4.0,
https://creativecommons.org/licenses/by/4.0/. Families and classes are those that JASPAR gives, after TFClass; those
of a complex are joined by ::, in JASPAR's order.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from .motif import Motif

__all__ = ["KNOWN_MOTIFS", "known_motifs"]

KNOWN_MOTIFS: Final = "JASPAR 2026 CORE vertebrates"
"""What the motifs that come along are called."""


@cache
def known_motifs() -> tuple[Motif, ...]:
    """Return the motifs that come along, 1,019 in the order of their identifiers, with families and classes.

    They are read once, in some 10 ms.
    """
    with np.load(Path(__file__).with_name("jaspar2026.npz")) as stored:
        counts, widths, scales = stored["counts"], stored["widths"], stored["scales"]
        texts = json.loads(stored["texts"].tobytes())
    scaled = counts * np.repeat(scales, widths)[:, None]
    scaled.flags.writeable = False
    ends = np.cumsum(widths, dtype=np.int64).tolist()
    begins = [0, *ends[:-1]]
    described = zip(texts["ids"], texts["names"], texts["families"], texts["classes"], begins, ends, strict=True)
    return tuple(
        Motif(matrix_id, name, scaled[begin:end], family=family, factor_class=factor_class)
        for matrix_id, name, family, factor_class, begin, end in described
    )
