"""The safetensors container: what is in it, and headers that must be refused."""

from __future__ import annotations

import json
import math
import random
from contextlib import suppress

import numpy as np
import pytest
from each_case import each_case
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.errors import CnnError, ModelError
from cnn_core.readers.formats import recognise
from cnn_core.readers.head import Head
from cnn_core.readers.weights.safetensors import FORMAT, read_tensors

KINDS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1"}


def packed(header: object, numbers: bytes = b"", padding: int = 0) -> bytes:
    text = (header if isinstance(header, bytes) else json.dumps(header).encode()) + b" " * padding
    return len(text).to_bytes(8, "little") + text + numbers


def entry(first: int, last: int, shape: list[int], dtype: str = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [first, last]}


def test_tensors_are_found_in_the_header_s_order_and_decoded() -> None:
    numbers = np.array([1, -2, 0.5], "<f4").tobytes() + np.array([1.5, 65504], "<f2").tobytes()
    header = {
        "__metadata__": {"format": "pt"},
        "b": entry(12, 16, [2, 1], "F16"),
        "a": entry(0, 12, [3]),
        "empty": entry(16, 16, [0, 4]),
    }
    b, a, empty = read_tensors(packed(header, numbers, padding=5), "m.safetensors")
    assert [(each.name, each.shape, each.dtype) for each in (b, a, empty)] == [
        ("b", (2, 1), "float16"),
        ("a", (3,), "float32"),
        ("empty", (0, 4), "float32"),
    ]
    assert a.values().tolist() == [1, -2, 0.5]
    assert b.values().tolist() == [[1.5], [65504]]
    assert empty.values().shape == (0, 4)
    assert a.values().dtype == np.float32


def test_bfloat16_is_the_upper_half_of_a_float32() -> None:
    exact = np.array([1.0, -3.5, 2.0**-126, 1e30], "<f4")
    halves = (exact.view("<u4") >> 16).astype("<u2")
    (tensor,) = read_tensors(packed({"x": entry(0, 8, [4], "BF16")}, halves.tobytes()), "m")
    np.testing.assert_array_equal(tensor.values(), (exact.view("<u4") & 0xFFFF0000).view("<f4"))


@given(
    st.dictionaries(
        st.text(min_size=1).filter("__metadata__".__ne__),
        st.tuples(st.sampled_from([*KINDS]), st.lists(st.integers(0, 3), max_size=5)),
    )
)
def test_names_shapes_and_kinds_come_out_as_they_went_in(tensors: dict[str, tuple[str, list[int]]]) -> None:
    header, at = {}, 0
    for name, (kind, shape) in tensors.items():
        size = math.prod(shape) * np.dtype(KINDS[kind]).itemsize
        header[name] = entry(at, at + size, shape, kind)
        at += size
    found = read_tensors(packed(header, bytes(at)), "m")
    assert [(each.name, each.shape) for each in found] == [
        (name, tuple(shape)) for name, (_, shape) in tensors.items()
    ]


def test_kinds_that_are_no_weights_are_listed_and_refused_where_they_are_wanted() -> None:
    header = {"i": entry(0, 8, [1], "I64"), "q": entry(8, 11, [6], "F4"), "e": entry(11, 12, [1], "F8_E4M3")}
    whole, packed_bits, eighth = read_tensors(packed(header, bytes(12)), "m")
    assert (whole.dtype, packed_bits.dtype, eighth.dtype) == ("int64", "F4", "float8_e4m3")
    with pytest.raises(ModelError, match="m, tensor e: holds float8_e4m3, which cannot be used as weights"):
        eighth.values()
    with pytest.raises(ModelError, match="m, tensor i: holds int64, which cannot be used as weights"):
        whole.values()
    with pytest.raises(ModelError, match="m, tensor q: holds F4"):
        packed_bits.values()


INVALID = "m: is not a valid safetensors file"
TWICE = json.dumps({"a": entry(0, 4, [1])})[:-1].encode() + b", " + json.dumps({"a": entry(0, 4, [1])})[1:].encode()


