"""The pickle interpreter: what it builds, and that it builds nothing else."""

from __future__ import annotations

import argparse
import math
import os
import pickle
import random
import shutil
import subprocess
import time
from collections import Counter, OrderedDict
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import pytest
from each_case import each_case
from hypothesis import assume, given
from hypothesis import strategies as st

from cnn_core.errors import CnnError, ModelError
from cnn_core.readers.weights import pickled
from cnn_core.readers.weights.pickled import read_pickle
from cnn_core.readers.weights.pickled_objects import survey
from cnn_core.readers.weights.pickled_tensors import PickledObject, PickledStorage, PickledTensor

STORAGE = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x06tQ"
TENSOR = b"ctorch._utils\n_rebuild_tensor_v2\n(" + STORAGE + b"K\x00K\x02K\x03\x86K\x03K\x01\x86\x89}tR"


def read(data: bytes) -> object:
    return read_pickle(data, "m.pt, data.pkl")


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text() | st.integers(-(1 << 61), 1 << 61), inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
    ),
    max_leaves=20,
)


@given(plain, st.integers(2, 5))
def test_plain_values_come_out_as_they_went_in(value: object, protocol: int) -> None:
    data = pickle.dumps(value, protocol)
    # Protocol 2 has no bytes: Python writes them as a call.
    assume(protocol > 2 or (b"\nbytes\n" not in data and b"_codecs" not in data))
    assert read(data) == value


def test_what_is_shared_stays_shared_and_what_is_nested_nests() -> None:
    shared = [1, 2]
    loop: list[object] = []
    loop.append(loop)
    read_shared, read_loop = read(pickle.dumps(({"a": shared, "b": shared}, loop), 4))
    assert read_shared["a"] is read_shared["b"]
    assert read_loop[0] is read_loop


def test_ordered_dicts_lose_their_attributes() -> None:
    ordered = OrderedDict(a=1)
    ordered._metadata = {"version": 1}
    found = read(pickle.dumps(ordered, 2))
    assert found == {"a": 1}
    assert not hasattr(found, "_metadata")


def test_a_tensor_is_described() -> None:
    tensor = PickledTensor(PickledStorage("0", "float32", 6, 0, 6), 0, (2, 3), (3, 1))
    assert read(b"\x80\x02" + TENSOR + b".") == tensor
    assert read(b"\x80\x02ctorch._utils\n_rebuild_parameter\n" + TENSOR + b"\x88}\x87R.") == tensor


class Evil:
    """Its pickle makes a file where one is executed."""

    def __init__(self, call: object, *arguments: object) -> None:
        self.call = call
        self.arguments = arguments

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return self.call, self.arguments


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("call", ["system", "eval", "open", "popen", "rmtree"])
def test_nothing_is_executed(tmp_path: Path, protocol: int, call: str) -> None:
    touched = tmp_path / "touched"
    kept = tmp_path / "kept"
    kept.mkdir()
    evil = {
        "system": Evil(os.system, f"echo > {touched}"),
        "eval": Evil(eval, f"open({str(touched)!r}, 'w')"),
        "open": Evil(open, str(touched), "w"),
        "popen": Evil(subprocess.Popen, ["touch", str(touched)]),
        "rmtree": Evil(shutil.rmtree, str(kept)),
    }[call]
    data = pickle.dumps({"state_dict": {"conv.weight": evil}}, protocol)
    with pytest.raises(ModelError, match=r"asks for \S+; only tensors in dicts are read, and nothing is executed"):
        read(data)
    assert not touched.exists()
    assert kept.exists()


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_an_object_beside_the_tensors_is_a_name_and_nothing_runs(tmp_path: Path, protocol: int) -> None:
    touched = tmp_path / "touched"
    companions = {
        "system": Evil(os.system, f"echo > {touched}"),
        "open": Evil(open, str(touched), "w"),
        "nested": [{"deep": (Evil(eval, f"open({str(touched)!r}, 'w')"), argparse.Namespace(lr=0.1))}],
        "set": {1, 2},
        "frozen": frozenset({3}),
        "fraction": Fraction(1, 3),
        "counts": Counter("aab"),
        "path": Path("x"),
    }
    opened, closed = pickle.dumps(companions, protocol)[:-1], b"."
    # The tensor stands beside them, in a tuple of two.
    found, tensor = read(opened + TENSOR + b"\x86" + closed)
    assert isinstance(tensor, PickledTensor)
    assert not touched.exists()
    assert {*found} == {*companions}
    names = {key: str(value) for key, value in found.items() if isinstance(value, PickledObject)}
    assert {*names} == {*companions} - {"nested"}
    assert names["system"].endswith(".system")
    assert names["fraction"] == "fractions.Fraction"
    assert not touched.exists()


