"""Files of bgzip read by slice: with what is beside them, with what is remembered, and with neither."""

from __future__ import annotations

import gzip
import os
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from bgzf_files import bgzf, fai, gzi, write_bgzf
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.errors import CnnError, SequenceError
from cnn_core.letters import fasta_index, fasta_source, samtools_index, sequence_files, sliced_letters
from cnn_core.letters.bgzf import BgzfFile, DamagedBlockError, table_of
from cnn_core.letters.gzip_stream import BGZF_END
from cnn_core.letters.sequence_files import Sequences, open_sequences


def letters_of(length: int, seed: int) -> str:
    return "".join(np.random.RandomState(seed).choice([*"ACGTacgtNR"], length))


def fasta(width: int = 13, ends: str = "\n", **records: str) -> bytes:
    lines = []
    for name, letters in records.items():
        lines += [f">{name} about {name}", *(letters[at : at + width] for at in range(0, len(letters), width))]
    return (ends.join(lines) + ends).encode()


RECORDS = {"chr1": letters_of(500, 1), "chr2": letters_of(13, 2), "chr3": "", "chr4": letters_of(140, 3)}
TEXT = fasta(**RECORDS)


@pytest.fixture(autouse=True, scope="module")
def every_size_by_slice() -> Iterator[None]:
    """A small file would be held in memory."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(fasta_source, "_SMALL_PACKED", 0)
        patched.setattr(sliced_letters, "_FETCHED", 64)
        yield


def opened(path: Path) -> Sequences:
    return open_sequences(path, cache=path.parent / "cache")


def unread(*_: object) -> None:
    raise AssertionError("the file is read from end to end")


# What is read


@pytest.mark.parametrize("indexed", [True, False])
@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_any_slice_of_any_record(size: int, indexed: bool, tmp_path: Path) -> None:
    with opened(write_bgzf(tmp_path / "my.fa.gz", TEXT, size, indexed=indexed)) as found:
        assert {record.name: record.letters() for record in found} == RECORDS
        assert [record.description for record in found] == [f"about {name}" for name in RECORDS]
        random = np.random.RandomState(0)
        for name, letters in RECORDS.items():
            for _ in range(30):
                start, stop = sorted(random.randint(0, len(letters) + 1, 2).tolist())
                assert found[name].letters(start, stop) == letters[start:stop]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@settings(max_examples=30)
@given(
    letters=st.text("ACGTNacgt", max_size=200), width=st.integers(1, 30), size=st.integers(1, 90), data=st.data()
)
def test_it_reads_what_a_plain_file_does(
    ends: str, letters: str, width: int, size: int, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("bgzf")
    text = fasta(width, ends, one=letters, two=letters[::-1])
    start = data.draw(st.integers(0, len(letters)))
    stop = data.draw(st.integers(start, len(letters)))
    with opened(write_bgzf(folder / "my.fa.gz", text, size)) as found:
        assert found["one"].letters(start, stop) == letters[start:stop]
        assert found["two"].letters() == letters[::-1]


def test_empty_blocks_and_joined_files(tmp_path: Path) -> None:
    (tmp_path / "my.fa.gz").write_bytes(bgzf(TEXT[:200]) + bgzf(TEXT[200:]))
    with opened(tmp_path / "my.fa.gz") as found:
        assert {record.name: record.letters() for record in found} == RECORDS


def test_many_threads_read_at_once(tmp_path: Path) -> None:
    with opened(write_bgzf(tmp_path / "my.fa.gz", TEXT, 5)) as found:
        wrong: list[int] = []

        def read(seed: int) -> None:
            for start in np.random.RandomState(seed).randint(0, 400, 200).tolist():
                if found["chr1"].letters(start, start + 90) != RECORDS["chr1"][start : start + 90]:
                    wrong.append(start)

        threads = [threading.Thread(target=read, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []


# Which way its letters are found


def test_what_is_beside_it_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_bgzf(tmp_path / "my.fa.gz", TEXT, indexed=True)
    monkeypatch.setattr(fasta_index, "read_fasta", unread)
    with opened(path) as found:
        assert found["chr4"].letters() == RECORDS["chr4"]
    assert not (tmp_path / "cache").exists()


def test_what_was_found_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_bgzf(tmp_path / "my.fa.gz", TEXT)
    opened(path).close()
    monkeypatch.setattr(fasta_index, "read_fasta", unread)
    with opened(path) as found:
        assert found["chr4"].letters() == RECORDS["chr4"]
        assert found["chr4"].description == "about chr4"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["cache", "my.fa.gz"]


@pytest.mark.parametrize(
    "spoil", [lambda index: index[:-1], lambda index: index.replace(b"chr4", b"chr5"), bytes.lower]
)
def test_a_spoiled_memory_is_none(spoil: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = write_bgzf(tmp_path / "my.fa.gz", TEXT)
    opened(path).close()
    (index,) = (tmp_path / "cache" / "fasta").iterdir()
    index.write_bytes(spoil(index.read_bytes()))
    with opened(path) as found:
        assert found["chr4"].letters() == RECORDS["chr4"]


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    path = write_bgzf(tmp_path / "my.fa.gz", TEXT)
    opened(path).close()
    write_bgzf(path, fasta(chr9="ACGT" * 100))
    with opened(path) as found:
        assert found.names == ("chr9",)


SPOILED: dict[str, Callable[[Path], object]] = {
    "no .fai": lambda path: path.with_name("my.fa.gz.fai").unlink(),
    "no .gzi": lambda path: path.with_name("my.fa.gz.gzi").unlink(),
    "an older .fai": lambda path: os.utime(path.with_name("my.fa.gz.fai"), ns=(0, 0)),
    "a cut .gzi": lambda path: path.with_name("my.fa.gz.gzi").write_bytes(gzi(TEXT)[:-1]),
    "the .gzi of another file": lambda path: path.with_name("my.fa.gz.gzi").write_bytes(gzi(TEXT, 20)),
    "an empty .fai": lambda path: path.with_name("my.fa.gz.fai").write_bytes(b""),
    "a .fai of words": lambda path: path.with_name("my.fa.gz.fai").write_bytes(b"chr1\ta\tb\tc\td\n"),
    "a .fai of a number beyond measure": lambda path: path.with_name("my.fa.gz.fai").write_bytes(
        re.sub(rb"(chr2.*)\t14\n", b"\\1\t1%s\n" % (b"0" * 30), fai(TEXT))
    ),
    "a .fai beyond the end": lambda path: path.with_name("my.fa.gz.fai").write_bytes(b"chr1\t9999\t7\t13\t14\n"),
    "a .fai of one name twice": lambda path: path.with_name("my.fa.gz.fai").write_bytes(2 * fai(TEXT)),
}


@pytest.mark.parametrize("case", SPOILED)
def test_what_cannot_be_of_it_is_left_aside(case: str, tmp_path: Path) -> None:
    path = write_bgzf(tmp_path / "my.fa.gz", TEXT, indexed=True)
    SPOILED[case](path)
    with opened(path) as found:
        assert {record.name: record.letters() for record in found} == RECORDS


def test_a_small_file_is_held_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_bgzf(tmp_path / "my.fa.gz", TEXT)
    monkeypatch.setattr(fasta_source, "_SMALL_PACKED", path.stat().st_size)
    with opened(path) as found:
        path.unlink()
        assert found["chr4"].letters() == RECORDS["chr4"]


def test_lines_of_several_widths_are_held_in_memory(tmp_path: Path) -> None:
    path = write_bgzf(tmp_path / "my.fa.gz", b">a\nACGT\nAC\nACGT\n")
    with opened(path) as found:
        assert found["a"].letters() == "ACGTACACGT"


def test_other_gzip_that_is_long_is_held_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequence_files, "NOTEWORTHY", 600)
    (tmp_path / "my.fa.gz").write_bytes(gzip.compress(TEXT))
    with opened(tmp_path / "my.fa.gz") as found:
        assert found.notice == (
            "my.fa.gz: all 653 letters are held in memory; unpacked, or packed with bgzip, they would be read where "
            "needed"
        )
    with opened(write_bgzf(tmp_path / "other.fa.gz", TEXT)) as found:
        assert found.notice == ""


# What is refused


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(CnnError) as refused:
        work()
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT.replace(RECORDS["chr2"].encode(), b"ACGTACGTACGE!"), "record chr2, line 42: 'E' is not a nucleotide"),
        (b"ACGT" * 40, "line 1: the text does not start with '>'"),
    ],
)
def test_read_from_end_to_end_it_is_refused_like_a_plain_file(text: bytes, said: str, tmp_path: Path) -> None:
    sentence = refusal(lambda: opened(write_bgzf(tmp_path / "my.fa", text)))
    assert said in sentence
    (tmp_path / "my.fa").write_bytes(text)
    assert refusal(lambda: opened(tmp_path / "my.fa")) == sentence
    assert not (tmp_path / "cache").exists()


def test_a_bad_letter_behind_a_fai_is_refused_where_it_is_read(tmp_path: Path) -> None:
    spoiled = RECORDS | {"chr1": RECORDS["chr1"][:321] + "E" + RECORDS["chr1"][322:]}
    with opened(write_bgzf(tmp_path / "my.fa.gz", fasta(**spoiled), indexed=True)) as found:
        assert found["chr1"].letters(0, 321) == RECORDS["chr1"][:321]
        assert found["chr4"].letters() == RECORDS["chr4"]
        assert refusal(lambda: found["chr1"].letters(300, 330)) == (
            "my.fa.gz, record chr1: letter 322, E, is not a nucleotide letter; the letters are A C G T U and the "
            "IUPAC letters R Y S W K M B D H V N"
        )


ROWS = fai(TEXT).splitlines(keepends=True)


def row(number: int, *, name: str = "", length: int = 0, offset: int = 0, letters: int = 0, ends: int = 0) -> bytes:
    """Return a row of the `.fai` with some of its columns made larger or smaller."""
    own, *numbers = ROWS[number].decode().split("\t")
    changed = [
        int(value) + by for value, by in zip(numbers, (length, offset, letters, letters + ends), strict=True)
    ]
    return "\t".join([name or own, *map(str, changed)]).encode() + b"\n"


ELSEWHERE = "record chr1: the .fai beside it ends record chr1 elsewhere than the file"
WRONG_ROWS = {
    "a record too short": ([row(0, length=-200), *ROWS[1:]], ELSEWHERE),
    "a record too short by a letter": ([row(0, length=-1), *ROWS[1:]], ELSEWHERE),
    "a record that ends with an earlier line": ([row(0, length=-6), *ROWS[1:]], ELSEWHERE),
    "the last one that ends with an earlier line": (
        [*ROWS[:3], row(3, length=-10)],
        "record chr4: the .fai beside it ends record chr4 elsewhere than the file",
    ),
    "a record too short by a line": ([row(0, length=-13), *ROWS[1:]], ELSEWHERE),
    "a record too long by a letter": ([row(0, length=1), *ROWS[1:]], ELSEWHERE),
    "a record that begins too late": (
        [row(0, length=-13, offset=14), *ROWS[1:]],
        "record chr1: the .fai beside it says something else than the file",
    ),
    "a record that begins too early": (
        [row(0, length=4, offset=-4), *ROWS[1:]],
        "record chr1: the .fai beside it says something else than the file",
    ),
    "the last one too short": (
        [*ROWS[:3], row(3, length=-100)],
        "record chr4: the .fai beside it ends record chr4 elsewhere than the file",
    ),
    "no first row": (ROWS[1:], "record chr2: the .fai beside it has no row for record chr1"),
    "no second row": ([ROWS[0], *ROWS[2:]], "record chr3: the .fai beside it has no row for record chr2"),
    "no row of an empty record": ([*ROWS[:2], ROWS[3]], "record chr4: the .fai beside it has no row for record chr3"),
    "no last row": (ROWS[:3], "record chr3: the .fai beside it has no row for record chr4"),
    "a single row": (ROWS[3:], "record chr4: the .fai beside it has no row for record chr1"),
    "another name": (
        [row(0, name="chr9"), *ROWS[1:]],
        "record chr9: the .fai beside it has no row for record chr1",
    ),
    "lines too narrow": ([row(0, letters=-1), *ROWS[1:]], ELSEWHERE),
    "lines too wide": ([row(0, letters=1), *ROWS[1:]], ELSEWHERE),
    "other line ends": ([row(0, ends=1), *ROWS[1:]], None),
    "narrow lines that end alike": (
        [*ROWS[:3], row(3, letters=14, ends=1)],
        "record chr4: the .fai beside it has other line lengths for record chr4 than the file",
    ),
}  # fmt: skip


@pytest.mark.parametrize("looked_at", [0, 200])
@pytest.mark.parametrize("case", WRONG_ROWS)
def test_a_fai_that_is_wrong_anywhere_is_refused_before_a_letter_is_read(
    case: str, looked_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The records that the wrong row is about, and of many records none but those, are refused at the latest then."""
    monkeypatch.setattr(samtools_index, "_HEADERS_READ", looked_at)
    path = write_bgzf(tmp_path / "my.fa.gz", TEXT, indexed=True)
    rows, said = WRONG_ROWS[case]
    path.with_name("my.fa.gz.fai").write_bytes(b"".join(rows))
    if said is None:  # its records overlap: it is left aside
        with opened(path) as found:
            assert {record.name: record.letters() for record in found} == RECORDS
        return

    def read() -> None:
        with opened(path) as found:
            record = found[said.split()[1].rstrip(":")]
            record.letters(0, min(1, len(record)))

    assert refusal(read) == f"my.fa.gz, {said}; remove it, or make it anew with samtools faidx"


