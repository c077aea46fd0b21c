"""What is written beside tracks: a track line, the lengths of the records, and a session for IGV."""

from __future__ import annotations

import gzip
import math
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cnn_tui.__main__ import main

# With all that XML escapes.
FASTA = "data/my & 'ü'.fa"
BASES = {"chr1": "ACGTTATAAAAGGCGGGA" * 20, "chr 2": "GGATTGCAT" * 30, "none": ""}
TRACKS = (
    ("export", "--filter TBP -o a'b.bedgraph", "bedgraph", "chr1:1-360"),
    ("export", "--filter TBP -o cells.bed", "bed", "chr1:1-360"),
    ("export", "--filter TBP --all-records -o all.bw", "bigwig", None),
    ("export", "--filter TBP --region chr1:11-90 -o part.bw", "bigwig", "chr1:11-90"),
    ("effects", "--target max_pooling1d:5:1 -o effects.bedgraph", "bedgraph", "chr1:1-360"),
    ("attribute", "--target max_pooling1d:5:1 -o out --format bw", "bigwig", "chr1:1-360"),
    ("predict", "--target max_pooling1d:1 --record chr1 -o x.bdg", "bedgraph", "chr1:1-360"),
    ("predict", "--target max_pooling1d:1 -o x.bw", "bigwig", None),
    ("scan", "-o hits.bed", "bed", None),
    ("scan", "--region chr1:11-90 -o hits.gff3", "gff3", "chr1:11-90"),
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for folder in ("data", "sessions"):
        Path(folder).mkdir()
    Path(FASTA).write_text("".join(f">{name}\n{letters}\n" for name, letters in BASES.items()))
    return tmp_path


def typed(command: str, words: str, *more: str) -> int:
    return main([command, FASTA, "--model", "motifs", *words.split(), *more])


@pytest.mark.usefixtures("here")
def test_a_session_names_the_fasta_and_the_track_from_its_own_folder(
    subtests: pytest.Subtests, capsys: pytest.CaptureFixture[str]
) -> None:
    for command, words, kind, locus in TRACKS:
        with subtests.test(f"{command} {words}"):
            assert typed(command, words, "--igv", "sessions/s.xml", "--force") == 0
            session = ElementTree.parse("sessions/s.xml").getroot()
            assert session.tag == "Session"
            assert Path("sessions", session.attrib["genome"]).resolve() == Path(FASTA).resolve()
            assert session.get("locus") == locus
            (track,) = session.iterfind("Resources/Resource")
            output = words.split("-o ")[1].split()[0]
            assert Path("sessions", track.attrib["path"]).resolve() == Path(output).resolve()
            assert track.attrib["type"] == kind
            assert "IGV needs my & 'ü'.fa.fai beside my & 'ü'.fa" in capsys.readouterr().err
    Path(f"{FASTA}.fai").touch()
    assert typed("export", "-o {filter}.bw", "--igv", "s.xml") == 0
    assert "IGV" not in capsys.readouterr().err
    os.utime(f"{FASTA}.fai", (0, 0))
    assert typed("export", "--filter 0 --edit chr1:1A>G -o edited.bw", "--igv", "edited.xml") == 0
    said = capsys.readouterr().err
    assert "no older than it: samtools faidx makes it\n" in said
    assert "the track is of edited letters, and the session opens my & 'ü'.fa as it is" in said
    session = ElementTree.parse("s.xml").getroot()
    assert session.attrib["genome"] == FASTA
    of_filters = {each.attrib["path"] for each in session.iterfind("Resources/Resource")}
    assert len(of_filters) == 12
    assert of_filters < {path.name for path in Path().iterdir()}


@pytest.mark.usefixtures("here")
def test_every_line_of_a_bedgraph_is_a_value_and_lengths_stand_beside_it(
    subtests: pytest.Subtests, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for command, words in (
        ("export", "--filter TBP --all-records"),
        ("effects", "--target max_pooling1d:5:1 --all-records"),
        ("predict", "--target max_pooling1d:1"),
    ):
        with subtests.test(command):
            more = ("--format", "bedgraph", "--chrom-sizes", "my.chrom.sizes", "--force")
            assert typed(command, words, "-o", "x", *more) == 0
            sizes = dict(line.split("\t") for line in Path("my.chrom.sizes").read_text().splitlines())
            assert sizes == {name.split()[0]: str(len(letters)) for name, letters in BASES.items()}
            rows = [line.split("\t") for line in Path("x").read_text().splitlines()]
            assert {name for name, *_ in rows} == {"chr1", "chr"}
            assert all(0 <= int(start) < int(stop) <= int(sizes[name]) for name, start, stop, _ in rows)
            assert all(math.isfinite(float(value)) for *_, value in rows)
            assert typed(command, words, "-o", "y", "--track-line", *more) == 0
            head, *others = Path("y").read_bytes().splitlines(keepends=True)
            assert head.startswith(b'track type=bedGraph name="')
            assert b"".join(others) == Path("x").read_bytes()
            capsysbinary.readouterr()
            assert typed(command, words, "-o", "-", *more) == 0
            assert capsysbinary.readouterr().out == Path("x").read_bytes()


@pytest.mark.usefixtures("here")
def test_what_does_not_go_together_is_refused_before_any_work(
    subtests: pytest.Subtests, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {*Path().iterdir()}
    for command, words, status, said in (
        ("export", "-o x.npz --track-line", 2, "--track-line: it is for -o FILE.bedgraph"),
        ("export", "-o x.bed --chrom-sizes y", 2, "--chrom-sizes: it is for -o FILE.bedgraph or FILE.bw"),
        ("scan", "-o x.tsv --igv y.xml", 2, "--igv: it is for -o with the file of a track"),
        ("effects", "--igv y.xml", 2, "--igv: it is for"),
        ("predict", "-o - --format bedgraph --igv y.xml", 2, "--igv: a session opens files"),
        ("predict", "-o x.bw --chrom-sizes ./x.bw", 2, "each file needs a name of its own"),
        ("predict", "-o x.bw --igv y.txt", 1, "y.txt: the name does not end in .xml; call it y.xml"),
        ("predict", "-o x.bw --chrom-sizes no/such", 1, "no: there is no such folder"),
        ("predict", "-o x.bw --chrom-sizes data", 1, "data: this is a folder"),
    ):
        with subtests.test(f"{command} {words}"):
            try:
                found = typed(command, words)
            except SystemExit as end:
                found = end.code
            assert found == status
            assert said in capsys.readouterr().err
            assert {*Path().iterdir()} == before


@pytest.mark.usefixtures("here")
def test_igv_reads_no_fasta_that_gzip_has_packed(capsys: pytest.CaptureFixture[str]) -> None:
    Path("my.fa.gz").write_bytes(gzip.compress(Path(FASTA).read_bytes()))
    assert main(["scan", "my.fa.gz", "--model", "motifs", "-o", "x.bed", "--igv", "s.xml"]) == 1
    assert (
        "my.fa.gz: IGV reads FASTA plain, or packed by bgzip and called .gz; unpack it" in capsys.readouterr().err
    )
    assert not Path("x.bed").exists()
