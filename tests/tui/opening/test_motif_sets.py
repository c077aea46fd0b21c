"""What filters are compared with: the motifs that come along, those of a file of any layout, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_core.errors import CnnError
from cnn_core.motifs import ColumnScore
from cnn_tui.opening import comparison_words, open_comparison

JASPAR = ">M1 mine\nA [ 9 0 0 ]\nC [ 0 9 0 ]\nG [ 0 0 9 ]\nT [ 0 0 0 ]\n"
TRANSFAC = "AC  M1\nNA  mine\nP0  A C G T\n01  9 0 0 0\n02  0 9 0 0\n03  0 0 9 0\n//\n"
MEME = "MEME version 4\n\nALPHABET= ACGT\n\nMOTIF M1 mine\nletter-probability matrix: w= 3\n1 0 0 0\n0 1 0 0\n0 0 1 0\n"
HOMER = ">ACG\tmine\t5.0\n1.0\t0.0\t0.0\t0.0\n0.0\t1.0\t0.0\t0.0\n0.0\t0.0\t1.0\t0.0\n"


def test_jaspar_comes_along() -> None:
    comparison = open_comparison("jaspar")
    assert comparison is not None
    assert (len(comparison.motifs), comparison.score) == (1019, ColumnScore.PEARSON)
    assert comparison_words(comparison, "jaspar") == (
        "compared with JASPAR 2026 CORE vertebrates (1,019 motifs) by Tomtom's procedure, column score pearson: a "
        "match of a q of 0.05 or less is a resemblance; q is the share of chance matches to expect among a filter's "
        "matches up to it"
    )


def test_none_is_no_comparison() -> None:
    assert open_comparison("none") is None


@pytest.mark.parametrize("text", [JASPAR, TRANSFAC, MEME, HOMER], ids=["jaspar", "transfac", "meme", "homer"])
def test_a_file_of_motifs_may_have_any_layout(text: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text(text)
    comparison = open_comparison(str(path), "euclidean")
    assert comparison is not None
    assert comparison.motifs[0].counts.argmax(axis=1).tolist() == [0, 1, 2]
    assert comparison_words(comparison, str(path)) == (
        "compared with mine.txt (1 motif, fewer than 50, so that p and q are rough) by Tomtom's procedure, column "
        "score euclidean: a match of a q of 0.05 or less is a resemblance; q is the share of chance matches to expect "
        "among a filter's matches up to it"
    )


def test_what_is_not_there_or_no_motif_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CnnError, match="give jaspar, none or a file of motifs"):
        open_comparison("nowhere/else")
    with pytest.raises(CnnError, match="folder"):
        open_comparison(str(tmp_path))
    path = tmp_path / "mine.txt"
    path.write_text("nothing of the kind")
    with pytest.raises(CnnError, match="not a motif file"):
        open_comparison(str(path))
