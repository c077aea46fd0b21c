"""Motif files of every layout: one invented motif, written as other programs write it, opens to the same shares."""

from __future__ import annotations

import math
import re
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from each_case import each_case

from cnn_core.errors import CnnError, ModelError, NotFoundError, SettingError
from cnn_core.layers import Conv1D
from cnn_core.letters.alphabet import encode
from cnn_core.readers.formats import FORMATS
from cnn_core.readers.head import Head
from cnn_core.readers.motifs.reading import read_motifs
from cnn_core.readers.opening import inspect_model_file, open_model_file, open_motif_file, read_model_file

FOLDER = Path(__file__).parent / "motif_files"
COUNTS = np.array([[14, 2, 2, 2], [1, 17, 1, 1], [2, 2, 15, 1], [5, 5, 5, 5], [2, 4, 6, 8]])
SHARES = COUNTS / 20

# By file: what it is called, the identifiers and names of its motifs, their widths, and what its numbers are.
LAYOUTS = {
    "homer.motif": (
        "HOMER motif file",
        "SIM1(simulated)/invented-peaks/none SIM2",
        "SIM1(simulated) SIM2",
        "54",
        "shares",
    ),
    "gimme.pfm": ("motif file with one row a position", "SIM1 SIM2", "SIM1 SIM2", "54", "counts"),
    "three_rows.pfm": ("motif file with one row a position", "SIM1", "simulated", "3", "counts"),
    "four_columns.txt": ("motif file with one row a position", "four_columns", "four_columns", "5", "shares"),
    "four_rows.txt": ("JASPAR motif file", "four_rows_1 four_rows_2", "four_rows_1 four_rows_2", "53", "counts"),
    "cisbp.txt": ("CIS-BP motif file", "cisbp", "cisbp", "5", "shares"),
    "cisbp_many.txt": ("CIS-BP motif file", "SIM1 SIM3", "Sim1 Sim3", "54", "shares"),
    "clusterbuster.cb": ("motif file with one row a position", "SIM1 SIM2", "simulated SIM2", "54", "counts"),
    "uniprobe.pwm": ("UniPROBE motif file", "SIM1 SIM2", "SIM1 SIM2", "54", "shares"),
    "uniprobe_full.txt": ("UniPROBE motif file", "SIM1 SIM2", "SIM1 SIM2", "54", "shares"),
    "encode.txt": ("ENCODE motif file", "SIM1 SIM2", "simulated SIM2", "54", "shares"),
    "stamp.transfac": ("TRANSFAC motif file", "SIM1 SIM2", "simulated SIM2", "54", "counts"),
    "unnamed.transfac": ("TRANSFAC motif file", "unnamed_1 unnamed_2", "unnamed_1 unnamed_2", "54", "counts"),
    "no_alphabet.meme": ("MEME motif file", "SIM1 SIM2", "simulated SIM2", "54", ""),
    "log_odds.jaspar": ("JASPAR motif file", "SIM1", "simulated", "5", "log-odds in bits"),
}


def test_every_file_is_in_the_table() -> None:
    assert {path.name for path in FOLDER.iterdir()} - {"README.md"} == LAYOUTS.keys()


@each_case("name", LAYOUTS)
def test_each_layout_gives_the_same_motif(name: str) -> None:
    form, ids, names, widths, numbers = LAYOUTS[name]
    read = read_motifs((FOLDER / name).read_bytes(), name)
    assert read.form == form
    assert " ".join(motif.matrix_id for motif in read.motifs) == ids
    assert " ".join(motif.name for motif in read.motifs) == names
    assert [motif.width for motif in read.motifs] == [*map(int, widths)]
    for motif in read.motifs:
        expected = COUNTS if numbers == "counts" else SHARES
        # Log-odds are written with four decimals.
        assert motif.counts == pytest.approx(expected[: motif.width], abs=5e-5 if "log" in numbers else 1e-12)
    if numbers:
        assert f"the numbers of the file are read as {numbers}" in read.said


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_opens_as_a_model_of_one_format_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    data = (FOLDER / name).read_bytes()
    formats = {module: import_module(f"cnn_core.readers.{module}").FORMAT for module in FORMATS}
    assert sum(each.matches(Head(data), "m") for each in formats.values()) == 1
    path = tmp_path / "m.dat"
    path.write_bytes(data)
    opened = open_model_file(path)
    assert opened.format == inspect_model_file(path).format == LAYOUTS[name][0]
    # The first filter answers most to its own consensus.
    conv = opened.model["conv1d"].layer
    assert isinstance(conv, Conv1D)
    assert conv.kernel[:3, :, 0].argmax(axis=1).tolist() == [0, 1, 2]


