"""Networks that are graphs: branches, shared layers, several inputs and outputs, and layers that cannot be read."""

from __future__ import annotations

import numpy as np
import pytest
from seeded import seeded
from small_models import Letters, random_kernel, random_letters, reads

from cnn_core.blocks import letter_block
from cnn_core.blocks.letter_block import LetterRun
from cnn_core.blocks.pool_step import PoolStep
from cnn_core.blocks.reading import Reading
from cnn_core.blocks.trace import trace_cell
from cnn_core.errors import ModelError, NotFoundError, SequenceError, SettingError, ShapeError
from cnn_core.layers import (
    Activation,
    Add,
    BatchNormalization,
    Concatenate,
    Conv1D,
    Dense,
    DepthwiseConv1D,
    Dropout,
    Embedding,
    Flatten,
    GlobalMaxPooling1D,
    IndexInput,
    Input,
    LayerNormalization,
    LeakyReLU,
    MaxPooling1D,
    Multiply,
    Padding,
    PReLU,
    ReLU,
    SeparableConv1D,
    SideInput,
    SimpleRNN,
    Unknown,
    UpSampling1D,
)
from cnn_core.letters.alphabet import encode
from cnn_core.network.block import Block, BlockSettings
from cnn_core.network.model import Model, Node, SummaryRow
from cnn_core.scan.strongest import strongest

LETTERS = encode(random_letters(30))
SAME = Conv1D(random_kernel(3), padding="same")


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return seeded(seed).randn(*shape).astype(np.float32)


def diamond(left: object = SAME, right: object = SAME) -> Model:
    return Model(
        "diamond",
        (
            Node("letters", Input()),
            Node("left", left, ("letters",)),
            Node("right", right, ("letters",)),
            Node("sum", Add(), ("left", "right")),
            Node("relu", Activation("relu"), ("sum",)),
        ),
    )


class TestDiamond:
    def test_merges_what_its_branches_give(self) -> None:
        other = Conv1D(random_kernel(5, seed=1), padding="same")
        values = diamond(right=other).run(LETTERS)
        np.testing.assert_array_equal(values["sum"], values["left"] + values["right"])
        assert [*values] == ["letters", "left", "right", "sum", "relu"]

    def test_that_does_not_fit_names_the_merge(self) -> None:
        model = diamond(right=Conv1D(random_kernel(5)))
        with pytest.raises(ShapeError, match=r"^layer sum: Add reads inputs of one shape, not \(30, 2\) and \(26"):
            model.run(LETTERS)
        assert str(model.misfit(30)).startswith("layer sum: ")

    def test_that_does_not_fit_twice_names_the_first(self) -> None:
        nodes = (*diamond(right=Conv1D(random_kernel(5))).nodes, Node("dense", Dense(normal(3, 1)), ("left",)))
        assert str(Model("twice", nodes).misfit(30)).startswith("layer sum: ")

    def test_knows_who_reads_whom(self) -> None:
        assert diamond().readers["letters"] == ("left", "right")
        assert diamond().readers["relu"] == ()

    def test_says_in_its_summary_what_each_layer_reads(self) -> None:
        rows = {row.name: row.inputs for row in diamond(right=Conv1D(random_kernel(3))).summary()}
        assert rows["sum"] == ("left", "right")


class TestSharedLayers:
    MODEL = Model(
        "two strands",
        (
            Node("letters", Input(30)),
            Node("opposite", Input(30)),
            Node("conv", SAME, ("letters",)),
            Node("conv#2", SAME, ("opposite",)),
            Node("both", Add(), ("conv", "conv#2")),
        ),
    )

    def test_count_once(self) -> None:
        assert self.MODEL.parameter_count == SAME.parameter_count == 24

    def test_stand_in_the_summary_once_as_in_keras(self) -> None:
        assert [row.name for row in self.MODEL.summary()] == ["letters", "opposite", "conv", "both"]

    def test_are_computed_at_every_call(self) -> None:
        values = self.MODEL.run(LETTERS)
        np.testing.assert_array_equal(values["both"], 2 * values["conv"])
        assert "conv#2" in values

    def test_are_set_wherever_they_are_called(self) -> None:
        model = Model("shared", (*self.MODEL.nodes[:4], Node("pool", MaxPooling1D(4), ("conv",))))
        (block,) = model.blocks
        changed = model.with_settings(block, BlockSettings(2, Padding.VALID, 1, 3, 3, Padding.VALID))
        assert changed["conv"].layer is changed["conv#2"].layer
        assert changed["conv#2"].layer.stride == 2
        assert changed.parameter_count == 24