@pytest.mark.parametrize("text", [TEXT.rstrip(b"\n"), b"\n\n" + TEXT, b"\xef\xbb\xbf" + TEXT, TEXT + b"\n\r\n \n"])
def test_blank_lines_around_the_records_are_harmless(text: bytes, tmp_path: Path) -> None:
    path = write_bgzf(tmp_path / "my.fa.gz", text, indexed=True)
    before = len(text) - len(text.lstrip(b"\n\xef\xbb\xbf"))
    rows = [row(number, offset=before) for number in range(4)]
    path.with_name("my.fa.gz.fai").write_bytes(b"".join(rows))
    with opened(path) as found:
        assert {record.name: record.letters() for record in found} == RECORDS


def test_the_gzi_of_another_packing_is_named(tmp_path: Path) -> None:
    path = write_bgzf(tmp_path / "my.fa.gz", TEXT, 100, indexed=True)
    index = path.with_name("my.fa.gz.gzi")
    spoiled = bytearray(index.read_bytes())
    spoiled[8 + 8] += 1  # where the second block begins when it is unpacked
    index.write_bytes(spoiled)
    assert refusal(lambda: opened(path)) == (
        "my.fa.gz: the compressed data is damaged, or the .gzi beside it is of another file; "
        "make the .gzi anew with bgzip -r, or remove it"
    )