def opened(text: str, **options: object) -> list[list[float]]:
    found = read_motifs(text.encode(), "m", **options)  # type: ignore[arg-type]
    return found.motifs[0].counts.tolist()


def rows(matrix: list[list[float]], header: str = ">X") -> str:
    return "\n".join([header, *(" ".join(f"{each:g}" for each in row) for row in matrix), ""])


EITHER: list[list[float]] = [[1, 2, 3, 4], [2, 1, 4, 3], [4, 3, 2, 1], [3, 4, 1, 2]]
BY_POSITION: list[list[float]] = [[17, 1, 1, 1], [1, 17, 1, 1], [2, 1, 16, 1], [5, 5, 4, 6]]


class TestFourByFour:
    def test_is_read_as_asked_where_nothing_tells(self) -> None:
        turned = [list(column) for column in zip(*EITHER, strict=True)]
        assert opened(rows(EITHER), motif_rows="position") == EITHER
        assert opened(rows(EITHER), motif_rows="letter") == turned
        data = rows(EITHER).encode()
        assert read_model_file(data, "m", {"motif_rows": "position"}).model.blocks
        with pytest.raises(ModelError, match="say --motif-rows letter or --motif-rows position"):
            read_model_file(data, "m", {})

    def test_is_read_as_asked_where_motifs_are_wanted(self, tmp_path: Path) -> None:
        path = tmp_path / "m.pfm"
        path.write_text(rows(EITHER))
        assert open_motif_file(path, motif_rows="position").motifs[0].counts.tolist() == EITHER

    def test_what_the_other_matrices_are_it_is_too(self) -> None:
        assert opened(rows(EITHER) + rows(BY_POSITION[:3], ">Y")) == EITHER
        assert opened(rows(EITHER) + rows(BY_POSITION, ">Y")) == EITHER

    def test_sums_that_speak_for_another_layout_than_the_file_are_not_passed_over(self) -> None:
        by_letter = [list(column) for column in zip(*BY_POSITION, strict=True)]
        for other in (BY_POSITION, BY_POSITION[:3]):
            with pytest.raises(
                ModelError, match="which could be one row a letter, as JASPAR writes, or one row a pos"
            ):
                opened(rows(by_letter) + rows(other, ">Y"))

    def test_what_the_sums_told_is_said(self) -> None:
        said = read_motifs(rows(BY_POSITION).encode(), "m").said
        assert "what the rows of 4 × 4 matrices are is told by their sums: one a position" in said
        assert not any("sums" in each for each in read_motifs(rows(BY_POSITION[:3]).encode(), "m").said)

    def test_what_is_certain_is_not_read_otherwise(self) -> None:
        for text, asked in (
            (rows(BY_POSITION[:3]), "letter"),
            (">X\nA [ 1 2 ]\nC [ 3 4 ]\nG [ 5 6 ]\nT [ 7 8 ]\n", "position"),
            (rows(BY_POSITION, ">ACGN\tX\t5.5"), "letter"),
        ):
            with pytest.raises(
                ModelError, match=f"X has one row a .* for certain, and not one a {asked}; leave --mot"
            ):
                opened(text, motif_rows=asked)
        with pytest.raises(NotFoundError, match="there are no motif rows 'column'; they are position or letter"):
            opened(rows(EITHER), motif_rows="column")

    def test_under_consensus_letters(self) -> None:
        # CATG, one row a position: the letters are those of the largest shares.
        catg = "C 0.1 0.7 0.1 0.1\nA 0.8 0.1 0.05 0.05\nT 0.1 0.1 0.2 0.6\nG 0.1 0.2 0.6 0.1\n"
        assert opened(f">X\n{catg}")[0] == [0.1, 0.7, 0.1, 0.1]
        assert opened(f">X\n{catg}>Y\nN 0.25 0.25 0.25 0.25\n")[0] == [0.1, 0.7, 0.1, 0.1]
        # One row a letter, in an order of its own.
        assert opened(">X\nC 1 7 1 1\nA 8 1 1 1\nT 1 1 2 6\nG 0 1 6 2\n")[0] == [8, 1, 0, 1]