def test_what_an_object_keeps_is_counted_and_not_missed() -> None:
    kept = b"cmine\nBag\n)R}X\x01\x00\x00\x00w" + TENSOR + b"sb"
    kernel = TENSOR.replace(b"K\x02K\x03\x86K\x03K\x01\x86", b"K\x01K\x02K\x03\x87K\x06K\x03K\x01\x87")
    found = survey(read(b"]" + kept + b"a" + kernel + b"a."))
    assert (found.names, found.kept, found.maker, found.has_kernels) == (("mine.Bag",), 1, None, True)
    with pytest.raises(ModelError, match=r"asks for mine\.Bag; only tensors"):
        read(b"]" + kept + b"a" + TENSOR + b"a.")


def test_objects_in_objects_a_thousand_times_over_cost_their_length() -> None:
    opened = b"cmine\nBag\n(" * 20_000 + b"tR" * 20_000
    value, tensor = read(opened + TENSOR + b"\x86.")
    assert isinstance(value, PickledObject)
    assert isinstance(tensor, PickledTensor)


def test_the_tests_above_would_notice(tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    pickle.loads(pickle.dumps(Evil(open, str(touched), "w"), 4)).close()
    assert touched.exists()


@each_case(
    ("data", "message"),
    [
        (b"", "is damaged near byte 0"),
        (b"\x80", "is damaged near byte 1"),
        (b".", "is damaged near byte 1"),
        (b"(.", "is damaged near byte 2"),
        (b"K\x01", "is damaged near byte 2"),
        (b"t.", "is damaged near byte 1"),
        (b"h\x07.", "is damaged near byte 2"),
        (b"q\x00.", "is damaged near byte 1"),
        (b"X\xff\xff\xff\xffabc.", "is damaged near byte 5"),
        (b"\x8d\xff\xff\xff\xff\xff\xff\xff\xffabc.", "is damaged near byte 9"),
        (b"\x8b\xff\xff\xff\x7f.", "is damaged near byte 5"),
        (b"\x8c\x02\xff\xff.", "is damaged near byte 4"),
        (b"cos", "is damaged near byte 1"),
        (b"K\x01K\x02a.", "is damaged"),
        (b"]K\x01K\x02s.", "is damaged"),
        (b"}(K\x01u.", "is damaged"),
        (b"}}b.", "is damaged"),
        (b"K\x01)R.", "is damaged"),
        (b"K\x01K\x02\x93.", "is damaged"),
        (b"cos\nsystem\n)R.", "asks for os.system; only tensors"),
        (b"\x8c\x02os\x8c\x06system\x93.", "asks for os.system"),
        (b"c__main__\nNet\n)\x81.", "holds a whole model (it asks for __main__.Net), not its weights"),
        (b"ctorch.nn.modules.conv\nConv1d\n.", "holds a whole model (it asks for torch.nn.modules.conv.Conv1d)"),
        (b"ctorch._utils\n_rebuild_tensor_v3\n.", "asks for torch._utils._rebuild_tensor_v3"),
        (b"c" + b"x" * 500 + b"\ny\n.", f"asks for {'x' * 79}…;"),
        (b"c\x1b[2J\n\n.", r"asks for \x1b[2J.;"),
        (b"ccollections\nOrderedDict\n(K\x01tR.", "calls collections.OrderedDict as torch.save does not"),
        (b"ctorch._utils\n_rebuild_parameter\n(K\x01tR.", "calls torch._utils._rebuild_parameter as"),
        (b"ctorch._utils\n_rebuild_tensor_v2\n(K\x01tR.", "describes a tensor as torch.save does not"),
        (b"ctorch\nFloatStorage\n)R.", "calls torch.FloatStorage as torch.save does not"),
        (b"}(K\x01tR.", "is damaged"),
        (b"K\x01Q.", "names a storage as torch.save does not"),
        (STORAGE.replace(b"K\x06", b"J\xff\xff\xff\xff") + b".", "names a storage as torch.save does not"),
        (STORAGE.replace(b"storage", b"module_") + b".", "names a storage as torch.save does not"),
        (b"}(K\x01\x85K\x01u.", "has a dict with a key that is neither a text nor a short number"),
        (b"}(\x8a\x09" + b"\xff" * 8 + b"\x00K\x01u.", "has a dict with a key that is neither"),
        (b"I01\n.", "uses operation 0x49, which torch.save does not write"),
        (b"cos\nsystem\no.", "uses operation 0x6f, which torch.save does not write"),
        (b"(ios\nsystem\n.", "uses operation 0x69"),
        (b"\x82\x01.", "uses operation 0x82"),
        (b"ccollections\nOrderedDict\n)\x81.", "calls collections.OrderedDict as torch.save does not"),
        (b"cos\nsystem\nK\x01\x81.", "is damaged"),
        (b"\x8f(K\x01\x90.", "asks for builtins.set; only tensors"),
        (b"cos\nsystem\n(" + TENSOR + b"tR.", "asks for os.system; only tensors"),
        (b"]cos\nsystem\n(" + STORAGE + b"tRa" + TENSOR + b"a.", "asks for os.system; only tensors"),
        (b"cos\nsystem\n)R}X\x01\x00\x00\x00w" + TENSOR + b"sb.", "asks for os.system; only tensors"),
        (STORAGE.replace(b"FloatStorage", b"QInt8Storage") + b".", "asks for torch.QInt8Storage; only tensors"),
        (TENSOR.replace(b"\x89}tR", b"\x89cos\nsystem\n)RtR") + b".", "asks for os.system; only tensors"),
        (TENSOR.replace(b"K\x00K\x02", b"cos\nsystem\n)RK\x02") + b".", "asks for os.system; only tensors"),
        (b"P0\n.", "uses operation 0x50"),
    ],
)
def test_refusals(data: bytes, message: str) -> None:
    with pytest.raises(ModelError) as refused:
        read(data)
    assert str(refused.value).startswith(f"m.pt, data.pkl: {message}")
    assert refused.value.remedy


class TestCost:
    def test_length(self) -> None:
        with pytest.raises(ModelError, match="has 16,777,217 bytes; the most is 16,777,216"):
            read(bytes(pickled.LONGEST_PICKLE + 1))

    def test_operations(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pickled, "MOST_OPERATIONS", 1000)
        with pytest.raises(ModelError, match="asks for more than 1,000 operations"):
            read(b"}" * 2000 + b".")

    def test_a_far_place_in_the_memo_costs_nothing(self) -> None:
        # Python's own reader makes room for every place before it.
        assert read(b"K\x07r\xff\xff\xff\x7f0j\xff\xff\xff\x7f.") == 7

    def test_a_billion_laughs_stay_one_list(self) -> None:
        # Every list holds the one before it twice.
        twice = (b"](h%bh%beq%b" % (bytes([n]), bytes([n]), bytes([n + 1])) for n in range(60))
        first, second = read(b"]q\x00" + b"".join(twice) + b".")
        assert first is second

    def test_depth(self) -> None:
        deep = b"]" * 200_000 + b"a" * 199_999 + b"."
        value, depth = read(deep), 0
        while value:
            value, depth = value[0], depth + 1
        assert depth == 199_999

    def test_a_long_number_costs_its_bytes(self) -> None:
        digits = (10**20_000).to_bytes(9000, "little")
        began = time.perf_counter()
        assert read(b"\x8b" + len(digits).to_bytes(4, "little") + digits + b".") == 10**20_000
        assert time.perf_counter() - began < 5


def test_random_bytes_are_a_sentence_or_a_value() -> None:
    draw = random.Random(3)
    alphabet = [*pickled._OPERATIONS, 0x2E, 0, 1, 2, 3]
    for _ in range(20_000):
        data = bytes(draw.choice(alphabet) for _ in range(draw.randrange(1, 40)))
        with suppress(CnnError):
            read(data)


def test_numbers_are_exact() -> None:
    numbers = [0, -1, 255, 256, 65_535, 65_536, -(2**31), 2**31, 2**70, -(2**70), 0.1, -0.0, math.inf]
    assert [repr(each) for each in read(pickle.dumps(numbers, 2))] == [repr(each) for each in numbers]
