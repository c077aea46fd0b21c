"""`cnn-tui export`: what goes along the record, one filter a file, kernels, and what does not go together."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError
from cnn_core.presets import preset
from cnn_core.readers.motifs.meme import read_meme
from cnn_core.writers import tracks
from cnn_core.writers.values import BlockValues
from cnn_tui.__main__ import main
from cnn_tui.cli import export
from cnn_tui.opening import open_source
from cnn_tui.options.request import OpenRequest
from cnn_tui.output import value_files

SEED_LENGTH = 500


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def typed(words: str, *more: str) -> int:
    return main(["export", "@planted", "--model", "motifs", *words.split(), *more])


@pytest.fixture
def long_record(tmp_path: Path) -> Path:
    letters = "".join(np.random.RandomState(0).choice([*"ACGT"], 1203))
    path = tmp_path / "long.fa"
    path.write_text(f">chr1\n{letters}\n>chr2\n{letters[:600]}\n")
    return path


@pytest.mark.usefixtures("here")
class TestFiles:
    @pytest.mark.parametrize(
        ("words", "begins"),
        [
            ("--filter TBP -o x.bedgraph", "sim_01\t0\t"),
            ("--filter TBP -o x.bedGraph --track-line", "track type=bedGraph"),
            ("--filter 0 --what responses -o x.bdg", "sim_01\t0\t"),
            ("-o x.tsv", "record\tstart\tstop\tstrand\tcell\tTBP\tGATA1"),
            ("-o x.tsv --what selections", "record\tstart\tstop\tstrand\tcell\tTBP\tGATA1"),
            ("-o x.tsv --what activations --filter TBP", "record\tstart\tstop\tstrand\tposition\tTBP\n"),
            ("-o x.tsv --what kernels", "filter\ttap\tA\tC\tG\tT\nTBP\t0\t"),
            ("-o x.bed", "sim_01\t16\t24\tTBP\t1000\t+\n"),
            ("-o x.bed --what selections", "sim_01\t21\t37\tTBP\t1000\t+\n"),
            ("-o x.bed --reverse-complement", "sim_01\t"),
            ("-o x.meme", "MEME version 4\n"),
        ],
    )
    def test_the_suffix_is_the_format(self, words: str, begins: str, here: Path) -> None:
        assert typed(words) == 0
        (path,) = here.iterdir()
        assert path.read_text().startswith(begins)

    def test_an_npz_of_cells_holds_them(self, here: Path) -> None:
        assert typed("--what cells --region sim_02:11-210 --filter GATA1 -o x.npz") == 0
        reading = Reading.of(preset("motifs"), open_source("@planted")["sim_02"], (10, 210)).into()
        with np.load("x.npz") as found:
            np.testing.assert_array_equal(found["cells"], reading.run.values(0, reading.run.cells)[:, [1]])
            assert found["window"].tolist() == [10, 210]
            assert str(found["record"]) == "sim_02"

    def test_a_bigwig_reads_back(self, here: Path) -> None:
        library = pytest.importorskip("pyBigWig")
        assert typed("--filter TBP -o x.bw") == 0
        assert [*here.iterdir()] == [here / "x.bw"]
        with library.open("x.bw") as file:
            assert file.chroms() == {"sim_01": 500}
            assert file.intervals("sim_01")[1] == (16, 24, 9.5)

    def test_filter_in_the_name_makes_a_file_each(self, here: Path) -> None:
        Path("tracks").mkdir()
        assert typed("-o tracks/cells.{filter}.bedgraph") == 0
        names = sorted(path.name for path in Path("tracks").iterdir())
        assert len(names) == 12
        # FOS::JUN is no name for a file everywhere.
        assert "cells.FOS__JUN.bedgraph" in names
        assert typed("--filter TBP -o tbp.bedgraph") == 0
        assert Path("tbp.bedgraph").read_bytes() == Path("tracks/cells.TBP.bedgraph").read_bytes()

    def test_a_motif_file_is_read_by_our_own_reader(self) -> None:
        assert typed("-o windows.meme") == 0
        assert typed("-o weights.meme --motif-rule weights --background 0.3,0.2,0.2,0.3") == 0
        windows, weights = (read_meme(Path(f"{name}.meme").read_bytes(), name) for name in ("windows", "weights"))
        assert {motif.name for motif in windows.motifs} >= {"TBP", "CTCF", "GATA1"}
        assert len(weights.motifs) == 12
        assert weights.background is not None
        assert weights.background.tolist() == [0.3, 0.2, 0.2, 0.3]

    def test_motifs_are_of_all_records_unless_one_is_named(self) -> None:
        def sites(words: str) -> int:
            assert typed(f"{words} --filter TBP --force -o x.meme") == 0
            text = Path("x.meme").read_text()
            return int(text.split("nsites= ")[1].split()[0])

        assert sites("") > sites("--record sim_01")


class TestAlongTheRecord:
    def test_a_network_of_a_fixed_length_goes_along_all_of_it(
        self, long_record: Path, here: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["export", str(long_record), "--model", "seed", "--what", "cells", "-o", "x.npz"]) == 0
        assert capsys.readouterr().err == (
            "cnn-tui: warning: 1 of 2 records is written, chr1: --record names another, --all-records takes all\n"
            "cnn-tui: warning: seed reads 500 bases at once; its conv1d and max_pooling1d were computed along all "
            "1,203 of chr1:1-1203, as if its input were that long\n"
        )
        record = open_source(str(long_record))["chr1"]
        with np.load("x.npz") as found:
            cells = found["cells"]
        assert cells.shape == ((1203 - 15) // 8, 320)
        # Where a window of the network's own length begins at a cell, its cells are the same.
        reading = Reading.of(preset("seed"), record, (80, 80 + SEED_LENGTH)).into()
        np.testing.assert_array_equal(cells[10:70], reading.run.values(0, 60))

    def test_nothing_is_said_of_its_own_length(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        words = ("export", "@planted", "--model", "seed", "--record", "sim_01", "--filter", "3", "-o", "x.bed")
        assert main([*words]) == 0
        assert capsys.readouterr().err == ""

    def test_one_record_of_several_is_said_unless_it_was_named(
        self, long_record: Path, here: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        one = here / "one.fa"
        one.write_text(">a\n" + "ACGT" * 20 + "\n")
        asked = ([str(one)], [str(long_record), "--record", "chr2"], [str(long_record), "--region", "1-100"])
        for words in asked:
            assert main(["export", *words, "--model", "motifs", "-o", "x.tsv", "--force"]) == 0
            assert capsys.readouterr().err == ""
        assert main(["export", str(long_record), "--model", "motifs", "-o", "y.tsv"]) == 0
        said = (
            "cnn-tui: warning: 1 of 2 records is written, chr1: --record names another, --all-records takes all\n"
        )
        assert capsys.readouterr().err == said


@pytest.mark.usefixtures("here")
class TestRefusals:
    @pytest.mark.parametrize(
        ("words", "refusal"),
        [
            ("-o x.bedgraph", "holds one filter, and there are 12; add --filter, or call it x.{filter}.bedgraph"),
            ("-o x.bed --what responses", "the name does not end in .npz, .tsv, .bedgraph, .bdg, .bw or .bigwig"),
            ("-o x.bw --what selections --filter 0", "the name does not end in .npz, .tsv or .bed; call it x.npz"),
            ("-o x.meme --what cells", "the name does not end in"),
            ("-o x.bed --filter nosuch", "conv1d has no filter 'nosuch'"),
            ("-o x.bed --filter 12", "conv1d has no filter '12'; its filters are 0 to 11"),
            ("-o x.meme --background 0.5,0.5 --motif-rule weights", "its shares add up to 1"),
        ],
    )
    def test_one_sentence_and_nothing_left(
        self, words: str, refusal: str, here: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert typed(words) == 1
        said = capsys.readouterr().err
        assert refusal in said
        assert said.count("\n") == 1
        assert [*here.iterdir()] == []

    @pytest.mark.parametrize(
        "words",
        [
            "-o x.npz --filter 0",
            "-o x.bed --background 1,2,3,4",
            "-o x.bed --what nothing",
            "-o x.meme --background a",
        ],
    )
    def test_wrong_usage(self, words: str) -> None:
        with pytest.raises(SystemExit) as ended:
            typed(words)
        assert ended.value.code == 2

    def test_a_file_that_is_there_is_kept_unless_forced(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("x.bed").write_text("precious")
        assert typed("-o x.bed") == 1
        assert "there is such a file already" in capsys.readouterr().err
        assert Path("x.bed").read_text() == "precious"
        assert typed("-o x.bed --force") == 0
        assert Path("x.bed").read_text().startswith("sim_01\t")

    def test_one_file_of_many_that_is_there_stops_all_before_any_work(self, here: Path) -> None:
        Path("GATA1.bedgraph").write_text("precious")
        assert typed("-o {filter}.bedgraph") == 1
        assert [*here.iterdir()] == [here / "GATA1.bedgraph"]


@pytest.mark.usefixtures("here")
def test_files_that_are_whole_are_named_where_the_others_are_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write, done = tracks.write_bedgraph, []

    def full(*given: Any, **options: Any) -> None:
        if len(done) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        done.append(given)
        write(*given, **options)

    monkeypatch.setattr(tracks, "write_bedgraph", full)
    assert typed("-o {filter}.bedgraph") == 1
    assert capsys.readouterr().err == (
        "cnn-tui: warning: 2 files are whole, TBP.bedgraph to GATA1.bedgraph; the others are not written\n"
        "cnn-tui: CTCF.bedgraph: no space left on device\n"
    )


@pytest.mark.parametrize("suffix", [".npz", ".tsv", ".bed", ".bedgraph", ".bw"])
@pytest.mark.parametrize(
    "stop", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device"), ValueError()], ids=repr
)
def test_what_is_interrupted_leaves_nothing(suffix: str, stop: BaseException, tmp_path: Path) -> None:
    def interrupt(done: int, there: int) -> None:
        raise stop

    reading = Reading.of(preset("motifs"), open_source("@planted")["sim_01"]).into()
    of = BlockValues.of(reading, "cells", (0,))
    path = tmp_path / f"x{suffix}"
    with pytest.raises(CnnError if isinstance(stop, OSError) else type(stop)):
        value_files.write_values(of, path, progress=interrupt)
    assert [*tmp_path.iterdir()] == []
    assert value_files.write_values(of, path) == (path,)
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("suffix", [".npz", ".tsv", ".bedgraph", ".bw"])
def test_where_there_is_no_room_it_is_one_sentence_and_nothing_left(suffix: str, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    path = tmp_path / f"x{suffix}"
    of = BlockValues.of(Reading.of(preset("motifs"), open_source("@planted")["sim_01"]).into(), "responses", (0,))
    # A file that may not grow fails as one on a full disk does.
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (900, before[1]))
    try:
        with pytest.raises(CnnError, match=rf"x\{suffix}: file too large$"):
            value_files.write_values(of, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("suffix", [".npz", ".tsv", ".bed", ".bedgraph"])
def test_equal_values_are_equal_bytes(suffix: str, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}{suffix}" for name in "ab"]
    for path in paths:
        asked: dict[str, Any] = {"sequences": "@planted", "model": "motifs", "filter": "TBP"}
        export.run(OpenRequest(**asked), str(path), "cells")
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_what_is_on_screen_is_written_by_its_bounds(tmp_path: Path) -> None:
    reading = Reading.of(preset("motifs"), open_source("@planted")["sim_01"]).into()
    value_files.write_values(BlockValues.of(reading, "cells", (0,), (1, 4)), tmp_path / "x.bedgraph")
    assert (tmp_path / "x.bedgraph").read_text().splitlines() == [
        "sim_01\t8\t16\t0",
        "sim_01\t16\t24\t9.5",
        "sim_01\t24\t32\t0",
    ]


@pytest.mark.usefixtures("here")
class TestAllRecords:
    def records(self, here: Path) -> str:
        letters = "".join(np.random.RandomState(1).choice([*"ACGT"], 200))
        (here / "my.fa").write_text(
            f">one\n{letters[:64]}\n>short\nACGT\n>none\n>two\n{letters}\n>one\n{letters[9:99]}\n"
        )
        return "my.fa"

    @pytest.mark.parametrize("suffix", [".tsv", ".bed", ".bedgraph"])
    def test_lines_of_every_record(self, suffix: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        words = ["export", self.records(here), "--model", "motifs", "--what", "cells", "--filter", "2"]
        assert main([*words, "--all-records", "-o", f"all{suffix}"]) == 0
        assert "2 of 5 records are too short for a single cell and were passed over" in capsys.readouterr().err
        together = (here / f"all{suffix}").read_text().splitlines()
        alone: list[str] = []
        for name in ("one", "two", "one#2"):
            assert main([*words, "--record", name, "-o", f"{name}{suffix}"]) == 0
            lines = (here / f"{name}{suffix}").read_text().splitlines()
            # What is said of the whole file stands above its first record.
            alone += lines if not alone else [line for line in lines if line.startswith(f"{name}\t")]
        assert together == alone

    def test_arrays_are_cells_unless_asked_otherwise(self, here: Path) -> None:
        assert main(["export", self.records(here), "--model", "motifs", "--all-records", "-o", "all.npz"]) == 0
        arrays = np.load(here / "all.npz")
        # 64, 200 and 90 letters have 49, 185 and 75 responses of 16 columns, and a cell of every eight.
        assert arrays["rows"].tolist() == [0, 6, 6, 6, 29, 38]
        assert arrays["cells"].shape == (38, 12)
        assert bytes(arrays["records"]) == b"one\nshort\nnone\ntwo\none#2"

    def test_a_file_a_filter(self, here: Path) -> None:
        library = pytest.importorskip("pyBigWig")
        words = ["export", self.records(here), "--model", "motifs", "--all-records"]
        assert main([*words, "-o", "{filter}.bw"]) == 0
        assert len([*here.glob("*.bw")]) == 12
        opened = library.open(str(here / "TBP.bw"))
        assert opened.chroms() == {"one": 64, "short": 4, "none": 0, "two": 200, "one#2": 90}
        opened.close()

    @pytest.mark.parametrize(
        ("words", "refused"),
        [
            (["--record", "one", "-o", "x.tsv"], "leave out --record and --region"),
            (["--region", "one:1-60", "-o", "x.tsv"], "leave out --record and --region"),
            (["--input", "a=b.npy", "-o", "x.tsv"], "the numbers of --input are those of one record"),
            (["-o", "x.meme"], "it is for cells, activations, responses and selections"),
            (["--what", "layers", "-o", "x.npz"], "it is for cells, activations, responses and selections"),
        ],
    )
    def test_what_does_not_go_with_all_records(
        self, words: list[str], refused: str, here: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit):
            main(["export", self.records(here), "--model", "motifs", "--all-records", *words])
        assert refused in capsys.readouterr().err

    def test_a_letter_that_is_refused_leaves_no_file(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (here / "my.fa").write_text(f">one\n{'ACGT' * 9}\n>two\n{'ACGN' * 8}\n")
        words = ["export", "my.fa", "--model", "motifs", "--all-records", "--ambiguity", "error", "-o", "x.tsv"]
        assert main(words) == 1
        assert "record two:4, letter N: is ambiguous" in capsys.readouterr().err
        assert {entry.name for entry in here.iterdir()} == {"my.fa"}
