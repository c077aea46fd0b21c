"""One model on one input window of one record: where it lies, which strand, what the network says of it."""

from __future__ import annotations

import numpy as np
import pytest
from each_case import each_case
from hypothesis import given, settings
from hypothesis import strategies as st
from small_models import Letters, block_model, random_kernel, random_letters

from cnn_core.blocks import reading as reading_module
from cnn_core.blocks import record_window as record_window_module
from cnn_core.blocks.reading import Reading
from cnn_core.errors import ModelError, RegionError, SequenceError, SettingError, ShapeError
from cnn_core.layers import (
    Activation,
    AveragePooling1D,
    Conv1D,
    Dense,
    Flatten,
    GlobalMaxPooling1D,
    Input,
    MaxPooling1D,
    Padding,
)
from cnn_core.letters.alphabet import PADDING, Ambiguity, decode, encode, reverse_complement
from cnn_core.network.block import Block, BlockSettings
from cnn_core.network.model import Model, Node


def any_length() -> Model:
    """Reads any length and ends with one number a filter."""
    return block_model(Conv1D(random_kernel(5)), MaxPooling1D(4), head=[("top", GlobalMaxPooling1D())])


def fixed_length(length: int = 40) -> Model:
    cells = (length - 4) // 4
    dense = Dense(random_kernel(cells * 2, 1, channels=1)[:, 0])
    head = [("flatten", Flatten()), ("dense", dense), ("sigmoid", Activation("sigmoid"))]
    return block_model(Conv1D(random_kernel(5)), MaxPooling1D(4), head=head, length=length)


class TestInputWindow:
    def test_of_a_model_of_any_length_is_the_whole_record(self) -> None:
        reading = Reading.of(any_length(), Letters(random_letters(100))).into()
        assert (reading.window, reading.length, reading.padded) == ((0, 100), 100, 0)

    def test_of_a_model_of_any_length_is_the_interval_asked_for(self) -> None:
        record = Letters(random_letters(100))
        reading = Reading.of(any_length(), record, (20, 61)).into()
        assert (reading.window, reading.length) == ((20, 61), 41)
        assert decode(reading.codes(0, 41)) == record.letters[20:61]

    def test_of_a_model_of_a_fixed_length_begins_at_the_interval(self) -> None:
        reading = Reading.of(fixed_length(), Letters(random_letters(100)), (13, 14)).into()
        assert reading.window == (13, 53)

    @each_case(
        ("wanted", "window"), [(0, (0, 40)), (-5, (0, 40)), (60, (60, 100)), (61, (60, 100)), (999, (60, 100))]
    )
    def test_moves_along_the_record_and_stops_at_its_ends(self, wanted: int, window: tuple[int, int]) -> None:
        reading = Reading.of(fixed_length(), Letters(random_letters(100))).into().moved_to(wanted)
        assert reading.window == window
        assert reading.padded == 0

    def test_keeps_its_size_as_it_moves(self) -> None:
        reading = Reading.of(any_length(), Letters(random_letters(100)), (20, 61)).into()
        assert reading.moved_to(90).window == (59, 100)
        assert reading.moved_to(-1).window == (0, 41)

    def test_near_the_end_of_the_record_reads_bases_only(self) -> None:
        assert Reading.of(fixed_length(), Letters(random_letters(100)), (99, 100)).into().window == (60, 100)

    def test_of_a_shorter_record_is_padded_right_with_zero_rows(self) -> None:
        record = Letters(random_letters(23))
        reading = Reading.of(fixed_length(), record).into()
        assert (reading.window, reading.length, reading.padded) == ((0, 23), 40, 17)
        assert decode(reading.codes(0, 40)) == record.letters + "·" * 17
        activations = reading.activations()
        assert activations["letters"].shape == (40, 4)
        assert not activations["letters"][23:].any()
        assert (activations["letters"][:23].sum(axis=1) == 1).all()
        padded = np.append(encode(record.letters), np.full(17, PADDING, dtype=np.uint8))
        expected = reading.model.run(padded)
        assert reading.output.values is not None
        np.testing.assert_array_equal(reading.output.values, expected["sigmoid"])
        np.testing.assert_array_equal(reading.run.values(0, reading.run.cells), expected["pool"])

    def test_of_a_shorter_record_cannot_move(self) -> None:
        assert Reading.of(fixed_length(), Letters(random_letters(23))).into().moved_to(7).window == (0, 23)

    def test_beyond_its_ends_is_padding(self) -> None:
        record = Letters(random_letters(50))
        reading = Reading.of(any_length(), record, (10, 30)).into()
        assert decode(reading.codes(-3, 4)) == "···" + record.letters[10:14]
        assert decode(reading.codes(18, 22)) == record.letters[28:30] + "··"
        assert decode(reading.codes(30, 33)) == "···"
        assert decode(reading.codes(-9, -5)) == "····"
        assert reading.codes(4, 4).size == 0

    def test_is_printed_as_a_region_that_counts_from_1(self) -> None:
        assert Reading.of(any_length(), Letters("A" * 99, "chr1"), (45, 61)).into().region == "chr1:46-61"


