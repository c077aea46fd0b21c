"""Our reader of HDF5 against the reference library, and against files that nobody should read."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress

import h5py
import numpy as np
import pytest
from each_case import each_case
from hypothesis import given, settings
from hypothesis import strategies as st
from keras_fixtures import FILES, Stored
from numpy.typing import NDArray

from cnn_core.errors import CnnError, ModelError
from cnn_core.readers.keras import hdf5, hdf5_objects, hdf5_values
from cnn_core.readers.keras.hdf5 import Hdf5File

Write = Callable[[h5py.File], object]


def written(write: Write, **options: object) -> bytes:
    file = io.BytesIO()
    with h5py.File(file, "w", **options) as opened:
        write(opened)
    return file.getvalue()


def opened(write: Write, **options: object) -> Hdf5File:
    return Hdf5File(written(write, **options), "m.h5")


DTYPES = ("<f4", ">f4", "<f8", ">f8", "<f2", ">f2")


@settings(max_examples=60)
@given(
    shape=st.lists(st.integers(1, 7), max_size=4),
    dtype=st.sampled_from(DTYPES),
    chunks=st.lists(st.integers(1, 9), min_size=4, max_size=4),
    packing=st.sampled_from(["contiguous", "chunked", "gzip", "shuffle", "shuffle and gzip"]),
    seed=st.integers(0, 99),
)
def test_numbers_of_any_layout_are_read_as_the_library_reads_them(
    shape: list[int], dtype: str, chunks: list[int], packing: str, seed: int
) -> None:
    values = np.random.RandomState(seed).normal(size=shape).astype(dtype)
    options: dict[str, object] = {}
    if shape and packing != "contiguous":
        options["chunks"] = tuple(min(size, axis) for size, axis in zip(chunks, shape, strict=False))
        options["compression"] = "gzip" if "gzip" in packing else None
        options["shuffle"] = "shuffle" in packing
    file = opened(lambda each: each.create_dataset("a/b", data=values, **options))
    tensor = file.tensors["a/b"]
    assert tensor.shape == tuple(shape)
    assert tensor.dtype == values.dtype.newbyteorder("=").name
    np.testing.assert_array_equal(tensor.values(), values.astype(np.float32))


def test_a_group_of_many_members_is_read_whole() -> None:
    names = [f"layer_{index}" for index in range(700)]

    def write(file: h5py.File) -> None:
        for index, name in enumerate(names):
            file[f"{name}/vars/0"] = np.full(3, index, dtype=np.float32)

    file = opened(write)
    assert sorted(file.members("")) == sorted(names)
    assert all(file.tensors[f"{name}/vars/0"].values()[0] == index for index, name in enumerate(names))
    assert "layer_5/vars" in file
    assert "layer_5/vars/0" not in file
    assert file.members("nowhere") == ()


@pytest.mark.parametrize("text", ["", "a", "Ä 🧬", "x" * 200_000])
def test_attributes_are_read_as_they_were_written(text: str) -> None:
    def write(file: h5py.File) -> None:
        file.attrs["text"] = text
        file.attrs["bytes"] = text.encode()
        file.attrs["names"] = [text, "b"]
        file.attrs["fixed"] = np.array([b"conv", b"dense_1"])
        file.attrs["none"] = np.array([])
        file.attrs["whole"] = 3
        file.attrs["real"] = 0.5
        file.attrs["flag"] = True
        file.attrs["numbers"] = np.arange(3)

    assert opened(write).attributes("") == {
        "text": text,
        "bytes": text,
        "names": (text, "b"),
        "fixed": ("conv", "dense_1"),
        "none": (),
        "whole": 3,
        "real": 0.5,
        "flag": 1,
    }


@pytest.mark.parametrize("options", [{"track_order": True}, {"libver": "latest"}, {"userblock_size": 1024}])
def test_small_files_of_newer_layouts_are_read(options: dict[str, object]) -> None:
    def write(file: h5py.File) -> None:
        file.attrs["name"] = "conv"
        file["layers/conv/vars/0"] = np.arange(5, dtype=np.float32)
        file["layers/conv/vars/1"] = np.float32(3)

    file = opened(write, **options)
    assert file.attributes("") == {"name": "conv"}
    np.testing.assert_array_equal(file.tensors["layers/conv/vars/0"].values(), np.arange(5))
    assert file.tensors["layers/conv/vars/1"].values() == 3


def test_other_kinds_of_numbers_are_listed_and_not_taken_for_weights() -> None:
    def write(file: h5py.File) -> None:
        file["int"] = np.arange(3)
        file["text"] = "words"
        file["pairs"] = np.zeros(2, dtype=[("a", "f4"), ("b", "i4")])
        file["flags"] = np.array([True, False])

    file = opened(write)
    assert {path: tensor.dtype for path, tensor in file.tensors.items()} == {
        "int": "int64",
        "text": "texts",
        "pairs": "no numbers",
        "flags": "bool",
    }
    for tensor in file.tensors.values():
        with pytest.raises(ModelError, match="cannot be used as weights"):
            tensor.values()


def test_nan_is_named_with_its_tensor() -> None:
    values = np.array([1, np.nan], dtype=np.float32)
    with pytest.raises(ModelError, match=r"m\.h5, tensor conv/kernel: holds NaN or infinity"):
        opened(lambda file: file.create_dataset("conv/kernel", data=values)).tensors["conv/kernel"].values()


def soft(file: h5py.File) -> None:
    file["a"] = np.zeros(2)
    file["b"] = h5py.SoftLink("/a")


def external(file: h5py.File) -> None:
    file["a"] = h5py.ExternalLink("/etc/passwd", "/")


def circular(file: h5py.File) -> None:
    file.create_group("a/b")
    file["a/b/c"] = file["a"]


def twice(file: h5py.File) -> None:
    file["a"] = np.zeros(2)
    file["b"] = file["a"]


def virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((4,), dtype="f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", shape=(4,))
    file.create_virtual_dataset("a", layout)


def stored_elsewhere(file: h5py.File) -> None:
    file.create_dataset("a", (4,), dtype="f4", external=[("/etc/passwd", 0, 16)])


def four_terabytes(file: h5py.File) -> None:
    file.create_dataset("a", (1 << 40,), dtype="f4")


def four_terabytes_in_pieces(file: h5py.File) -> None:
    file.create_dataset("a", (1 << 40,), dtype="f4", chunks=(1 << 16,), compression="gzip")


def one_huge_piece(file: h5py.File) -> None:
    file.create_dataset("a", (4,), maxshape=(None,), dtype="f4", chunks=(1 << 28,), compression="gzip")


def other_filter(file: h5py.File) -> None:
    file.create_dataset("a", data=np.zeros(100, "f4"), chunks=(10,), compression="lzf")


def checksummed(file: h5py.File) -> None:
    file.create_dataset("a", data=np.zeros(100, "f4"), chunks=(10,), fletcher32=True)


def deep(file: h5py.File) -> None:
    file.create_group("/".join("a" * 80))


@each_case(
    ("write", "sentence"),
    [
        (soft, "group /: b is a link to another place or file"),
        (external, "group /: a is a link to another place or file"),
        (circular, "group /a/b: c stands in the file twice"),
        (twice, "group /: b stands in the file twice"),
        (virtual, "tensor /a: lies in other datasets"),
        (stored_elsewhere, "tensor /a: lies in another file"),
        (four_terabytes, "tensor /a: declares 4,398,046,511,104 bytes of numbers and stores 0"),
        (four_terabytes_in_pieces, "tensor /a: declares 4,398,046,511,104 bytes of numbers and stores 0"),
        (one_huge_piece, "tensor /a: is stored in pieces larger than itself"),
        (other_filter, "tensor /a: is packed with a filter"),
        (checksummed, "tensor /a: is packed with a filter"),
        (deep, "holds groups more than 64 deep"),
    ],
)
def test_what_leads_elsewhere_or_declares_too_much_is_refused(write: Write, sentence: str) -> None:
    data = written(write)
    assert len(data) < 100_000
    with pytest.raises(ModelError) as refused:
        Hdf5File(data, "m.h5")
    assert sentence in str(refused.value)


def many_names(count: int) -> Write:
    """Write so many groups with names beyond ASCII of all lengths, which the library keeps in a heap of blocks."""

    def write(file: h5py.File) -> None:
        group = file.create_group("g")
        for index in range(count):
            inner = group.create_group(f"µ→{index}é{'x' * (index % 250)}")
            inner["vars/0"] = np.full(2, index, dtype=np.float32)

    return write


@pytest.mark.parametrize("libver", ["earliest", "latest"])
@pytest.mark.parametrize("count", [8, 9, 60, 1_200])
def test_names_beyond_ascii_are_read_however_many_there_are(count: int, libver: str) -> None:
    data = written(many_names(count), libver=libver)
    file = Hdf5File(data, "m.h5")
    with h5py.File(io.BytesIO(data)) as theirs:
        assert sorted(file.members("g")) == sorted(theirs["g"])
    for name in file.members("g"):
        index = int(name[2:].partition("é")[0])
        assert file.tensors[f"g/{name}/vars/0"].values().tolist() == [index] * 2


def test_links_to_elsewhere_are_refused_among_many_names() -> None:
    for link in (h5py.SoftLink("/a"), h5py.ExternalLink("/etc/passwd", "/")):

        def write(file: h5py.File, link: object = link) -> None:
            many_names(20)(file)
            file["g/é"] = link

        with pytest.raises(ModelError, match="group /g: é is a link to another place or file"):
            opened(write)


def test_damage_among_many_names_is_a_sentence_or_no_damage() -> None:
    draw = random.Random(6)
    whole = written(many_names(120))
    marks = [whole.find(mark) for mark in (b"FRHP", b"FHIB", b"FHDB", b"BTHD", b"BTIN", b"BTLF")]
    assert all(mark > 0 for mark in marks)
    refused = 0
    for _ in range(200):
        damaged = bytearray(whole)
        for _ in range(draw.choice([1, 2, 5])):
            place = draw.choice(marks) + draw.randrange(150)
            damaged[place] = draw.choice([0, 1, 255, draw.randrange(256)])
        try:
            _ = Hdf5File(bytes(damaged), "m.h5").members("g")
        except CnnError:
            refused += 1
    assert refused > 60


def test_a_bomb_is_not_unpacked() -> None:
    # A megabyte of zeros that unpacks to a gigabyte.
    data = written(
        lambda file: file.create_dataset("a", (1 << 28,), dtype="f4", chunks=(1 << 18,), compression="gzip")
    )
    with pytest.raises(ModelError, match="declares 1,073,741,824 bytes"):
        Hdf5File(data, "m.h5")


def test_a_piece_that_unpacks_to_more_than_it_should_is_refused() -> None:
    values = np.arange(1000, dtype=np.float32)
    data = written(lambda file: file.create_dataset("a", data=values, chunks=(1000,), compression="gzip"))
    packed = zlib.compress(values.tobytes(), 4)
    start = data.index(packed[:20])
    larger = zlib.compress(bytes(1_000_000))
    assert len(larger) < len(packed)
    damaged = bytearray(data)
    damaged[start : start + len(larger)] = larger
    with pytest.raises(ModelError, match="unpacks to another size"):
        Hdf5File(bytes(damaged), "m.h5").tensors["a"].values()


def test_too_many_objects_and_too_much_text_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hdf5, "MOST_OBJECTS", 20)
    monkeypatch.setattr(hdf5_values, "_LARGEST_TEXTS", 1000)
    with pytest.raises(ModelError, match="more than 20 groups and tensors"):
        opened(lambda file: [file.create_group(str(index)) for index in range(30)])
    file = opened(lambda file: file.attrs.update({"names": ["x" * 100] * 30}))
    with pytest.raises(ModelError, match="more than 1,000 bytes"):
        file.attributes("")


def test_structures_are_not_read_over_and_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hdf5_objects, "MOST_PARTS", 50)
    with pytest.raises(ModelError, match="too tangled"):
        opened(lambda file: [file.create_group(str(index)) for index in range(30)])


def groups_that_share_their_messages(groups: int, messages: int) -> bytes:
    """Return a file whose groups all go on in one block of messages."""
    block = struct.pack("<HHB3x", 0x0A, 0, 0) * messages
    first = 58 + groups * 18
    shared = first + groups * 40
    links, headers = b"", b""
    for number in range(groups):
        link = bytes([1, 0, 3]) + b"%03d" % number + struct.pack("<Q", first + 40 * number)
        links += struct.pack("<BHB", 6, len(link), 0) + link
        headers += struct.pack("<BBHII4x", 1, 0, 1, 1, 24)
        headers += struct.pack("<HHB3x2Q", 0x10, 16, 0, shared, len(block))
    body = b"OHDR" + bytes([2, 2]) + struct.pack("<I", len(links)) + links + headers + block
    head = b"\x89HDF\r\n\x1a\n" + bytes([2, 8, 8, 0])
    return head + struct.pack("<4Q4x", 0, (1 << 64) - 1, 48 + len(body), 48) + body


def test_messages_are_not_read_over_and_over(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Hdf5File(groups_that_share_their_messages(3, 10), "m.h5").members("") == ("000", "001", "002")
    monkeypatch.setattr(hdf5_objects, "MOST_PARTS", 5000)
    with pytest.raises(ModelError, match="too tangled"):
        Hdf5File(groups_that_share_their_messages(100, 90), "m.h5")
    monkeypatch.setattr(hdf5_objects, "_MOST_MESSAGES", 80)
    with pytest.raises(ModelError, match="more than 80 messages"):
        Hdf5File(groups_that_share_their_messages(1, 90), "m.h5")


def test_a_header_that_leads_back_to_itself_is_refused() -> None:
    data = bytearray(written(lambda file: file.attrs.update({str(index): "x" for index in range(40)})))
    # The continuation message of the root's header: kind 16, 16 bytes, flags, then where it goes on.
    head = struct.pack("<HHBBBB", 0x10, 16, 0, 0, 0, 0)
    place = data.index(head) + len(head)
    data[place : place + 8] = struct.pack("<Q", struct.unpack_from("<Q", data, place)[0])
    where, _ = struct.unpack_from("<2Q", data, place)
    data[where : where + 8] = head
    data[where + 8 : where + 24] = struct.pack("<2Q", where, 24)
    with pytest.raises(ModelError, match="round in circles"):
        Hdf5File(bytes(data), "m.h5")


@pytest.mark.parametrize("data", [b"", b"\x89HDF\r\n\x1a\n", b"\x89HDF\r\n\x1a\n" + bytes(200), bytes(5000)])
def test_what_is_no_hdf5_is_refused(data: bytes) -> None:
    with pytest.raises(ModelError, match=r"m\.h5"):
        Hdf5File(data, "m.h5")


def test_damage_to_any_byte_is_a_sentence_or_no_damage() -> None:
    draw = random.Random(3)
    files = [stored.data for stored in FILES if stored.member.endswith(".h5") and len(stored.data) < 40_000]
    refused = 0
    for _ in range(600):
        damaged = bytearray(draw.choice(files))
        if draw.random() < 0.2:
            damaged = damaged[: draw.randrange(len(damaged))]
        used = np.flatnonzero(np.frombuffer(damaged, dtype=np.uint8)).tolist() or [0]
        for _ in range(draw.choice([1, 2, 5, 50])):
            if damaged:
                damaged[draw.choice(used)] = draw.choice([0, 255, draw.randrange(256)])
        try:
            file = Hdf5File(bytes(damaged), "m.h5")
            for path in ("", "model_weights"):
                if path in file:
                    file.attributes(path)
            for tensor in file.tensors.values():
                with suppress(CnnError):
                    tensor.values()
        except CnnError:
            refused += 1
    assert refused > 100


def read_by_library(group: h5py.Group) -> dict[str, NDArray[np.generic]]:
    found: dict[str, NDArray[np.generic]] = {}
    group.visititems(lambda path, node: found.update({path: node[()]} if isinstance(node, h5py.Dataset) else {}))
    return found


@each_case("stored", [each for each in FILES if each.member.endswith(".h5")][::7])
def test_keras_own_files_are_read_as_the_library_reads_them(stored: Stored) -> None:
    data = stored.data
    ours = Hdf5File(data, "m.h5")
    with h5py.File(io.BytesIO(data)) as file:
        theirs = read_by_library(file)
        attributes = {name: value for name, value in file.attrs.items() if isinstance(value, str)}
    assert set(ours.tensors) == set(theirs)
    assert attributes.items() <= ours.attributes("").items()
    for path, values in theirs.items():
        if values.dtype.kind == "f":
            np.testing.assert_array_equal(ours.tensors[path].values(), values.astype(np.float32))
