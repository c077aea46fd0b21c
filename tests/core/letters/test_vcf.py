"""VCF is read line by line, strictly: what is accepted, what is refused and where, and that nothing is lost."""

from __future__ import annotations

import gzip
import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from bgzf_files import bgzf
from each_case import each_case
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.errors import SequenceError
from cnn_core.letters import vcf
from cnn_core.letters.sequence_files import open_sequences
from cnn_core.letters.variants import AlleleWindows, RecordNaming, variants_of
from cnn_core.letters.vcf import Calls, open_calls

HEAD = "##fileformat=VCFv4.2\n##contig=<ID=chr1>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
LINE = "chr1\t{}\trs{}\tA\tC\t.\tPASS\tAC=1\n"


def calls(text: str | bytes) -> Calls:
    raw = text.encode() if isinstance(text, str) else text
    return open_calls("-", stdin=io.BytesIO(raw))


def positions(text: str | bytes) -> list[int]:
    return [record.pos for record in calls(text)]


def refusal(text: str | bytes) -> str:
    with pytest.raises(SequenceError) as raised:
        positions(text)
    return str(raised.value)


def test_the_fixed_columns_as_they_stand() -> None:
    read = calls(HEAD + "chr1\t12\trs1;rs2\tAc\tG,<DEL>,*\t9.5\tq10\tDP=3;DB\tGT:GQ\t0/1:3\t1|1:9\n")
    (record,) = read
    assert (record.line, record.chrom, record.pos, record.id) == (4, "chr1", 12, "rs1;rs2")
    assert (record.ref, record.alts) == ("Ac", ("G", "<DEL>", "*"))
    assert record.columns[5:] == (b"9.5", b"q10", b"DP=3;DB")
    assert read.header == [b"##fileformat=VCFv4.2", b"##contig=<ID=chr1>"]
    assert read.notices == (
        "standard input: genotypes are ignored: every alternative is scored alone, on the reference's letters",
    )


def test_plain_gzip_and_bgzip_say_the_same(tmp_path: Path) -> None:
    text = (HEAD + "".join(LINE.format(at, at) for at in range(1, 400))).encode()
    packings = {"a.vcf": text, "b.vcf.gz": gzip.compress(text), "c.vcf.gz": bgzf(text, 500), "d.vcf": bgzf(text, 7)}
    for name, content in packings.items():
        (tmp_path / name).write_bytes(content)
        told: list[tuple[int, int]] = []
        with open_calls(tmp_path / name, progress=lambda done, size, told=told: told.append((done, size))) as read:
            assert [record.pos for record in read] == [*range(1, 400)]
            assert read.source == name
        assert told[-1] == (len(content), len(content))


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_compressed_data_that_is_cut_short_is_refused(cut: int) -> None:
    packed = bgzf((HEAD + LINE.format(1, 1) * 50).encode(), 100)
    assert "cut short" in refusal(packed[:-cut]) or "damaged" in refusal(packed[:-cut])


def test_blank_lines_lose_nothing_that_is_behind_them() -> None:
    read = calls(
        HEAD + "\n" + LINE.format(1, 1) + "\n  \t\n" + LINE.format(2, 2) + "\n\n" + LINE.format(3, 3) + "\n"
    )
    assert [record.pos for record in read] == [1, 2, 3]
    assert read.notices == ("standard input: 6 blank lines were passed over",)


@pytest.mark.parametrize(
    "text",
    [
        (HEAD + LINE.format(1, 1) + LINE.format(2, 2)).replace("\n", "\r\n"),
        "\ufeff" + HEAD + LINE.format(1, 1) + LINE.format(2, 2),
        (HEAD + LINE.format(1, 1) + LINE.format(2, 2)).rstrip("\n"),
    ],
    ids=["CRLF", "byte-order mark", "no last line end"],
)
def test_line_ends(text: str) -> None:
    assert positions(text) == [1, 2]
    assert [record.columns[7] for record in calls(text)] == [b"AC=1"] * 2


