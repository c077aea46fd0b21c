"""Plain operators: PyTorch's answers and gradients, and what follows from the forward pass alone.

The answers are stored (see `oracle.make_operator_fixtures`); where PyTorch is installed, live ones too.
"""

from __future__ import annotations

from types import ModuleType
from typing import Final

import numpy as np
import pytest
from dependence import read_by
from oracle.layer_case import Array
from oracle.operator_grid import OPERATOR_CASES, OPERATORS, OperatorCase
from oracle.stored_layers import STORED, read_numbers

from cnn_core import layers
from cnn_core.errors import ModelError
from cnn_core.layers import ComputedValue, Edited, Layer, LayerRun, Spans

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
        layers.extending,
        layers.gating,
        layers.operators,
        layers.reducing,
    ]
    room += [layers.rescaling, layers.slicing]
    assert {name for module in room for name in module.__all__} == OPERATORS
