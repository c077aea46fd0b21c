"""Arrays as `numpy.save` writes them, against what `numpy.load` makes of them; and broken ones."""

from __future__ import annotations

import io
import random
from contextlib import suppress

import numpy as np
import pytest
from each_case import each_case
from numpy.typing import NDArray

from cnn_core.errors import ModelError
from cnn_core.readers.npy import plain_array

REMEDY = "save it again"
NUMBERS = np.arange(-6, 6).reshape(3, 4)


def saved(array: NDArray[np.generic], version: tuple[int, int] | None = None) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version)
    return file.getvalue()


def with_header(text: str, numbers: bytes = bytes(48)) -> bytes:
    """Return a file whose header is any text, and whose numbers are zeros."""
    header = text.encode("latin-1") + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + numbers


def header(**changed: str) -> str:
    entries = {"descr": "'<f4'", "fortran_order": "False", "shape": "(3, 4)", **changed}
    return "{" + "".join(f"'{name}': {value}, " for name, value in entries.items()) + "}"


@pytest.mark.parametrize("kind", ["f2", "<f4", ">f4", "f8", "longdouble", "i1", "i2", ">i8", "u4", "u8", "?"])
@pytest.mark.parametrize("version", [None, (2, 0), (3, 0)])
def test_kinds_and_versions(kind: str, version: tuple[int, int] | None) -> None:
    for array in (NUMBERS.astype(kind), np.asfortranarray(NUMBERS.astype(kind)), np.array(1, kind), NUMBERS[:0]):
        data = saved(array, version)
        read = plain_array(data, "m", REMEDY)
        assert read.dtype == array.dtype
        np.testing.assert_array_equal(read, np.load(io.BytesIO(data)))


@each_case("shape", ["(3, 4)", "(3,4)", "(3L, 4L)", "(12,)", "(12L,)", "(2, 3, 2, )", "(3, 4, )"])
def test_spellings_of_a_shape(shape: str) -> None:
    read = plain_array(with_header(header(shape=shape)), "m", REMEDY)
    assert read.size == 12
    assert not read.any()


@each_case(
    "data",
    [
        b"",
        b"\x93NUMPY",
        b"\x93NUMPY\x01\x00",
        b"\x93NUMPY\x01\x00\xff\xff" + bytes(20),
        b"\x93NUMPY\x09\x00" + saved(NUMBERS)[8:],
        b"PK\x03\x04" + bytes(40),
        with_header("("),
        with_header("(\n" * 20),
        with_header("{"),
        with_header("{}"),
        with_header("[" * 9000),
        with_header("'"),
        with_header("\x00"),
        with_header("0x"),
        with_header(header(shape="(True,)")),
        with_header(header(shape="(-3, -4)")),
        with_header(header(shape="(3.0, 4)")),
        with_header(header(shape="3")),
        with_header(header(shape="(3, 4")),
        with_header(header(shape="(3 4)")),
        with_header(header(shape="(3,,4)")),
        with_header(header(shape="(" + "1, " * 200 + ")")),
        with_header(header(shape="(" + "9" * 300 + ",)")),
        with_header(header(shape="(3, 5)")),
        with_header(header(shape="(0, 1099511627776, 1099511627776)"), b""),
        with_header(header(shape="(0, 9999999999999999999)"), b""),
        with_header(header(descr="None")),
        with_header(header(descr="'<f3'")),
        with_header(header(descr="'|f4'")[:-1]),
        with_header(header(descr="'<i16'")),
        with_header(header(descr="'|O'")),
        with_header(header(descr="'<c8'")),
        with_header(header(descr="'<U1'")),
        with_header(header(descr="'<M8[s]'")),
        with_header(header(descr="[('a', '<f4')]")),
        with_header(header(descr="'f4,f4'")),
        with_header(header(descr="__import__('os').abort()")),
        with_header(header(fortran_order="3")),
        with_header(header(fortran_order="()")),
        with_header(header(more="1")),
        saved(NUMBERS)[:-1],
        saved(NUMBERS) + b"\x00",
    ],
)
def test_what_is_broken_is_one_sentence(data: bytes) -> None:
    with pytest.raises(ModelError) as refused:
        plain_array(data, "m", REMEDY)
    assert str(refused.value).startswith("m: ")
    assert str(refused.value).endswith(f"; {REMEDY}")
    assert str(refused.value).isprintable()


def test_damage_anywhere_is_a_sentence_or_an_array() -> None:
    draw = random.Random(7)
    whole = saved(NUMBERS.astype(np.float32))
    for _ in range(3000):
        damaged = bytearray(whole)
        for _ in range(draw.randrange(1, 4)):
            damaged[draw.randrange(min(len(damaged), 70))] = draw.choice(
                [*b"(){}[],:' L0123456789<>|=fiubOTF\n\x00\xff"]
            )
        with suppress(ModelError):
            assert plain_array(bytes(damaged), "m", REMEDY).nbytes == 48
