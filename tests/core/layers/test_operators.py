"""Plain operators: PyTorch's answers and gradients, and what follows from the forward pass alone.

The answers are stored (see `oracle.make_operator_fixtures`); where PyTorch is installed, live ones too.
"""

from __future__ import annotations

from types import ModuleType
from typing import Final

import numpy as np
import pytest
from dependence import read_by
from each_case import each_case
from oracle.layer_case import Array
from oracle.operator_grid import OPERATOR_CASES, OPERATORS, OperatorCase
from oracle.stored_layers import STORED, read_numbers

from cnn_core import layers
from cnn_core.errors import CnnError, ModelError
from cnn_core.layers import (
    Alignment,
    Broadcast,
    Clip,
    Compare,
    ComputedValue,
    Constant,
    CumulativeSum,
    Divide,
    Edited,
    GatedLinearUnit,
    Layer,
    LayerRun,
    Logical,
    Pad,
    Reduce,
    Rescaling,
    Reverse,
    Select,
    Slice,
    Spans,
    Take,
    Where,
    activation_function,
)
from cnn_core.layers.activation_functions import ELEMENTWISE

TOLERANCE: Final = 1e-5
"""Of an array's largest value."""
EDITS: Final = 4


def built(case: OperatorCase) -> Layer:
    layer: Layer = getattr(layers, case.kind)(**case.settings)
    return layer


def run_of(case: OperatorCase) -> tuple[Layer, LayerRun]:
    layer, inputs = built(case), case.inputs
    return layer, LayerRun(inputs, layer.forward(*inputs), [None] * len(inputs))


def check(ours: Array, theirs: Array) -> None:
    """Compare numbers, NaN and infinities among them."""
    assert ours.dtype == np.float32
    assert ours.shape == theirs.shape
    known = np.isfinite(theirs)
    np.testing.assert_array_equal(ours[~known], theirs[~known])
    scale = float(np.abs(theirs[known]).max(initial=0))
    assert np.abs(ours[known] - theirs[known]).max(initial=0) <= TOLERANCE * scale


def check_case(case: OperatorCase, theirs: dict[str, Array]) -> None:
    layer, run = run_of(case)
    assert layer.output_shape(*(x.shape for x in run.inputs)) == run.output.shape
    check(run.output, theirs["answer"])
    if not case.has_gradient:
        return
    gradients = layer.gradient(case.upstream(run.output.shape), run)
    for number, gradient in enumerate(gradients):
        assert gradient is not None
        check(gradient, theirs[f"gradient {number}"])


@pytest.fixture(scope="module")
def stored() -> dict[str, dict[str, Array]]:
    found: dict[str, dict[str, Array]] = {}
    for name, array in read_numbers(STORED.with_name("operators.npz")).items():
        case, what = name.rsplit(": ", 1)
        found.setdefault(case, {})[what] = array
    return found


def test_pytorchs_answers_are_of_this_grid(stored: dict[str, dict[str, Array]]) -> None:
    assert [*stored] == [case.name for case in OPERATOR_CASES]
    assert STORED.with_name("operators.npz").stat().st_size < 200_000


def test_are_what_pytorch_says(stored: dict[str, dict[str, Array]], subtests: pytest.Subtests) -> None:
    for case in OPERATOR_CASES:
        with subtests.test(case.name):
            check_case(case, stored[case.name])


@pytest.fixture(scope="module")
def frameworks() -> ModuleType:
    pytest.importorskip("torch")
    from oracle import operator_frameworks

    return operator_frameworks


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
def test_pytorch_still_says_so(frameworks: ModuleType, subtests: pytest.Subtests) -> None:
    for case in OPERATOR_CASES:
        with subtests.test(case.name):
            check_case(case, frameworks.torch_answers(case))


def test_a_position_depends_on_what_it_is_said_to_read(subtests: pytest.Subtests) -> None:
    for case in distinct():
        with subtests.test(case.name):
            layer, run = run_of(case)
            shapes = [x.shape for x in run.inputs]
            for position in range(len(run.output)):
                read = read_by(layer, position, *shapes)
                for number, x in enumerate(run.inputs):
                    elsewhere = np.ones(len(x), dtype=np.bool_)
                    elsewhere[read[number]] = False
                    others = [each.copy() for each in run.inputs]
                    others[number][elsewhere] += np.float32(0.125)
                    np.testing.assert_array_equal(layer.forward(*others)[position], run.output[position])