def test_of_very_many_records_an_index_of_our_own_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samtools_index, "_MOST_ROWS", 3)
    with opened(write_bgzf(tmp_path / "my.fa.gz", TEXT, indexed=True)) as found:
        assert {record.name: record.letters() for record in found} == RECORDS
    assert [entry.suffix for entry in (tmp_path / "cache" / "fasta").iterdir()] == [".bgzf"]


def test_of_many_records_each_is_looked_at_when_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samtools_index, "_HEADERS_READ", 2)
    path = write_bgzf(tmp_path / "my.fa.gz", TEXT, indexed=True)
    index = path.with_name("my.fa.gz.fai")
    index.write_bytes(index.read_bytes().replace(b"chr3", b"chr5"))
    with opened(path) as found:
        assert found["chr1"].letters() == RECORDS["chr1"]
        assert "record chr5: the .fai beside it has no row for record chr3" in refusal(
            lambda: found["chr5"].letters()
        )


def test_a_cut_anywhere_is_refused(tmp_path: Path) -> None:
    data = bgzf(TEXT[:90], 30)
    for length in range(18, len(data)):
        (tmp_path / "my.fa.gz").write_bytes(data[:length])
        with pytest.raises(SequenceError):
            opened(tmp_path / "my.fa.gz")
    assert not (tmp_path / "cache").exists()


