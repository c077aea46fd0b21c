"""Where to go, as people type it."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.errors import CnnError, NotFoundError, RegionError
from cnn_core.letters.regions import resolve_region
from cnn_core.letters.sequence_files import open_sequences
from cnn_tui.screens.dialogs.goto_parser import (
    Axis,
    Bounds,
    GotoIndex,
    GotoRegion,
    parse_goto,
)
from cnn_tui.view.view_state import Level

NAMES = ("TBP", "GATA1", "CTCF", "FOS::JUN", "c3", "E2F1")
BOUNDS = Bounds(60, 485, 500, 6, NAMES, Level.CELL, "sim_01", ("sim_01", "sim_02", "HLA*01:01", "chrUn", "7"))
UNNAMED = Bounds(60, 485, 500, 320, (), Level.CELL, "sim_01")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cell 3", GotoIndex(Axis.CELL, 3)),
        ("Cell 3", GotoIndex(Axis.CELL, 3)),
        ("cell[3]", GotoIndex(Axis.CELL, 3)),
        ("cell3", GotoIndex(Axis.CELL, 3)),
        ("c3", GotoIndex(Axis.CELL, 3)),
        ("c 3", GotoIndex(Axis.CELL, 3)),
        ("C59", GotoIndex(Axis.CELL, 59)),
        ("pooled[3]", GotoIndex(Axis.CELL, 3)),
        ("pooled 3", GotoIndex(Axis.CELL, 3)),
        ("pool 3", GotoIndex(Axis.CELL, 3)),
        ("  pooled [ 3 ]  ", GotoIndex(Axis.CELL, 3)),
        ("cell 007", GotoIndex(Axis.CELL, 7)),
        ("conv 45", GotoIndex(Axis.RESPONSE, 45)),
        ("conv[45]", GotoIndex(Axis.RESPONSE, 45)),
        ("CONV[484]", GotoIndex(Axis.RESPONSE, 484)),
        ("conv45", GotoIndex(Axis.RESPONSE, 45)),
        ("response 45", GotoIndex(Axis.RESPONSE, 45)),
        ("position 45", GotoIndex(Axis.RESPONSE, 45)),
        ("r45", GotoIndex(Axis.RESPONSE, 45)),
        ("base 100", GotoIndex(Axis.BASE, 100)),
        ("b100", GotoIndex(Axis.BASE, 100)),
        ("base[0]", GotoIndex(Axis.BASE, 0)),
        ("b499", GotoIndex(Axis.BASE, 499)),
        ("filter 5", GotoIndex(Axis.FILTER, 5)),
        ("f5", GotoIndex(Axis.FILTER, 5)),
        ("filter[5]", GotoIndex(Axis.FILTER, 5)),
        ("filter CTCF", GotoIndex(Axis.FILTER, 2)),
        ("f ctcf", GotoIndex(Axis.FILTER, 2)),
        ("CTCF", GotoIndex(Axis.FILTER, 2)),
        ("ctcf", GotoIndex(Axis.FILTER, 2)),
        ("FOS::JUN", GotoIndex(Axis.FILTER, 3)),
        ("filter fos::jun", GotoIndex(Axis.FILTER, 3)),
        ("filter c3", GotoIndex(Axis.FILTER, 4)),
        ("E2F1", GotoIndex(Axis.FILTER, 5)),
        ("sim_02:46-61", GotoRegion("sim_02:46-61", "sim_01")),
        ("sim_02:46", GotoRegion("sim_02:46", "sim_01")),
        ("sim_02:1,046-1,061", GotoRegion("sim_02:1,046-1,061", "sim_01")),
        ("region sim_02:46-61", GotoRegion("sim_02:46-61", "sim_01")),
        ("46-61", GotoRegion("46-61", "sim_01")),
        ("46–61", GotoRegion("46–61", "sim_01")),
        ("46-", GotoRegion("46-", "sim_01")),
        ("1,046 - 1,061", GotoRegion("1,046 - 1,061", "sim_01")),
        ("region 46-61", GotoRegion("46-61", "sim_01")),
        ("region 46", GotoRegion("46", "sim_01")),
        ("sim_02", GotoRegion("sim_02", "sim_01")),
        ("HLA*01:01", GotoRegion("HLA*01:01", "sim_01")),
        ("HLA*01:01:5-9", GotoRegion("HLA*01:01:5-9", "sim_01")),
        ("region sim_02", GotoRegion("sim_02", "sim_01")),
        ("{sim_02}:46-61", GotoRegion("{sim_02}:46-61", "sim_01")),
        ("1k-2k", GotoRegion("1k-2k", "sim_01")),
        ("sim_02 45 61", GotoRegion("sim_02 45 61", "sim_01")),
        ("61-46", GotoRegion("61-46", "sim_01")),
        (":46-61", GotoRegion(":46-61", "sim_01")),
    ],
)
def test_a_place_is_read(text: str, expected: object) -> None:
    assert parse_goto(text, BOUNDS) == expected


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (Level.CELL, GotoIndex(Axis.CELL, 45)),
        (Level.RESPONSE, GotoIndex(Axis.RESPONSE, 45)),
        (Level.BASE, GotoIndex(Axis.BASE, 45)),
    ],
)
def test_a_bare_number_counts_at_the_level_of_the_cursor(level: Level, expected: object) -> None:
    assert parse_goto("45", replace(BOUNDS, level=level)) == expected


def test_a_bare_number_may_have_commas() -> None:
    bounds = replace(BOUNDS, bases=250_000_000, level=Level.BASE)
    assert parse_goto("1,234,567", bounds) == GotoIndex(Axis.BASE, 1_234_567)
    assert parse_goto("base 1,234,567", bounds) == GotoIndex(Axis.BASE, 1_234_567)
    assert parse_goto("b1,234", bounds) == GotoIndex(Axis.BASE, 1_234)


def test_a_record_named_like_a_number_is_no_place_for_a_bare_one() -> None:
    assert parse_goto("7", BOUNDS) == GotoIndex(Axis.CELL, 7)


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("cell 60", "there is no cell 60", "the cells are pooled[0] to pooled[59]"),
        ("60", "there is no cell 60", "the cells are pooled[0] to pooled[59]"),
        ("c-1", "'c-1' is no place", "write cell 3, conv 45, base 100, filter 2 or 46-61"),
        ("cell -1", "there is no cell -1", "the cells are pooled[0] to pooled[59]"),
        ("cell −1", "there is no cell −1", "the cells are pooled[0] to pooled[59]"),
        ("cell 3.5", "'3.5' is not a number", "the cells are pooled[0] to pooled[59]"),
        ("cell", "the number of the cell is missing", "the cells are pooled[0] to pooled[59]"),
        ("pooled[]", "the number of the cell is missing", "the cells are pooled[0] to pooled[59]"),
        ("conv 485", "there is no position 485", "the positions are conv[0] to conv[484]"),
        ("conv[4 5]", "'4 5' is not a number", "the positions are conv[0] to conv[484]"),
        ("base 500", "there is no base 500", "the input has 0–499"),
        ("b٣", "'b٣' is no place", "write cell 3, conv 45, base 100, filter 2 or 46-61"),
        ("filter", "the number or name of the filter is missing", "the filters are 0 to 5"),
        ("filter 6", "there is no filter '6'", "the filters are 0 to 5, or TBP, GATA1, CTCF, FOS::JUN, c3, E2F1"),
        ("filter CTFC", "there is no filter 'CTFC'", "did you mean CTCF?"),
        ("gata", "there is no filter 'gata'", "did you mean GATA1?"),
        ("region", "the region is missing", "write one such as 46-61"),
        ("", "there is nothing to go to", "write cell 3, conv 45, base 100, filter 2 or 46-61"),
        ("   ", "there is nothing to go to", "write cell 3, conv 45, base 100, filter 2 or 46-61"),
        ("somewhere", "'somewhere' is no place", "write cell 3, conv 45, base 100, filter 2 or 46-61"),
        ("neuron 3", "'neuron 3' is no place", "write cell 3, conv 45, base 100, filter 2 or 46-61"),
    ],
)
def test_what_is_no_place_is_refused_with_what_would_be_right(text: str, what: str, remedy: str) -> None:
    with pytest.raises(CnnError) as refused:
        parse_goto(text, BOUNDS)
    assert refused.value.what == what
    assert refused.value.remedy.startswith(remedy)


@pytest.mark.parametrize("bounds", [BOUNDS, UNNAMED, Bounds(1, 2, 17, 1, (), Level.RESPONSE, "r")])
def test_every_place_that_is_advised_is_one(bounds: Bounds) -> None:
    with pytest.raises(NotFoundError) as refused:
        parse_goto("nowhere", bounds)
    *places, last = refused.value.remedy.removeprefix("write ").replace(" or ", ", ").split(", ")
    for place in places:
        parse_goto(place, bounds)
    region = parse_goto(last, bounds)
    assert isinstance(region, GotoRegion)
    text = f">{bounds.record}\n{'A' * bounds.bases}\n".encode()
    with open_sequences("-", stdin=BytesIO(text)) as opened:
        _, start, stop = resolve_region(region.text, opened, here=region.here)
    assert start < stop


def test_without_names_the_filters_are_numbers() -> None:
    assert parse_goto("f319", UNNAMED) == GotoIndex(Axis.FILTER, 319)
    with pytest.raises(NotFoundError, match="the filters are 0 to 319, and have no names"):
        parse_goto("filter CTCF", UNNAMED)


def test_many_names_are_not_all_listed() -> None:
    bounds = replace(BOUNDS, filters=40, filter_names=tuple(f"motif_{number}" for number in range(40)))
    with pytest.raises(NotFoundError) as refused:
        parse_goto("filter XYZ", bounds)
    assert refused.value.remedy.endswith("motif_11 …")


def test_absurdly_long_numbers_are_refused_in_a_short_sentence() -> None:
    with pytest.raises(RegionError) as refused:
        parse_goto("cell " + "9" * 10_000, BOUNDS)
    assert len(str(refused.value)) < 120


def test_control_characters_are_spelled_out() -> None:
    with pytest.raises(NotFoundError) as refused:
        parse_goto("\x1b[31mred", BOUNDS)
    assert "\x1b" not in str(refused.value)


@given(st.text(max_size=30))
def test_any_text_is_a_place_or_a_sentence(text: str) -> None:
    try:
        place: object = parse_goto(text, BOUNDS)
    except CnnError as error:
        place = str(error)
    assert isinstance(place, GotoIndex | GotoRegion) or "; " in place


@given(st.sampled_from(["cell {}", "pooled[{}]", "c{}", "{}"]), st.integers(0, 200))
def test_an_index_is_a_cell_exactly_where_there_is_one(form: str, index: int) -> None:
    text = form.format(index)
    if index < BOUNDS.cells:
        assert parse_goto(text, BOUNDS) == GotoIndex(Axis.CELL, index)
    else:
        with pytest.raises(RegionError, match=r"pooled\[59\]"):
            parse_goto(text, BOUNDS)


def test_a_base_that_only_the_record_has_is_named_as_its_region() -> None:
    within = replace(UNNAMED, record="long", letters=1500)
    for text, where in (("base 1233", "long:1234"), ("base 500", "long:501"), ("base 1,499", "long:1500")):
        with pytest.raises(RegionError) as refused:
            parse_goto(text, within)
        number = text.removeprefix("base ")
        assert str(refused.value) == f"there is no base {number} here; the input has 0–499; g {where} goes there"
    with pytest.raises(RegionError, match=r"^there is no base 1500; the input has 0–499$"):
        parse_goto("base 1500", within)
