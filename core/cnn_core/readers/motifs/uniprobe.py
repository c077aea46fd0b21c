"""Motif files in UniPROBE's format: rows of A, C, G and T with a colon, under lines of text that name the motif.

```
Protein: Cha4   Seed k-mer: CCGGAGA     Enrichment Score: 0.49        # Motif: CCGGAGA   Enrichment Score: 0.49

A:      0.1     0.7     0.1                                           Energy matrix for enoLOGOS
C:      0.1     0.1     0.7                                           A: -0.4 …
G:      0.7     0.1     0.1                                           Probability matrix
T:      0.1     0.1     0.1                                           A: 0.1 …
```

A name is the first word behind `Protein:`, `Gene:` or `Motif:`, or the line's first word. Of a motif that has several
matrices, as on the right, the one under `Probability matrix` is read, and scores and energies are skipped.

Source: UniPROBE, http://thebrain.bwh.harvard.edu/uniprobe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

from ...errors import ModelError
from ..filter_bank import filter_format
from ..head import Head
from .block import Block
from .layout import Rows, matrix_of
from .lines import MOST_MOTIFS, lines_of
from .meme import is_meme
from .motif_file import MotifFile, MotifFilters
from .numbers import numbers_in_words
from .transfac import is_transfac

__all__ = ["FORMAT", "is_uniprobe", "read_uniprobe"]

_ROW: Final = re.compile(r"[ACGTUacgtu]\s*:")
_NAMED: Final = re.compile(r"#?\s*(?:Protein|Gene|Motif|Name)\s*:\s*(\S+)", re.IGNORECASE)
_PROBABILITIES: Final = re.compile(r"Probability matrix", re.IGNORECASE)
_OTHER_MATRIX: Final = re.compile(
    r"(Enrichment score|Energy|Reverse complement).{0,40} matrix|.{0,60}enoLOGOS", re.IGNORECASE
)
_LINES_OF_TEXT: Final = 20
_FOUR: Final = 4


def read_uniprobe(data: bytes, source: str) -> MotifFile:
    """Read every motif of a UniPROBE file.

    Args:
        data: The file's bytes, UTF-8.
        source: The file's name: it begins every error, and its stem names a motif without a name.

    Returns:
        The motifs in the file's order.

    Raises:
        ModelError: The file holds no matrix of shares, two of one name, or a matrix whose rows are missing, doubled, of
            different widths, not finite, or that do not add up to 1. The message names file and line.
    """
    found = [matrix_of(block, Rows.LETTER) for block in _blocks(data, source)]
    if not found:
        raise ModelError(
            "holds no matrix", where=source, remedy="a matrix is a line of text and the rows A:, C:, G: and T:"
        )
    return MotifFile.of("UniPROBE motif file", source, found, said=numbers_in_words(found))


def _blocks(data: bytes, source: str) -> Iterator[Block]:
    """Yield the matrices of shares."""
    name, named_at, skipped, count = PurePath(source).stem, None, False, 0
    block: Block | None = None
    for line in lines_of(data, source):
        text = line.text.strip()
        if _ROW.match(text):
            if skipped:
                continue
            if block is None or block.height == _FOUR:
                if block is not None:
                    yield block.close()
                count += 1
                if count > MOST_MOTIFS:
                    raise line.fault(f"here begins motif {count:,}", f"the most is {MOST_MOTIFS:,}; split the file")
                block = Block(named_at or line, name, name)
            block.add_row(text, line)
        elif text:
            if block is not None:
                yield block.close()
                block = None
            named = _NAMED.match(text)
            if _PROBABILITIES.match(text):
                skipped = False
            elif _OTHER_MATRIX.match(text):
                skipped = True
            elif named or not (text.startswith("#") or skipped or _is_numbered(text)):
                name, named_at, skipped = (named[1] if named else text.split()[0])[:200], line, False
    if block is not None:
        yield block.close()


def _is_numbered(text: str) -> bool:
    """Tell whether a line is a rank with its word, or the numbers of columns."""
    first, *rest = text.split()
    return first.isdigit() or (first == "PO" and bool(rest) and rest[0].isdigit())


def is_uniprobe(head: Head) -> bool:
    """Tell whether a file is one of UniPROBE's format.

    Args:
        head: Its head.
    """
    if head.is_markup or is_meme(head) or is_transfac(head):
        return False
    said = [line for line in head.lines if line][:_LINES_OF_TEXT]
    begun = next((index for index, line in enumerate(said) if _ROW.match(line)), 0)
    before = said[:begun]
    # A file of JASPAR's begins with > or with a row.
    if not before or any(line.startswith((">", "{")) for line in before) or not any(map(_is_text, before)):
        return False
    return [line[0].upper() for line in said[begun : begun + _FOUR]] == [*"ACGT"] and all(
        map(_ROW.match, said[begun : begun + _FOUR])
    )


def _is_text(line: str) -> bool:
    return bool(_NAMED.match(line)) or not line.startswith("#")


FORMAT: Final = filter_format("uniprobe", MotifFilters, is_uniprobe, read_uniprobe)
