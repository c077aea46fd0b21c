"""Small files that unpack to large ones are refused in little memory, whichever part of which format it is."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from keras_fixtures import one
from mutations import HERE, LARGEST, packed, unpacked

from cnn_core.readers.unpacking import most_unpacked

KERAS = one("3.15.1_torch", "question.keras").data
PYTORCH = (HERE / "pytorch" / "plain.pt").read_bytes()
GIGABYTE = 1 << 30
MEGABYTE = 1 << 20
OPEN_EACH_IN_A_PROCESS = """
import os, sys
from cnn_core.errors import CnnError
from cnn_core.readers.opening import inspect_model_file, open_model_file
from mutations import peak
for path in sys.argv[1:]:
    sys.stdout.flush()
    # A process of its own, which begins with what is imported.
    if os.fork():
        assert os.wait()[1] == 0, path
        continue
    # Either reads a pickle in the same way, which takes a second.
    for read in (inspect_model_file, open_model_file)["pickle" in path:]:
        try:
            read(path)
            end = "opened"
        except CnnError as error:
            end = str(error)
    print(end)
    print(peak(), flush=True)
    os._exit(0)
"""


def deflated_zeros(size: int) -> bytes:
    """Return the deflated stream of so many megabytes of zeros, without making them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    megabyte = packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    return megabyte * (size // MEGABYTE) + packer.flush(zlib.Z_FINISH)


def with_member(data: bytes, name: str, before: bytes, size: int, declared: int | None = None) -> bytes:
    """Return an archive in which a member is some bytes and then so many zeros, whatever size is declared."""
    members = unpacked(data)
    head = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    stream = head.compress(before) + head.flush(zlib.Z_FULL_FLUSH) + deflated_zeros(size)
    changed = bytearray(packed({**{key: value for key, value in members.items() if key != name}, name: stream}))
    # No reader comes so far as to compare it, and that of a gigabyte takes a third of a second.
    checksum = zlib.crc32(before) ^ 1
    for mark, method, sizes in ((b"PK\x03\x04", 8, 14), (b"PK\x01\x02", 10, 16)):
        at = changed.rindex(mark)
        struct.pack_into("<H", changed, at + method, zipfile.ZIP_DEFLATED)
        struct.pack_into("<3I", changed, at + sizes, checksum, len(stream), declared or len(before) + size)
    return bytes(changed)


def padded_weights() -> bytes:
    return with_member(KERAS, "model.weights.h5", unpacked(KERAS)["model.weights.h5"], GIGABYTE)


def weights_that_declare_less() -> bytes:
    weights = unpacked(KERAS)["model.weights.h5"]
    return with_member(KERAS, "model.weights.h5", weights, GIGABYTE, len(weights))


def configuration_of_braces() -> bytes:
    config = b'{"class_name": "Sequential", "config": [' + b'{"":0},' * 1_100_000 + b"{}]}"
    return packed({**unpacked(KERAS), "config.json": config}, zipfile.ZIP_DEFLATED)


def padded_storage() -> bytes:
    member = next(name for name in unpacked(PYTORCH) if name.endswith("data/0"))
    return with_member(PYTORCH, member, unpacked(PYTORCH)[member], GIGABYTE - MEGABYTE)


def storage_that_declares_less() -> bytes:
    member = next(name for name in unpacked(PYTORCH) if name.endswith("data/0"))
    kernel = unpacked(PYTORCH)[member]
    return with_member(PYTORCH, member, kernel, GIGABYTE, len(kernel))


def pickle_of_lists() -> bytes:
    member = next(name for name in unpacked(PYTORCH) if name.endswith("data.pkl"))
    return packed({**unpacked(PYTORCH), member: b"\x80\x02" + b"]" * (15 * MEGABYTE)}, zipfile.ZIP_DEFLATED)


def packed_model_of_ours() -> bytes:
    return with_member(packed({"cnn_tui_model.npy": b""}), "cnn_tui_model.npy", b"\x93NUMPY\x01\x00", GIGABYTE)


def model_of_ours_that_declares_less() -> bytes:
    return with_member(packed({"cnn_tui_model.npy": b""}), "cnn_tui_model.npy", b"\x93NUMPY\x01\x00", GIGABYTE, 8)


def packed_tensors() -> bytes:
    """Return weights whose tensors are a gigabyte of zeros in a file of a megabyte, each for itself no more than 32."""
    file = io.BytesIO(unpacked(KERAS)["model.weights.h5"])
    piece = zlib.compress(bytes(4 * MEGABYTE))
    with h5py.File(file, "r+") as opened:
        for number in range(32):
            path = f"layers/extra/vars/{number}"
            opened.create_dataset(path, (8, MEGABYTE), np.float32, chunks=(1, MEGABYTE), compression="gzip")
            for row in range(8):
                opened[path].id.write_direct_chunk((row, 0), piece)
    return packed({**unpacked(KERAS), "model.weights.h5": file.getvalue()})


REFUSED: dict[Callable[[], bytes], str] = {
    padded_weights: "model.weights.h5: declares 1,073,765,924 bytes, which do not go with the",
    weights_that_declare_less: "model.weights.h5: is damaged",
    configuration_of_braces: "config.json: holds more than 400,000 lists and objects",
    padded_storage: "data/0: declares 1,072,693,728 bytes, which do not go with the",
    storage_that_declares_less: "data/0: is damaged",
    pickle_of_lists: "asks for more than 2,000,000 operations",
    packed_model_of_ours: "is compressed, which our model files are not",
    model_of_ours_that_declares_less: "cnn_tui_model.npy: is damaged",
    packed_tensors: "declares 33,554,432 bytes of numbers and stores",
}


@pytest.mark.thorough
def test_a_small_file_that_unpacks_to_a_large_one_is_refused_in_little_memory(
    tmp_path: Path, subtests: pytest.Subtests
) -> None:
    paths = [tmp_path / write.__name__ for write in REFUSED]
    for write, path in zip(REFUSED, paths, strict=True):
        path.write_bytes(write())
        assert path.stat().st_size < 3 * MEGABYTE
    command = [sys.executable, "-c", OPEN_EACH_IN_A_PROCESS, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=HERE, check=True)
    opened, peaks = (done.stdout.splitlines()[nth::2] for nth in range(2))
    assert len(opened) == len(peaks) == len(REFUSED)
    for path, said, end, megabytes in zip(paths, REFUSED.values(), opened, peaks, strict=True):
        with subtests.test(path.name):
            assert said in end
            assert float(megabytes) < LARGEST


@pytest.mark.parametrize(
    ("packed", "most"),
    [(0, 0), (1000, 1_032_000), (MEGABYTE, 32 * MEGABYTE), (10 * MEGABYTE, 160 * MEGABYTE)],
)
def test_what_is_large_may_not_pack_better_than_weights_do(packed: int, most: int) -> None:
    assert most_unpacked(packed) == most
