"""The list of model formats: each recognises its own files alone, and a new one is a module and a row."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from keras_fixtures import FILES
from test_opening_files import READ

from cnn_core import open_model
from cnn_core.errors import ModelError, SettingError
from cnn_core.layers import Conv1D, Input
from cnn_core.network.graph import Node
from cnn_core.network.model import Model
from cnn_core.readers.formats import FORMATS, Format, recognise
from cnn_core.readers.head import Head
from cnn_core.readers.opening import inspect_model_file, open_model_file
from cnn_core.readers.report import ModelFile


def test_each_file_has_one_format_whatever_its_name() -> None:
    formats: dict[str, Format] = {module: import_module(f"cnn_core.readers.{module}").FORMAT for module in FORMATS}
    files = [(kind, data) for kind, _, data in READ.values()] + [("keras", stored.data) for stored in FILES[:6]]
    for kind, data in files:
        head = Head(data)
        assert [each.name for each in formats.values() if each.matches(head, "m")] == [kind]
        for endings in FORMATS.values():
            found = recognise(head, f"m{endings[0]}")
            assert found is not None
            assert found.name == kind


MARK = b"TINY1\n"


def tiny_weights(data: bytes, source: str, options: Mapping[str, Any], path: Path | None) -> ModelFile:
    """Read a letter a position, of a single filter."""
    letters = data.removeprefix(MARK).decode("ascii").strip()
    kernel = np.array([[[float(each == base)] for base in "ACGT"] for each in letters], dtype=np.float32)
    conv = Conv1D(kernel, np.full(1, -float(options.get("pool_size", 1)), dtype=np.float32))
    nodes = (Node("input", Input(None, "ACGT"), ()), Node("conv1d", conv, ("input",)))
    return ModelFile(Model(source, nodes, ("conv1d",)), "tiny file")


TINY = Format(
    name="tiny",
    options=("pool_size",),
    matches=lambda head, _name: head.data.startswith(MARK),
    open=tiny_weights,
    inspect=lambda data, source: tiny_weights(data, source, {}, None).contents,
)


@pytest.fixture
def tiny_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Add a format as CONTRIBUTING.md says, a module with a `FORMAT` and its row, and write a file of it."""
    module = ModuleType("cnn_core.readers.tiny")
    vars(module)["FORMAT"] = TINY
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(FORMATS, "tiny", (".tiny",))
    path = tmp_path / "tata.tiny"
    path.write_bytes(MARK + b"TATA\n")
    return path


def test_a_new_format_opens_and_is_inspected_and_takes_its_options_alone(tiny_file: Path) -> None:
    assert open_model(tiny_file).read("GTATAC")["conv1d"].ravel().tolist() == [-1, 3, -1]
    assert open_model_file(tiny_file, pool_size=4).model.nodes[1].layer.weights()["bias"].tolist() == [-4]
    assert inspect_model_file(tiny_file).format == "tiny file"
    with pytest.raises(
        SettingError, match="--channels does not apply to this kind of file, tiny; its options are --po"
    ):
        open_model_file(tiny_file, channels="ACGT")


def test_a_file_that_no_format_recognises_is_refused(tiny_file: Path) -> None:
    tiny_file.write_bytes(b"TINY2\n")
    with pytest.raises(ModelError, match=r"tata\.tiny: this is not a model file that we know"):
        open_model_file(tiny_file)