class TestStrands:
    def test_reverse_reads_the_other_strand_in_its_own_direction(self) -> None:
        reading = Reading.of(any_length(), Letters("AAAAACCCGGt"), reverse=True).into()
        assert decode(reading.codes(0, 11)) == "aCCGGGTTTTT"

    def test_reverse_of_an_interval_is_the_interval_of_the_other_strand(self) -> None:
        record = Letters(random_letters(60))
        reading = Reading.of(any_length(), record, (7, 33), reverse=True).into()
        np.testing.assert_array_equal(reading.codes(0, 26), reverse_complement(encode(record.letters[7:33])))

    def test_reverse_of_a_shorter_record_is_padded_right_as_well(self) -> None:
        record = Letters(random_letters(23))
        reading = Reading.of(fixed_length(), record, reverse=True).into()
        assert decode(reading.codes(0, 40)) == decode(reverse_complement(encode(record.letters))) + "·" * 17

    @given(
        st.integers(20, 60),
        st.data(),
        st.sampled_from(["valid", "same", "causal"]),
        st.integers(1, 3),
        st.booleans(),
    )
    @settings(max_examples=60)
    def test_reverse_gives_what_the_reverse_complemented_record_gives(
        self, length: int, data: st.DataObject, padding: str, dilation: int, averaging: bool
    ) -> None:
        pool = AveragePooling1D(3, 2) if averaging else MaxPooling1D(3, 2)
        model = block_model(Conv1D(random_kernel(4), padding=padding, dilation=dilation), pool)
        start = data.draw(st.integers(0, length - 18))
        stop = data.draw(st.integers(start + 18, length))
        record = Letters(random_letters(length))
        other = Letters(decode(reverse_complement(encode(record.letters))))
        reverse = Reading.of(model, record, (start, stop), reverse=True).into().run
        forward = Reading.of(model, other, (length - stop, length - start)).into().run
        np.testing.assert_array_equal(
            reverse.responses(0, reverse.positions), forward.responses(0, forward.positions)
        )
        np.testing.assert_array_equal(reverse.values(0, reverse.cells), forward.values(0, forward.cells))

    @pytest.mark.parametrize("reverse", [False, True])
    def test_bases_and_record_positions_are_each_others_inverse(self, reverse: bool) -> None:
        record = Letters(random_letters(60))
        reading = Reading.of(any_length(), record, (7, 33), reverse=reverse).into()
        for base in range(26):
            at = reading.record_position(base)
            assert 7 <= at < 33
            assert reading.base_at(at) == base
            letter = encode(record.letters[at])
            expected = reverse_complement(letter) if reverse else letter
            assert reading.codes(base, base + 1)[0] == expected[0]
        assert reading.record_position(0) == (32 if reverse else 7)


class TestFirstBlock:
    def test_a_model_whose_only_block_reads_feature_maps_is_looked_into_there(self) -> None:
        model = Model.sequential(
            "deep",
            [
                ("letters", Input()),
                ("a", Conv1D(random_kernel(3))),
                ("b", Conv1D(random_kernel(3, channels=2))),
                ("pool", MaxPooling1D(2)),
            ],
        )
        reading = Reading.of(model, Letters(random_letters(30))).into()
        assert reading.block == Block("b", (), "pool")
        np.testing.assert_array_equal(reading.run.values(0, 13), reading.activations()["pool"])


