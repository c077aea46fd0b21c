"""Names of outputs, from a file: which files they come from, where they show, and what keeps them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from explorers import fasta
from small_models import random_kernel

from cnn_core.errors import CnnError
from cnn_core.layers import Conv1D, Dense, GlobalMaxPooling1D, Input
from cnn_core.network.model import Model
from cnn_core.network.output_names import read_output_names, with_output_names
from cnn_core.network.weight_edits import parse_weight_edits
from cnn_core.readers import open_model_file, write_npz
from cnn_tui.__main__ import main

NAMES = ("CTCF", "=H3K4me3|x", "DNase")
RNG = np.random.default_rng(0)


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Model:
    """A network with three outputs, as m.npz, and their names, one a line, as names.txt."""
    monkeypatch.chdir(tmp_path)
    fasta(tmp_path / "my.fa", one="ACGTTGCAGGTACCATTGAC")
    found = Model.sequential(
        "m",
        [
            ("letters", Input(20)),
            ("conv", Conv1D(random_kernel(4, 2))),
            ("best", GlobalMaxPooling1D()),
            ("last", Dense(RNG.normal(size=(2, 3)).astype(np.float32), activation="sigmoid")),
        ],
    )
    with (tmp_path / "m.npz").open("wb") as file:
        write_npz(found, file)
    (tmp_path / "names.txt").write_text("\n".join(NAMES) + "\n")
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CTCF\nDNase\n", {0: "CTCF", 1: "DNase"}),
        ("\ufeffCTCF\r\n\r\nDNase", {0: "CTCF", 2: "DNase"}),
        ("2\tDNase\tmore\n0\tCTCF\n", {2: "DNase", 0: "CTCF"}),
        ("index\tname\n1\tDNase\n", {1: "DNase"}),
        ('["CTCF", "", "DNase"]', {0: "CTCF", 2: "DNase"}),
        (' {"1": "DNase"}', {1: "DNase"}),
    ],
)
def test_the_forms_of_a_file(tmp_path: Path, text: str, expected: dict[int, str]) -> None:
    (tmp_path / "names").write_bytes(text.encode())
    assert read_output_names(tmp_path / "names") == expected


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\n\n", "holds no name"),
        (b"\xff\xfe", "cannot be read as text"),
        (b"[1]", "has '0: 1', which is no index and its name"),
        (b"[" * 100_000, "is not JSON"),
        (b"0\ta\n0\tb\n", "has an index twice"),
        (b"0\ta\nb\n", "has a line without a tab"),
        (b'{"a": "b"}', "has 'a: b', which is no index and its name"),
    ],
)
def test_what_is_no_file_of_names(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "names").write_bytes(content)
    with pytest.raises(CnnError) as refused:
        read_output_names(tmp_path / "names")
    assert said in str(refused.value)
    with pytest.raises(CnnError, match="there is no such file"):
        read_output_names(tmp_path / "none")


@pytest.mark.parametrize("named", [{0: "a", 1: "b"}, {3: "d"}, dict(enumerate("abcd"))])
def test_as_many_names_as_outputs(model: Model, named: dict[int, str]) -> None:
    with pytest.raises(CnnError, match=r"names \d values, and no output of m has as many; give .* last has 3"):
        with_output_names(model, named)


def test_a_name_belongs_to_the_output_that_has_as_many_values(model: Model) -> None:
    named = with_output_names(model, dict(enumerate(NAMES)))
    assert named.named_output == "last"
    assert [named.name_of("last", (at,)) for at in range(3)] == [*NAMES]
    assert named.name_of("conv", (0, 1)) == ""
    edited = named.with_weights(parse_weight_edits(["conv:0:bias=1"], named))
    assert edited.output_names == edited.without_weight_edits().output_names == NAMES


def test_convert_keeps_them(model: Model) -> None:
    assert main(["convert", "m.npz", "-o", "named.npz", "--output-names", "names.txt"]) == 0
    assert open_model_file("named.npz").model.output_names == NAMES
    assert main(["convert", "named.npz", "-o", "edited.npz", "--weight", "conv:0:bias=1"]) == 0
    assert open_model_file("edited.npz").model.output_names == NAMES
    # A model without names is written as it always was.
    assert main(["convert", "m.npz", "-o", "plain.npz"]) == 0
    assert b"output_names" not in Path("plain.npz").read_bytes()


def test_predictions_and_effects_say_them(model: Model, capsys: pytest.CaptureFixture[str]) -> None:
    named = ["my.fa", "--model", "m.npz", "--output-names", "names.txt"]
    assert main(["predict", *named]) == 0
    head = capsys.readouterr().out.splitlines()[1].split("\t")
    assert head[4:] == ["CTCF", "'=H3K4me3|x", "DNase"]
    assert main(["predict", *named, "--target", "output:DNase"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split("\t")[4:] == ["DNase"]
    assert main(["predict", *named, "-o", "x.npz"]) == 0
    with np.load("x.npz") as found:
        assert found["names:last"].tolist() == [*NAMES]
    assert main(["effects", *named, "--target", "output:DNase"]) == 0
    assert "logit of last:2 (DNase)" in capsys.readouterr().out


def test_the_summary_lists_them(model: Model, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", "m.npz", "--output-names", "names.txt"]) == 0
    assert "outputs of last: CTCF, =H3K4me3|x, DNase" in capsys.readouterr().out
    assert main(["summary", "m.npz", "--output-names", "names.txt", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["output_names"] == [*NAMES]