class TestInputs:
    MODEL = Model(
        "sided",
        (
            Node("letters", Input()),
            Node("score", SideInput((None, 1))),
            Node("cell", SideInput((3,))),
            Node("conv", SAME, ("letters",)),
            Node("scored", Concatenate(), ("conv", "score")),
            Node("gate", Dense(normal(3, 3), activation="sigmoid"), ("cell",)),
            Node("gated", Multiply(), ("scored", "gate")),
        ),
    )

    def test_that_are_not_given_hold_zeros_as_long_as_the_letters_where_open(self) -> None:
        values = self.MODEL.run(LETTERS)
        assert values["score"].shape == (30, 1)
        assert not values["score"].any()
        assert values["gate"].tolist() == [0.5] * 3

    def test_that_are_given_reach_what_reads_them(self) -> None:
        score, cell = normal(30, 1), np.array([9, 0, 0])
        values = self.MODEL.run(LETTERS, side_inputs={"score": score, "cell": cell})
        np.testing.assert_array_equal(values["scored"][:, 2:], score)
        np.testing.assert_array_equal(values["gated"], values["scored"] * values["gate"])
        assert values["cell"].dtype == np.float32

    def test_of_letters_can_be_given_as_numbers(self) -> None:
        rows = normal(30, 4)
        values = self.MODEL.run(LETTERS, side_inputs={"letters": rows})
        np.testing.assert_array_equal(values["letters"], rows)
        np.testing.assert_array_equal(values["conv"], SAME.forward(rows))

    def test_of_another_shape_are_refused(self) -> None:
        with pytest.raises(
            ShapeError, match=r"^input score: numbers of shape \(29, 1\) .* its shape is \(30, 1\)$"
        ):
            self.MODEL.run(LETTERS, side_inputs={"score": normal(29, 1)})

    def test_of_a_name_that_is_none_are_refused(self) -> None:
        with pytest.raises(NotFoundError, match="no input 'conv'; its inputs are letters, score, cell"):
            self.MODEL.run(LETTERS, side_inputs={"conv": normal(30, 2)})

    def test_stand_in_the_shapes_as_open_as_they_are(self) -> None:
        assert self.MODEL.shapes()["score"] == (None, 1)
        assert self.MODEL.shapes(30)["score"] == (30, 1)
        assert self.MODEL.shapes()["gated"] == (None, 3)

    @pytest.mark.parametrize("shape", [(), (0, 2), (3, None)])
    def test_that_cannot_be_filled_are_refused(self, shape: tuple[int | None, ...]) -> None:
        with pytest.raises(ModelError, match="cannot be filled; only its first axis may be open"):
            SideInput(shape)

    def test_of_letters_as_numbers_count_from_their_first(self) -> None:
        entrance = IndexInput(None, "ACGTN", first=2, other=9)
        assert entrance.encoded(encode("ACGTNnR")).tolist() == [2, 3, 4, 5, 6, 6, 9]
        with pytest.raises(SequenceError, match="'R' at position 6"):
            entrance.encoded(encode("ACGTNnR"), "error")

    def test_of_letters_as_numbers_feed_an_embedding(self) -> None:
        table = normal(5, 3)
        nodes = [("letters", IndexInput()), ("vectors", Embedding(table, mask_zero=True))]
        model = Model.sequential("embedded", [*nodes, ("rnn", SimpleRNN(normal(3, 2), normal(2, 2)))])
        values = model.run(encode("ACGTNN"))
        np.testing.assert_array_equal(values["vectors"], table[[1, 2, 3, 4, 0, 0]])
        np.testing.assert_array_equal(values["rnn"], model.run(encode("ACGT"))["rnn"])
        assert model.letters_of(model["vectors"]) is None