class TestRefusals:
    def test_a_model_without_a_block(self) -> None:
        model = Model.sequential("flat", [("letters", Input()), ("conv", Conv1D(random_kernel(3)))])
        with pytest.raises(ModelError, match="flat: has no convolution that feeds a pool"):
            Reading.of(model, Letters("ACGT")).into()

    def test_an_empty_record(self) -> None:
        with pytest.raises(SequenceError, match="record empty: holds no letters"):
            Reading.of(any_length(), Letters("", "empty")).into()

    @pytest.mark.parametrize("interval", [(-1, 10), (0, 101), (10, 10), (20, 10)])
    def test_an_interval_that_is_not_in_the_record(self, interval: tuple[int, int]) -> None:
        with pytest.raises(
            RegionError, match=r"record record: positions .* are not in the record; it has .* 1 to 100"
        ):
            Reading.of(any_length(), Letters(random_letters(100)), interval).into()

    def test_an_interval_too_short_for_the_model_with_the_shortest_that_works(self) -> None:
        with pytest.raises(ShapeError, match=r"layer pool: .* the shortest input that works is 8 bases"):
            Reading.of(any_length(), Letters(random_letters(100)), (3, 10)).into()
        assert Reading.of(any_length(), Letters(random_letters(100)), (3, 11)).into().run.cells == 1


class TestBlock:
    def test_is_the_first_that_reads_the_letters(self) -> None:
        model = Model(
            "branched",
            (
                Node("letters", Input()),
                Node("a", Conv1D(random_kernel(3)), ("letters",)),
                Node("deep", Conv1D(random_kernel(3, channels=2)), ("a",)),
                Node("deep pool", MaxPooling1D(2), ("deep",)),
                Node("b", Conv1D(random_kernel(5)), ("letters",)),
                Node("pool", MaxPooling1D(2), ("b",)),
            ),
        )
        assert Reading.of(model, Letters(random_letters(30))).into().block == Block("b", (), "pool")


