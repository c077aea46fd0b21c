"""TorchScript archives against what PyTorch computes with them; their programs are read and never executed."""

from __future__ import annotations

import ast
import importlib
import json
from pathlib import Path

import numpy as np
import pytest
from each_case import each_case
from mutations import packed, unpacked

from cnn_core.errors import ModelError
from cnn_core.layers import Conv1D
from cnn_core.letters.alphabet import encode
from cnn_core.readers.opening import inspect_model_file, open_model_file, read_model_file
from cnn_core.readers.report import ModelFile
from cnn_core.readers.torchscript.code import MOST_TEXT

FOLDER = Path(__file__).parent / "torchscript"
TOLERANCE = 1e-5
"""Of an array's largest value."""

with np.load(FOLDER / "answers.npz") as stored:
    ANSWERS = dict(stored)
LETTERS = encode(str(ANSWERS["letters"]))


def opened(name: str, **options: object) -> ModelFile:
    return open_model_file(FOLDER / f"{name}.pt", **options)


def agree(ours: np.ndarray, theirs: np.ndarray, what: str) -> None:
    assert ours.size == theirs.size, what
    assert np.abs(ours.reshape(theirs.shape) - theirs).max() <= TOLERANCE * np.abs(theirs).max(), what


def compare(file: ModelFile, name: str, stored: dict[str, np.ndarray] = ANSWERS) -> set[str]:
    """Compare every output, and every layer that is called as a module of PyTorch's, and return what was compared."""
    values = file.model.run(LETTERS)
    assert file.unsupported == ()
    compared = set()
    for number, output in enumerate(file.model.outputs):
        agree(values[output], stored[f"{name}/output{number}"], output)
    for layer, ours in values.items():
        if (theirs := stored.get(f"{name}/{layer}")) is not None:
            agree(ours, theirs, layer)
            compared.add(layer)
    return compared


TRACED = ("mixed", "strands", "numbered", "deepsea", "picture", "towers", "halved", "attending")


