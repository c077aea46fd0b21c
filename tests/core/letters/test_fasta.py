"""FASTA as it is found in the wild: accepted and right, or refused with a sentence, alike by every route."""

from __future__ import annotations

import tempfile
from itertools import count, pairwise
from pathlib import Path

import pytest
from fasta_routes import ROUTES
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.errors import SequenceError
from cnn_core.letters.fasta import read_fasta
from cnn_core.letters.record_table import Layout

ACCEPTED = {
    "crlf": (b">a\r\nACGT\r\nACGT\r\nAC\r\n", {"a": "ACGTACGTAC"}),
    "no last line end": (b">a\nACGT\nAC", {"a": "ACGTAC"}),
    "crlf, no last line end": (b">a\r\nACGT\r\nAC", {"a": "ACGTAC"}),
    "last line ended otherwise": (b">a\nACGT\r\nACGT\n>b\nGG\n", {"a": "ACGTACGT", "b": "GG"}),
    "line ends mixed": (b">a\nACGT\r\nACGT\nAC\r\n>b\r\nGG\n", {"a": "ACGTACGTAC", "b": "GG"}),
    "line as long in bytes alone": (b">a\nACGT\nACG\r\nACGT\n", {"a": "ACGTACGACGT"}),
    "soft mask": (b">a\nacgtN\nnRYk\n", {"a": "acgtNnRYk"}),
    "rna": (b">a\nACGU\nu\n", {"a": "ACGTt"}),
    "every letter": (b">a\nACGTRYSWKMBDHVNacgtryswkmbdhvn\n", {"a": "ACGTRYSWKMBDHVNacgtryswkmbdhvn"}),
    "byte-order mark": (b"\xef\xbb\xbf>a\nACGT\nAC\n", {"a": "ACGTAC"}),
    "comments above": (b"; mine\n;\n\n;> yours\r\n>a\nACGT\nAC\n", {"a": "ACGTAC"}),
    "comment after a byte-order mark": (b"\xef\xbb\xbf;mine\n>a\nACGT\n", {"a": "ACGT"}),
    "long comment above": (b"\n;" + b"mine " * 500 + b"\n>a\nACGT\n", {"a": "ACGT"}),
    "blank lines above": (b"\n\r\n \n>a\nACGT\n", {"a": "ACGT"}),
    "blank lines under the header": (b">a\n\n\nACGT\nAC\n", {"a": "ACGTAC"}),
    "blank lines inside": (b">a\nACGT\n\nACGT\n\nAC\n", {"a": "ACGTACGTAC"}),
    "blank lines below": (b">a\nACGT\nAC\n\n\n>b\nGG\n\n", {"a": "ACGTAC", "b": "GG"}),
    "spaces and tabs": (b">a\nAC GT\n\tACGT \n", {"a": "ACGTACGT"}),
    "spaces alone": (b">a\nACGT\n   \n>b\nGG\n", {"a": "ACGT", "b": "GG"}),
    "ragged, shorter": (b">a\nACGT\nAC\nACGT\n", {"a": "ACGTACACGT"}),
    "ragged, longer": (b">a\nACGT\nACGTA\n", {"a": "ACGTACGTA"}),
    "ragged, even in sum": (b">a\nACGT\nACG\nACGTA\nACGT\n", {"a": "ACGTACGACGTAACGT"}),
    "ragged, longer to the end": (b">a\nACGT\nACGTA", {"a": "ACGTACGTA"}),
    "ragged, shorter twice": (b">a\nACGT\nAC\nA\n", {"a": "ACGTACA"}),
    "widths by record": (b">a\nACGT\nAC\n>b\nACGTAC\nA\n>c\nA\nC\n", {"a": "ACGTAC", "b": "ACGTACA", "c": "AC"}),
    "one base": (b">a\nA", {"a": "A"}),
    "empty records": (b">a\n>b\n\n>c\nGG\n>d", {"a": "", "b": "", "c": "GG", "d": ""}),
    "empty records alone": (b">a\n>b\n", {"a": "", "b": ""}),
    "space before the name": (b"> a\nAC\n", {"a": "AC"}),
    "'>' in a header": (b">a>b >c\nAC\n", {"a>b": "AC"}),
    "names of another script": (">é\u00a0日 x\nAC\n".encode(), {"é\u00a0日": "AC"}),
    "names that are no text": (b">a\xe9 \xff\nAC\n", {"a\\xe9": "AC"}),
    "names with quotes and controls": (b'>"a"\x1b[2J\x00\\\nAC\n', {'"a"\x1b[2J\x00\\': "AC"}),
}  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
def test_what_is_accepted_is_right(route: str, tmp_path: Path, subtests: pytest.Subtests) -> None:
    for nth, (case, (data, expected)) in enumerate(ACCEPTED.items()):
        folder = tmp_path / str(nth)
        folder.mkdir()
        if b"\0" in data:
            data = b">first\n" + b"ACGT" * 300 + b"\n" + data
        with subtests.test(case):
            with ROUTES[route](data, folder) as opened:
                letters = {record.name: record.letters() for record in opened if record.name != "first"}
            assert letters == expected


