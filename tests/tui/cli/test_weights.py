"""`--weight` on every command: what comes out is what comes of a model file with those weights."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cnn_tui.__main__ import main

_SEQUENCES = ">chr1\n" + "ACGTTGCAGTTATAAAGGCC" * 30 + "\n"
_NAMES = ("conv1d:2:3A=0.5", "conv1d:0:bias=0.25", "conv1d:1=flipped")


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str, str]:
    """A FASTA file, a model, and the same with other weights, changed with numpy alone."""
    sequences, own, by_hand = tmp_path / "own.fa", tmp_path / "own.npz", tmp_path / "by_hand.npz"
    sequences.write_text(_SEQUENCES)
    assert main(["convert", "seed", "-o", str(own)]) == 0
    with np.load(own) as arrays:
        members = {name: arrays[name] for name in arrays.files}
    kernel, bias = members["conv1d/kernel"], members["conv1d/bias"]
    kernel[3, 0, 2], bias[0], kernel[:, :, 1] = 0.5, 0.25, kernel[::-1, :, 1].copy()
    np.savez(by_hand, **members)
    return str(sequences), str(own), str(by_hand)


def _weights(*names: str) -> list[str]:
    return [word for name in names for word in ("--weight", name)]


def _printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main([*words]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("filter_number", ["0", "1", "2"])
def test_a_trace_is_the_same_and_says_what_was_edited(
    files: tuple[str, str, str], capsys: pytest.CaptureFixture[str], filter_number: str
) -> None:
    sequences, own, by_hand = files
    words = ("trace", sequences, "--cell", "3", "--filter", filter_number)
    edited = json.loads(_printed(capsys, *words, "--json", "--model", own, *_weights(*_NAMES)))
    assert edited.pop("weight_edits") == [*_NAMES]
    assert edited == json.loads(_printed(capsys, *words, "--json", "--model", by_hand))
    told = _printed(capsys, *words, "--model", own, *_weights(*_NAMES))
    assert f"weights edited: {', '.join(_NAMES)}\n" in told


def test_a_scan_and_exports_are_the_same(
    files: tuple[str, str, str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sequences, own, by_hand = files
    edited = _printed(capsys, "scan", sequences, "--model", own, *_weights(*_NAMES)).splitlines()
    assert edited[0] == f"# edited: {', '.join(_NAMES)}"
    assert edited[1:] == _printed(capsys, "scan", sequences, "--model", by_hand).splitlines()
    for what in ("layers", "cells", "kernels"):
        found = []
        for model, more in ((own, _weights(*_NAMES)), (by_hand, [])):
            output = tmp_path / f"{what}{len(found)}.npz"
            assert main(["export", sequences, "--model", model, *more, "--what", what, "-o", str(output)]) == 0
            with np.load(output) as arrays:
                found.append({name: arrays[name] for name in arrays.files})
        assert found[0].pop("weight_edits").tolist() == [*_NAMES]
        assert found[0].keys() == found[1].keys()
        for name, array in found[0].items():
            np.testing.assert_array_equal(array, found[1][name])


@pytest.mark.parametrize("suffix", ["tsv", "meme"])
def test_tables_and_motifs_say_it_in_a_comment(
    files: tuple[str, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    output = tmp_path / f"kernels.{suffix}"
    words = ["--what", "kernels", *(["--motif-rule", "weights"] if suffix == "meme" else [])]
    given = [*words, *_weights(_NAMES[0]), "-o", str(output)]
    assert main(["export", files[0], "--model", files[1], *given]) == 0
    assert f"# edited: {_NAMES[0]}\n" in output.read_text()


def test_a_program_is_written_with_the_edited_weights(
    files: tuple[str, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sequences, own, by_hand = files
    program = tmp_path / "edited.py"
    words = ["code", sequences, "--framework", "pytorch", "--filter", "1", "--cell", "3"]
    assert main([*words, "--model", own, *_weights(*_NAMES), "-o", str(program)]) == 0
    assert f"# edited: {', '.join(_NAMES)}\n" in program.read_text()
    with np.load(program.with_suffix(".npz")) as written, np.load(by_hand) as expected:
        assert written.files == expected.files
        for name in ("conv1d/kernel", "conv1d/bias"):
            np.testing.assert_array_equal(written[name], expected[name])
    capsys.readouterr()
    # A printed one reads a file that a command makes, beside the model's own.
    printed = _printed(capsys, *words, "--model", own, *_weights(_NAMES[0]))
    assert f"cnn-tui convert {own} --weight {_NAMES[0]} -o own-edited.npz" in printed
    assert printed.splitlines()[-1].partition("cnn-tui shows ")[2]


def test_convert_and_summary_take_them(files: tuple[str, str, str], capsys: pytest.CaptureFixture[str]) -> None:
    _, own, by_hand = files
    output = str(Path(own).with_name("edited.npz"))
    assert main(["convert", own, *_weights(*_NAMES), "-o", output]) == 0
    with np.load(output) as written, np.load(by_hand) as expected:
        for name in expected.files:
            np.testing.assert_array_equal(written[name], expected[name])
    told = json.loads(_printed(capsys, "summary", own, "--json", *_weights(_NAMES[0])))
    assert told["weight_edits"] == [_NAMES[0]]
    assert f"weights edited: {_NAMES[0]}\n" in _printed(capsys, "summary", own, *_weights(_NAMES[0]))


def test_presets_take_them_and_filters_by_name(
    files: tuple[str, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("trace", files[0], "--cell", "1", "--filter", "TBP", "--model", "motifs", "--json")
    told = json.loads(_printed(capsys, *words, *_weights("conv1d:TBP:0A=9")))
    assert [name.partition(":")[2].partition(":")[2] for name in told["weight_edits"]] == ["0A=9"]


def test_what_does_not_fit_is_one_calm_sentence(
    files: tuple[str, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(["trace", files[0], "--model", files[1], "--cell", "1", "--filter", "0", *_weights("conv1d:2:3N=1")])
        == 1
    )
    assert capsys.readouterr().err == ("cnn-tui: conv1d:2:3N=1: layer conv1d reads no letter N; it reads ACGT\n")
    with pytest.raises(SystemExit):
        main(["inspect", files[1], *_weights(_NAMES[0])])
    assert "argument --weight: a file is inspected as it is" in capsys.readouterr().err
