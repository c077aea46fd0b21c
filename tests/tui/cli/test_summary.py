"""`cnn-tui summary`: Keras's table, in numbers that were published before there was this program."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout

import numpy as np
import pytest

from cnn_core.layers import Add, Conv1D, Input, LayerNormalization, ReLU
from cnn_core.network.model import Model, Node
from cnn_core.presets import preset
from cnn_core.readers.report import ModelFile
from cnn_tui import opening
from cnn_tui.__main__ import main
from cnn_tui.cli import summary

SEED = [
    ("input", "InputLayer", [None, 500, 4], 0),
    ("conv1d", "Conv1D", [None, 485, 320], 20_800),
    ("max_pooling1d", "MaxPooling1D", [None, 60, 320], 0),
    ("simple_rnn", "SimpleRNN", [None, 60, 128], 57_472),
    ("flatten", "Flatten", [None, 7680], 0),
    ("dense", "Dense", [None, 1], 7_681),
    ("activation", "Activation", [None, 1], 0),
]


def printed(name: str, *, as_json: bool = False) -> str:
    out = io.StringIO()
    with redirect_stdout(out):
        summary.run(name, as_json=as_json)
    return out.getvalue()


def test_the_table_of_seed_shows_the_published_numbers() -> None:
    lines = printed("seed").splitlines()
    assert lines[0] == 'Model: "seed"'
    assert lines[-1] == "Total params: 85,953"
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines if line.startswith("│")]
    assert rows == [[f"{name} ({kind})", str(tuple(shape)), f"{params:,}"] for name, kind, shape, params in SEED]


def test_a_length_that_may_be_any_is_none() -> None:
    assert "│ conv1d (Conv1D)              │ (None, None, 12) │     780 │" in printed("motifs")


def test_json_is_one_object_on_one_line() -> None:
    text = printed("seed", as_json=True)
    assert text.endswith("\n")
    assert text.count("\n") == 1
    assert json.loads(text) == {
        "model": "seed",
        "layers": [
            {"name": name, "type": kind, "output_shape": shape, "params": params, "inputs": inputs}
            for (name, kind, shape, params), inputs in zip(SEED, [[], *([name] for name, *_ in SEED)], strict=False)
        ],
        "total": 85_953,
        "assumptions": [],
        "warnings": [],
    }


def test_what_each_layer_reads_is_told_of_a_network_that_is_no_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = Node("letters", Input(9))
    maps = [Node(name, Conv1D(np.zeros((2, 4, 1), dtype=np.float32)), ("letters",)) for name in ("left", "right")]
    relu = ReLU()
    shared = Node("relu", relu, ("left",)), Node("relu#2", relu, ("right",))
    model = Model("two", (letters, *maps, *shared, Node("both", Add(), ("relu", "relu#2"))))
    monkeypatch.setattr(opening, "open_model", lambda *_: ModelFile(model, "test"))
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in printed("two").splitlines()]
    reads = ["", "letters", "letters", "left", "relu#2: right", "relu", "relu#2"]
    assert [row[-1] for row in rows if len(row) == 4] == reads
    assert "Reads" in printed("two")
    said = json.loads(printed("two", as_json=True))["layers"]
    assert [layer["inputs"] for layer in said] == [[], ["letters"], ["letters"], ["left"], ["relu", "relu#2"]]
    assert said[3]["later_calls"] == {"relu#2": ["right"]}


def test_the_command_defaults_to_what_the_explorer_opens(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary"]) == 0
    assert capsys.readouterr().out == printed("trained")


@pytest.mark.parametrize("columns", ["20", "80", "300"])
def test_nothing_is_cut_however_wide_the_terminal_is(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = printed("seed")
    monkeypatch.setenv("COLUMNS", columns)
    assert printed("seed") == whole
    assert max(map(len, whole.splitlines())) <= 80


def test_without_box_characters_the_table_is_drawn_in_ascii() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    with redirect_stdout(out):
        summary.run("seed", as_json=False)
    out.flush()
    assert b"| conv1d (Conv1D)              | (None, 485, 320) |  20,800 |" in raw.getvalue()


def test_layer_names_are_plain_characters_and_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    conv = Conv1D(np.zeros((2, 4, 1), dtype=np.float32))
    hostile = Model.sequential("\x1b[1m[red]m", [("input", Input()), ("[bold]\x1b[2J:smile:", conv)])
    monkeypatch.setattr(opening, "open_model", lambda *_: ModelFile(hostile, "test"))
    text = printed("hostile")
    assert r'Model: "\x1b[1m[red]m"' in text
    assert r"[bold]\x1b[2J:smile: (Conv1D)" in text
    assert "\x1b" not in text


def test_long_names_leave_the_table_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "tower.0.blocks.12.attention/normalisation"
    model = Model.sequential("long", [("input", Input(500)), (name, LayerNormalization())])
    monkeypatch.setattr(opening, "open_model", lambda *_: ModelFile(model, "test"))
    lines = printed("long").splitlines()
    assert max(map(len, lines)) <= 80
    at = next(number for number, line in enumerate(lines) if name in line)
    assert "(LayerNormalization)" in lines[at + 1]


def test_the_total_is_the_sum_of_the_rows() -> None:
    for name in ("seed", "motifs"):
        shown = summary.summary_json(ModelFile(preset(name), "preset"))
        layers = shown["layers"]
        assert isinstance(layers, list)
        assert sum(layer["params"] for layer in layers) == shown["total"]
