"""Model files of ours that must be refused: changed by hand, hostile or damaged."""

from __future__ import annotations

import io
import json
import os
import pickle
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest
from each_case import each_case
from numpy.typing import NDArray

from cnn_core.errors import CnnError, ModelError
from cnn_core.presets import preset
from cnn_core.readers.formats import recognise
from cnn_core.readers.head import Head
from cnn_core.readers.npz import FORMAT, MODEL_HEADER, read_npz, write_npz


def motifs_file() -> bytes:
    file = io.BytesIO()
    write_npz(preset("motifs"), file)
    return file.getvalue()


GOOD = motifs_file()


def rewritten(change: Callable[[dict[str, bytes]], object], compression: int = zipfile.ZIP_STORED) -> bytes:
    """Return the file of the preset `motifs` with other members."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def array_bytes(array: NDArray[np.generic], allow_pickle: bool = False) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array, allow_pickle=allow_pickle)
    return file.getvalue()


def with_header(change: Callable[[dict[str, object]], object]) -> bytes:
    def edit(members: dict[str, bytes]) -> None:
        header = json.loads(np.load(io.BytesIO(members[MODEL_HEADER])).tobytes())
        header = change(header) or header
        members[MODEL_HEADER] = array_bytes(np.frombuffer(json.dumps(header).encode(), dtype=np.uint8))

    return rewritten(edit)


def with_object(number: int, **entry: object) -> bytes:
    def edit(header: dict[str, object]) -> None:
        header["objects"][number].update(entry)

    return with_header(edit)


def with_field(number: int, field: str, value: object) -> bytes:
    def edit(header: dict[str, object]) -> None:
        header["objects"][number]["fields"][field] = value

    return with_header(edit)


def with_array(data: bytes) -> bytes:
    return rewritten(lambda members: members.update({"conv1d/bias.npy": data}))


def npy(header: str, data: bytes = b"") -> bytes:
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


class Evil:
    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return os.system, ("exit 1",)


def test_the_good_file_is_read_after_rewriting() -> None:
    read = read_npz(rewritten(dict), "m").model
    assert read.nodes[1].layer.kernel.tobytes() == preset("motifs").nodes[1].layer.kernel.tobytes()
    assert recognise(Head(GOOD), "m") is FORMAT


@each_case(
    ("data", "message"),
    [
        (b"", "m: is a damaged zip archive"),
        (GOOD[:-100], "m: is a damaged zip archive"),
        (rewritten(lambda members: members.pop(MODEL_HEADER) and None), f"m, member {MODEL_HEADER}: is not in the"),
        (
            rewritten(lambda members: members.pop("conv1d/bias.npy") and None),
            "m, member conv1d/bias.npy: is not in",
        ),
        (rewritten(dict, zipfile.ZIP_DEFLATED), "m: is compressed, which our model files are not"),
        (
            rewritten(lambda members: members.update({MODEL_HEADER: b"{}"})),
            "m, member cnn_tui_model.npy: is not a pl",
        ),
        (with_header(lambda _: [1]), "m, member cnn_tui_model.npy: is no model of ours"),
        (with_header(lambda _: {"format": "x"}), "m, member cnn_tui_model.npy: is no model of ours"),
        (
            with_header(lambda header: header.update(version=2)),
            "m: has format version 2, and this program reads ver",
        ),
        (
            with_header(lambda header: header.update(version="x" * 99)),
            f"m: has format version {'x' * 20}, and this",
        ),
        (with_header(lambda header: header.update(objects=[])), "m: describes no objects"),
        (with_header(lambda header: header.update(objects=3)), "m: describes no objects"),
        (
            with_header(lambda header: header.update(objects=[3])),
            "m, object 0: is not described as our format says",
        ),
        (with_header(lambda header: header["objects"].pop() and None), "m: describes no model"),
        (with_header(lambda header: header.update(warnings=3)), "m: has warnings that are not texts"),
        (with_header(lambda header: header.update(unsupported=[3])), "m: has warnings that are not texts"),
        (with_object(0, **{"class": "Evil"}), "m, object 0 (Evil): is of a class that this version does not know"),
        (with_object(0, **{"class": "object"}), "m, object 0 (object): is of a class that this version does not"),
        (with_object(0, **{"class": "Layer", "fields": {}}), "m, object 0 (Layer): cannot be made from its fields"),
        (with_object(0, **{"class": 3}), "m, object 0: is not described as our format says"),
        (with_object(0, extra=1), "m, object 0: is not described as our format says"),
        (with_object(2, fields={}), "m, object 2 (Conv1D): cannot be made from its fields"),
        (with_field(0, "extra", 1), "m, object 0 (Input): has a field extra that does not fit its class"),
        (with_field(0, "type", "x"), "m, object 0 (Input): has a field type that does not fit its class"),
        (with_field(0, "channels", "ACG"), "m, object 0 (Input): channel order 'ACG' is not one of A, C, G and T"),
        (with_field(0, "channels", 3), "m, object 0 (Input): has a field channels that does not fit"),
        (with_field(0, "length", 1.5), "m, object 0 (Input): has a field length that does not fit"),
        (with_field(0, "length", True), "m, object 0 (Input): has a field length that does not fit"),
        (with_field(0, "length", 0), "m, object 0 (Input): an input of length 0 holds nothing"),
        (with_field(1, "layer", {"object": 7}), "m, object 1 (Node): has a field that is not written as our"),
        (with_field(1, "layer", {"object": -1}), "m, object 1 (Node): has a field that is not written as our"),
        (with_field(1, "layer", {"object": 1}), "m, object 1 (Node): has a field that is not written as our"),
        (with_field(1, "layer", "x"), "m, object 1 (Node): has a field layer that does not fit its class"),
        (with_field(1, "inputs", {"tuple": [3]}), "m, object 1 (Node): has a field inputs that does not fit"),
        (with_field(1, "inputs", [3]), "m, object 1 (Node): has a field that is not written as our"),
        (
            with_field(2, "kernel", {"array": "../../etc/passwd"}),
            "m, member ../../etc/passwd.npy: is not in the arch",
        ),
        (with_field(2, "kernel", {"array": "conv1d/bias"}), "m, object 2 (Conv1D): kernel of shape (12,) is not a"),
        (with_field(2, "kernel", 3), "m, object 2 (Conv1D): has a field kernel that does not fit its class"),
        (with_field(2, "kernel", {"pickle": "x"}), "m, object 2 (Conv1D): has a field that is not written as our"),
        (
            with_field(2, "kernel", {"dict": [["a", 1], [2, 1]]}),
            "m, object 2 (Conv1D): has a mapping whose keys are",
        ),
        (with_field(2, "kernel", {"dict": [["a", 1]]}), "m, object 2 (Conv1D): has a field kernel that does not"),
        (with_field(2, "kernel", {"float": "inf"}), "m, object 2 (Conv1D): has a field kernel that does not"),
        (with_field(2, "padding", {"enum": "Padding", "value": "x"}), "m, object 2 (Conv1D): there is no padding"),
        (with_field(2, "padding", {"enum": "StrEnum", "value": "x"}), "m, object 2 (Conv1D): has a field that is"),
        (with_field(2, "stride", 0), "m, object 2 (Conv1D): stride 0 is below 1"),
        (with_field(2, "activation", "rleu"), "m, object 2 (Conv1D): there is no activation function 'rleu'"),
        (
            with_array(array_bytes(np.array([Evil()]), allow_pickle=True)),
            "m, member conv1d/bias.npy: is not a plain",
        ),
        (with_array(pickle.dumps(Evil())), "m, member conv1d/bias.npy: is not a plain array of numbers"),
        (with_array(array_bytes(np.array(["x"]))), "m, member conv1d/bias.npy: is not a plain array of numbers"),
        (with_array(array_bytes(np.zeros(3, np.complex64))), "m, member conv1d/bias.npy: is not a plain array"),
        (with_array(array_bytes(np.zeros(3, [("a", "f4")]))), "m, member conv1d/bias.npy: is not a plain array"),
        (with_array(array_bytes(np.full(12, np.nan, np.float32))), "m, motifs, conv1d/bias: holds NaN or infinity"),
        (
            with_array(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,), }")),
            "m, member conv1d/bias.npy: has shape (1099511627776,), which does not fill its 0 bytes",
        ),
        (
            with_array(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 999999999999999999,), }")),
            "m, member conv1d/bias.npy: has shape (0, 999999999999999999,), which does not fill",
        ),
        (
            with_array(
                npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 1099511627776, 1099511627776), }")
            ),
            "m, member conv1d/bias.npy: has shape (0, 1099511627776, 1099511627776), which cannot be",
        ),
        (
            with_array(array_bytes(np.zeros(3, np.longdouble))),
            "m, member conv1d/bias.npy: has a shape or kind that cannot be",
        ),
        (
            with_array(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3 3), }", bytes(132))),
            "m, member conv1d/bias.npy: has a shape or kind that cannot be",
        ),
        (
            with_array(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3,,), }")),
            "m, member conv1d/bias.npy: has a shape or kind that cannot be",
        ),
        (
            with_array(npy("{'descr': '<f1', 'fortran_order': False, 'shape': (3,), }", bytes(3))),
            "m, member conv1d/bias.npy: has a shape or kind that cannot be",
        ),
        (
            with_array(npy("{'descr': __import__('os').abort(), 'fortran_order': False, 'shape': (3,), }")),
            "m, member conv1d/bias.npy: is not a plain array of numbers",
        ),
    ],
)
def test_refusals(data: bytes, message: str) -> None:
    with pytest.raises(ModelError) as refused:
        read_npz(data, "m")
    assert str(refused.value).startswith(message)
    assert refused.value.remedy


def test_a_bomb_is_not_unpacked() -> None:
    def edit(members: dict[str, bytes]) -> None:
        members["conv1d/bias.npy"] = array_bytes(np.zeros(1 << 24, np.float32))

    bomb = rewritten(edit, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1 << 18
    with pytest.raises(ModelError, match="is compressed"):
        read_npz(bomb, "m")


def test_a_deep_header_is_a_sentence() -> None:
    deep = b'{"format": "cnn-tui model", "objects": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"

    def edit(members: dict[str, bytes]) -> None:
        members[MODEL_HEADER] = array_bytes(np.frombuffer(deep, dtype=np.uint8))

    with pytest.raises(ModelError, match="is no model of ours"):
        read_npz(rewritten(edit), "m")
    nested: object = 1
    for _ in range(450):
        nested = {"tuple": [nested]}
    with pytest.raises(ModelError, match=r"object 0 \(Input\)|nested too deep"):
        read_npz(with_field(0, "length", nested), "m")


def test_damage_anywhere_is_a_sentence_or_no_damage() -> None:
    draw = random.Random(7)
    for _ in range(1200):
        damaged = bytearray(GOOD)
        for _ in range(draw.randrange(1, 5)):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        del damaged[draw.choice([len(damaged), draw.randrange(len(damaged))]) :]
        with suppress(CnnError):
            read_npz(bytes(damaged), "m")


def test_damage_to_the_header_alone() -> None:
    # The archive's checksums would catch it first, so the archive is written around the damage.
    draw = random.Random(8)
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    text = bytearray(np.load(io.BytesIO(members[MODEL_HEADER])).tobytes())
    for _ in range(1200):
        damaged = bytearray(text)
        for _ in range(draw.randrange(1, 4)):
            damaged[draw.randrange(len(damaged))] = draw.choice(b'0123456789.-{}[]":,aeE\\ntrue')
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            header = array_bytes(np.frombuffer(bytes(damaged), dtype=np.uint8))
            for name, content in {**members, MODEL_HEADER: header}.items():
                archive.writestr(name, content)
        with suppress(CnnError):
            read_npz(packed.getvalue(), "m")
