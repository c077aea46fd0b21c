"""FASTA files and their indexes with damage of any kind: each is one sentence, or the letters that are really there.

By hand, as many as wanted, with the longest time and the memory at the end:

    python tests/core/fasta_mutations.py 10000
"""

from __future__ import annotations

import gzip
import itertools
import os
import random
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bgzf_files import bgzf, fai, gzi

from cnn_core.errors import CnnError
from cnn_core.letters import fasta_source, samtools_index
from cnn_core.letters.sequence_files import Sequences, open_sequences

__all__ = ["KINDS", "outcome"]

KINDS = ("plain", "index", "gzip", "bgzip", ".fai", ".gzi", "blocks", "remembered")
"""What is damaged: a file by its route, what is beside a file of bgzip, or what was remembered of a file."""

_Damage = Callable[[bytes, random.Random], bytes]
_LETTERS = "ACGTacgtNRYKMU"
_SPICE = [b">", b"\n", b"\r\n", b"\r", b"\0", b"\xff", b";", b"#", b"-", b"\t", b" ", b"9", b"0", b"{", b"\x1f\x8b"]


def outcome(seed: int, folder: Path) -> str:
    """Damage one file, open it and read it.

    Args:
        seed: Which damage.
        folder: An empty folder.

    Returns:
        What was damaged, and whether it was refused or read.

    Raises:
        AssertionError: It was read wrongly, or refused in more than a sentence.
    """
    chance = random.Random(seed)
    kind = KINDS[seed % len(KINDS)]
    text = _text(chance)
    path = folder / "my.fa"
    size = chance.choice([7, 100, 4000])
    plain = kind in ("plain", "index")
    _write(path, text if plain else gzip.compress(text) if kind == "gzip" else bgzf(text, size))
    if kind in (".fai", ".gzi", "blocks"):
        _write(folder / "my.fa.fai", fai(text))
        _write(folder / "my.fa.gzi", gzi(text, size))
    if kind in ("index", "remembered"):
        open_sequences(path, cache=folder / "cache").close()
        (damaged,) = (folder / "cache" / "fasta").iterdir()
    else:
        damaged = folder / f"my.fa{kind if kind in ('.fai', '.gzi') else ''}"
    before = path.stat()
    _write(damaged, _damage(damaged.read_bytes(), chance, _OF_TABLES.get(kind, ())))
    if kind == "blocks":  # What is beside it looks as if it were of it.
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    try:
        with open_sequences(path, cache=folder / "cache") as opened:
            truth = _truth(path.read_bytes())
            if kind == "blocks" and truth is None:  # What of it is not damaged may be read.
                truth = _truth(text)
            return f"{kind} {_read(opened, truth, chance)}"
    except CnnError as error:
        _check_sentence(str(error))
        return f"{kind} refused"


def _read(opened: Sequences, truth: dict[str, str] | None, chance: random.Random) -> str:
    """Read every record, in parts and whole, in any order; some may be refused where only an index was damaged."""
    assert truth is not None, "what cannot be read was opened"
    refused = 0
    for record in chance.sample([*opened], len(opened)):
        try:
            start = chance.randint(0, record.length)
            part = record.letters(start, min(record.length, start + chance.randint(0, 30)))
            whole = record.letters()
        except CnnError as error:
            _check_sentence(str(error))
            refused += 1
            continue
        assert whole == truth[record.name], record.name
        assert part == whole[start : start + len(part)], record.name
    if not refused:
        assert opened.names == (*truth,)
    return "read in part" if refused else "read"


def _check_sentence(said: str) -> None:
    assert said.isprintable(), said
    assert 10 < len(said) < 400, said


def _truth(data: bytes) -> dict[str, str] | None:
    """Return the letters by name as one would read them by hand, or None for what is damaged."""
    if data.startswith(b"\x1f\x8b"):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error):
            return None
    records: dict[str, list[str]] = {}
    name = ""
    for line in data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").split(b"\n"):
        if line.startswith(b">"):
            name = line[1:].split()[0].decode("utf-8", "backslashreplace")
            if name in records:
                name = next(own for n in itertools.count(2) if (own := f"{name}#{n}") not in records)
            records[name] = []
        elif line.strip() and not (line.startswith(b";") and not records):
            records[name].append("".join(line.decode("ascii").split()))
    return {name: "".join(lines).replace("U", "T").replace("u", "t") for name, lines in records.items()}