class TestAmbiguity:
    def test_is_noticed_where_there_is_an_ambiguous_letter(self) -> None:
        assert not Reading.of(any_length(), Letters("ACGTacgtU" * 3)).into().ambiguous
        assert Reading.of(any_length(), Letters("ACGTacgtn" * 3)).into().ambiguous

    def test_padding_is_not_ambiguous(self) -> None:
        assert not Reading.of(fixed_length(), Letters(random_letters(23))).into().ambiguous

    @pytest.mark.parametrize("reverse", [False, True])
    def test_error_names_the_records_own_letter_and_where_it_stands_there(self, reverse: bool) -> None:
        record = Letters("A" * 31 + "R" + "A" * 28, "chr1")
        reading = Reading.of(any_length(), record, (20, 60), reverse=reverse, ambiguity="error").into()
        for look in (
            lambda: reading.output,
            lambda: reading.run.values(0, reading.run.cells),
            reading.check_letters,
        ):
            with pytest.raises(SequenceError, match=r"^record chr1:32, letter R: is ambiguous; choose the policy"):
                look()

    @pytest.mark.parametrize("at", [0, 9, 10, 29])
    def test_error_is_found_wherever_the_letter_stands(self, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(record_window_module, "_CHECKED_AT_ONCE", 10)
        record = Letters("A" * at + "R" + "A" * (29 - at), "chr1")
        with pytest.raises(SequenceError, match=f"^record chr1:{at + 1}, letter R: is ambiguous"):
            Reading.of(any_length(), record, ambiguity="error").into().check_letters()

    def test_error_minds_the_input_window_alone(self) -> None:
        record = Letters("N" * 10 + "A" * 20 + "N" * 10)
        Reading.of(any_length(), record, (10, 30), ambiguity="error").into().check_letters()
        with pytest.raises(SequenceError, match=":31, letter N: "):
            Reading.of(any_length(), record, (10, 31), ambiguity="error").into().check_letters()

    @pytest.mark.parametrize("ambiguity", ["zero", "uniform"])
    def test_other_policies_accept_any_letter(self, ambiguity: str) -> None:
        reading = Reading.of(any_length(), Letters("ACGTNRYACGTKM"), ambiguity=ambiguity).into()
        reading.check_letters()
        assert reading.output.values is not None

    @pytest.mark.parametrize("ambiguity", ["zero", "uniform"])
    def test_policy_rules_block_and_output_alike(self, ambiguity: str) -> None:
        reading = Reading.of(any_length(), Letters("ACGTNRYACGTKM" * 3), ambiguity=ambiguity).into()
        assert reading.ambiguity is Ambiguity(ambiguity)
        np.testing.assert_array_equal(reading.run.values(0, reading.run.cells), reading.activations()["pool"])
        assert reading.output.values is not None
        np.testing.assert_array_equal(reading.output.values, reading.activations()["top"])

    def test_policies_differ(self) -> None:
        record = Letters("ACGTNRYACGTKM" * 3)
        zero, uniform = (
            Reading.of(any_length(), record, ambiguity=policy).into() for policy in ("zero", "uniform")
        )
        assert (zero.run.responses(0, 5) != uniform.run.responses(0, 5)).any()


class TestOutput:
    def test_is_the_output_of_the_last_layer(self) -> None:
        record = Letters(random_letters(40))
        output = Reading.of(fixed_length(), record).into().output
        assert (output.layer, output.reason) == ("sigmoid", "")
        assert output.values is not None
        expected = fixed_length().run(encode(record.letters))["sigmoid"]
        np.testing.assert_array_equal(output.values, expected)

    def test_has_a_reason_where_the_settings_break_the_head(self) -> None:
        reading = Reading.of(fixed_length(), Letters(random_letters(40))).into()
        same = BlockSettings(1, Padding.VALID, 1, 4, 2, Padding.VALID)
        broken = reading.with_settings(same)
        assert broken.run.cells == 17
        assert broken.output.values is None
        assert broken.output.reason == "layer dense: Dense reads 18 inputs, not 34"
        assert broken.with_settings(reading.settings).output.reason == ""

    def test_has_a_reason_where_the_model_ends_with_the_pool(self) -> None:
        model = block_model(Conv1D(random_kernel(5)), MaxPooling1D(4))
        output = Reading.of(model, Letters(random_letters(40))).into().output
        assert (output.layer, output.values) == ("pool", None)
        assert output.reason == "the model ends with the pool"

    def test_has_a_reason_where_the_input_window_is_too_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reading_module, "LONGEST_WHOLE_INPUT", 39)
        output = Reading.of(any_length(), Letters(random_letters(40))).into().output
        assert output.values is None
        assert output.reason == "the input window is longer than 39 bases"
        assert Reading.of(any_length(), Letters(random_letters(39))).into().output.values is not None


class TestSettings:
    def test_change_the_block_and_keep_the_window_and_the_strand(self) -> None:
        reading = Reading.of(any_length(), Letters(random_letters(100)), (20, 61), reverse=True).into()
        changed = reading.with_settings(BlockSettings(2, Padding.SAME, 3, 5, 1, Padding.SAME))
        assert (changed.window, changed.reverse) == ((20, 61), True)
        assert (changed.run.positions, changed.run.cells) == (21, 21)
        assert reading.run.positions == 37

    def test_with_which_no_window_fits_are_refused(self) -> None:
        reading = Reading.of(any_length(), Letters(random_letters(20))).into()
        with pytest.raises(ShapeError, match="the shortest input that works is 24 bases"):
            reading.with_settings(BlockSettings(1, Padding.VALID, 5, 4, 4, Padding.VALID))

    def test_that_cannot_be_are_refused(self) -> None:
        reading = Reading.of(any_length(), Letters(random_letters(20))).into()
        with pytest.raises(SettingError, match="stride 0 is below 1"):
            reading.with_settings(BlockSettings(0, Padding.VALID, 1, 4, 4, Padding.VALID))