def test_without_a_header_the_columns_are_taken_to_be_vcf_s_which_is_said() -> None:
    read = calls(LINE.format(7, 7))
    assert [record.pos for record in read] == [7]
    assert read.notices == (
        "standard input: no line #CHROM names its columns, which were taken to be those of VCF",
    )
    assert calls(HEAD).notices == ()
    assert positions(HEAD) == []


REFUSED = {
    "too few columns": (HEAD + "chr1\t1\t.\tA\tC\n", "line 4: it has 5 columns; VCF has 8, with tabs between"),
    "one column": (HEAD + "chr1\n", "line 4: it has 1 column;"),
    "spaces": (HEAD + LINE.format(1, 1).replace("\t", " "), "line 4: there are spaces between the columns"),
    "no position": (HEAD + LINE.format("x", 1), "line 4: 'x' is not a position"),
    "negative": (HEAD + LINE.format("-1", 1), "'-1' is not a position; POS is a whole number from 1 on"),
    "signed": (HEAD + LINE.format("+5", 1), "'+5' is not a position"),
    "exponent": (HEAD + LINE.format("1e3", 1), "'1e3' is not a position"),
    "blank before": (HEAD + LINE.format(" 5", 1), "' 5' is not a position"),
    "commas": (HEAD + LINE.format("1,000", 1), "'1,000' is not a position"),
    "other digits": (HEAD + LINE.format("٣", 1), "'٣' is not a position"),
    "endless digits": (HEAD + LINE.format("9" * 5000, 1), "is not a position"),
    "no record": (HEAD + LINE.format(1, 1)[4:], "line 4: it names no record of the reference"),
    "carriage returns alone": (HEAD.replace("\n", "\r"), "line 1: a carriage return stands inside the line"),
    "a return inside": (
        HEAD + LINE.format(1, 1).replace("rs1", "rs\r1"),
        "line 4: a carriage return stands inside",
    ),
    "columns in another order": (HEAD.replace("POS\tID", "ID\tPOS"), "line 3: the columns are not those of VCF"),
    "a header of spaces": (HEAD.replace("\t", " "), "line 3: the columns are not those of VCF"),
    "an old header": ("#chrom\tpos\n", "line 1: the columns are not those of VCF"),
    "a header among records": (HEAD + LINE.format(1, 1) + HEAD, "line 5: a header's line stands among the records"),
    "a line behind the columns": (HEAD + "##contig=<ID=2>\n", "line 4: a header's line stands among"),
    "endless alternatives": (
        HEAD + LINE.format(1, 1).replace("C", "C" + ",C" * 9999),
        "more than 4,096 alternatives",
    ),
    "nothing": ("", "it holds no line"),
    "blank lines alone": ("\n\n", "it holds no line"),
    "BCF": (b"BCF\x02\x02\x00", "this is BCF, the binary form of VCF; convert it with bcftools view"),
    "FASTA": (">chr1\nACGT\n", "this looks like FASTA"),
    "BAM": (b"BAM\1\0\0", "this is BAM, which holds reads; give a VCF file"),
    "binary": (b"ab\0\0cd", "this is a binary file; give a VCF file"),
    "another format": ("##fileformat=GVFv1\n", "its format is GVFv1, not VCF"),
    "LFS": ("version https://git-lfs.github.com/spec/v1\n", "this is a Git LFS pointer"),
}


@each_case(("text", "sentence"), REFUSED.values())
def test_what_is_refused_is_named_with_its_line(text: str | bytes, sentence: str) -> None:
    said = refusal(text)
    assert sentence in said
    assert said.startswith("standard input")
    assert said.isprintable()


def test_records_before_a_bad_line_are_read() -> None:
    read = iter(calls(HEAD + LINE.format(1, 1) + "chr1\t2\n"))
    assert next(read).pos == 1
    with pytest.raises(SequenceError, match="line 5"):
        next(read)