STARTS = "a record starts with a line '>name'"
LETTERS = "the letters are A C G T U and the IUPAC letters R Y S W K M B D H V N"
REFUSED = {
    "empty": (b"", "FILE: there is nothing in it; " + STARTS),
    "blank": (b"\n\n \n", "FILE: there is no record in it; " + STARTS),
    "byte-order mark alone": (b"\xef\xbb\xbf", "FILE: there is no record in it; " + STARTS),
    "comments alone": (b"; mine\n", "FILE: there is no record in it; " + STARTS),
    "no header": (
        b"\nACGT\nACGT\n",
        "FILE, line 2: the text does not start with '>'; put a line such as '>my_sequence' above the letters",
    ),
    "text above": (b"my sequence\n>a\nAC\n", "FILE, line 1: the text does not start with '>'; " + STARTS),
    "header not at the line's start": (b" >a\nAC\n", "FILE, line 1: the text does not start with '>'; " + STARTS),
    "letters of old": (
        b";LCBO\n; a record as it was written in 1988\nACGT\n",
        "FILE, line 3: the letters follow a line with ';' and not one with '>'; write '>' for that ';'",
    ),
    "comment under the header": (
        b">a\n; mine\nAC\n",
        "FILE, record a, line 2: a comment line stands among the letters; remove it",
    ),
    "comment among the letters": (
        b">a\nAC\nGT\n  ; mine\nAC\n",
        "FILE, record a, line 4: a comment line stands among the letters; remove it",
    ),
    "comment behind letters": (b">a\nAC;mine\n", f"FILE, record a, line 2: ';' is not a nucleotide letter; {LETTERS}"),
    "other comment": (
        b"# mine\n>a\nAC\n",
        "FILE, line 1: this line is a comment, and FASTA has none that begin with '#'; "
        "remove the lines above the first '>'",
    ),
    "Git LFS": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        "FILE, line 1: this is a Git LFS pointer, not the file that it stands for; fetch the file with git lfs pull",
    ),
    "fastq": (
        b"@a\nAC\n+\nII\n",
        "FILE, line 1: this looks like FASTQ; convert it to FASTA, for instance with seqtk seq -a",
    ),
    "sam": (
        b"@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:45\n",
        "FILE, line 1: this looks like SAM; convert it, for instance with samtools fasta",
    ),
    "genbank": (b"LOCUS       X\n", "FILE, line 1: this looks like GenBank; save the record as FASTA"),
    "embl": (b"ID   X56734; SV 1\n", "FILE, line 1: this looks like EMBL; save the record as FASTA"),
    "bed": (
        b"chr1\t100\t200\tpeak\n",
        "FILE, line 1: this looks like BED, which holds places; "
        "take the letters out of a genome's FASTA, for instance with bedtools getfasta",
    ),
    "bed under a track line": (
        b'track name="mine"\nchr1\t100\t200\n',
        "FILE, line 1: this looks like a track of a genome browser, which holds no letters; "
        "give the FASTA file itself",
    ),
    "gff": (
        b"chr1\tHAVANA\tgene\t11869\t14409\t.\t+\n",
        "FILE, line 1: this looks like GFF, which holds places; "
        "take the letters out of a genome's FASTA, for instance with bedtools getfasta",
    ),
    "vcf": (
        b"##fileformat=VCFv4.2\n#CHROM\tPOS\n",
        "FILE, line 1: this looks like VCF, which holds variants; give the FASTA file itself",
    ),
    "fai": (
        b"chr1\t248956422\t112\t70\t71\n",
        "FILE, line 1: this looks like the index of a FASTA file; give the FASTA file itself",
    ),
    "alignment": (
        b"CLUSTAL W (1.82)\n\na AC\n",
        "FILE, line 1: this looks like an alignment; save its sequences as FASTA, without gaps",
    ),
    "motifs": (b"\nMEME version 4\n", "FILE, line 2: this looks like motifs in MEME's format; give them by --model"),
    "json": (b'{"a": 1}\n', "FILE, line 1: this looks like JSON; give the FASTA file itself"),
    "web page": (
        b"<!DOCTYPE html>\n",
        "FILE, line 1: this looks like a web page; download the FASTA file itself",
    ),
    "old Mac": (
        b">a x\rACGT\r>b\rAC\r",
        "FILE, line 1: a carriage return stands without a line feed, as in old Mac files; "
        "convert the line ends, for instance with tr -s '\\r' '\\n'",
    ),
    "one old line end": (
        b">a\nACGT\nAC\rGT\n",
        "FILE, record a, line 3: a carriage return stands without a line feed, as in old Mac files; "
        "convert the line ends, for instance with tr -s '\\r' '\\n'",
    ),
    "numbered lines": (
        b">a\n 1 acgt\n 5 acgt\n",
        "FILE, record a, line 2: the digit '1' stands among the letters; remove the numbering of the lines",
    ),
    "gap": (
        b">a\nAC\n>b\nAC-T\n",
        "FILE, record b, line 4: '-' is a gap, not a nucleotide letter; remove the gaps of the alignment",
    ),
    "stop": (b">a\nACGT\nAC*\n", "FILE, record a, line 3: '*' is not a nucleotide letter; " + LETTERS),
    "protein": (
        b">a\nMKVL\n",
        f"FILE, record a, line 2: 'L' is not a nucleotide letter; {LETTERS}; a protein cannot be read",
    ),
    "X": (b">a\nAX\n", f"FILE, record a, line 2: 'X' is not a nucleotide letter; {LETTERS}; a masked base is N"),
    "other script": (">a\nACé\n".encode(), f"FILE, record a, line 2: 'é' is not a nucleotide letter; {LETTERS}"),
    "no text": (b">a\nAC\xff\n", f"FILE, record a, line 2: byte 0xff is not a nucleotide letter; {LETTERS}"),
    "escape": (b">a\nAC\x1b[2J\n", f"FILE, record a, line 2: byte 0x1b is not a nucleotide letter; {LETTERS}"),
    "header inside a line": (
        b">a\nAC>b\nGG\n",
        "FILE, record a, line 2: '>' stands inside a line; start every header on a line of its own",
    ),
    "no name": (b">a\nAC\n>\nAC\n", "FILE, line 3: the header has no name; write a name right after '>'"),
    "no name but a space": (b"> \t\nAC\n", "FILE, line 1: the header has no name; write a name right after '>'"),
    "endless header": (
        b">" + b"a" * (1 << 20) + b"b\nAC\n",
        "FILE, line 1: the header is longer than 1,048,576 bytes; "
        "end the header's line after the name and its description",
    ),
    "long name": (
        b">" + b"a" * 100 + b"\n*\n",
        f"FILE, record {'a' * 59}…, line 2: '*' is not a nucleotide letter; {LETTERS}",
    ),
    "UTF-16": (
        ">a\nAC\n".encode("utf-16"),
        "FILE: this is UTF-16 text, not plain text; convert it, for instance with iconv -f UTF-16 -t UTF-8",
    ),
    "UTF-16 without a mark": (
        ">a\nAC\n".encode("utf-16-le"),
        "FILE: this is UTF-16 text, not plain text; convert it, for instance with iconv -f UTF-16 -t UTF-8",
    ),
    "bzip2": (b"BZh91AY&SY", "FILE: this is compressed with bzip2; unpack it first"),
    "zip": (b"PK\3\4\0\0", "FILE: this is a zip archive; unpack it first, or give it by --model if it is a model"),
    "tar": (
        b"my.fa".ljust(257, b"\0") + b"ustar  \0".ljust(255, b"\0") + b">a\nAC\n",
        "FILE: this is a tar archive; unpack it, for instance with tar -xf, and open a file of it",
    ),
    "2bit": (
        b"C\x27A\x1a\0\0\0\0\1\0\0\0",
        "FILE: this is 2bit; convert it to FASTA, for instance with twoBitToFa",
    ),
    "bam": (
        b"BAM\1\0\0",
        "FILE: this is BAM, which holds reads; convert it to FASTA, for instance with samtools fasta",
    ),
    "motif": (
        b">MA0004.1\tArnt\nA  [     4     19 ]\n",
        "FILE, record MA0004.1, line 2: this looks like a motif of JASPAR, not letters; give motifs by --model",
    ),
    "hdf5": (b"\x89HDF\r\n\x1a\n\0\0", "FILE: this is HDF5, as models of Keras are; give a model by --model"),
    "binary": (
        b"\x93NUMPY\1\0\0",
        "FILE: this is a binary file; give a FASTA file, plain or compressed with gzip",
    ),
}  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
def test_what_is_refused_is_said(route: str, tmp_path: Path, subtests: pytest.Subtests) -> None:
    for nth, (case, (data, sentence)) in enumerate(REFUSED.items()):
        folder = tmp_path / str(nth)
        folder.mkdir()
        with subtests.test(case):
            with pytest.raises(SequenceError) as caught:
                ROUTES[route](data, folder)
            assert str(caught.value) == sentence.replace("FILE", "standard input" if route == "piped" else "my.fa")