class TestOutputs:
    def test_are_the_layers_that_nobody_reads(self) -> None:
        assert diamond().outputs == ("relu",)
        model = Model("two", (*diamond().nodes, Node("other", Flatten(), ("left",))))
        assert model.outputs == ("relu", "other")

    def test_can_be_named(self) -> None:
        assert Model("named", diamond().nodes, ("sum", "relu")).outputs == ("sum", "relu")

    def test_survive_other_settings(self) -> None:
        model = Model("named", (*diamond().nodes, Node("pool", MaxPooling1D(2), ("left",))), ("sum",))
        assert model.with_settings(model.blocks[0], model.settings(model.blocks[0])).outputs == ("sum",)

    def test_that_are_none_of_its_layers_are_refused(self) -> None:
        with pytest.raises(ModelError, match="named: has no layer 'nope' to give as an output"):
            Model("named", diamond().nodes, ("nope",))


LAMBDA = Unknown("Lambda", "it holds program code, which is never run", {"alpha": normal(3)})


class TestUnknownLayers:
    MODEL = Model(
        "half known",
        (
            Node("letters", Input()),
            Node("conv", SAME, ("letters",)),
            Node("lambda", LAMBDA, ("conv",)),
            Node("relu", Activation("relu"), ("lambda",)),
            Node("pool", GlobalMaxPooling1D(), ("conv",)),
            Node("both", Add(), ("relu", "conv")),
        ),
    )

    def test_leave_out_themselves_and_what_depends_on_them_alone(self) -> None:
        values = self.MODEL.run(LETTERS)
        assert [*values] == ["letters", "conv", "pool"]
        assert [*self.MODEL.shapes(30)] == ["letters", "conv", "pool"]

    def test_are_named_with_their_reason(self) -> None:
        assert self.MODEL.unavailable(30) == {
            "lambda": "it holds program code, which is never run",
            "relu": "needs lambda, which cannot be computed",
            "both": "needs lambda, which cannot be computed",
        }
        assert self.MODEL.unavailable() == self.MODEL.unavailable(30)
        assert diamond().unavailable() == {}

    def test_are_no_misfit(self) -> None:
        assert self.MODEL.misfit(30) is None

    def test_stand_in_the_summary_with_their_own_type_and_parameters(self) -> None:
        rows = {row.name: row for row in self.MODEL.summary(30)}
        assert rows["lambda"] == SummaryRow(
            "lambda", "Lambda", (), 3, ("conv",), "it holds program code, which is never run"
        )
        assert rows["both"].output_shape == ()
        assert rows["pool"] == SummaryRow("pool", "GlobalMaxPooling1D", (None, 2), 0, ("conv",))
        assert self.MODEL.parameter_count == 24 + 3

    def test_have_neither_shape_nor_receptive_field(self) -> None:
        with pytest.raises(ShapeError, match="Lambda: it holds program code"):
            self.MODEL.output_shape(self.MODEL["lambda"], {"conv": (30, 2)}, 30)
        with pytest.raises(ShapeError, match="layer relu: needs lambda"):
            self.MODEL.receptive_field("relu", 0, 30)
        assert self.MODEL.alignment("relu", 30) is None

    def test_may_stand_where_numbers_enter(self) -> None:
        model = Model("odd", (*self.MODEL.nodes, Node("source", Unknown("Custom", "why"))))
        assert model.unavailable()["source"] == "why"

    def test_leave_the_explorer_its_block_and_say_why_there_is_no_output(self) -> None:
        nodes = [
            Node("letters", Input()),
            Node("conv", SAME, ("letters",)),
            Node("pool", MaxPooling1D(4), ("conv",)),
        ]
        model = Model(
            "half known", (*nodes, Node("lambda", LAMBDA, ("pool",)), Node("end", Flatten(), ("lambda",)))
        )
        reading = Reading.of(model, Letters(random_letters(30))).into()
        assert reading.run.cells == 7
        assert reading.output.layer == "end"
        assert reading.output.values is None
        assert reading.output.reason == "needs lambda, which cannot be computed"

    def test_of_a_setting_that_does_not_fit_leave_the_rest_its_shapes(self) -> None:
        model = diamond(right=Conv1D(random_kernel(5)))
        assert [*model.unavailable(30)] == ["sum", "relu"]
        assert model.unavailable(30)["relu"] == "needs sum, which cannot be computed"
        assert model.receptive_field("right", 3, 30) == (3, 8)
        with pytest.raises(ShapeError, match="layer relu: needs sum"):
            model.receptive_field("relu", 3, 30)