def test_damage_behind_an_index_is_refused_where_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samtools_index, "_HEADERS_READ", 0)
    path = write_bgzf(tmp_path / "my.fa.gz", TEXT, 100, indexed=True)
    before, data = path.stat(), bytearray(path.read_bytes())
    second = int.from_bytes(data[16:18], "little") + 1
    data[second + 30] ^= 0x55
    path.write_bytes(bytes(data))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with opened(path) as found:
        assert found["chr1"].letters(0, 50) == RECORDS["chr1"][:50]
        assert "the compressed data is damaged" in refusal(lambda: found["chr1"].letters(0, 300))


def test_a_file_that_changes_while_it_is_open_is_refused(tmp_path: Path) -> None:
    path = write_bgzf(tmp_path / "my.fa.gz", TEXT)
    with opened(path) as found:
        with path.open("ab") as file:
            file.write(BGZF_END)
        assert "has changed while it was open" in refusal(lambda: found["chr1"].letters(0, 5))


def test_a_closed_file_says_so(tmp_path: Path) -> None:
    found = opened(write_bgzf(tmp_path / "my.fa.gz", TEXT))
    found.close()
    found.close()
    assert "it has been closed" in refusal(lambda: found["chr1"].letters(0, 5))


def test_what_the_progress_raises_leaves_nothing_behind(tmp_path: Path) -> None:
    def give_up(done: int, size: int) -> None:
        raise KeyboardInterrupt

    path = write_bgzf(tmp_path / "my.fa.gz", TEXT)
    with pytest.raises(KeyboardInterrupt):
        open_sequences(path, cache=tmp_path / "cache", progress=give_up)
    assert [*tmp_path.iterdir()] == [path]


# The blocks


@given(data=st.binary(max_size=300), size=st.integers(1, 60), choice=st.data())
def test_any_stretch_of_the_blocks(
    data: bytes, size: int, choice: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("blocks") / "x.gz"
    packed = bgzf(data, size)
    path.write_bytes(packed)
    with path.open("rb") as file:
        walked, listed = table_of(file, len(packed)), table_of(file, len(packed), gzi(data, size))
    np.testing.assert_array_equal(walked.packed, listed.packed)
    np.testing.assert_array_equal(walked.unpacked, listed.unpacked)
    assert walked.size == len(data)
    blocks = BgzfFile(path, walked)
    start = choice.draw(st.integers(0, len(data)))
    stop = choice.draw(st.integers(start, len(data)))
    assert blocks.read(start, stop) == data[start:stop]
    with pytest.raises(DamagedBlockError):
        blocks.read(0, len(data) + 1)
    blocks.close()
