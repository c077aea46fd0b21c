"""What had to be assumed belongs to the reading: of the files, the letters and the inputs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from cnn_core.blocks.assumptions import as_comments, assumptions_of
from cnn_core.blocks.reading import Reading
from cnn_core.layers import Add, Conv1D, GlobalMaxPooling1D, Input, MaxPooling1D, SideInput
from cnn_core.letters.alphabet import Ambiguity, encode
from cnn_core.network.model import Model, Node
from cnn_core.scan.whole_record import whole_reading

OF_FILES = ("its kernels were turned round", "r.fa: 1 record has the name of an earlier one")
ZEROS = "ambiguous letters are rows of zeros; --ambiguity uniform shares them among what they stand for"
SHARED = "ambiguous letters are shared equally among what they stand for; --ambiguity zero makes them zeros"


@dataclass(frozen=True)
class Letters:
    letters: str
    name: str = "r"

    def __len__(self) -> int:
        return len(self.letters)

    def codes(self, start: int, stop: int) -> NDArray[np.uint8]:
        return encode(self.letters[start:stop])


def model(channels: str = "ACGT") -> Model:
    conv = Conv1D(np.ones((3, len(channels), 2), dtype=np.float32))
    nodes = (
        Node("letters", Input(None, channels)),
        Node("kind", SideInput((2,))),
        Node("conv", conv, ("letters",)),
        Node("pool", MaxPooling1D(3), ("conv",)),
        Node("best", GlobalMaxPooling1D(), ("pool",)),
        Node("sum", Add(), ("best", "kind")),
    )
    return Model("net", nodes)


def reading(letters: str = "ACGTACGTACGTACGT", channels: str = "ACGT", **settings: object) -> Reading:
    return Reading.of(model(channels), Letters(letters), assumed=OF_FILES, **settings).into()  # type: ignore[arg-type]


KIND = "input kind is zeros; --input kind=FILE.npy gives its numbers"


def test_they_are_those_of_the_files_then_of_the_letters_then_of_the_inputs() -> None:
    assert assumptions_of(reading("ACGTNACGTACGTACGT")) == (*OF_FILES, ZEROS, KIND)
    assert assumptions_of(reading("ACGTNACGTACGTACGT", ambiguity=Ambiguity.UNIFORM)) == (*OF_FILES, SHARED, KIND)


def test_an_input_that_was_given_numbers_is_not_assumed() -> None:
    assert assumptions_of(reading(side_inputs={"kind": np.ones(2)})) == OF_FILES


def test_of_a_layer_only_the_inputs_that_it_is_computed_from_count() -> None:
    assert assumptions_of(reading(), "pool") == OF_FILES
    assert assumptions_of(reading(), "sum") == (*OF_FILES, KIND)


@pytest.mark.parametrize(("letters", "said"), [("ACGTNACGTACGT", ()), ("ACGTRACGTACGT", (ZEROS,))])
def test_a_letter_with_a_channel_of_its_own_is_not_ambiguous(letters: str, said: tuple[str, ...]) -> None:
    found = reading(letters, "ACGTN", side_inputs={"kind": np.ones(2)})
    assert found.ambiguous is bool(said)
    assert assumptions_of(found) == (*OF_FILES, *said)


def test_they_stay_with_the_reading_whatever_is_changed() -> None:
    found = reading()
    changed = found.with_settings(replace(found.settings, pool_size=2))
    for each in (changed, found.moved_to(3), found.afresh(), replace(found, reverse=True), whole_reading(found)):
        assert assumptions_of(each)[:2] == OF_FILES


def test_a_reading_of_nothing_assumed_has_none() -> None:
    conv = Conv1D(np.ones((3, 4, 2), dtype=np.float32))
    plain = Model.sequential("plain", [("letters", Input()), ("conv", conv), ("pool", MaxPooling1D(2))])
    assert assumptions_of(Reading.of(plain, Letters("ACGTACGT"))) == ()


def test_comments_are_lines_that_begin_with_a_number_sign() -> None:
    said = ("one\nMOTIF two \x1b[2J", "three " * 40)
    assert [*as_comments(said[:1])] == [r"# assumed: one\nMOTIF two \x1b[2J"]
    folded = [*as_comments(said, 60)]
    assert all(line.startswith("#") and len(line) <= 60 for line in folded)
    assert len([*as_comments(said)]) == 2
