"""Motif files of matrices under `>` lines, or of numbers alone: JASPAR's format and what looks much like it.

```
>MA0139.1 CTCF              >MA0139.1 CTCF          >RGATAA  GATA  6.1       Pos  A    C    G    T
A [ 87 167 281 ]            87 167 281              0.5 0.1 0.3 0.1          1    0.5  0.1  0.3  0.1
C [ 291 145 49 ]            291 145 49              0.1 0.1 0.7 0.1          2    0.1  0.1  0.7  0.1
G [ 76 414 449 ]            76 414 449              0.7 0.1 0.1 0.1          3    0.7  0.1  0.1  0.1
T [ 459 187 134 ]           459 187 134
```

The first two have one row a letter, as JASPAR writes them: lettered rows may come in any order, with or without
brackets, and with `:` or `|` behind the letter; bare rows are A, C, G, T in that order. The others have one row a
position: HOMER (tabs in the header, with a threshold in nats), CIS-BP (letters above, positions numbered, and lines
such as `Motif M00001` before), gimmemotifs and Cluster-Buster (bare, under `>NAME`), and ENCODE (a consensus letter
before the four numbers). `layout` tells them apart. A file of numbers alone needs no header; a blank line between them
begins another matrix. Lines that start with `#` are skipped.

Sources: JASPAR, https://jaspar.elixir.no/docs/; see `layout` for the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath
from typing import Final

from ...errors import ModelError, NotFoundError
from ..filter_bank import filter_format
from ..head import Head
from .block import Block, column_letters, is_row
from .layout import ROWS, Rows, is_homer_header, matrix_of, rows_of
from .lines import MOST_MOTIFS, Line, lines_of
from .meme import is_meme
from .motif_file import MotifFile, MotifFilters
from .numbers import numbers_in_words
from .transfac import is_transfac
from .uniprobe import is_uniprobe

__all__ = ["FORMAT", "read_matrices"]

# Text files of Torch7 begin with numbers, too: the kind of the first object and its index.
_TORCH7: Final = (("1", "3"), ("1", "V 1"))
# What CIS-BP says of a matrix before its numbers, a line each.
_MATRIX_ID: Final = "Motif"
_NAME: Final = "TF Name"
_REMARKS: Final = ("TF Name", "TF", "Gene", "Motif", "Family", "Species", "DBID", "MSource")
_LINES_OF_REMARKS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixFilters(MotifFilters):
    """What such a file leaves open.

    Attributes:
        motif_rows: What the rows of matrices are that could be read either way, `position` or `letter`.
    """

    motif_rows: str | None = None


def read_matrices(data: bytes, source: str, motif_rows: str | None = None) -> MotifFile:
    """Read every matrix of a motif file.

    Args:
        data: The file's bytes, UTF-8.
        source: The file's name: it begins every error, and its stem names a matrix without a header.
        motif_rows: What the rows of matrices are that could be read either way, `position` or `letter`.

    Returns:
        The matrices in the file's order.

    Raises:
        ModelError: The file holds no matrix, two of one identifier, or a matrix whose rows are missing, doubled, of
            different widths, not finite, or all zero in one column; shares that do not add up to 1; or a matrix whose
            rows could be letters as well as positions. The message names file and line.
        NotFoundError: There is no such kind of rows.
    """
    if motif_rows is not None and motif_rows not in ROWS:
        raise NotFoundError(f"there are no motif rows '{motif_rows}'", remedy=f"they are {' or '.join(ROWS)}")
    blocks = [*_blocks(data, source)]
    if not blocks:
        raise ModelError(
            "holds no matrix", where=source, remedy="a matrix is a line >ID NAME and four rows of counts"
        )
    unnamed = [block for block in blocks if not block.headed]
    for number, block in enumerate(unnamed if len(unnamed) > 1 else [], start=1):
        block.matrix_id = block.name = f"{block.matrix_id}_{number}"
    # CIS-BP leaves out the numbers of matrices that need a licence.
    filled = [block for block in blocks if block.height or not block.columns]
    if not filled:
        raise blocks[0].line.fault(
            "no number follows", "CIS-BP leaves out matrices that need a licence; take another"
        )
    for block in filled:
        if not block.height:
            raise block.line.fault(f"{block.matrix_id} lacks row A", "give A, C, G and T once each")
    rows, by_sums = rows_of(filled, motif_rows)
    matrices = [matrix_of(block, each) for block, each in zip(filled, rows, strict=True)]
    said = [*numbers_in_words(matrices), *([by_sums] if by_sums else [])]
    if len(filled) < len(blocks):
        said.append(f"{len(blocks) - len(filled):,} matrices without numbers are left out")
    return MotifFile.of(_form(filled, rows), source, matrices, said=said)


def _blocks(data: bytes, source: str) -> Iterator[Block]:
    """Yield the matrices of a file, each once its last row is read."""
    block: Block | None = None
    headed, blank, count = False, True, 0
    # Where every row of a file of numbers stands apart, blank lines separate none.
    apart = any(before.text.strip() and each.text.strip() for before, each in pairwise(lines_of(data, source)))
    remarks: dict[str, str] = {}
    for line in lines_of(data, source):
        text = line.text.strip()
        begun: Block | None = None
        letters = column_letters(text)
        if text.startswith(">"):
            begun, headed = _header(text, line), True
        elif letters and not headed and (block is None or block.height or block.columns):
            begun = _under_letters(line, remarks, PurePath(source).stem)
        elif not text or (text.startswith("#") and not letters):
            blank |= not text
            continue
        elif not headed and blank and not letters and (remark := _remark(text)):
            remarks[remark[0]] = remark[1]
            continue
        elif block is None or (not block.headed and not block.columns and apart and blank and not headed):
            begun = Block(line, PurePath(source).stem, PurePath(source).stem, headed=False)
        if begun is not None:
            count += 1
            if count > MOST_MOTIFS:
                raise line.fault(f"here begins motif {count:,}", f"the most is {MOST_MOTIFS:,}; split the file")
            if block is not None:
                yield block.close()
            block = begun
        blank = False
        if letters and block is not None and not block.height:
            block.columns, block.numbered = letters
        elif not text.startswith(">") and block is not None:
            block.add_row(text, line)
    if block is not None:
        yield block.close()


def _header(text: str, line: Line) -> Block:
    if is_homer_header(text):
        consensus, name, threshold = (each.strip() for each in text.removeprefix(">").split("\t")[:3])
        matrix_id = name or consensus
        if matrix_id:
            short = matrix_id.partition("/")[0].partition(",")[0]
            return Block(line, matrix_id, short or matrix_id, threshold=float(threshold))
    words = text.removeprefix(">").split(maxsplit=1)
    if not words:
        raise line.fault("the matrix has no identifier", "write >ID NAME, such as >MA0139.1 CTCF")
    return Block(line, words[0], words[-1])


def _under_letters(line: Line, remarks: dict[str, str], stem: str) -> Block:
    """Return a matrix that begins with the letters of its columns, named by the remarks before it."""
    matrix_id = remarks.get(_MATRIX_ID, "")
    name = remarks.get(_NAME, "")
    remarks.clear()
    return Block(line, matrix_id or stem, name or matrix_id or stem, headed=bool(matrix_id))


def _remark(text: str) -> tuple[str, str] | None:
    """Return what CIS-BP says of a matrix in one line: what is said, and its first words."""
    key = next((each for each in _REMARKS if text == each or text.startswith((f"{each}\t", f"{each} "))), None)
    return None if key is None else (key, text[len(key) :].strip())


def _form(blocks: list[Block], rows: list[Rows]) -> str:
    """Return what kind of file it is."""
    if Rows.POSITION not in rows:
        return "JASPAR motif file"
    if all(block.threshold is not None for block in blocks):
        return "HOMER motif file"
    if all(block.labels for block in blocks):
        return "ENCODE motif file"
    if all(block.numbered and block.columns for block in blocks):
        return "CIS-BP motif file"
    several = Counter(rows)
    return "motif file with one row a position" if len(several) == 1 else "motif file"


def _matches(head: Head) -> bool:
    first, second, third = head.first_lines
    if head.is_markup or not first or is_meme(head) or is_transfac(head) or is_uniprobe(head):
        return False
    if first.startswith(">"):
        return is_row(third if column_letters(second) else second)
    if column_letters(first):
        return not second or is_row(second)
    if is_row(first):
        return (second, third) not in _TORCH7
    if _remark(first) is None:
        return False
    said = [line for line in head.lines if line and not line.startswith("#")][:_LINES_OF_REMARKS]
    behind = next((line for line in said if _remark(line) is None), "")
    return column_letters(behind) is not None


FORMAT: Final = filter_format("motif matrices", MatrixFilters, _matches, read_matrices, reading=("motif_rows",))