@each_case(
    ("data", "message"),
    [
        (b"", "m: its header should have 0 bytes, and 0 follow"),
        (b"\x02\x00\x00", "m: its header should have"),
        (b"\xff" * 8 + b"{}", "m: its header should have 18,446,744,073,709,551,615 bytes, and 2 follow"),
        (packed({})[:-1], "m: its header should have 2 bytes, and 1 follow"),
        (packed(b"{}", padding=1 << 24), "m: its header has 16,777,218 bytes; the most is 16,777,216"),
        (packed(b"{"), "m: is not a valid safetensors file (invalid JSON in header: EOF"),
        (packed(b"\xff\xff"), "m: is not a valid safetensors file (invalid UTF-8 in header"),
        (packed(b"[" * 100_000), "m: is not a valid safetensors file (invalid JSON in header"),
        (packed(b'{"a": ' + b"[" * 100_000), "m: is not a valid safetensors file (invalid JSON in header"),
        (
            packed(b'{"a": ' + b"9" * 5000 + b"}"),
            "m: is not a valid safetensors file (invalid JSON in header: number",
        ),
        (packed([1]), INVALID),
        (packed(TWICE, bytes(4)), "m: its header names a twice"),
        (packed({"a": 1}), INVALID),
        (packed({"a": {}}), "m: is not a valid safetensors file (invalid JSON in header: missing field `dtype`"),
        (packed({"a": {**entry(0, 4, [1]), "dtype": 5}}, bytes(4)), INVALID),
        (packed({"a": {**entry(0, 4, [1]), "dtype": "Q9"}}, bytes(4)), INVALID),
        (packed({"a": entry(0, 4, [1.0])}, bytes(4)), INVALID),
        (packed({"a": entry(0, 4, [True])}, bytes(4)), INVALID),
        (packed({"a": entry(0, 4, [-1])}, bytes(4)), INVALID),
        (packed({"a": entry(0, 4, [1] * 33)}, bytes(4)), "m, tensor a: has 33 axes; the most is 32"),
        (packed({"a": {**entry(0, 4, [1]), "data_offsets": [0]}}, bytes(4)), INVALID),
        (packed({"a": entry(4, 0, [1])}, bytes(4)), f"{INVALID} (invalid offset for tensor `a`)"),
        (packed({"a": entry(-4, 0, [1])}, bytes(4)), INVALID),
        (packed({"a": entry(0, 4, [1])}, bytes(3)), f"{INVALID} (incomplete metadata, file not fully covered)"),
        (packed({"a": entry(0, 1 << 42, [1 << 40])}), f"{INVALID} (incomplete metadata"),
        (packed({"a": entry(0, 4, [2])}, bytes(4)), f"{INVALID} (invalid shape, data type, or offset for tensor"),
        (packed({"a": entry(0, 4, [1 << 62] * 20)}, bytes(4)), f"{INVALID} (overflow computing buffer size"),
        (
            packed({"a": entry(0, 8, [2]), "b": entry(4, 8, [1])}, bytes(8)),
            f"{INVALID} (invalid offset for tensor `b`)",
        ),
        (packed({"a": entry(0, 4, [1]), "b": entry(0, 4, [1])}, bytes(4)), f"{INVALID} (invalid offset"),
        (packed({"a": entry(4, 8, [1])}, bytes(8)), f"{INVALID} (invalid offset for tensor `a`)"),
        (packed({"a": entry(0, 4, [1])}, bytes(6)), f"{INVALID} (incomplete metadata, file not fully covered)"),
        (packed({"x" * 500: 1}), INVALID),
    ],
)
def test_refusals(data: bytes, message: str) -> None:
    with pytest.raises(ModelError) as refused:
        read_tensors(data, "m")
    assert str(refused.value).startswith(message)
    assert refused.value.remedy


def test_damage_anywhere_is_a_sentence_or_no_damage() -> None:
    draw = random.Random(4)
    good = packed({"a": entry(0, 240, [3, 4, 5]), "b": entry(240, 252, [3])}, bytes(252))
    for _ in range(4000):
        damaged = bytearray(good)
        for _ in range(draw.randrange(1, 4)):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        del damaged[draw.choice([len(damaged), draw.randrange(len(damaged))]) :]
        with suppress(CnnError):
            for tensor in read_tensors(bytes(damaged), "m"):
                tensor.values()


@pytest.mark.parametrize("length", [640, 896, 1152, 1408])
def test_a_header_as_long_as_a_pickle_begins_is_one_of_tensors(length: int) -> None:
    header = json.dumps({"a": entry(0, 4, [1])}).encode()
    data = packed(header, bytes(4), padding=length - len(header))
    assert recognise(Head(data), "m") is FORMAT
    assert [each.shape for each in read_tensors(data, "m")] == [(1,)]