@given(
    letters=st.text(alphabet="ACGTNacgtnRyU", min_size=1, max_size=90),
    width=st.integers(1, 30),
    line_end=st.sampled_from([b"\n", b"\r\n"]),
    ended=st.booleans(),
    data=st.data(),
)
def test_a_slice_of_the_record_is_the_slice_of_the_letters(
    letters: str, width: int, line_end: bytes, ended: bool, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(letters)))
    stop = data.draw(st.integers(start, len(letters)))
    lines = [letters[first : first + width].encode() for first in range(0, len(letters), width)]
    text = line_end.join([b">before", b"ACG", b">it", *lines])
    text += line_end + b">after" + line_end + b"TT" if ended else b""
    expected = letters.replace("U", "T")[start:stop]
    with tempfile.TemporaryDirectory() as folder:
        for route in ROUTES.values():
            with route(text, Path(folder)) as opened:
                assert opened["it"].letters(start, stop) == expected


WORDS = [
    *[b">a\n", b">b x\r\n", b">c", b">", b"ACGT", b"ACGT\n", b"ACGT\n", b"ACGT\n", b"ACGT\r\n", b"AC\n", b"A"],
    *[b"\n", b"\n", b"\r\n", b"\r", b" ", b"\t", b"u", b"7", b"*", b"\xff", b";", b" ;x\n"],
]


