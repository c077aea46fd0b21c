"""`cnn-tui scan`: which cells it finds in which records, as what it writes them, and what it leaves behind."""

from __future__ import annotations

import errno
import gzip
import io
import os
import signal
import sys
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pytest
from explorers import fasta
from terminals import BARS_AT_ONCE, on_a_terminal

from cnn_core.errors import CnnError
from cnn_core.layers import Conv1D, GlobalMaxPooling1D, Input, MaxPooling1D
from cnn_core.network.model import Model
from cnn_core.readers.npz import write_npz
from cnn_core.writers import bed, gff3
from cnn_tui.__main__ import main
from cnn_tui.cli import progress, scan
from cnn_tui.cli.progress import progress_bars
from cnn_tui.cli.scan import Wanted
from cnn_tui.options.request import OpenRequest
from cnn_tui.output.whole_file import OutputFile

HEAD = "record\tstart\tstop\tstrand\tfilter\tname\tvalue\tcell\tselection\tletters\tp"
TATA = "GTATAAAAGGCGGGGC"
"""The consensus of the filter TBP, which gives 9.5; its bias makes all else silent."""
OPPOSITE = "GCCCCGCCTTTTATAC"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def records(here: Path) -> str:
    """Five records: the motif at 8, nothing, too short for a cell, the motif on the other strand at 20, no letters."""
    low = "C" * 100
    return fasta(
        here / "my.fa",
        one=low[:8] + TATA + low[:40],
        two=low,
        short=TATA,
        three=low[:20] + OPPOSITE + low[:31],
        none="",
    )


