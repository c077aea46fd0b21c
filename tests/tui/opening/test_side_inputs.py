"""Inputs that are not letters, on the command line: which are zeros is said, and what gives them their numbers."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from explorers import fasta
from small_models import random_kernel

from cnn_core.errors import CnnError
from cnn_core.layers import Add, Concatenate, Conv1D, GlobalMaxPooling1D, Input, MaxPooling1D, SideInput
from cnn_core.letters.alphabet import decode, encode, one_hot, reverse_complement
from cnn_core.network.graph import Node
from cnn_core.network.model import Model
from cnn_core.network.other_strand import with_other_strand
from cnn_core.readers.npz import write_npz
from cnn_tui.__main__ import main
from cnn_tui.opening.side_inputs import read_side_inputs
from cnn_tui.options.request import OpenRequest, with_paths
from cnn_tui.view_file.checksums import files_of

STRAND = ", or --input rc=@reverse-complement makes it the other strand"


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Model:
    """A network of two strands and a cell type, as m.npz where the program is started."""
    conv = Conv1D(random_kernel(3, 2))
    nodes = (
        Node("letters", Input(20)),
        Node("rc", SideInput((20, 4))),
        Node("kind", SideInput((2,))),
        Node("conv", conv, ("letters",)),
        Node("pool", MaxPooling1D(3), ("conv",)),
        Node("other", conv, ("rc",)),
        Node("best", GlobalMaxPooling1D(), ("pool",)),
        Node("worst", GlobalMaxPooling1D(), ("other",)),
        Node("sum", Add(), ("best", "worst", "kind")),
    )
    monkeypatch.chdir(tmp_path)
    found = Model("m.npz", nodes)
    write_npz(found, tmp_path / "m.npz")
    np.save("rc.npy", np.eye(4)[[0, 1, 2, 3] * 5])
    return found


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[str, str]]:
    def ran(*arguments: str) -> tuple[str, str]:
        assert main(arguments) == 0
        told = capsys.readouterr()
        return told.out, told.err

    return ran


@pytest.mark.parametrize(
    "command",
    [
        ("export", "-o", "x.npz"),
        ("trace", "--cell", "0", "--filter", "0"),
        ("trace", "--layer", "sum", "--position", "0"),
    ],
)
def test_inputs_that_are_zeros_are_warned_of(
    model: Model, run: Callable[..., tuple[str, str]], command: tuple[str, ...]
) -> None:
    name, *more = command
    asked = (name, "@planted", "--model", "m.npz", *more)
    assert run(*asked)[1].splitlines() == [
        f"cnn-tui: warning: input rc is zeros; --input rc=FILE.npy gives its numbers{STRAND}",
        "cnn-tui: warning: input kind is zeros; --input kind=FILE.npy gives its numbers",
    ]
    given = run(*asked, "--input", "rc=rc.npy", *(("--force",) if name == "export" else ()))[1]
    assert "rc" not in given
    assert "input kind is zeros" in given


def test_summary_and_inspect_say_where_their_numbers_come_from(
    model: Model, run: Callable[..., tuple[str, str]]
) -> None:
    said = [
        f"input rc is zeros unless --input rc=FILE.npy gives its numbers{STRAND}",
        "input kind is zeros unless --input kind=FILE.npy gives its numbers",
    ]
    assert json.loads(run("summary", "m.npz", "--json")[0])["assumptions"] == said
    assert run("summary", "m.npz")[0].splitlines()[-2:] == [f"assumed: {each}" for each in said]
    assert json.loads(run("inspect", "m.npz", "--json")[0])["assumptions"] == said
    assert run("inspect", "m.npz")[0].splitlines()[-2:] == [f"  {each}" for each in said]


def test_numbers_that_float32_cannot_hold_are_refused_without_a_word_of_numpy_s(model: Model) -> None:
    np.save("big.npy", np.full((20, 4), 1e300))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(CnnError, match=r"big\.npy: it holds NaN or infinite numbers, or such as float32"):
            read_side_inputs(("rc=big.npy",), model)


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("(", "is not a plain array of numbers"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (True,), }", "is not a plain array of numbers"),
        (
            "{'descr': '<f4', 'fortran_order': False, 'shape': (9,), }",
            "has shape (9,), which does not fill its 8 bytes",
        ),
    ],
)
def test_a_broken_file_is_one_sentence(model: Model, header: str, what: str) -> None:
    Path("rc.npy").write_bytes(
        b"\x93NUMPY\x01\x00" + (len(header) + 1).to_bytes(2, "little") + f"{header}\n".encode() + bytes(8)
    )
    with pytest.raises(CnnError) as refused:
        read_side_inputs(("rc=rc.npy",), model)
    assert str(refused.value) == f"rc.npy: {what}; give one array of numbers, as numpy.save writes it"


def test_what_is_no_array_of_numbers(model: Model) -> None:
    np.save("text.npy", np.array(["a"]))
    np.savez("several.npz", a=np.ones(3))
    Path("empty.npy").touch()
    for name in ("text.npy", "several.npz", "empty.npy"):
        with pytest.raises(CnnError, match=rf"{name}: is not a plain array of numbers; give one array of numbers"):
            read_side_inputs((f"rc={name}",), model)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_is_there_and_no_file_is_not_said_to_be_missing(model: Model) -> None:
    os.mkfifo("pipe")
    for name in ("pipe", "."):
        with pytest.raises(CnnError) as refused:
            read_side_inputs((f"rc={name}",), model)
        assert str(refused.value) == (
            f"{name}: this is no regular file; give one array of numbers, as numpy.save writes it"
        )
    with pytest.raises(CnnError, match=r"rd\.npy: there is no such file; did you mean rc\.npy\?"):
        read_side_inputs(("rc=rd.npy",), model)


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A network whose only block reads a track of scores beside the letters, and records of its length."""
    random = np.random.RandomState(0)
    nodes = (
        Node("letters", Input(20)),
        Node("scores", SideInput((20, 2))),
        Node("together", Concatenate(-1), ("letters", "scores")),
        Node("conv", Conv1D(random.randn(3, 6, 2).astype(np.float32)), ("together",)),
        Node("pool", MaxPooling1D(4), ("conv",)),
    )
    monkeypatch.chdir(tmp_path)
    write_npz(Model("m.npz", nodes), "m.npz")
    np.save("scores.npy", random.randn(20, 2))
    Path("a.fa").write_text(">a\n" + "ACGTT" * 4 + "\n")
    return tmp_path


