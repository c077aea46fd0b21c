"""`cnn-tui filters`: its table, its files, what it says, and what it refuses."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pytest

import cnn_core
import cnn_samples
from cnn_core.attribution import input_windows
from cnn_core.blocks import Reading
from cnn_core.motifs import MotifRule, MotifSettings
from cnn_core.readers.motifs.meme import read_meme
from cnn_core.scan import influences
from cnn_tui.__main__ import main
from cnn_tui.cli import filter_influence, filters
from cnn_tui.cli.filters import Asked
from cnn_tui.opening import open_source
from cnn_tui.options.request import OpenRequest

HEAD = "filter\tname\tsites\tinformation\tconsensus"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def typed(words: str) -> int:
    return main(["filters", "@planted", "--model", "motifs", *words.split()])


class TestTable:
    def test_has_a_row_a_filter_with_what_the_engine_counts(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert typed("--motif-rule best --strand both --against none") == 0
        said, head, *rows = capsys.readouterr().out.splitlines()
        assert said == "# letters under the best window of each sequence, on both strands"
        assert head == HEAD
        with open_source("@planted") as records:
            found = cnn_core.open_model("motifs").filters(records, "best", strand="both")
        assert len(found) == len(rows) == 12
        for motif, row in zip(found, rows, strict=True):
            bits = f"{motif.information.sum():.3f}"
            assert row.split("\t") == [str(motif.filter), motif.name, str(motif.sites), bits, motif.consensus]

    def test_planted_motifs_are_read_off_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert typed("--motif-rule best --filter gata1 --filter CREB1 --against none") == 0
        rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()[2:]]
        assert [row[1] for row in rows] == ["GATA1", "CREB1"]
        assert "CTTATCT" in rows[0][4]
        assert "TGACGTCA" in rows[1][4]

    def test_of_a_record_or_a_region_counts_those_alone(self, capsys: pytest.CaptureFixture[str]) -> None:
        def sites(words: str) -> int:
            assert typed(f"--filter TBP --motif-rule top:10000 {words}") == 0
            return int(capsys.readouterr().out.splitlines()[-1].split("\t")[2])

        assert sites("") > sites("--record sim_01") > sites("--region sim_01:1-200") > 0

    def test_stands_on_a_terminal_with_a_mark_at_few_sites(self) -> None:
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        out = Terminal()
        request = OpenRequest("@planted", model="motifs")
        with redirect_stdout(out):
            filters.run(Asked(request, MotifRule("best"), MotifSettings()))
        said, *compared, head, first = (lines := out.getvalue().splitlines())[:6]
        rows = lines[6:]
        assert said == "letters under the best window of each sequence"
        assert " ".join(compared).startswith(
            "compared with JASPAR 2026 CORE vertebrates (1,019 motifs) by Tomtom's"
        )
        assert head.split() == [*HEAD.split(), "resembles", "q"]
        assert first.split()[:3] == ["0", "TBP", "10"]
        assert "CTCF MA0139.2" in rows[1]
        assert [row.split()[1] for row in rows if row.endswith("  few sites")] == [
            "GATA1",
            "NFKB1",
            "FOXA1",
            "TP53",
        ]
        assert max(map(len, out.getvalue().splitlines())) <= 80

    def test_few_sites_are_counted_on_standard_error(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert typed("--motif-rule best --against none") == 0
        assert capsys.readouterr().err == (
            "cnn-tui: warning: 4 of 12 filters have fewer than 10 sites in these sequences: few sites look like more "
            "information than they hold; give more sequences, or --motif-rule weights, which needs none\n"
        )
        assert typed("--motif-rule best --fewest-sites 8 --against none") == 0
        assert "cnn-tui: warning: 4 of 12 filters have fewer than 10 sites" in capsys.readouterr().err
        assert typed("--motif-rule weights --against none") == 0
        assert not capsys.readouterr().err


class TestResemblance:
    def test_stands_behind_what_a_filter_is(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert typed("--motif-rule best") == 0
        _, compared, head, *lines = capsys.readouterr().out.splitlines()
        assert compared.startswith(
            "# compared with JASPAR 2026 CORE vertebrates (1,019 motifs) by Tomtom's procedure"
        )
        assert head == f"{HEAD}\tmatch_id\tmatch_name\tp\tq\toffset\tstrand"
        rows = {row[1]: row for row in (line.split("\t") for line in lines)}
        assert rows["CTCF"][5:7] == ["MA0139.2", "CTCF"]
        assert rows["CTCF"][9:] == ["0", "+"]
        assert 0 < float(rows["CTCF"][7]) < float(rows["CTCF"][8]) < 1e-6
        # Fewer than 10 sites.
        assert rows["GATA1"][5:] == [""] * 6

    def test_of_every_planted_factor_is_with_its_family(self, capsys: pytest.CaptureFixture[str]) -> None:
        # JASPAR's families of the factors that the matrices of this model are of.
        assert typed("--motif-rule best --fewest-sites 1 -o x.npz") == 0
        with np.load("x.npz") as found:
            family = dict(zip(found["filter_names"].tolist(), found["match_family"].tolist(), strict=True))
            assert found["match_q"].max() < 0.05
            assert str(found["compared"]).startswith("compared with JASPAR 2026")
        assert family["GATA1"] == "C4-GATA-related"
        assert family["NFYA"] == "Heteromeric CCAAT-binding"
        assert family["FOXA1"] == "FOX"
        assert family["TP53"] == "p53-related factors"

    def test_is_with_the_motifs_of_a_file_where_asked(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert typed("--motif-rule best --strand both -o mine.meme") == 0
        capsys.readouterr()
        assert typed("--motif-rule best --strand both --against mine.meme --column-score euclidean") == 0
        _, compared, _, *lines = capsys.readouterr().out.splitlines()
        assert compared.startswith("# compared with mine.meme (")
        assert "column score euclidean" in compared
        matched = [row for row in (line.split("\t") for line in lines) if row[5]]
        assert matched
        assert all(row[1] == row[6] and row[9:] == ["0", "+"] for row in matched)

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ("--against jaspar -o x.meme", "argument --against: it is for the table, .tsv, .npz and .html"),
            ("--against none --column-score pearson", "argument --column-score: it is for --against a set"),
        ],
    )
    def test_that_cannot_be_had_is_refused(self, words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit, match="2"):
            typed(words)
        assert said in capsys.readouterr().err

    def test_with_a_file_that_is_not_there_is_refused(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert typed("--against nowhere.meme") == 1
        assert "give jaspar, none or a file of motifs" in capsys.readouterr().err


class TestFiles:
    @pytest.mark.parametrize("suffix", ["meme", "jaspar", "transfac"])
    def test_of_motifs_have_those_with_enough_sites(self, suffix: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert typed(f"--motif-rule best -o x.{suffix}") == 0
        assert (
            "4 of 12 filters have fewer than 10 sites in these sequences and are left out"
            in capsys.readouterr().err
        )
        names = [row.name for row in cnn_core.open_model(f"x.{suffix}").layers]
        assert names
        assert cnn_core.open_model(f"x.{suffix}").model.blocks
        text = Path(f"x.{suffix}").read_text()
        assert "CREB1" in text
        assert "TP53" not in text

    def test_meme_says_how_it_was_made(self) -> None:
        assert typed("--motif-rule basset --fewest-sites 1 --background 0.3,0.2,0.2,0.3 -o x.meme") == 0
        content = Path("x.meme").read_bytes()
        assert (
            b"# letters under the windows whose activation exceeds mean + 0.5 x (largest - mean); pseudocount 1"
            in content
        )
        found = read_meme(content, "x.meme")
        assert found.background is not None
        assert found.background.tolist() == [0.3, 0.2, 0.2, 0.3]

    def test_npz_has_the_counts(self) -> None:
        assert typed("--motif-rule top:5 -o x.npz") == 0
        with np.load("x.npz") as found:
            assert found["counts"].shape == (12, 16, 4)
            assert found["sites"].tolist() == [5] * 12
            assert found["filter_names"][:2].tolist() == ["TBP", "GATA1"]

    def test_tsv_is_the_table(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert typed("--filter 0 --filter CTCF --motif-rule top:20") == 0
        shown = capsys.readouterr().out
        assert typed("--filter 0 --filter CTCF --motif-rule top:20 -o x.tsv") == 0
        assert Path("x.tsv").read_text() == shown
        assert typed("--filter 0 --filter CTCF --motif-rule top:20 -o x.tsv") == 1
        assert typed("--filter 0 --filter CTCF --motif-rule top:30 -o x.tsv --force") == 0
        assert Path("x.tsv").read_text() != shown

    def test_nothing_is_left_of_one_without_a_motif(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert typed("--record sim_01 -o x.meme") == 1
        assert "no filter has 10 sites in these sequences, the most is" in capsys.readouterr().err
        assert [*here.iterdir()] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--motif-rule wndows", "there is no motif rule 'wndows'"),
        ("--motif-rule top", "write top:N with a whole number"),
        ("--background a", "'a' is not four shares"),
        ("--pseudocount -1", "'-1' is no pseudocount"),
        ("--fewest-sites 0", "'0' is no number of sites"),
        ("--force", "it is for -o"),
    ],
)
def test_wrong_usage_is_told(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        typed(words)
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--background 0.5,0.5", "its shares add up to 1"),
        ("-o x.csv", "the name does not end in .tsv, .meme, .jaspar, .transfac, .npz or .html"),
        ("--filter 12", "conv1d has no filter '12'"),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(words) == 1
    assert said in capsys.readouterr().err


def test_a_network_of_a_fixed_length_reads_whole_records(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    letters = "".join(np.random.RandomState(0).choice([*"ACGT"], 1203))
    Path("long.fa").write_text(f">chr1\n{letters}\n")
    assert main(["filters", "long.fa", "--model", "seed", "--filter", "0", "--motif-rule", "top:10000"]) == 0
    sites = int(capsys.readouterr().out.splitlines()[-1].split("\t")[2])
    with open_source("long.fa") as records:
        run = Reading.of(cnn_core.open_model("seed").model.of_any_length(), records["chr1"]).into().run
        assert sites == (run.activations(0, run.positions)[:, 0] > 0).sum() > 0


def test_records_without_a_window_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("two.fa").write_text(f">long\n{'ACGTTGCA' * 10}\n>short\nACGTTGCA\n")
    said = "1 of 2 records are too short for a single window and were passed over"
    assert main(["filters", "two.fa", "--model", "motifs", "--against", "none"]) == 0
    assert said in capsys.readouterr().err
    assert main(["filters", "two.fa", "--model", "motifs", "--against", "none", "--motif-rule", "weights"]) == 0
    assert said not in capsys.readouterr().err


class TestInfluence:
    OF = ("filters", "@planted", "--model", "trained", "--record", "sim_01", "--against", "none", "--influence")

    def test_goes_on_with_what_the_engine_finds(self, capsys: pytest.CaptureFixture[str]) -> None:
        model = cnn_core.open_model(str(cnn_samples.model_path("trained"))).model
        with open_source("@planted") as records:
            reading = Reading.of(model, records["sim_01"])
            for words, logit, strands, n in (("", True, "+", 1), ("--probability --strand both", False, "both", 2)):
                assert main([*self.OF, "--filter", "66", "--filter", "0", "--filter", "69", *words.split()]) == 0
                _, said, head, *rows = capsys.readouterr().out.splitlines()
                assert ("logit of activation" in said) is logit
                assert "share credit" in said
                assert head.split("\t")[5:] == ["influence_mean", "influence_rms", "n"]
                found = influences(
                    model, [*input_windows(reading)], filters=[66, 0, 69], logit=logit, strands=strands
                )
                for row, mean, rms in zip(rows, found.mean, found.rms, strict=True):
                    *_, of_mean, of_rms, of_n = row.split("\t")
                    assert (float(of_mean), float(of_rms), int(of_n)) == (
                        pytest.approx(mean, rel=1e-4, abs=1e-9),
                        pytest.approx(rms, rel=1e-4, abs=1e-9),
                        n,
                    )

    def test_in_files(self, here: Path) -> None:
        for name in ("of.npz", "of.html"):
            assert main([*self.OF, "--filter", "66", "--target", "activation:0", "-o", name]) == 0
        with np.load(here / "of.npz") as found:
            assert found["influence_changes"].shape == found["influence_rms_changes"].shape == (1, 1)
            np.testing.assert_array_equal(found["influence_mean"], found["influence_changes"][:, 0])
            assert found["influence_n"] == 1
            assert "logit of activation:0" in str(found["influence"])
        page = (here / "of.html").read_text()
        # Heads stand over numbers, at the right.
        for head in ("influence_mean", "influence_rms", "n"):
            assert f'<th class="number">{head}</th>' in page
        assert "share credit" in page

    def test_long_work_says_how_long_it_takes(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = iter(range(0, 100_000, 100))
        monkeypatch.setattr(filter_influence, "monotonic", lambda: next(now))
        assert main(["filters", "@planted", "--model", "trained", "--influence", "--filter", "66"]) == 0
        # The first of 12 windows is not timed; each further one takes 100 seconds.
        assert "to replace 1 filter in 12 input windows takes about 17 min more" in capsys.readouterr().err

    def test_what_it_is_not_for_is_refused(self, capsys: pytest.CaptureFixture[str]) -> None:
        def refused(words: str) -> str:
            with pytest.raises(SystemExit):
                main(["filters", "@planted", *words.split()])
            return capsys.readouterr().err

        assert "they are for --influence" in refused("--model trained --probability")
        assert "they are for --influence" in refused("--model trained --pad right")
        assert "it is for the table" in refused("--model trained --influence -o filters.meme")
        assert main(["filters", "@planted", "--model", "motifs", "--influence"]) == 1
        assert "ends with the pool, so that no output depends on what its filters find" in capsys.readouterr().err