def scanned(capsys: pytest.CaptureFixture[str], *words: str) -> list[list[str]]:
    """Return the fields of each hit that is printed."""
    assert main(["scan", *words]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head == HEAD
    return [line.split("\t") for line in lines]


# What is found


def test_all_records_and_both_strands(records: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert scanned(capsys, records, "--model", "motifs", "--filter", "TBP", "--top", "5") == [
        ["one", "8", "24", "+", "0", "TBP", "9.5", "1", "8", TATA, "1.49012e-08"],
        # Counted from the other end: 67 − 20 − 16 = 31, in cell ⌊31/8⌋.
        ["three", "20", "36", "-", "0", "TBP", "9.5", "3", "31", TATA, "1.49012e-08"],
    ]


@pytest.mark.parametrize(("strand", "found"), [("+", ["one"]), ("-", ["three"]), ("both", ["one", "three"])])
def test_a_strand(strand: str, found: list[str], records: str, capsys: pytest.CaptureFixture[str]) -> None:
    hits = scanned(capsys, records, "--model", "motifs", "--filter", "TBP", "--threshold", "9", "--strand", strand)
    assert [hit[0] for hit in hits] == found


@pytest.mark.parametrize(
    ("place", "found"),
    [
        (["--record", "three"], [("three", "20")]),
        (["--record", "two"], []),
        (["--region", "one:2-50"], [("one", "8")]),
        (["--region", "one:10-64"], []),
        (["--record", "three", "--region", "11-60"], [("three", "20")]),
    ],
)
def test_a_record_or_a_region(
    place: list[str], found: list[tuple[str, str]], records: str, capsys: pytest.CaptureFixture[str]
) -> None:
    hits = scanned(capsys, records, "--model", "motifs", "--filter", "TBP", "--threshold", "9", *place)
    assert [(hit[0], hit[1]) for hit in hits] == found


def test_the_ten_strongest_of_all_filters_unless_more_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    hits = scanned(capsys, "@planted", "--model", "motifs")
    values = [float(hit[6]) for hit in hits]
    assert len(values) == 10
    assert values == sorted(values, reverse=True)
    assert len({hit[5] for hit in hits}) > 1
    everything = scanned(capsys, "@planted", "--model", "motifs", "--threshold", "0")
    assert values == sorted((float(hit[6]) for hit in everything), reverse=True)[:10]


def test_top_counts_for_each_filter_or_together(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("@planted", "--model", "motifs", "--filter", "GATA1", "--filter", "0", "--top", "3")
    each = scanned(capsys, *words)
    assert [hit[5] for hit in each] == ["GATA1"] * 3 + ["TBP"] * 3
    together = scanned(capsys, *words, "--together")
    assert together == sorted(each, key=lambda hit: -float(hit[6]))[:3]


def test_top_and_threshold_both_bind(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("@planted", "--model", "motifs", "--filter", "TBP", "--threshold", "7")
    assert [hit[6] for hit in scanned(capsys, *words, "--top", "9")] == ["9.5", "7.5"]
    assert [hit[6] for hit in scanned(capsys, *words, "--top", "1")] == ["9.5"]


def test_a_filter_named_twice_is_found_once(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("@planted", "--model", "motifs", "--filter", "TBP", "--filter", "0", "--threshold", "9")
    assert len(scanned(capsys, *words)) == 1


def test_filters_without_names_have_none(capsys: pytest.CaptureFixture[str]) -> None:
    (hit,) = scanned(capsys, "@planted", "--model", "seed", "--filter", "17", "--top", "1")
    assert hit[4:6] == ["17", ""]


def test_settings_are_those_that_the_explorer_ranks_with(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("@planted", "--model", "motifs", "--filter", "TBP", "--threshold", "3")
    own = scanned(capsys, *words)
    halved = scanned(capsys, *words, "--set", "pool_size=4,pool_stride=4")
    places = [[(hit[0], hit[1], hit[3], hit[6]) for hit in hits] for hits in (own, halved)]
    assert {*places[0]} <= {*places[1]}
    assert [int(hit[7]) // 2 for hit in halved if (hit[0], hit[1], hit[3], hit[6]) in places[0]] == [
        int(hit[7]) for hit in own
    ]
    assert scanned(capsys, *words, "--set", "pool_size=8", "--block", "max_pooling1d") == own


def test_any_number_of_threads_finds_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    one, three = (scanned(capsys, "@planted", "--model", "motifs", "--threads", count) for count in "13")
    assert one == three


def test_those_up_to_a_p_value_and_how_many_chance_gives(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("@planted", "--model", "motifs", "--filter", "TBP", "--filter", "CTCF", "--max-p")
    everything = scanned(capsys, *words[:-1], "--threshold", "0")
    capsys.readouterr()
    assert main(["scan", *words, "1e-5"]) == 0
    told = capsys.readouterr()
    hits = [line.split("\t") for line in told.out.splitlines()[1:]]
    assert hits == [hit for hit in everything if float(hit[-1]) <= 1e-5]
    # 12 records of 485 windows, of which a pool of 8 reads 480, on two strands; 23,040 × 1e-5 is 0.23.
    count, said = told.err.removeprefix("cnn-tui: warning: ").split(" ", 1)
    assert 0.2 < float(count) <= 0.2304
    assert said == (
        "hits at most are expected by chance: 2 filters, 11,520 windows of each, "
        "in random letters of the background 0.25,0.25,0.25,0.25\n"
    )
    skewed = scanned(capsys, *words, "1e-5", "--background", "0.4,0.1,0.1,0.4", "--top", "1")
    assert [hit[-1] == "1.49012e-08" for hit in skewed if hit[5] == "TBP"] == [False]
    assert main(["scan", *words, "1e-5", "-o", "hits.gff3"]) == 0
    lines = [line.split("\t") for line in (here / "hits.gff3").read_text().splitlines() if line[0] != "#"]
    assert [(line[0], int(line[3]) - 1, int(line[4])) for line in lines] == [
        (hit[0], int(hit[1]), int(hit[2])) for hit in hits
    ]
    assert main(["scan", *words, "1e-12"]) == 0
    assert "2 of 2 filters cannot have a p-value of 1e-12: even their best matches have 2.3e-10 or more" in (
        capsys.readouterr().err
    )


# What must be said


def test_a_fixed_length_and_short_records_are_told(records: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", records, "--model", "seed", "--filter", "0", "--top", "1"]) == 0
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "cnn-tui: warning: seed reads 500 bases at once; its conv1d and max_pooling1d were computed along whole "
        "records, as if its input were that long",
        "cnn-tui: warning: 2 of 5 records are too short for a single cell and were passed over",
    ]


def test_a_region_past_the_end_is_cut_off_and_told(records: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("scan", records, "--model", "motifs", "--filter", "TBP", "--region")
    assert main([*words, "one:2-64"]) == 0
    whole = capsys.readouterr()
    assert main([*words, "one:2-99"]) == 0
    cut = capsys.readouterr()
    assert (cut.out, whole.err) == (whole.out, "")
    assert cut.err == "cnn-tui: warning: one:2-99 reaches past the record's end and is cut off at 64\n"
    assert main([*words, "one:65-99"]) == 1
    assert "'one:65-99' is not in the record; the record is one:1-64" in capsys.readouterr().err


@pytest.mark.parametrize("strand", ["both", "+", "-"])
def test_a_letter_that_is_refused_is_named_where_the_record_has_it(
    strand: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = fasta(here / "my.fa", one="ACGT" * 30, two="ACGT" * 20 + "CR" + "ACGT" * 20)
    assert main(["scan", source, "--model", "motifs", "--ambiguity", "error", "--strand", strand]) == 1
    assert capsys.readouterr().err == (
        "cnn-tui: my.fa, record two:82, letter R: is ambiguous; choose the policy zero or uniform to accept "
        "ambiguous letters\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("my.fa --filter nosuch", "nosuch"),
        ("my.fa --record nosuch", "no record is named 'nosuch'"),
        ("my.fa --record none", "record none: holds no letters"),
        ("@planted --set pool=4", "--set: there is no setting 'pool'"),
        ("my.fa --record short", "is too short for a window of 8; the shortest input that works is 23 bases"),
        ("my.fa --block nosuch", "no conv → pool block with a layer 'nosuch'"),
        ("my.fa -o x.txt", "x.txt: the name does not end in .tsv, .bed or .gff3; call it x.tsv"),
        ("my.fa -o no/x.bed", "no: there is no such folder"),
        ("my.fa -o my.tsv", "my.tsv: there is such a file already; choose another name, or add --force"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    words: str, said: str, records: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "my.tsv").write_text("precious")
    assert main(["scan", "--model", "motifs", *words.split()]) == 1
    (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence.startswith("cnn-tui: ")
    assert said in sentence
    assert (here / "my.tsv").read_text() == "precious"
    assert {path.name for path in here.iterdir()} == {"my.fa", "my.tsv"}


@pytest.mark.parametrize(
    "words", ["--together", "--top 0", "--top x", "--threshold nan", "--threshold x", "--strand x", "--force"]
)
def test_wrong_usage(words: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["scan", "@planted", *words.split()])
    assert ended.value.code == 2


@pytest.mark.parametrize("option", ["--top", "--threads"])
def test_a_count_begins_at_1(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["scan", "@planted", option, "0"])
    assert f"argument {option}: '0' is no count; give a whole number from 1 on\n" in capsys.readouterr().err


# Files


def test_a_table_is_what_is_printed(records: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [records, "--model", "motifs", "--top", "3"]
    printed = scanned(capsys, *words)
    assert main(["scan", *words, "-o", "hits.tsv"]) == 0
    assert capsys.readouterr().out == ""
    head, *lines = (here / "hits.tsv").read_text().splitlines()
    assert [head, *(line.split("\t") for line in lines)] == [HEAD, *printed]


@pytest.mark.parametrize("how", ["--top 4", "--threshold 2"])
def test_bed_is_in_the_order_of_the_file(how: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["@planted", "--model", "motifs", *how.split()]
    expected = {(hit[0], hit[1], hit[2], hit[5], hit[3]) for hit in scanned(capsys, *words)}
    assert main(["scan", *words, "-o", "hits.bed"]) == 0
    lines = [line.split("\t") for line in (here / "hits.bed").read_text().splitlines()]
    assert {(*line[:4], line[5]) for line in lines} == expected
    assert all(0 < int(line[4]) <= 1000 for line in lines)
    places = [(line[0], int(line[1])) for line in lines]
    assert places == sorted(places)


def test_force_replaces_a_file(records: str, here: Path) -> None:
    (here / "hits.bed").write_text("old")
    assert main(["scan", records, "--model", "motifs", "-o", "hits.bed", "--force"]) == 0
    assert (here / "hits.bed").read_text().startswith("one\t8\t24\tTBP\t")


@pytest.mark.parametrize("how", [Wanted(threshold=0.0), Wanted(top=3)])
@pytest.mark.parametrize(
    "stop", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device", "some.part")]
)
@pytest.mark.parametrize("suffix", [".tsv", ".bed", ".gff3"])
def test_what_is_interrupted_leaves_nothing(
    suffix: str, stop: BaseException, how: Wanted, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise stop

    room = gff3 if suffix == ".gff3" else bed
    monkeypatch.setattr(room, {".tsv": "table_name", ".bed": "printable", ".gff3": "quote"}[suffix], fails)
    with pytest.raises((KeyboardInterrupt, CnnError)) as ended:
        scan.run(OpenRequest("@planted", model="motifs"), how, OutputFile(Path(f"hits{suffix}"), "hits", (suffix,)))
    if isinstance(ended.value, CnnError):
        assert str(ended.value) == f"hits{suffix}: no space left on device"
    assert [*here.iterdir()] == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_the_middle_leaves_nothing(
    number: signal.Signals, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    label, asked = bed.shortest, 0

    def signalled(value: float) -> str:
        nonlocal asked
        asked += 1
        if asked == 3:
            assert [path.suffix for path in here.iterdir()] == [".part"]
            os.kill(os.getpid(), number)
        return str(label(value))

    monkeypatch.setattr(bed, "shortest", signalled)
    words = ["scan", "@planted", "--model", "motifs", "--threshold", "0", "-o", "hits.tsv"]
    assert main(words) == 128 + number
    assert [*here.iterdir()] == []


# On a terminal


# Record after record


@pytest.mark.parametrize(
    "how", ["--threshold 2", "--top 2", "--top 3 --together", "--threshold 2 -o x.bed", "--top 9 -o x.bed"]
)
@pytest.mark.parametrize("way", ["gzip", "stdin"])
def test_a_stream_of_records_gives_the_same(
    way: str,
    how: str,
    records: str,
    here: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def hits(source: str) -> tuple[str, str, bytes]:
        assert (
            main(["scan", source, *how.split(), "--force"] if "-o" in how else ["scan", source, *how.split()]) == 0
        )
        told = capsys.readouterr()
        return told.out, told.err, Path("x.bed").read_bytes() if "-o" in how else b""

    expected = hits(records)
    text = Path(records).read_bytes()
    Path("my.fa.gz").write_bytes(gzip.compress(text))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert hits("my.fa.gz" if way == "gzip" else "-") == expected
    assert expected[0] or expected[2]


def test_a_stream_that_is_cut_short_leaves_no_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = b"".join(b">r%d\n%s\n" % (number, b"ACGTTGCA" * 9_000) for number in range(4))
    Path("my.fa.gz").write_bytes(gzip.compress(text, 0)[:-20])
    assert main(["scan", "my.fa.gz", "--threshold", "1", "-o", "x.tsv"]) == 1
    assert "my.fa.gz: the compressed data is cut short" in capsys.readouterr().err
    assert [path.name for path in here.iterdir()] == ["my.fa.gz"]


@pytest.mark.parametrize("how", [Wanted(top=1), Wanted(threshold=2.0)])
def test_a_stream_on_a_terminal_is_the_same_table(how: Wanted, records: str) -> None:
    packed = Path(records).with_suffix(".fa.gz")
    packed.write_bytes(gzip.compress(Path(records).read_bytes()))
    tables = []
    for source in (records, str(packed)):
        out = Terminal()
        with redirect_stdout(out):
            scan.run(OpenRequest(source, model="motifs"), how)
        tables.append([line.split() for line in out.getvalue().splitlines()])
    assert tables[0] == tables[1]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("how", [Wanted(("TBP",), top=2), Wanted(("TBP",), threshold=7.0)])
def test_a_terminal_gets_a_table_of_regions(how: Wanted) -> None:
    out = Terminal()
    with redirect_stdout(out):
        scan.run(OpenRequest("@planted", model="motifs"), how)
    head, *rows, end = out.getvalue().splitlines()
    assert head.split() == ["region", "strand", "filter", "name", "value", "p", "cell", "selection", "letters"]
    assert [row.split() for row in rows] == [
        ["sim_01:22-37", "+", "0", "TBP", "9.500", "1.5e−8", "2", "21", TATA],
        ["sim_07:452-467", "+", "0", "TBP", "7.500", "4.5e−6", "56", "451", "CTATAAATAGCGCAGA"],
    ]
    assert {row.index(row.split()[-1]) for row in rows} == {head.index("letters")}
    assert end.startswith("regions are 1-based and inclusive")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--threshold", "9.6"], "the best, 9.5, is below the threshold 9.6"),
        (["--threshold", "9.6", "--top", "3"], "the best, 9.5, is below the threshold 9.6"),
        (["--threshold", "9.6", "-o", "hits.bed"], "the best, 9.5, is below the threshold 9.6"),
        (["--max-p", "1e-8"], "the windows of all are likelier than p = 1e-08"),
        (["--record", "two"], "every one is all 0"),
        (["--record", "two", "--threshold", "1"], "every one is all 0"),
    ],
)
def test_where_there_is_no_hit_it_is_said_why(
    words: list[str], why: str, records: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", records, "--model", "motifs", "--filter", "TBP", *words]) == 0
    told = capsys.readouterr()
    assert told.out in (f"{HEAD}\n", "")
    # 64, 100 and 67 letters have 49, 85 and 52 responses, and 6, 10 and 6 cells of eight on each strand.
    cells = 20 if "two" in words else 44
    assert told.err.splitlines()[0] == (
        f"cnn-tui: warning: no cell is a hit: {cells} were looked at (each filter and strand counted), and {why}"
    )


def test_a_terminal_is_not_given_a_table_where_there_is_no_hit(capsys: pytest.CaptureFixture[str]) -> None:
    out = Terminal()
    with redirect_stdout(out):
        scan.run(OpenRequest("@planted", model="motifs"), Wanted(threshold=1e6))
    assert out.getvalue() == ""
    assert "no cell is a hit" in capsys.readouterr().err


def test_no_terminal_no_progress(records: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", records, "--model", "motifs", "--filter", "TBP"]) == 0
    assert capsys.readouterr().err == (
        "cnn-tui: warning: 2 of 5 records are too short for a single cell and were passed over\n"
    )


def test_the_progress_stands_on_a_terminal_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_SHOWN_AFTER", 0)
    stream = Terminal()
    with progress_bars(stream) as bars:
        told = bars.begin("scanning", "b")
        told(125_000_000, 500_000_000)
    shown = stream.getvalue()
    assert "scanning" in shown
    assert "125 of 500 Mb" in shown
    assert "25%" in shown
    # The cursor is back, and the line is erased.
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")
    assert shown.rstrip().endswith("\x1b[2K") or shown.endswith("\x1b[2K")


def test_on_a_real_terminal_the_table_stands_alone() -> None:
    words = ("scan", "@planted", "--model", "motifs", "--threshold", "18.6")
    status, shown = on_a_terminal(*words, program=BARS_AT_ONCE)
    assert status == 0
    assert "scanning" in shown
    assert "regions are 1-based and inclusive" in shown


def test_many_filters_and_records_agree_with_each_for_itself(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    random = np.random.default_rng(5)
    letters = {f"r{at}": "".join(random.choice([*"ACGT"], 60 + at)) for at in range(4)}
    conv = Conv1D(random.normal(size=(8, 4, 40)).astype(np.float32), activation="relu")
    layers = [("letters", Input()), ("conv", conv), ("pool", MaxPooling1D(8))]
    write_npz(Model.sequential("many", layers), here / "many.npz")
    path = fasta(here / "many.fa", **letters)
    together = scanned(capsys, path, "--model", "many.npz", "--top", "2", "--strand", "+")
    best: dict[str, list[list[str]]] = {}
    for name in letters:
        for hit in scanned(capsys, path, "--model", "many.npz", "--top", "2", "--strand", "+", "--record", name):
            best.setdefault(hit[4], []).append(hit)
    expected = [hit for hits in best.values() for hit in sorted(hits, key=lambda hit: -float(hit[6]))[:2]]
    assert len(together) > 40
    assert sorted(together) == sorted(expected)


def test_what_is_shorter_than_the_input_of_a_pool_over_all_positions_is_padded_as_asked(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kernel = np.eye(4, dtype=np.float32)[[0, 1, 2], :, None]
    layers = [("letters", Input(12)), ("conv", Conv1D(kernel)), ("best", GlobalMaxPooling1D())]
    write_npz(Model.sequential("detector", layers), here / "detector.npz")
    path = fasta(here / "short.fa", one="TTACGTT")
    words = path, "--model", "detector.npz", "--strand", "+", "--top", "1"
    for more, selection, said in (
        ([], "2", "all-zero rows right"),
        (["--pad", "left"], "7", "all-zero rows left"),
        (["--pad", "center", "--pad-with", "N"], "4", "N left and right"),
    ):
        assert main(["scan", *words, *more]) == 0
        out, told = capsys.readouterr()
        hit = out.splitlines()[1].split("\t")
        assert (hit[1:3], float(hit[6]), hit[8], hit[9]) == (["2", "5"], 3, selection, "ACG")
        assert f"1 of 1 input windows hold fewer than 12 bases: they have {said} of their letters" in told
    assert main(["scan", path, "--model", "motifs", "--pad", "left"]) == 1
    assert "leave out --pad, which is for a block that pools all positions of an input" in capsys.readouterr().err