class TestNumbers:
    def test_log_odds_tell_their_base(self) -> None:
        shares = np.array([[0.7, 0.1, 0.1, 0.1], [0.25, 0.25, 0.25, 0.25], [0.1, 0.2, 0.3, 0.4]])
        for base, name in ((2.0, "log-odds in bits"), (math.e, "natural log-odds"), (10.0, "log-odds to base 10")):
            weights = np.log(shares * 4) / math.log(base)
            text = "\n".join([">X", *(" ".join(f"{each:.3f}" for each in row) for row in weights)])
            read = read_motifs(text.encode(), "m")
            assert read.motifs[0].counts == pytest.approx(shares, abs=2e-3)
            assert f"the numbers of the file are read as {name}" in read.said
            assert "log-odds are taken to be against equal frequencies, and turned back into shares" in read.said

    def test_other_numbers_below_zero_are_refused(self) -> None:
        for row in ("1 -1 0 0", "-3 -3 -3 -3", "1e9 -1 0 0"):
            with pytest.raises(
                ModelError, match=r"m, line 2: '-\d' is not a count, and the matrix is not one of log-odds"
            ):
                opened(f">X\n{row}\n0 0 0 0\n0 0 0 0\n")

    def test_rounding_is_divided_away_with_a_mark(self) -> None:
        read = read_motifs(b">X\n0.333 0.333 0.333 0\n0.5 0.5 0 0\n0.25 0.25 0.25 0.25\n", "m")
        assert read.motifs[0].counts[0] == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])
        assert read.motifs[0].counts[1].tolist() == [0.5, 0.5, 0, 0]
        assert read.said[-1] == (
            "the shares of 1 of 1 motifs add up to 1 only but for rounding (off by at most 0.001), and are divided by "
            "their sum"
        )

    @each_case(
        ("text", "message"),
        [
            (
                ">X\n0.7 0.1 0.1 0.1\n0.6 0.1 0.1 0.1\n1 0 0 0\n",
                "m, line 3: the shares of this row of X add up to 0.9, w",
            ),
            (
                ">X\n0.7 0.1 0.1 0.1\n1.7 0.1 0.1 0.1\n1 0 0 0\n",
                "m, line 3: the shares of this row of X add up to 2, w",
            ),
            (">X\n0.3 0.3 0.3 0\n" * 1, "m, line 2: the shares of this row of X add up to 0.9"),
            (
                ">X\nA [0.7 0.5]\nC [0.1 0.1]\nG [0.1 0.1]\nT [0.1 0.1]\n",
                "m, line 1: the shares of column 1 of X add up to 0.8, which is not 1 but for rounding",
            ),
            (
                "DE X\n0 0.5 0.5 0 0 M\n1 0.5 0.4 0 0 M\nXX\n",
                "m, line 3: the shares of this row of X add up to 0.9",
            ),
        ],
    )
    def test_more_is_refused_with_the_line(self, text: str, message: str) -> None:
        with pytest.raises(ModelError, match=re.escape(message)):
            opened(text)

    def test_of_several_matrices_each_is_said(self) -> None:
        said = read_motifs(b">X\n1 2 3 4\n>Y\n0.1 0.2 0.3 0.4\n>Z\n5 5 5 5\n", "m").said
        assert said[0] == "of 3 matrices, 2 as counts, 1 as shares are read"


