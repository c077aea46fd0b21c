"""`--edit` on every command: what comes out is what comes of a file that was edited by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cnn_tui.__main__ import main

_LETTERS = "ACGTTGCAGT" * 60
_EDITS = ("12C>A", "30_32del", "101_102insGGG")


def _by_hand() -> str:
    text = list(_LETTERS)
    text[100] += "GGG"
    text[29:32] = ["", "", ""]
    text[11] = "A"
    return "".join(text)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    assert (_LETTERS[11], len(_by_hand())) == ("C", len(_LETTERS))
    paths = tmp_path / "own.fa", tmp_path / "by_hand.fa"
    for path, text in zip(paths, (_LETTERS, _by_hand()), strict=True):
        path.write_text(f">chr1\n{text}\n")
    return str(paths[0]), str(paths[1])


def _edits(*names: str) -> list[str]:
    return [word for name in names for word in ("--edit", name)]


def _printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main([*words, "--model", "motifs"]) == 0
    return capsys.readouterr().out


def test_a_trace_is_the_same_and_says_what_was_edited(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    own, by_hand = files
    words = ("--cell", "11", "--filter", "0", "--json")
    edited = json.loads(_printed(capsys, "trace", own, *words, *_edits(*_EDITS)))
    assert edited.pop("edits") == [f"chr1:{name}" for name in _EDITS]
    assert edited == json.loads(_printed(capsys, "trace", by_hand, *words))


def test_the_words_of_a_trace_say_it_too(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    told = _printed(capsys, "trace", files[0], "--cell", "1", "--filter", "0", *_edits("chr1:12C>A"))
    assert "edited: chr1:12C>A\n" in told


def test_a_scan_finds_the_same_hits(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    own, by_hand = files
    edited = _printed(capsys, "scan", own, *_edits(*_EDITS)).splitlines()
    assert edited[0] == "# edited: chr1:12C>A, chr1:30_32del, chr1:101_102insGGG"
    assert edited[1:] == _printed(capsys, "scan", by_hand).splitlines()


def test_exported_arrays_are_the_same(files: tuple[str, str], tmp_path: Path) -> None:
    found = []
    for path, more in zip(files, (_edits(*_EDITS), []), strict=True):
        output = tmp_path / f"{len(found)}.npz"
        assert main(["export", path, "--model", "motifs", *more, "-o", str(output)]) == 0
        with np.load(output) as arrays:
            found.append({name: arrays[name] for name in arrays.files})
    assert found[0].pop("edits").tolist() == [f"chr1:{name}" for name in _EDITS]
    assert found[0].keys() == found[1].keys()
    for name, array in found[0].items():
        np.testing.assert_array_equal(array, found[1][name])


def test_a_program_edits_the_letters_that_it_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "long.fa"
    path.write_text(f">chr1\n{_LETTERS * 5}\n")
    text = _printed(capsys, "code", str(path), "--framework", "keras", *_edits(*_EDITS))
    lines = text[text.index("letters = letters_of") :].splitlines()[:5]
    given = {"letters_of": lambda *_: _LETTERS * 5}
    exec("\n".join(lines), given)
    assert given["letters"] == _by_hand() + _LETTERS * 4
    assert "# edited: chr1:12C>A, chr1:30_32del, chr1:101_102insGGG\n" in text


def test_an_edit_that_names_its_record_asks_for_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "two.fa"
    path.write_text(f">chr1\n{_LETTERS}\n>chr2\n{_LETTERS}\n")
    assert "record chr2" in _printed(
        capsys, "trace", str(path), "--cell", "1", "--filter", "0", *_edits("chr2:1A>G")
    )


def test_what_does_not_fit_is_one_calm_sentence(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    words = ["trace", files[0], "--model", "motifs", "--cell", "1", "--filter", "0", *_edits("1G>T")]
    assert main(words) == 1
    said = capsys.readouterr().err
    assert said == (
        "cnn-tui: record chr1: the edit '1G>T' does not fit: the record has A there; name the letters that the "
        "record has\n"
    )
