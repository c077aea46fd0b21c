"""The table of the next cell is that of the cell itself, and the last cell has no next one."""

from __future__ import annotations

from drawings import picture_of, seed

from cnn_tui.pictures.selection_table import next_pool_table, pool_table
from cnn_tui.view.view_state import Level


def test_the_next_cell_is_the_one_that_a_step_leads_to() -> None:
    reading = seed()
    found = next_pool_table(picture_of(reading, filter=96, cell=23))
    own = pool_table(picture_of(reading, filter=96, cell=24))
    assert found is not None
    assert own is not None
    words, table = found
    assert words.startswith("the next cell, pooled[24] = ")
    assert table == own


def test_there_is_none_behind_the_last_cell_or_below_the_level_of_cells() -> None:
    reading = seed()
    assert next_pool_table(picture_of(reading, cell=59)) is None
    assert next_pool_table(picture_of(reading, level=Level.RESPONSE, position=5)) is None