class TestHomerThresholds:
    def conv(self, **options: object) -> Conv1D:
        opened = open_model_file(FOLDER / "homer.motif", **options)  # type: ignore[arg-type]
        conv = opened.model["conv1d"].layer
        assert isinstance(conv, Conv1D)
        assert conv.bias is not None
        return conv

    def test_are_the_bias_on_request(self) -> None:
        conv = self.conv(motif_threshold="file", activation="linear")
        assert conv.bias == pytest.approx([-2.5 / math.log(2), -1.75 / math.log(2)])
        # HOMER's score of ACGTT is the sum of ln(share / 0.25), and the response is by how many bits it is above 2.5.
        score = math.log(0.7 * 4) + math.log(0.85 * 4) + math.log(0.75 * 4) + math.log(0.25 * 4) + math.log(0.4 * 4)
        response = open_model_file(FOLDER / "homer.motif", motif_threshold="file", activation="linear").model.run(
            encode("ACGTTTTTTTTT")
        )["conv1d"]
        assert response[0, 0] == pytest.approx((score - 2.5) / math.log(2), abs=1e-6)

    def test_a_share_of_zero_counts_as_a_thousandth(self) -> None:
        data = b">A\tX\t1.5\n1 0 0 0\n1 0 0 0\n"
        conv = read_model_file(data, "m", {"motif_threshold": "file"}).model["conv1d"].layer
        assert isinstance(conv, Conv1D)
        assert conv.kernel[0, :, 0] == pytest.approx([2, *[math.log2(0.004)] * 3])

    @each_case(
        ("name", "options", "error", "message"),
        [
            (
                "gimme.pfm",
                {},
                ModelError,
                r"gimme\.pfm: says no threshold of SIM1, SIM2; leave --motif-threshold out",
            ),
            (
                "homer.motif",
                {"pseudocount": 0.5},
                SettingError,
                "are of log-odds against equal frequencies without a",
            ),
            ("homer.motif", {"motif_score": "probability"}, SettingError, "are of log-odds against equal freq"),
            (
                "homer.motif",
                {"background": (0.3, 0.2, 0.2, 0.3)},
                SettingError,
                "are of log-odds against equal freq",
            ),
            (
                "homer.motif",
                {"motif_threshold": "nats"},
                NotFoundError,
                "no motif threshold 'nats'; it is random or f",
            ),
        ],
    )
    def test_that_cannot_be_are_refused(
        self, name: str, options: dict[str, object], error: type[CnnError], message: str
    ) -> None:
        with pytest.raises(error, match=message):
            open_model_file(FOLDER / name, **{"motif_threshold": "file", **options})  # type: ignore[arg-type]


@each_case(
    ("text", "message"),
    [
        ("Pos\tA\tC\tG\tT\n", "m, line 1: no number follows; CIS-BP leaves out matrices that need a licence"),
        ("Pos A C G T\n1 0.1 0.2 0.3 0.4\n3 0.1 0.2 0.3 0.4\n", "m, line 3: row 3 comes where another should"),
        ("Pos A C G T\n0.1 0.2 0.3 0.4\n", "m, line 2: this row of m has 4 numbers under 5 headings"),
        ("A C G T\n1 0.1 0.2 0.3 0.4\n", "m, line 2: this row of m has 5 numbers under 4 headings"),
        ("A C G T\nA 0.1 0.2 0.3 0.4\n", "m, line 2: this row of m has 4 numbers under 4 headings"),
        (">X\nACGT\tX\n1 2 3 4\n", "m: holds sequences and no model"),
        (">A\tX\t5.5\n0.1 0.2 0.3 0.4\n0.1 0.2 0.7\n", "m, line 3: row 2 of X is 3 wide, not 4"),
        (">A\tX\tnan\n1 2 3\n", "m, line 1: A lacks row C"),
        (">X\n1 2 3 4\n1 2 x 4\n", "m, line 3: 'x' is not a count"),
        (
            ">X\n" + "1 2 3 4\n" * 300,
            "m, line 202: X has more than 200 rows; the widest motif that is read has 200",
        ),
        (">X\n" + "1 " * 300, "m, line 2: X has more than 200 columns"),
        (">X\nS 0.1 0.4 0.4 0.1\nA 0.1 0.7 0.1 0.1\n", "m, line 2: row 'S' is not A, C, G or T"),
        (
            "Protein: X\nA:\t0.1\nC:\t0.2\nG:\t0.3\nT:\t0.5\n",
            "m, line 1: the shares of column 0 of X add up to 1.1",
        ),
        ("Protein: X\nA:\t1\nC:\t2\nG:\t3\nT:\t4\nA:\t5\n", "m, line 1: X lacks row C"),
        (
            "Energy matrix\nA:\t1\nC:\t2\nG:\t3\nT:\t4\n",
            "m: holds no matrix; a matrix is a line of text and the rows",
        ),
        ("DE X\n0 1 2 3 4\n2 1 2 3 4\n", "m, line 3: row 2 comes where row 1 should"),
        (
            "MOTIF x\nletter-probability matrix:\n1 0 0 0\n",
            "m: has no line that says its version; begin it with MEME",
        ),
    ],
)
def test_hostile_files_are_refused_in_one_sentence(text: str, message: str) -> None:
    with pytest.raises(CnnError) as refused:
        read_model_file(text.encode(), "m", {})
    assert str(refused.value).startswith(message)
    assert refused.value.remedy


def test_a_model_file_of_another_kind_holds_no_motifs() -> None:
    with pytest.raises(
        ModelError, match="m: this is not a motif file; those of MEME, JASPAR, TRANSFAC, HOMER, CIS-BP"
    ):
        read_motifs((Path(__file__).parent / "pytorch" / "norm.pt").read_bytes(), "m")