@each_case("name", TRACED)
def test_traced_programs_agree_with_torch(name: str) -> None:
    file = opened(name)
    wanted = {key.partition("/")[2] for key in ANSWERS if key.startswith(f"{name}/") and "output" not in key}
    # Dropout does nothing, and leaves no layer.
    assert compare(file, name) == wanted - {"3" if name == "deepsea" else ""}
    assert file.format == "TorchScript archive"
    assert file.model.input.length == len(LETTERS)


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
def test_agrees_with_the_torch_that_is_installed(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    live = importlib.import_module("make_torchscript_fixtures").write(tmp_path)
    for name in TRACED:
        compare(open_model_file(tmp_path / f"{name}.pt"), name, live)


def test_layers_are_called_as_their_modules() -> None:
    names = [node.name for node in opened("mixed").model.nodes]
    assert names == [
        *("x", "conv1", "bn", "relu", "pool", "slice", "body.0", "body.1", "mul", "add", "rnn", "mean", "fc"),
        *("sigmoid", "flip", "add#2"),
    ]


def test_a_module_that_is_called_twice_is_one_layer() -> None:
    model = opened("strands").model
    assert model["conv#2"].layer is model["conv"].layer


def test_a_program_that_does_not_say_its_length_is_run_at_any() -> None:
    file = opened("without_inputs")
    assert file.model.input.length is None
    assert compare(file, "towers")
    assert any("does not say which length it was traced with" in each for each in file.warnings)


def test_a_frozen_program_has_its_weights_among_its_constants() -> None:
    file = opened("frozen")
    values = file.model.run(LETTERS)
    agree(values[file.model.outputs[0]], ANSWERS["frozen/output0"], "output")
    assert "CONSTANTS.c0" in [each.name for each in inspect_model_file(FOLDER / "frozen.pt").tensors]


def test_of_a_scripted_program_the_tensors_alone_are_read() -> None:
    file = opened("looping")
    values = file.model.run(LETTERS)
    agree(values["conv"], ANSWERS["looping/conv"], "conv")
    assert any(each.startswith("its program is more than operators in a row") for each in file.warnings)


def test_classes_of_a_package_that_is_called_models() -> None:
    members = unpacked((FOLDER / "strands.pt").read_bytes())
    (key,) = (each for each in members if each.endswith("/__torch__.py"))
    folder = key.removesuffix("__torch__.py")
    data = packed({**members, f"{folder}__torch__/models/layers.py": b""})
    assert compare(read_model_file(data, "m.pt", {}), "strands")


def test_options_of_a_filter_bank_ask_for_one() -> None:
    file = opened("mixed", weights="conv1", pool_size=3)
    assert [node.name for node in file.model.nodes] == ["input", "conv1", "max_pooling1d"]
    conv = file.model["conv1"].layer
    assert isinstance(conv, Conv1D)
    assert any("batch norm bn was folded into conv1.weight" in each for each in file.warnings)


def changed(name: str, member: str, old: str, new: str) -> bytes:
    """Return an archive with another text in one of its programs."""
    members = unpacked((FOLDER / f"{name}.pt").read_bytes())
    (key,) = (each for each in members if each.endswith(member))
    assert old.encode() in members[key]
    return packed({**members, key: members[key].replace(old.encode(), new.encode())})


class TestPrograms:
    @pytest.mark.parametrize(
        "line",
        [
            "__import__('os').system('touch touched')",
            "open('touched', 'w')",
            "torch.relu(_0) if self.training else torch.relu(_0)",
            "[each for each in _0]",
            "(lambda: 1)()",
            "self.missing",
            "torch.relu(*_0)",
            "ops.prim.Something(_0)",
            "(self.conv1).backward(_0)",
            "CONSTANTS.c99",
        ],
    )
    def test_anything_but_operators_in_a_row_is_not_followed(
        self, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        data = changed("mixed", "/__torch__.py", "torch.relu(_0)", line)
        file = read_model_file(data, "m.pt", {})
        assert any("the tensors alone were read" in each for each in file.warnings)
        assert not [*tmp_path.iterdir()]

    def test_an_operator_that_is_not_known_stops_what_needs_it(self) -> None:
        file = read_model_file(changed("mixed", "/__torch__.py", "torch.relu(_0)", "torch.erfinv(_0)"), "m.pt", {})
        assert file.unsupported[0] == "erfinv (erfinv): PyTorch's operator erfinv is not one that is read"
        assert "bn" in file.model.run(LETTERS)
        assert "pool" in file.model.unavailable()

    def test_a_part_that_was_changed_in_place_through_another_name_is_not_read(self) -> None:
        lines = "_9 = torch.slice(_1, 2, 0, 4)\n    _8 = torch.relu_(_9)\n    _2 = "
        file = read_model_file(changed("mixed", "/__torch__.py", "_2 = ", lines), "m.pt", {})
        assert any("changed in place through another name" in each for each in file.unsupported)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("(" * 200 + ")" * 200, "is nested deeper than any program"),
            ("-" * 100_000 + "1", "is nested deeper than any program"),
            ("class", "is not a program"),
            ("#" * (MOST_TEXT + 1), "would unpack to 524,289 bytes"),
        ],
    )
    def test_hostile_text(self, text: str, message: str) -> None:
        members = unpacked((FOLDER / "mixed.pt").read_bytes())
        (key,) = (each for each in members if each.endswith("/__torch__.py"))
        with pytest.raises(ModelError, match=message):
            read_model_file(packed({**members, key: text.encode()}), "m.pt", {})

    def test_modules_that_call_each_other_over_and_over(self) -> None:
        calls = "\n    ".join(f"_{n} = (self.body).forward(input, )" for n in range(10, 40))
        data = changed(
            "mixed", "container.py", "return (_2).forward(_3, )", f"input = argument_1\n    {calls}\n    return _10"
        )
        data_members = unpacked(data)
        (key,) = (each for each in data_members if each.endswith("container.py"))
        data_members[key] = data_members[key].replace(b"self.body", b"self")
        file = read_model_file(packed(data_members), "m.pt", {})
        assert any("the tensors alone were read" in each for each in file.warnings)


def test_nothing_of_ours_executes_a_program() -> None:
    for path in (Path(__file__).parents[3] / "core/cnn_core/readers/torchscript").glob("*.py"):
        called = {
            node.func.id
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not called & {"eval", "exec", "compile", "__import__"}


def test_the_fixtures_name_no_machine() -> None:
    assert json.loads(str(ANSWERS["versions"]))["torch"]
    for path in FOLDER.iterdir():
        assert b"site-packages" not in path.read_bytes()