def test_the_cells_of_a_block_that_reads_numbers_are_computed_from_them(
    beside: Path, run: Callable[..., tuple[str, str]]
) -> None:
    asked = ("export", "a.fa", "--model", "m.npz")
    given = ("--input", "scores=scores.npy")
    assert run(*asked, *given, "-o", "layers.npz") == ("", "")
    assert run(*asked, *given, "-o", "cells.npz", "--what", "cells") == ("", "")
    err = run(*asked, "-o", "zeros.npz", "--what", "cells")[1]
    assert err == "cnn-tui: warning: input scores is zeros; --input scores=FILE.npy gives its numbers\n"
    with np.load("layers.npz") as layers, np.load("cells.npz") as cells, np.load("zeros.npz") as zeros:
        np.testing.assert_allclose(cells["cells"], layers["pool"], atol=1e-6)
        assert not np.allclose(zeros["cells"], layers["pool"])


def test_a_scan_says_which_numbers_it_has_not(beside: Path, run: Callable[..., tuple[str, str]]) -> None:
    err = run("scan", "a.fa", "--model", "m.npz")[1]
    assert "warning: input scores is zeros, since a scan reads letters alone; export --what cells" in err


def other_strand(letters: str) -> dict[str, np.ndarray]:
    return {"rc": one_hot(reverse_complement(encode(letters)))}


LETTERS = "ACGTTGCAAGGTCCATNACG"
OTHER = ("--model", "m.npz", "--input", "rc=@reverse-complement")


@pytest.mark.parametrize("strand", ["forward", "reverse"])
def test_an_input_is_the_other_strand_of_what_is_read(
    model: Model, run: Callable[..., tuple[str, str]], strand: str
) -> None:
    fasta(Path("my.fa"), one=LETTERS)
    told, said = run("predict", "my.fa", *OTHER, "--edit", "one:4T>G", "--strand", strand)
    edited = f"{LETTERS[:3]}G{LETTERS[4:]}"
    read = decode(reverse_complement(encode(edited))) if strand == "reverse" else edited
    expected = model.run(encode(read), side_inputs=other_strand(read))["sum"]
    np.testing.assert_allclose([float(word) for word in told.splitlines()[-1].split("\t")[4:]], expected, atol=1e-6)
    assert "rc is zeros" not in said
    assert "kind is zeros" in said


def test_effects_reach_the_other_strand(model: Model, run: Callable[..., tuple[str, str]]) -> None:
    fasta(Path("my.fa"), one=LETTERS)
    run("effects", "my.fa", *OTHER, "--target", "sum:1", "-o", "x.npz")
    with np.load("x.npz") as found:
        raw = found["raw"]
    value = model.run(encode(LETTERS), side_inputs=other_strand(LETTERS))["sum"][1]
    for position in range(20):
        for at, letter in enumerate("ACGT"):
            edited = f"{LETTERS[:position]}{letter}{LETTERS[position + 1 :]}"
            changed = model.run(encode(edited), side_inputs=other_strand(edited))["sum"][1]
            assert raw[position, at] == pytest.approx(changed - value, abs=1e-5)


def test_other_channels_are_swapped_as_they_are_named() -> None:
    nodes = (
        Node("letters", Input(4, "ATGCN")),
        Node("rc", SideInput((None, 5))),
        Node("sum", Add(), ("letters", "rc")),
    )
    turned = with_other_strand(Model("five", nodes), "rc")
    codes = encode("AACN")
    expected = one_hot(codes, "ATGCN") + one_hot(reverse_complement(codes), "ATGCN")
    assert turned.run(codes)["sum"].tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("kind", "input kind: its shape is (2,), which is not that of the letters"),
        (
            "nothing",
            "m.npz has no input 'nothing' for the other strand; its inputs beside the letters are rc, kind",
        ),
    ],
)
def test_what_cannot_be_the_other_strand(model: Model, given: str, said: str) -> None:
    with pytest.raises(CnnError) as refused:
        read_side_inputs((f"{given}=@reverse-complement",), model)
    assert said in str(refused.value)


def test_a_view_keeps_the_other_strand(model: Model) -> None:
    request = OpenRequest("my.fa", inputs=("rc=@reverse-complement", "kind=kind.npy"))
    assert with_paths(request, lambda path: f"there/{path}").inputs == (
        "rc=@reverse-complement",
        "kind=there/kind.npy",
    )
    assert "@reverse-complement" not in [name for name, _ in files_of(request)]