def _text(chance: random.Random) -> bytes:
    """Return FASTA of some records of regular lines."""
    records = []
    for number in range(chance.choice([1, 3, 12])):
        letters = "".join(chance.choices(_LETTERS, k=chance.choice([0, 1, 59, 60, 61, 400, 2000])))
        width = chance.choice([10, 60, 61, 5000])
        lines = [letters[start : start + width] for start in range(0, len(letters), width)]
        records.append("\n".join([f">r{number} the {number}th", *lines]) + "\n")
    return "".join(records).encode()


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _damage(data: bytes, chance: random.Random, of_tables: tuple[_Damage, ...]) -> bytes:
    for _ in range(chance.choice([1, 1, 1, 2, 5])):
        data = chance.choice(of_tables if of_tables and chance.random() < 0.7 else _OF_BYTES)(data, chance)
    return data


def _place(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randint(0, len(data))
    return start, min(len(data), start + chance.choice([1, 1, 2, 8, 60, 500]))


def _flip(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data)) if data else 0
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :] if data else b"\1"


def _spice(data: bytes, chance: random.Random) -> bytes:
    start, stop = _place(data, chance)
    return data[:start] + chance.choice(_SPICE) + data[start if chance.random() < 0.5 else stop :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    start, stop = _place(data, chance)
    return data[:start] + data[stop:]


def _double(data: bytes, chance: random.Random) -> bytes:
    start, stop = _place(data, chance)
    return data[:stop] + data[start:stop] * chance.choice([1, 1, 3]) + data[stop:]


def _end(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randint(0, len(data))]


def _swap(data: bytes, chance: random.Random) -> bytes:
    start, stop = _place(data, chance)
    other = chance.randint(0, max(0, len(data) - (stop - start)))
    if other < stop:
        return data
    return (
        data[:start]
        + data[other : other + stop - start]
        + data[stop:other]
        + data[start:stop]
        + data[other + stop - start :]
    )


def _number(data: bytes, chance: random.Random) -> bytes:
    """Change a number of a table."""
    lines = data.split(b"\n")
    row = chance.randrange(len(lines))
    columns = lines[row].split(b"\t")
    column = chance.randrange(len(columns))
    with suppress(ValueError):
        by = chance.choice([-61, -60, -2, -1, 1, 2, 13, 60, 61, 10**6, 10**12, 10**30])
        columns[column] = str(int(columns[column]) + by).encode()
    lines[row] = b"\t".join(columns)
    return b"\n".join(lines)


def _row(data: bytes, chance: random.Random) -> bytes:
    """Leave a row out, put one twice, or two in each other's place."""
    lines = data.split(b"\n")
    first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(3):
        case 0:
            del lines[first]
        case 1:
            lines.insert(first, lines[second])
        case _:
            lines[first], lines[second] = lines[second], lines[first]
    return b"\n".join(lines)


def _word(data: bytes, chance: random.Random) -> bytes:
    """Change a number of a table of numbers of eight bytes."""
    at = 8 * chance.randrange(max(1, len(data) // 8))
    number = int.from_bytes(data[at : at + 8], "little") + chance.choice([-100, -28, -2, -1, 1, 2, 28, 100, 2**40])
    return data[:at] + (number % 2**64).to_bytes(8, "little") + data[at + 8 :]


_OF_BYTES: tuple[_Damage, ...] = (_flip, _spice, _cut, _double, _end, _swap)
_OF_TABLES: dict[str, tuple[_Damage, ...]] = {".fai": (_number, _number, _row), ".gzi": (_word,)}


def main(count: int) -> None:
    """Run so many, and print what became of them."""
    import resource

    fasta_source._SMALL_PACKED = 0  # type: ignore[misc]
    found: Counter[str] = Counter()
    longest = (0.0, 0)
    for seed in range(count):
        samtools_index._HEADERS_READ = 200 * (seed // len(KINDS) % 2)  # type: ignore[misc]
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            try:
                found[outcome(seed, Path(folder))] += 1
            except Exception as error:
                found[f"WRONG {seed}: {type(error).__name__} {error}"] += 1
            longest = max(longest, (time.perf_counter() - start, seed))
    print(*(f"{number:7,} {what}" for what, number in sorted(found.items())), sep="\n")
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"longest {longest[0]:.3f} s (seed {longest[1]}), {largest:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]))