class TestRefusals:
    def test_a_layer_that_reads_more_than_it_takes(self) -> None:
        nodes = (Node("a", Input()), Node("b", SAME, ("a",)), Node("c", Flatten(), ("a", "b")))
        with pytest.raises(ModelError, match="net: layer c reads 2 layers, and a Flatten takes one"):
            Model("net", nodes)

    @pytest.mark.parametrize("layer", [Input(), SideInput((3,))])
    def test_an_input_that_reads(self, layer: object) -> None:
        with pytest.raises(ModelError, match="net: layer b is an input and reads a"):
            Model("net", (Node("a", Input()), Node("b", layer, ("a",))))

    def test_an_input_of_another_length_than_the_first(self) -> None:
        model = Model("net", (Node("a", Input(30)), Node("b", Input(20)), Node("c", Flatten(), ("a",))))
        with pytest.raises(ShapeError, match="layer b: net reads 20 bases, not 30"):
            model.run(LETTERS)

    def test_a_weight_that_is_no_number_is_named_where_its_layer_is_called_first(self) -> None:
        bad = Conv1D(np.full((3, 4, 2), np.nan, dtype=np.float32))
        nodes = (Node("a", Input()), Node("b", bad, ("a",)), Node("b#2", bad, ("a",)))
        with pytest.raises(ModelError, match="net, b/kernel: holds NaN or infinity"):
            Model("net", nodes)


def norm(scale: float = 1.0, seed: int = 0) -> BatchNormalization:
    positive = np.abs(normal(2, seed=seed)) + np.float32(0.5)
    gamma = np.array([scale, 0.5], dtype=np.float32)
    return BatchNormalization(normal(2, seed=1), positive, gamma, normal(2, seed=2))


def block_of(*between: tuple[str, object], conv: object = SAME) -> Model:
    layers = [("letters", Input()), ("conv", conv), *between, ("pool", MaxPooling1D(4))]
    return Model.sequential("block", layers)