def test_edits_are_computed_as_a_whole_run_is(subtests: pytest.Subtests) -> None:
    for case in distinct():
        with subtests.test(case.name):
            layer, run = run_of(case)
            for number in range(len(run.inputs)):
                check_edits(layer, run, number)


def check_edits(layer: Layer, run: LayerRun, number: int) -> None:
    """Edit one input at several places at once."""
    random, x = np.random.RandomState(number), run.inputs[number]
    width = min(2, len(x))
    first = random.randint(0, len(x) - width + 1, EDITS)
    values = np.abs(random.randn(width, EDITS, *x.shape[1:])).astype(np.float32) + np.float32(0.1)
    edited = [Edited.unchanged(each, EDITS) for each in run.inputs]
    edited[number] = Edited(x, Spans(first, width), values)
    spans = layer.changed([each.spans for each in edited], *(each.shape for each in run.inputs))
    found = Edited(run.output, spans, layer.compute(spans, layer.remembered(run.output, *run.inputs), *edited))
    for edit in range(EDITS):
        whole = layer.forward(*(each.of(edit) for each in edited))
        np.testing.assert_allclose(found.of(edit), whole, rtol=1e-5, atol=1e-6)


def test_multipliers_account_for_the_whole_change(subtests: pytest.Subtests) -> None:
    without = set()
    for case in distinct():
        with subtests.test(case.name):
            layer, run = run_of(case)
            if case.settings.get("value") == -np.inf:
                continue
            inputs = [np.float32(0.8) * x + np.float32(0.2) * x[::-1] for x in run.inputs]
            if case.kind == "Where":
                inputs[0] = run.inputs[0]
            reference = LayerRun(inputs, layer.forward(*inputs), run.masks)
            upstream = case.upstream(run.output.shape)
            found = layer.multipliers(upstream, run, reference) if case.has_gradient else None
            if found is None:
                without.add(case.settings.get("how", case.kind))
                continue
            pairs = zip(found, run.inputs, inputs, strict=True)
            given = sum(float((each * (x - other).astype(np.float64)).sum()) for each, x, other in pairs)
            wanted = float((upstream * (run.output.astype(np.float64) - reference.output)).sum())
            assert given == pytest.approx(wanted, rel=1e-3, abs=1e-3)
    relations = {"equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "and", "or", "xor"}
    assert without == {"argmax", "argmin", "any", "all", "prod"} | relations


def test_compositions_give_the_value_again(subtests: pytest.Subtests) -> None:
    for case in distinct():
        with subtests.test(case.name):
            layer, run = run_of(case)
            for index in np.ndindex(*run.output.shape):
                composition = layer.compose(ComputedValue(run.inputs, run.output, index, run.masks))
                assert composition.value == run.output[index]
                for part in composition.parts:
                    assert part.value == run.inputs[part.input][part.index]
                amounts = [part.amount for part in composition.parts]
                if composition.how in ("sum", "mean"):
                    assert composition.total == pytest.approx(composition.value, rel=1e-4, abs=1e-5)
                elif composition.how == "product":
                    assert np.prod(amounts) * composition.rest == pytest.approx(composition.value, rel=1e-4)
                elif composition.how in ("copy", "maximum", "minimum"):
                    padding = case.settings.get("value", 0.0)
                    assert (amounts[0] if amounts else padding) == composition.value


def distinct() -> list[OperatorCase]:
    """Return the cases of numbers that are all finite, one of every kind, setting and shape."""
    return [case for case in OPERATOR_CASES if case.of != "special"]


def test_a_place_and_a_truth_have_no_gradient() -> None:
    x = np.ones((3, 2), dtype=np.float32)
    for how in ("argmax", "argmin", "any", "all"):
        layer = layers.Reduce(how, 1)
        with pytest.raises(ModelError, match=f"the {how} of values has no gradient"):
            layer.gradient(np.ones(2, dtype=np.float32), LayerRun([x], layer.forward(x), [None]))


def test_every_operator_is_compared() -> None:
    room = [
        layers.activation_settings,
        layers.constants,
        layers.padding,
        layers.gating,
        layers.operators,
        layers.reducing,
    ]
    room += [layers.rescaling, layers.slicing]
    assert {name for module in room for name in module.__all__} == OPERATORS


class TestAlignment:
    """Over which bases positions stand, of an axis whose positions stand over bases 10–13, 12–15 and so on."""

    given = Alignment(10, 2, 4)

    @each_case(
        ("layer", "expected"),
        [
            (Slice(1, 3, None), Alignment(16, 2, 4)),
            (Slice(1, -2, None), Alignment(24, 2, 4)),
            (Slice(1, 1, None, 3), Alignment(12, 6, 4)),
            (Slice(1, None, None, -1), Alignment(26, -2, 4)),
            (Slice(2, 1, 3), Alignment(10, 2, 4)),
            (Reverse(1), Alignment(26, -2, 4)),
            (Reverse(2), Alignment(10, 2, 4)),
            (Pad(1, 2, 5), Alignment(6, 2, 4)),
            (Pad(1, -2, 0), Alignment(14, 2, 4)),
            (Pad(1, 2, 0, "reflect"), Alignment(6, 2, 4)),
            (Pad(2, 2, 0), Alignment(10, 2, 4)),
            (Take(1, (2, 0)), None),
            (Take(2, (2, 0)), Alignment(10, 2, 4)),
            (Select(1, 3), None),
            (Select(-1, 0), Alignment(10, 2, 4)),
            (Reduce("max", 2), Alignment(10, 2, 4)),
            (Reduce("max", 1, keepdims=True), None),
            (CumulativeSum(1), Alignment(10, 2, 4)),
            (GatedLinearUnit(), Alignment(10, 2, 4)),
            (GatedLinearUnit(1), None),
            (Broadcast((-1, 4)), Alignment(10, 2, 4)),
            (Rescaling(2.0), Alignment(10, 2, 4)),
        ],
    )
    def test_of_one_input(self, layer: Layer, expected: Alignment | None) -> None:
        assert layer.aligned([self.given], (9, 4)) == expected

    def test_turned_twice_is_as_before(self) -> None:
        (back,) = [Reverse(1).aligned([Reverse(1).aligned([self.given], (9, 4))], (9, 4))]
        assert back == self.given

    def test_of_several_is_that_of_the_input_that_has_one(self) -> None:
        assert Divide().aligned([self.given, None], (9, 4), (4,)) == self.given
        assert Where().aligned([None, self.given, None], (4,), (9, 4), (1,)) == self.given


class TestShapes:
    @each_case(
        ("layer", "shape", "expected"),
        [
            (Slice(1, 2, -2), (None, 4), (None, 4)),
            (Slice(2, 0, 2), (None, 4), (None, 2)),
            (Select(1, 0), (None, 4), (4,)),
            (Select(2, 0), (None, 4), (None,)),
            (Take(2, (0, 3)), (None, 4), (None, 2)),
            (Pad(1, 2, 3), (None, 4), (None, 4)),
            (Reverse((1, 2)), (None, 4), (None, 4)),
            (Reduce("sum", 2), (None, 4), (None,)),
            (Reduce("sum", 1), (None, 4), (4,)),
            (Reduce("sum"), (None, 4), (1,)),
            (Reduce("sum", (1, 2), keepdims=True), (None, 4), (1, 1)),
            (Broadcast((-1, 4)), (None, 1), (None, 4)),
            (GatedLinearUnit(), (None, 4), (None, 2)),
            (GatedLinearUnit(1), (None, 4), (None, 4)),
            (CumulativeSum(1), (None, 4), (None, 4)),
        ],
    )
    def test_leave_open_what_is_open(
        self, layer: Layer, shape: tuple[int | None, ...], expected: tuple[int | None, ...]
    ) -> None:
        assert layer.output_shape(shape) == expected

    @each_case(
        ("layer", "shapes", "message"),
        [
            (Slice(1, 5, 3), [(9, 4)], "Slice leaves nothing of an axis of 9"),
            (Slice(3), [(9, 4)], "Slice works on axis 3, and its input has 2 axes"),
            (Select(1, 9), [(9, 4)], "Select takes place 9 of an axis of 9"),
            (Take(2, (0, -5)), [(9, 4)], "Take reads place -5 of an axis of 4"),
            (Pad(1, 9, 0, "reflect"), [(9, 4)], "an axis of 9 is too short for a padding of 9 by its own values"),
            (Pad(1, -5, -4), [(9, 4)], "Pad leaves nothing of an axis of 9"),
            (Broadcast((9, 5)), [(9, 4)], r"an array of shape \(9, 4\) cannot be repeated to \(9, 5\)"),
            (Broadcast((4,)), [(9, 4)], "cannot be repeated"),
            (GatedLinearUnit(), [(9, 3)], "a GatedLinearUnit halves an axis, not one of 3"),
            (Rescaling(np.ones(3, dtype=np.float32)), [(9, 4)], r"Rescaling has numbers of shape \(3,\)"),
            (Divide(), [(9, 4)], "Divide reads two inputs, not 1"),
            (Where(), [(9, 4), (9, 4)], "Where reads three inputs, not 2"),
            (Compare("less"), [(9, 4), (9, 3)], "Compare reads inputs of one shape"),
        ],
    )
    def test_that_do_not_fit_are_refused(self, layer: Layer, shapes: list[tuple[int, ...]], message: str) -> None:
        with pytest.raises(CnnError, match=message):
            layer.output_shape(*shapes)

    def test_settings_that_cannot_be_are_refused(self) -> None:
        for build in (
            lambda: Slice(1, step=0),
            lambda: Pad(1, 1, 1, "mirror"),  # type: ignore[arg-type]
            lambda: Compare("like"),  # type: ignore[arg-type]
            lambda: Logical("nor"),  # type: ignore[arg-type]
            lambda: Reduce("median"),  # type: ignore[arg-type]
            lambda: Clip(float("nan")),
            lambda: Constant(np.float32(1)),  # type: ignore[arg-type]
            lambda: Constant(np.array([np.nan], dtype=np.float32)),
        ):
            with pytest.raises(CnnError):
                build()


@each_case("name", ELEMENTWISE)
def test_bounds_hold_what_a_function_gives_between_two_values(name: str) -> None:
    function = activation_function(name)
    for lowest, highest in [(-9, 9), (-2, -0.5), (-0.9, 0.8), (0.1, 4), (1.5, 1.75)]:
        values = np.linspace(lowest, highest, 997, dtype=np.float32)
        below, above = function.bounds(values[:1], values[-1:])
        found = function(values)
        found = found[~np.isnan(found)]
        assert (below <= found).all()
        assert (found <= above).all()


@each_case(
    "layer",
    [
        Rescaling(-0.5, 1.0),
        layers.AddConstant(offset=np.array([-0.5, 0.5, 0, 2], dtype=np.float32)),
        Rescaling(np.array([-0.5, 0.5, 0, 2], dtype=np.float32), np.array([[1, 2, 3, 4]], dtype=np.float32)),
        Clip(-0.5, 2.0),
        Clip(high=0.25),
        layers.Power(3.0),
        layers.CELU(0.7),
        layers.HardShrink(0.3),
        layers.SoftShrink(0.3),
        layers.Threshold(0.5, 2.0),
        layers.Threshold(0.5, -1.0),
    ],
)
def test_what_may_stand_between_a_convolution_and_its_pool_bounds_what_it_gives(layer: layers.Pointwise) -> None:
    x = np.linspace(-30, 30, 601, dtype=np.float32)[:, None] * np.ones((1, 4), dtype=np.float32)
    function = layer.function()
    assert function is not None
    below, above = function.bounds(x[:1], x[-1:])
    found = layer.forward(x)
    assert (below <= found).all()
    assert (found <= above).all()
    if function.rising:
        assert (np.diff(found, axis=0) >= 0).all()
    if function.floor is not None:
        assert found.min() == np.float32(function.floor)
    for channel in range(4):
        alone = layer.function(channel)
        assert alone is not None
        np.testing.assert_array_equal(alone(x[:, channel : channel + 1]), found[:, channel : channel + 1])


def test_a_scaling_that_knows_its_position_is_no_function_of_a_stretch() -> None:
    assert Rescaling(np.ones((9, 1), dtype=np.float32)).function() is None
