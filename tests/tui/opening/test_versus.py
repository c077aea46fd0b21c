"""What stands beside a reading is what opening it alone would give."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError
from cnn_core.letters.sequence_files import Sequences
from cnn_tui.opening import open_model, open_reading, open_source, versus_of
from cnn_tui.options.request import OpenRequest

_LETTERS = "ACGTTGCAAC" * 12


@pytest.fixture
def sequences(tmp_path: Path) -> Iterator[Sequences]:
    path = tmp_path / "two.fa"
    path.write_text(f">one\n{_LETTERS}\n>two\n{_LETTERS[::-1]}\n>short\n{_LETTERS[:8]}\n>none\n")
    with open_source(str(path)) as opened:
        yield opened


def _reading(sequences: Sequences, **asked: object) -> Reading:
    request = OpenRequest(**{"model": "motifs", "region": "11-90", **asked})  # type: ignore[arg-type]
    return open_reading(request, sequences, open_model(request.model))


@pytest.mark.parametrize(
    ("asked", "alone"),
    [
        ("edit:12C>A,30_31del", {"edits": ("12C>A", "30_31del")}),
        ("set:pool_size=4,pool_stride=2", {"settings": ("pool_size=4,pool_stride=2",)}),
        ("record:two", {"record": "two"}),
        ("strand", {"reverse": True}),
    ],
)
def test_it_is_what_opening_it_alone_gives(asked: str, alone: dict[str, object], sequences: Sequences) -> None:
    beside = versus_of(asked, _reading(sequences), sequences)
    other = _reading(sequences, **alone)
    assert (beside.reading.window, beside.reading.settings) == (other.window, other.settings)
    np.testing.assert_array_equal(
        beside.reading.run.values(0, beside.reading.run.cells), other.run.values(0, other.run.cells)
    )


def test_another_model_reads_the_same_bases(tmp_path: Path) -> None:
    with open_source("@planted") as sequences:
        request = OpenRequest(model="seed")
        reading = open_reading(request, sequences, open_model("seed"))
        beside = versus_of("model:trained", reading, sequences).reading
        assert (beside.model.name, beside.window) == ("trained", (0, 500))
        assert beside.run.filters == reading.run.filters == 320


def test_edits_are_added_to_those_that_are_there(sequences: Sequences) -> None:
    edited = _reading(sequences, edits=("12C>A",))
    assert versus_of("edit:20C>T", edited, sequences).reading.edit_names == ("one:12C>A", "one:20C>T")
    assert versus_of("original", edited, sequences).reading.edits == ()


def test_another_filter_is_one_of_the_same_reading(sequences: Sequences) -> None:
    reading = _reading(sequences)
    found = versus_of("filter:3", reading, sequences)
    assert (found.reading, found.filter) == (reading, 3)


def test_a_shorter_record_is_read_as_far_as_it_goes(sequences: Sequences) -> None:
    with pytest.raises(CnnError, match="record short"):
        versus_of("record:short", _reading(sequences), sequences)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("", "does not say what to look at beside it; write edit:46A>G"),
        ("edits:12C>A", "did you mean edit"),
        ("edit:12G>A", "the record has C there"),
        ("original", "nothing is edited"),
        ("strand:+", "does not say"),
        ("set:pool=4", "there is no setting 'pool'"),
        ("model:seed", "320 filters cannot stand beside 12"),
        ("model:nothing.h5", "nothing.h5"),
        ("filter:99", "has no filter '99'"),
        ("record:three", "three"),
        ("record:none", "holds no letters"),
    ],
)
def test_what_cannot_stand_beside_it_is_refused(asked: str, words: str, sequences: Sequences) -> None:
    with pytest.raises(CnnError, match=words):
        versus_of(asked, _reading(sequences), sequences)