class TestBlocks:
    def test_reach_through_all_layers_that_keep_each_position(self) -> None:
        between = [
            ("norm", norm()),
            ("leaky", LeakyReLU()),
            ("prelu", PReLU(normal(1, 2))),
            ("drop", Dropout()),
            ("across", LayerNormalization()),
        ]
        assert block_of(*between).blocks == (Block("conv", tuple(name for name, _ in between), "pool"),)

    def test_do_not_reach_through_layers_that_know_their_position(self) -> None:
        model = Model(
            "net",
            (
                Node("letters", Input(30)),
                Node("conv", SAME, ("letters",)),
                Node("prelu", PReLU(normal(30, 2)), ("conv",)),
                Node("pool", MaxPooling1D(4), ("prelu",)),
            ),
        )
        assert model.blocks == ()

    @pytest.mark.parametrize(
        "conv",
        [DepthwiseConv1D(normal(3, 4, 1)), SeparableConv1D(normal(3, 4, 1), normal(1, 4, 5))],
        ids=lambda conv: conv.type,
    )
    def test_begin_with_any_convolution(self, conv: object) -> None:
        model = block_of(conv=conv)
        (block,) = model.blocks
        assert model.letter_blocks == ()
        assert model.settings(block) == BlockSettings(1, Padding.VALID, 1, 4, 4, Padding.VALID)
        changed = model.with_settings(block, BlockSettings(1, Padding.SAME, 2, 3, 3, Padding.VALID))
        assert changed.shapes(30)["pool"][0] == 10
        with pytest.raises(SettingError, match=f"conv is a {conv.type}; choose a block that begins with a Conv1D"):
            LetterRun(model, block, 30, reads(LETTERS))
        reading = Reading.of(model, Letters(random_letters(30))).into()
        np.testing.assert_array_equal(reading.run.values(0, reading.run.cells), reading.activations()[block.pool])

    @pytest.mark.parametrize("scale", [1.0, -1.0])
    def test_compose_a_normalisation_exactly(self, scale: float, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(letter_block, "_LONGEST_MEASURED", 0)
        model = block_of(("norm", norm(scale)), ("relu", ReLU()), ("again", norm(scale, 3)))
        run = LetterRun(model, model.blocks[0], 30, reads(LETTERS))
        whole = model.run(LETTERS)
        np.testing.assert_array_equal(run.activations(0, 30), whole["again"])
        np.testing.assert_array_equal(run.values(1, 6), whole["pool"][1:6])
        assert run.activation.name == "batch_normalization → relu → batch_normalization"
        assert (run.activations(0, 30) <= run.extremes.highest).all()
        for index in (0, 1):
            alone = run.for_filter(index)
            np.testing.assert_array_equal(alone.activations(0, 30)[:, 0], whole["again"][:, index])
            assert alone.extremes.highest[0] == run.extremes.highest[index]

    @pytest.mark.parametrize("scale", [1.0, -1.0])
    def test_know_each_filters_silence_behind_a_normalisation(self, scale: float) -> None:
        # The bias silences both filters everywhere, so that each cell holds what its normalisation makes of 0.
        silent = Conv1D(random_kernel(3), np.full(2, -100, dtype=np.float32), activation="relu")
        model = block_of(("norm", norm(scale)), conv=silent)
        reading = Reading.of(model, Letters(random_letters(30))).into()
        assert reading.run.activation.floor is None
        expected = norm(scale).forward(np.zeros((1, 2), dtype=np.float32))[0]
        assert reading.run.floors is not None
        np.testing.assert_array_equal(reading.run.floors, expected)
        for index in (0, 1):
            step = trace_cell(reading, 0, index).steps[0]
            assert isinstance(step, PoolStep)
            assert step.composition.all_zero
            assert step.strongest is not None
            assert strongest(reading, [index], top=1) == ()


def test_more_values_than_can_be_computed_are_refused_before_they_are() -> None:
    deep = Model(
        "deep",
        (
            Node("letters", Input()),
            Node("up", UpSampling1D(4000), ("letters",)),
            *(Node(f"same{number}", Dropout(), ("up",)) for number in range(5)),
        ),
    )
    with pytest.raises(ShapeError, match=r"layer up: it would give 80,000,000 × 4 values, which are too many"):
        deep.run(np.ones(20_000, dtype=np.uint8))
    with pytest.raises(
        ShapeError, match=r"layer same3: it would give .* and with the layers before it more than can"
    ):
        deep.run(np.ones(15_000, dtype=np.uint8))
    assert deep.shapes()["up"] == (None, 4)


def test_a_reading_of_a_file_s_huge_input_asks_for_no_letters() -> None:
    huge = Model("huge", (Node("letters", Input(1 << 40)), Node("drop", Dropout(), ("letters",))))
    with pytest.raises(ShapeError, match=r"layer letters: it would give 1,099,511,627,776 × 4 values"):
        _ = Reading.of(huge, Letters("ACGT")).values
