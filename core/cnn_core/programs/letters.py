"""The part of a program that makes numbers of the letters; the same for every framework."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..blocks.reading import Reading
from ..errors import SettingError, printable
from ..layers import IndexInput, Input
from ..letters.alphabet import BASES, Ambiguity, complement, decode, encode
from .plan import literal

__all__ = ["LONGEST_EMBEDDED", "encoding_lines", "letter_lines"]

LONGEST_EMBEDDED: Final = 2000
"""Letters that stand in the program itself, at the most; longer stretches are read from the FASTA file."""

_LINE: Final = 80
_NO_LETTER: Final = "."
"""What stands in a program for a row of zeros before the first letter."""
_IUPAC: Final = "ACGTRYSWKMBDHVN"
_STANDS_FOR: Final = {
    letter: "".join(base for bit, base in enumerate(BASES) if code >> bit & 1)
    for letter, code in zip(_IUPAC, encode(_IUPAC).tolist(), strict=True)
}


def letter_lines(reading: Reading, fasta: str | None, *, beside: bool = False) -> Iterator[str]:
    """Yield the lines that give the letters of the input window, as they are read.

    Args:
        reading: The model on its input window.
        fasta: The FASTA file's path, for stretches that are too long for the program.
        beside: Whether that path is one from the program's own folder; else it is one from where it is run.

    Raises:
        SettingError: The stretch is too long, and there is no file.
    """
    count, held = reading.stop - reading.start, reading.letters
    strand = ", the other strand" if reading.reverse else ""
    yield f"# The input window: {count:,} bases, {printable(reading.region)}{strand}."
    if count <= LONGEST_EMBEDDED:
        letters = decode(reading.codes(held.start, held.stop)).upper()
        yield "letters = ("
        yield from (f'    "{letters[first : first + _LINE]}"' for first in range(0, count, _LINE))
        yield ")"
        yield from _padding_lines(reading)
        return
    if fasta is None:
        raise SettingError(
            f"{count:,} letters are too many to stand in a program",
            where=f"record {reading.record.name}",
            remedy=f"give a region of {LONGEST_EMBEDDED:,} at most, or read them from a file",
        )
    yield "def letters_of(path, name):"
    yield '    """Return the letters of one record of a FASTA file."""'
    yield "    found, inside = [], False"
    yield '    with (gzip.open if path.endswith("gz") else open)(path, "rt") as lines:'
    yield "        for line in lines:"
    yield '            if line.startswith(">"):'
    yield "                inside = line[1:].split()[:1] == [name]"
    yield "            elif inside:"
    yield "                found.append(line.strip())"
    yield '    return "".join(found).upper().replace("U", "T")'
    yield ""
    yield ""
    path = f"str(Path(__file__).parent / {literal(fasta)})" if beside else literal(fasta)
    whole, window = f"letters_of({path}, {literal(reading.record.name)})", f"[{reading.start}:{reading.stop}]"
    if not reading.edits:
        yield f"letters = {whole}{window}"
    else:
        yield f"letters = {whole}"
        # From the right, so that what is put in or taken out moves no place of an edit that is still to come.
        for edit in reversed(reading.edits):
            yield f'letters = letters[:{edit.start}] + "{edit.letters}" + letters[{edit.stop}:]'
        yield f'letters = letters.ljust({reading.stop}, "N"){window}'
    if reading.reverse:
        complements = decode(complement(encode(_IUPAC)))
        yield f'letters = letters[::-1].translate(str.maketrans("{_IUPAC}", "{complements}"))'
    yield from _padding_lines(reading)


def _padding_lines(reading: Reading) -> Iterator[str]:
    """Yield what puts N beside the letters, or what no letter is, where it is not just zeros behind them."""
    left, padding = reading.letters.start, reading.padding
    if left or (padding.with_n and reading.padded):
        kind = "N" if padding.with_n else _NO_LETTER
        right = reading.padded - left if padding.with_n else 0
        behind = f' + "{kind}" * {right}' if right else ""
        yield f'letters = "{kind}" * {left} + letters{behind}'


def encoding_lines(layer: Input, variable: str, reading: Reading) -> Iterator[str]:
    """Yield the lines that make numbers of the letters.

    Args:
        layer: The input.
        variable: What holds the numbers.
        reading: The model on its input window.
    """
    channels, length = layer.channels, reading.length
    letters = length if reading.padding.with_n else reading.letters.stop
    begins_empty = reading.letters.start > 0 and not reading.padding.with_n
    rest = f"; the last {length - letters:,} are padding" if length > letters else ""
    if isinstance(layer, IndexInput):
        numbers = ", ".join(f"{letter} is {number}" for letter, number in layer.numbers.items())
        yield f"# One number a base: {numbers}, and any other letter is {layer.other}{rest}."
        yield f'{variable} = np.full({length}, {layer.other}, dtype="float32")'
        yield "for position, letter in enumerate(letters):"
        yield f'    if letter in "{channels}":'
        yield f'        {variable}[position] = {layer.first} + "{channels}".index(letter)'
        return
    yield f"# One-hot: one row a base, one column a letter, {channels}{rest}."
    yield f'{variable} = np.zeros(({length}, {len(channels)}), dtype="float32")'
    if reading.ambiguity is Ambiguity.UNIFORM:
        stands = ", ".join(
            f'"{letter}": "{bases}"'
            for letter, bases in {**_STANDS_FOR, **({_NO_LETTER: ""} if begins_empty else {})}.items()
            if letter not in channels
        )
        yield f"stands_for = {{{stands}}}"
        yield "for position, letter in enumerate(letters):"
        yield "    bases = stands_for.get(letter, letter)  # a letter such as R is shared among its bases"
        yield "    for base in bases:"
        yield f'        {variable}[position, "{channels}".index(base)] = 1 / len(bases)'
        return
    other = "  # any other letter stays a row of zeros"
    yield "for position, letter in enumerate(letters):"
    yield f'    if letter in "{channels}":{other}'
    yield f'        {variable}[position, "{channels}".index(letter)] = 1'
