"""Logos: heights are the information, in every form; and the filter card with its logo, on the screen."""

from __future__ import annotations

import numpy as np
from explorers import MEDIUM, SMALL, explorer
from numpy.typing import NDArray
from rich.segment import Segment

from cnn_core.presets.motifs import matrices
from cnn_tui.pictures.colours import PALETTES
from cnn_tui.snapshot.values import values_of
from cnn_tui.widgets.filter_card import FilterCard
from cnn_tui.widgets.logo import consensus_line, logo_lines, other_strand

DARK = PALETTES["dark"]
BLOCKS = " ▁▂▃▄▅▆▇█"


def drawn(
    probabilities: NDArray[np.float64], lines: int, columns: int, *, monochrome: bool = False, pale: bool = False
) -> list[str]:
    logo = logo_lines(probabilities, lines, columns, DARK, monochrome=monochrome, pale=pale)
    return ["".join(segment.text for segment in line) for line in logo]


def eighths(line: list[list[Segment]], position: int, colour: str) -> int:
    """Return how many eighths of a line a colour has at a position, over all lines."""
    found = 0
    for segments in line:
        segment = segments[position]
        assert segment.style is not None
        assert segment.style.color is not None
        assert segment.style.bgcolor is not None
        front, back = segment.style.color.name, segment.style.bgcolor.name
        if segment.text[0] in BLOCKS[1:]:
            edge = BLOCKS.index(segment.text[0])
            found += edge * (front == colour) + (8 - edge) * (back == colour)
        else:
            found += 8 * (back == colour)
    return found


def test_blocks_are_as_high_as_the_letters_share_of_the_information() -> None:
    # 2 bits; 1 bit of two letters; 0.643 bits: 2 + 0.7 · log2 0.7 + 0.3 · log2 0.1; nothing.
    columns = np.array([[0, 0, 1, 0], [0.5, 0, 0, 0.5], [0.1, 0.7, 0.1, 0.1], [0.25, 0.25, 0.25, 0.25]])
    for lines in (4, 8):
        logo = logo_lines(columns, lines, 2, DARK)
        assert [len(line) for line in logo] == [4] * lines
        a, c, g, t = DARK.bases
        assert eighths(logo, 0, g) == 8 * lines
        assert (eighths(logo, 1, a), eighths(logo, 1, t)) == (2 * lines, 2 * lines)
        # Of three slivers of an eighth in one cell, two go to what is largest there.
        assert abs(eighths(logo, 2, c) - 0.7 * 0.643 / 2 * 8 * lines) <= 2
        assert eighths(logo, 2, DARK.ground) == round((1 - 0.643 / 2) * 8 * lines)
        assert eighths(logo, 3, DARK.ground) == 8 * lines


def test_a_block_that_fills_a_cell_says_its_letter_and_pale_ones_have_other_colours() -> None:
    columns = np.array([[0, 0, 1, 0], [0.25, 0.25, 0.25, 0.25]])
    assert [line.strip() for line in drawn(columns, 3, 3)] == ["", "G", ""]
    assert eighths(logo_lines(columns, 3, 3, DARK, pale=True), 0, DARK.bases[2]) == 0
    assert eighths(logo_lines(columns, 3, 3, DARK, pale=True), 0, DARK.pale(DARK.bases[2])) == 24


def test_without_room_or_colours_letters_are_stacked_the_largest_on_top_and_few_lines_have_bars() -> None:
    columns = np.array([[0, 0, 1, 0], [0.3, 0, 0, 0.7], [0.25, 0.25, 0.25, 0.25]])
    # 1.119 bits: 0.336 of A under 0.783 of T.
    assert drawn(columns, 4, 1) == ["G  ", "G  ", "GT ", "GA "]
    assert drawn(columns, 6, 2, monochrome=True) == ["G     "] * 2 + ["G     ", "G T   ", "G T   ", "G A   "]
    assert drawn(columns, 1, 2, monochrome=True) == ["█ ▄   "]


def test_the_consensus_and_the_other_strand() -> None:
    gata = matrices()[1]
    shares = np.asarray(gata.counts, dtype=np.float64)
    shares /= shares.sum(axis=1, keepdims=True)
    assert "".join(each.text for each in consensus_line(shares, 1, DARK)) == "TYCTTATCTNY"
    assert "".join(each.text for each in consensus_line(other_strand(shares), 1, DARK)) == "RNAGATAAGRA"
    assert np.array_equal(other_strand(other_strand(shares)), shares)


async def test_the_card_of_a_motif_is_the_motif_itself_named_flipped_and_pointed_at() -> None:
    async with explorer(MEDIUM, filter="1") as shown:
        await shown.press("V")
        assert "reverse complement: weights" in shown.text
        await shown.press("V")
        assert " weights: background × 2^weight" in shown.text
        assert "motif  N  N  N  Y  C  T  T  A  T  C  T  N  Y  N  N  N" in shown.text
        # The preset's GATA1 is of 2018; what it resembles most of 2026 is another of its family.
        assert "resembles GATA2 (MA0036.4, q = " in shown.text
        assert "~" not in shown.text
        await shown.press("V", "M")
        assert "12 of 12 filters resemble a known motif (~)" in shown.text
        assert "reverse complement: weights" in shown.text
        assert "N  N  N  R  N  A  G  A  T  A  A  G  R  N  N  N" in shown.text
        assert "▸1 ~GATA2" in shown.text
        drawn = values_of(shown.app)["drawn"]
        assert isinstance(drawn, dict)
        assert drawn["motif"]["consensus"] == "NNNYCTTATCTNYNNN"
        assert drawn["motif"]["nearest"]["id"] == "MA0036.4"
        assert drawn["motif"]["names"]["1"] == "~GATA2"
        assert (drawn["motif"]["rule"], drawn["motif"]["sites"], drawn["motif"]["flipped"]) == (
            "weights",
            None,
            True,
        )
        await shown.pilot.hover(FilterCard, offset=(80, 5))
        await shown.settled()
        assert "motif position 5: A 0.83  C 0.02  G 0.02  T 0.12, 1.17 bits" in shown.text
        await shown.press("s", "a")
        assert "1 ~GATA2" in shown.text
        await shown.press("escape", "M", "f")
        assert "~" not in shown.text
        assert "1 GATA1" in shown.text


async def test_of_one_record_too_few_sites_are_said_and_the_way_to_more() -> None:
    async with explorer(SMALL, model="trained", filter="55") as shown:
        await shown.press("f")
        assert "rule windows, 1 site in sim_01" in shown.text
        assert "fewer than 10 sites: not compared;" in shown.text
        await shown.press("M")
        assert "0 of 320 filters resemble a known motif (~); 320 have too few sites" in shown.text