def test_control_characters_are_data() -> None:
    (record,) = calls(HEAD + LINE.format(1, "\x1b[2J\0").replace("chr1", "c\x9b1"))
    assert (record.chrom, record.id) == ("c\x9b1", "rs\x1b[2J\0")
    (record,) = calls(b"\xff\xfa" + LINE.format(1, 1).encode())
    assert record.chrom == r"\xff\xfachr1"


def test_a_line_of_genotypes_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    genotypes = b"\t0/1" * (1 << 18)

    def blocks() -> Iterator[bytes]:
        yield HEAD.encode()
        for at in (1, 2):
            yield LINE.format(at, at).encode().rstrip() + b"\tGT"
            yield from [genotypes] * 40
            yield b"\n"

    read = calls("x")
    monkeypatch.setattr(read._text, "unpacked", blocks)
    tracemalloc.start()
    try:
        assert [record.pos for record in read] == [1, 2]
        assert tracemalloc.get_traced_memory()[1] < 20 * (1 << 20)
    finally:
        tracemalloc.stop()
    assert len(read.notices) == 1


def test_endless_columns_and_headers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vcf, "_LONGEST", 200)
    monkeypatch.setattr(vcf, "_LONGEST_HEADER", 300)
    assert "line 4: the fixed columns are longer than 200 bytes" in refusal(HEAD + LINE.format(1, "9" * 500))
    assert "longer than 200" in refusal(HEAD + LINE.format(1, 1).rstrip() + "9" * 500)
    assert positions(HEAD + LINE.format(1, 1).rstrip() + "\tGT" + "\t0/1" * 500) == [1]
    assert "line 2: the header is too long" in refusal("##fileformat=VCFv4.2\n##x=" + "y" * 500)
    assert "line 7: the header is too long" in refusal(
        "##fileformat=VCFv4.2\n" * 3 + ("##x=" + "y" * 70 + "\n") * 9
    )


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SequenceError, match="there is no such file"):
        open_calls(tmp_path / "no.vcf")
    with pytest.raises(SequenceError, match="this is a folder; name a VCF file in it"):
        open_calls(tmp_path)


def test_a_file_that_changes_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "a.vcf"
    path.write_text(HEAD + LINE.format(1, 1))
    with open_calls(path) as read:
        records = iter(read)
        next(records)
        path.write_text(HEAD + LINE.format(1, 1) * 2)
        with pytest.raises(SequenceError, match="has changed"):
            list(records)


@settings(max_examples=200)
@given(st.data())
def test_damaged_files_are_refused_in_one_sentence(data: st.DataObject) -> None:
    """Whatever is changed, cut or put in, the reader gives records or one printable sentence, and nothing else."""
    text = bytearray(
        (HEAD + LINE.format(1, 1) + "\n" + LINE.format(2, 2) + "chr1\t3\t.\tA\t*,<X>,]a:1]C\t.\t.\t.\n").encode()
    )
    for _ in range(data.draw(st.integers(1, 4))):
        at, stop = (data.draw(st.integers(0, len(text))) for _ in range(2))
        text[at : data.draw(st.sampled_from([at, at + 1, stop]))] = data.draw(
            st.sampled_from([b"", b"\t", b"\n", b"\r", b" ", b"#", b"0", b"\0", b"\xff", b"chr1\t", b">", b","])
        )
    packed = data.draw(st.sampled_from([bytes(text), gzip.compress(text), bgzf(bytes(text), 40)]))
    sequences = open_sequences("-", stdin=io.BytesIO(b">chr1\nACGTACGT\n"))
    sentence = "standard input"
    try:
        for record in calls(packed[: data.draw(st.sampled_from([None, -1, -20]))]):
            for _, outcome in variants_of(record, RecordNaming(sequences), 7):
                assert isinstance(outcome, AlleleWindows) or str(outcome).isprintable()
    except SequenceError as error:
        sentence = str(error)
    assert sentence.isprintable()
    assert sentence.startswith("standard input")
