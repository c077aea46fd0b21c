"""Zip archives read warily."""

from __future__ import annotations

import io
import random
import struct
import warnings
import zipfile
from contextlib import suppress

import pytest
from each_case import each_case

from cnn_core.errors import CnnError, ModelError
from cnn_core.readers import archive
from cnn_core.readers.archive import Archive


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as written:
        for name, content in members.items():
            written.writestr(name, content)
    return file.getvalue()


def listed(data: bytes, offset: int, value: bytes) -> bytes:
    """Change what the archive's list says of its last member."""
    changed = bytearray(data)
    entry = data.rindex(b"PK\x01\x02")
    changed[entry + offset : entry + offset + len(value)] = value
    return bytes(changed)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_are_read(compression: int) -> None:
    opened = Archive(zipped({"a": b"x" * 1000, "b/c": b"", "d": bytes(range(256))}, compression), "m")
    assert opened.names == ("a", "b/c", "d")
    assert [opened.size(name) for name in opened.names] == [1000, 0, 256]
    assert [opened.read(name) for name in opened.names] == [b"x" * 1000, b"", bytes(range(256))]
    assert "a" in opened
    assert "e" not in opened


def test_an_archive_behind_something_else_is_read_too() -> None:
    assert Archive(b"#!/bin/sh\n" + zipped({"a": b"x"}), "m").read("a") == b"x"


def two_of_a_name() -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w") as written:
        warnings.simplefilter("ignore")
        written.writestr("a", b"1")
        written.writestr("a", b"2")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "m: is a damaged zip archive"),
        (b"PK\x03\x04", "m: is a damaged zip archive"),
        (zipped({"a": b"x" * 100})[:-30], "m: is a damaged zip archive"),
        (two_of_a_name(), "m: lists its member a twice"),
    ],
)
def test_archives_that_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(ModelError) as refused:
        Archive(data, "m")
    assert str(refused.value).startswith(message)
    assert refused.value.remedy


@each_case(
    ("data", "message"),
    [
        (zipped({"b": b""}), "m, member a: is not in the archive"),
        (zipped({"a": b"x" * 101}), "m, member a: would unpack to 101 bytes; the most is 100"),
        (listed(zipped({"a": b"x" * 9}), 8, b"\x01"), "m, member a: is encrypted or packed in an unusual way"),
        (zipped({"a": b"x" * 9}, zipfile.ZIP_LZMA), "m, member a: is encrypted or packed in an unusual way"),
        (
            listed(zipped({"a": b"x" * 9}), 24, b"\x0a"),
            "m, member a: declares 10 bytes, which do not go with the 9",
        ),
        (
            listed(zipped({"a": b"x" * 9}), 24, b"\x08"),
            "m, member a: declares 8 bytes, which do not go with the 9",
        ),
        (zipped({"a": b"x" * 9}).replace(b"xxx", b"xyx"), "m, member a: is damaged"),
        (listed(zipped({"a": b"x" * 9}), 42, b"\xff\xff"), "m, member a: is damaged"),
        (listed(zipped({"a": b"x" * 90}, zipfile.ZIP_DEFLATED), 24, b"\x59"), "m, member a: is damaged"),
        (listed(zipped({"a": b"x" * 90}, zipfile.ZIP_DEFLATED), 24, b"\x5b"), "m, member a: is damaged"),
    ],
)
def test_members_that_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(ModelError) as refused:
        Archive(data, "m").read("a", 100)
    assert str(refused.value).startswith(message)
    assert refused.value.remedy


def test_what_deflate_cannot_have_packed_is_not_unpacked() -> None:
    small = zipped({"a": bytes(2000)}, zipfile.ZIP_DEFLATED)
    bomb = listed(small, 24, struct.pack("<I", 1 << 30))
    with pytest.raises(
        ModelError, match=r"declares 1,073,741,824 bytes, which do not go with the \d+ that are stored"
    ):
        Archive(bomb, "m").read("a")


def test_a_long_list_is_refused_before_it_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_MEMBERS", 10)
    assert len(Archive(zipped({str(n): b"" for n in range(10)}), "m").names) == 10
    with pytest.raises(ModelError, match="lists more than 10 members"):
        Archive(zipped({str(n): b"" for n in range(11)}), "m")


def test_damage_anywhere_is_a_sentence_or_no_damage() -> None:
    draw = random.Random(2)
    for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        good = zipped({"a": bytes(range(200)), "folder/b": b"x" * 300}, compression)
        for _ in range(3000):
            damaged = bytearray(good)
            for _ in range(draw.randrange(1, 5)):
                damaged[draw.randrange(len(damaged))] = draw.randrange(256)
            del damaged[draw.choice([len(damaged), draw.randrange(len(damaged))]) :]
            with suppress(CnnError):
                opened = Archive(bytes(damaged), "m")
                for name in opened.names:
                    opened.read(name)
