"""The cases of the onnx package itself, where it is installed: those whose operators we have give its numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx_fixtures import computed

from cnn_core.errors import CnnError
from cnn_core.layers import SideInput
from cnn_core.readers.onnx.messages import read_messages
from cnn_core.readers.onnx.reader import Known
from cnn_core.readers.onnx.stored import TensorReader
from cnn_core.readers.operators.assembly import Assembly, Layout

Numbers = NDArray[Any]
Case = tuple[str, bytes, Sequence[Numbers], Sequence[Numbers]]
LEAST = {"pytorch-converted": 49, "pytorch-operator": 28, "node": 800}
"""How many cases of each kind pass at least; the others have operators, dimensions or kinds that we do not."""


class NotComputedError(Exception):
    """A case with an operator that is not computed here."""


def converted(kind: str) -> Iterator[Case]:
    onnx = pytest.importorskip("onnx")
    for folder in sorted((Path(onnx.__file__).parent / "backend/test/data" / kind).iterdir()):
        data = (folder / "model.onnx").read_bytes()
        for each in sorted(folder.glob("test_data_set_*")):
            yield folder.name, data, _arrays(each, "input"), _arrays(each, "output")


def _arrays(folder: Path, kind: str) -> list[Numbers]:
    onnx = pytest.importorskip("onnx")
    found = []
    for number in range(len([*folder.glob(f"{kind}_*.pb")])):
        tensor = onnx.TensorProto()
        tensor.ParseFromString((folder / f"{kind}_{number}.pb").read_bytes())
        found.append(onnx.numpy_helper.to_array(tensor))
    return found


def nodes() -> Iterator[Case]:
    cases = pytest.importorskip("onnx.backend.test.case.node").collect_testcases(None)
    for case in cases:
        for inputs, outputs in case.data_sets[:1]:
            both = [*inputs, *outputs]
            if all(isinstance(each, np.ndarray | np.generic) and each.dtype.kind in "fiub" for each in both):
                arrays = [np.asarray(each) for each in both]
                yield case.name, case.model.SerializeToString(), arrays[: len(inputs)], arrays[len(inputs) :]


def entered(array: Numbers) -> tuple[Numbers, Layout]:
    """Return an array as it flows, and which axes it has: a first axis of length 1 is the batch."""
    if array.ndim < 2 or array.shape[0] != 1:
        return (array, tuple(range(array.ndim))) if array.ndim else (array.reshape(1), ())
    if array.ndim == 2:
        return array[0], (None, 0)
    return np.moveaxis(array[0], 0, -1), (None, array.ndim - 2, *range(array.ndim - 2))


def answers(data: bytes, inputs: Sequence[Numbers], flowing: int) -> list[Numbers]:
    """Return a model's outputs; the first inputs flow, the others are known."""
    model = read_messages(data, TensorReader("case"))
    assembly = Assembly("case")
    values: dict[str, Known] = {}
    given: dict[str, Numbers] = {}
    for number, (declared, array) in enumerate(zip(model.graph.inputs, inputs, strict=True)):
        if number < flowing and array.size:
            own, layout = entered(array)
            assembly.begin(declared.name, declared.name)
            tensor = assembly.add(SideInput(own.shape), (), layout, whole=array.dtype.kind in "iub")
            given[tensor.node] = own.astype(np.float32)
            values[declared.name] = tensor
        else:
            kind = {"f": np.float32, "b": np.bool_}.get(array.dtype.kind, np.int64)
            values[declared.name] = array.astype(kind)
    found, reasons = computed(assembly, model, values, given)
    outputs = [each.name for each in model.graph.outputs]
    if not assembly.nodes or any(name not in found for name in outputs):
        raise NotComputedError(reasons)
    return [found[name] for name in outputs]


def is_right(found: Numbers, expected: Numbers) -> bool:
    if found.shape != expected.shape:
        return False
    ours, theirs = found.astype(np.float64), expected.astype(np.float64)
    scale = max(1.0, float(np.abs(theirs[np.isfinite(theirs)]).max(initial=0)))
    tolerance = scale * (1e-2 if expected.dtype.itemsize == 2 else 1e-5)
    return bool(
        np.all((np.abs(ours - theirs) <= tolerance) | (ours == theirs) | (np.isnan(ours) & np.isnan(theirs)))
    )


def outcome(case: Case) -> str:
    """Return how a case ends: `passed`, `not computed` or `wrong`."""
    _, data, inputs, outputs = case
    # Values beyond float32 are none of a network's.
    if any(each.size and float(np.nan_to_num(np.abs(each.astype(np.float64))).max()) > 1e30 for each in inputs):
        return "not computed"
    # Which inputs are weights a case does not say: as few as can be.
    for flowing in range(len(inputs), 0, -1):
        try:
            found = answers(data, inputs, flowing)
        except (CnnError, NotComputedError):
            continue
        return "passed" if all(map(is_right, found, outputs)) else "wrong"
    batch = inputs[0].shape[0] if inputs and inputs[0].ndim else 0
    if batch < 2 or any(each.shape[:1] != (batch,) for each in outputs):
        return "not computed"
    try:
        for item in range(batch):
            found = answers(data, [inputs[0][item : item + 1], *inputs[1:]], 1)
            parts = [each[item : item + 1] for each in outputs]
            if [each.shape for each in found] != [each.shape for each in parts]:
                return "not computed"
            if not all(map(is_right, found, parts)):
                return "wrong"
    except (CnnError, NotComputedError):
        return "not computed"
    return "passed"


@pytest.mark.oracle
@pytest.mark.parametrize("kind", LEAST)
def test_the_cases_of_the_onnx_package(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    counts: Counter[str] = Counter()
    wrong = []
    with np.errstate(all="ignore"):
        for case in nodes() if kind == "node" else converted(kind):
            ended = outcome(case)
            counts[ended] += 1
            wrong += [case[0]] * (ended == "wrong")
    with capsys.disabled():
        print(f"\n{kind}: {dict(counts)}")
    assert wrong == []
    assert counts["passed"] >= LEAST[kind]