def outcome(route: str, text: bytes, folder: Path) -> object:
    """Return the records, or what is said of them; standard input has no name to compare."""
    try:
        with ROUTES[route](text, folder) as opened:
            return [(record.name, record.letters()) for record in opened]
    except SequenceError as error:
        return error.what, error.where.partition(",")[2], error.remedy


def read_line_by_line(text: bytes) -> list[tuple[str, str]]:
    """Read legal FASTA as one would by hand."""
    records: list[tuple[str, list[str]]] = []
    for line in text.replace(b"\r\n", b"\n").split(b"\n"):
        if line.startswith(b">"):
            records.append((line[1:].split()[0].decode("utf-8", "backslashreplace"), []))
        elif line.strip():
            records[-1][1].append(b"".join(line.split()).decode())
    read: dict[str, str] = {}
    for name, lines in records:
        own = name if name not in read else next(f"{name}#{n}" for n in count(2) if f"{name}#{n}" not in read)
        read[own] = "".join(lines).replace("u", "t")
    return [*read.items()]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(WORDS), max_size=12).map(b"".join))
def test_all_routes_agree_on_any_text(rest: bytes) -> None:
    text = b">z\n" + rest
    with tempfile.TemporaryDirectory() as folder:
        found, *others = [outcome(route, text, Path(folder)) for route in ROUTES]
    assert others == [found, found]
    if isinstance(found, list):
        assert found == read_line_by_line(text)


def read_pieces(pieces: list[bytes], kept: bytearray | None) -> object:
    try:
        return [*read_fasta(pieces, "my.fa", kept=kept, limit=1 << 30)], kept
    except SequenceError as error:
        return str(error) if kept is not None else None


@settings(max_examples=200)
@given(st.lists(st.sampled_from(WORDS), max_size=12).map(b"".join), st.lists(st.integers(0, 60)), st.booleans())
def test_where_a_block_ends_changes_nothing(rest: bytes, cuts: list[int], keep: bool) -> None:
    start = b">long enough to be told from a binary file\n" + b"ACGT" * 256
    text = start + rest
    places = [0, *sorted(len(start) + min(cut, len(rest)) for cut in cuts), len(text)]
    pieces = [text[first:last] for first, last in pairwise(places)]
    whole = read_pieces([text], bytearray() if keep else None)
    assert read_pieces(pieces, bytearray() if keep else None) == whole


def test_where_the_letters_of_a_file_lie() -> None:
    text = b"\xef\xbb\xbf\n>a one\r\nACGT\r\nAC\r\n\r\n>b\n\nACG"
    assert [*read_fasta([text], "my.fa")] == [
        Layout("a", "one", 6, text.index(b"ACGT"), 4, 6),
        Layout("b", "", 3, text.index(b"ACG", 20), 3, 3),
    ]
