"""Kernels as arrays and as a table, and motifs as files, which are read back by our own readers."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from small_models import Letters, block_model, one_letter_kernel, random_kernel, random_letters

from cnn_core.blocks.reading import Reading
from cnn_core.errors import ModelError
from cnn_core.layers import Conv1D, MaxPooling1D
from cnn_core.motifs import FilterMotif, MotifRule, MotifSettings, filter_motifs, log_odds
from cnn_core.presets import preset
from cnn_core.readers.motifs.meme import read_meme
from cnn_core.readers.opening import open_model_file
from cnn_core.writers.filter_page import write_filter_page
from cnn_core.writers.filter_table import FILTER_COLUMNS, FilterColumn, filter_arrays, write_filter_table
from cnn_core.writers.kernels import kernel_arrays, write_kernel_table
from cnn_core.writers.motif_files import MotifNotes, write_jaspar, write_meme, write_transfac, written_motifs

LETTERS = random_letters(400, seed=4, letters="ACGTN")


def reading_of(conv: Conv1D, letters: str = LETTERS, channels: str = "ACGT", *, reverse: bool = False) -> Reading:
    model = block_model(conv, MaxPooling1D(2), channels=channels)
    return Reading.of(model, Letters(letters, "chr1"), reverse=reverse).into()


def test_arrays_are_the_kernels() -> None:
    conv = Conv1D(random_kernel(5, filters=3), np.arange(3, dtype=np.float32), filter_names=("x", "y", "z"))
    found = kernel_arrays(reading_of(conv, channels="ATGC"), (2, 0))
    np.testing.assert_array_equal(found["kernel"], conv.kernel[:, :, [2, 0]])
    assert found["bias"].tolist() == [2, 0]
    assert found["filter_names"].tolist() == ["z", "x"]
    assert str(found["channels"]) == "ATGC"


def test_a_table_has_a_line_a_tap_and_one_for_the_bias() -> None:
    conv = Conv1D(one_letter_kernel("AC", size=2), np.array([0.5], dtype=np.float32))
    file = io.BytesIO()
    write_kernel_table(reading_of(conv), (0,), file)
    assert file.getvalue().decode() == (
        "filter\ttap\tA\tC\tG\tT\nfilter0\t0\t1\t0\t0\t0\nfilter0\t1\t0\t1\t0\t0\nfilter0\tbias\t0.5\t\t\t\n"
    )


def test_a_filter_s_name_in_a_table_is_no_formula() -> None:
    conv = Conv1D(one_letter_kernel("A"), filter_names=("=1+1",))
    file = io.BytesIO()
    write_kernel_table(reading_of(conv), (0,), file)
    assert [line.split(b"\t")[0] for line in file.getvalue().splitlines()] == [b"filter", b"'=1+1", b"'=1+1"]


def planted_motifs(rule: str = "windows", **settings: float) -> tuple[FilterMotif, ...]:
    model, record = preset("motifs"), Letters(random_letters(30_000, seed=1), "chr1")
    return filter_motifs(
        model, model.letter_blocks[0], ((record, 0, len(record)),), rule, MotifSettings(**settings)
    )


def written(write: Callable[..., None], found: tuple[FilterMotif, ...], notes: MotifNotes | None = None) -> str:
    file = io.BytesIO()
    write(found, file, notes)
    return file.getvalue().decode()


def test_meme_is_read_back_with_its_names_and_sites() -> None:
    found = planted_motifs()
    text = written(write_meme, found, MotifNotes(("the pool is 16",), ("46A>G",)))
    back = {motif.matrix_id: motif for motif in read_meme(text.encode(), "x.meme").motifs}
    assert [*back] == [*preset("motifs")["conv1d"].layer.filter_names]  # type: ignore[attr-defined]
    for motif in found:
        # Six decimals, and their sum made 1 again.
        np.testing.assert_allclose(back[motif.name].counts, motif.probabilities, atol=2e-6)
    assert f"MOTIF TBP\nletter-probability matrix: alength= 4 w= 16 nsites= {found[0].sites}\n" in text
    assert "# letters under the windows whose activation exceeds half of the filter's largest\n" in text
    assert "# edited: 46A>G\n# assumed: the pool is 16\n" in text


def test_a_meme_file_states_background_strands_and_pseudocount() -> None:
    text = written(
        write_meme,
        planted_motifs(background=(0.3, 0.2, 0.2, 0.3), strands="both", pseudocount=2),  # type: ignore[arg-type]
    )
    assert "largest, on both strands; pseudocount 2; background 0.3,0.2,0.2,0.3\n" in text
    assert "strands: + -\n\nBackground letter frequencies\nA 0.3 C 0.2 G 0.2 T 0.3\n" in text


def test_jaspar_and_transfac_have_the_counts(tmp_path: Path) -> None:
    found = planted_motifs()
    for write, suffix in ((write_jaspar, "jaspar"), (write_transfac, "transfac")):
        path = tmp_path / f"x.{suffix}"
        path.write_text(written(write, found))
        conv = open_model_file(path).model["conv1d"].layer
        assert isinstance(conv, Conv1D)
        assert conv.filter_names == tuple(motif.name for motif in found)
        for index, motif in enumerate(found):
            expected = log_odds(motif.motif)
            np.testing.assert_allclose(conv.kernel[:, :, index], expected, atol=1e-5)


def test_a_table_has_a_row_a_filter_and_takes_further_columns() -> None:
    found = planted_motifs(pseudocount=1)
    more = (*FILTER_COLUMNS, FilterColumn("width", lambda motif: str(len(motif.counts))))
    file = io.BytesIO()
    write_filter_table(found, file, MotifNotes(), more)
    said, head, first, *_ = file.getvalue().decode().splitlines()
    assert (
        said == "# letters under the windows whose activation exceeds half of the filter's largest; pseudocount 1"
    )
    assert head == "filter\tname\tsites\tinformation\tconsensus\twidth"
    information = f"{found[0].information.sum():.3f}"
    assert first == f"0\tTBP\t{found[0].sites}\t{information}\t{found[0].consensus}\t16"


def test_arrays_of_filters_are_their_counts_and_information() -> None:
    found = planted_motifs("top:50")
    arrays = filter_arrays(found)
    assert arrays["counts"].shape == (12, 16, 4)
    assert arrays["sites"].tolist() == [50] * 12
    np.testing.assert_array_equal(arrays["counts"].sum(axis=2), 50)
    correction = 3 / (2 * np.log(2) * 50)
    expected = np.maximum(arrays["information"] - correction, 0)
    np.testing.assert_allclose(arrays["information_corrected"], expected)
    assert str(arrays["rule"]) == "top:50"


def test_motifs_of_one_name_are_told_apart() -> None:
    rows = np.full((2, 4), 0.25)
    one = FilterMotif(0, "x", rows, None, MotifRule("weights"), MotifSettings())
    back = read_meme(written(write_meme, (one, one)).encode(), "x.meme").motifs
    assert [motif.matrix_id for motif in back] == ["x", "x_2"]


def test_filters_with_few_sites_are_not_written() -> None:
    counts = np.full((2, 4), 2.0)
    few, enough = (
        FilterMotif(0, "x", counts, sites, MotifRule(), MotifSettings(fewest_sites=9)) for sites in (8, 9)
    )
    assert written_motifs((few, enough)) == (enough,)
    with pytest.raises(ModelError, match="no filter has 9 sites in these sequences, the most is 8"):
        written_motifs((few,))


def test_a_page_has_a_logo_a_filter_whose_letters_are_as_high_as_their_information() -> None:
    counts = np.array([[8.0, 0, 0, 0], [4, 0, 4, 0], [2, 2, 2, 2]])
    settings = MotifSettings(fewest_sites=8)
    found = tuple(
        FilterMotif(nth, f"<{nth}>", counts, sites, MotifRule(), settings) for nth, sites in ((0, 8), (1, 7))
    )
    text = written(write_filter_page, found, MotifNotes(("a < b",)))
    assert "<p>assumed: a &lt; b</p>" in text
    table = ElementTree.fromstring(f"<table>{text.split('<table>')[1].split('</table>')[0]}</table>")
    enough, few = table.findall("./tbody/tr")
    assert (enough.get("class"), few.get("class")) == (None, "few")
    assert [cell.text for cell in enough.findall("td")[1:]] == ["0", "<0>", "8", "3.000", "ARN"]
    # A holds 2 bits, A and G half a bit each in the next column, and no letter any in the last.
    letters = [(each.text, each.get("transform", "")) for each in enough.iter("text")]
    assert [letter for letter, _ in letters] == ["A", "A", "G"]
    scales = [float(how.rsplit(" ", 1)[1].rstrip(")")) for _, how in letters]
    np.testing.assert_allclose(np.array(scales) / scales[0], [1, 0.25, 0.25], atol=1e-3)
