"""`cnn-tui trace`: the one JSON object that scripts read, and the words that people read."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError, NotFoundError, RegionError
from cnn_core.layers import AveragePooling1D, Conv1D, Input, Reshape
from cnn_core.network.model import Model
from cnn_core.presets import preset
from cnn_core.readers.npz import write_npz
from cnn_core.readers.report import ModelFile
from cnn_tui import opening
from cnn_tui.__main__ import main
from cnn_tui.cli import trace
from cnn_tui.opening import open_source
from cnn_tui.options.request import OpenRequest

FINDS_ACG = "ACGT" * 10


def printed(*, as_json: bool = False, **asked: Any) -> str:
    out = io.StringIO()
    request = OpenRequest(**{"sequences": "@planted", "model": "motifs", "cell": 2, "filter": "TBP", **asked})
    with redirect_stdout(out):
        trace.run(request, as_json=as_json)
    return out.getvalue()


def traced(**asked: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(printed(as_json=True, **asked))
    return found


def test_json_has_the_documented_keys_and_half_open_intervals() -> None:
    found = traced()
    pooled, conv = found["steps"]
    assert {key: found[key] for key in ("record", "input_window", "receptive_field", "tail")} == {
        "record": "sim_01",
        "input_window": [0, 500],
        "receptive_field": [16, 39],
        "tail": {"positions": [480, 485], "bases": [495, 500]},
    }
    assert pooled | {"padding": None, "strongest": None} == {
        "layer": "max_pooling1d",
        "type": "MaxPooling1D",
        "position": 2,
        "filter": 0,
        "value": 9.5,
        "window": [16, 24],
        "padding": None,
        "selection": 21,
        "ties": 1,
        "silent": False,
        "strongest": None,
    }
    assert {key: conv[key] for key in ("layer", "type", "position", "filter", "value", "response", "bias")} == {
        "layer": "conv1d",
        "type": "Conv1D",
        "position": 21,
        "filter": 0,
        "value": 9.5,
        "response": 9.5,
        "bias": -5.25,
    }
    assert conv["window"] == [21, 37]
    assert conv["bases"] == "GTATAAAAGGCGGGGC"
    assert len(conv["products"]) == 16
    assert sum(conv["products"]) + conv["bias"] == conv["response"]


def test_json_is_exactly_one_line() -> None:
    assert printed(as_json=True).count("\n") == 1


def test_a_silent_cell_names_the_strongest_response_behind_it() -> None:
    pooled, conv = traced(cell=0)["steps"]
    assert pooled["silent"] is True
    assert pooled["value"] == 0
    assert conv["position"] == pooled["strongest"]["position"]
    assert conv["response"] == pooled["strongest"]["response"] < 0


@pytest.mark.parametrize("model", ["motifs", "seed"])
@pytest.mark.parametrize("cell", [0, 31, 59])
def test_the_trace_agrees_with_the_forward_pass(model: str, cell: int) -> None:
    pooled, conv = traced(model=model, cell=cell, filter="7")["steps"]
    reading = Reading.of(preset(model), next(iter(open_source("@planted")))).into()
    values = reading.activations()
    assert np.float32(pooled["value"]) == values["max_pooling1d"][cell, 7]
    assert np.float32(conv["value"]) == values["conv1d"][conv["position"], 7]


def test_the_region_sets_the_input_window_and_everything_else_counts_from_it() -> None:
    whole, part = traced(), traced(region="sim_01:17-500", cell=0)
    assert part["input_window"] == [16, 500]
    assert part["steps"][0]["selection"] == whole["steps"][0]["selection"] - 16
    assert part["steps"][1]["bases"] == whole["steps"][1]["bases"]


def test_the_other_strand_and_another_record_are_read_where_asked() -> None:
    forward = traced(record="sim_02", cell=4)
    backward = traced(record="sim_02", cell=4, reverse=True)
    assert forward["record"] == backward["record"] == "sim_02"
    assert forward["steps"] != backward["steps"]


def test_an_average_has_one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    conv = Conv1D(np.ones((3, 4, 1), dtype=np.float32))
    model = Model.sequential("mean", [("input", Input()), ("conv", conv), ("pool", AveragePooling1D(2))])
    monkeypatch.setattr(opening, "open_model", lambda *_: ModelFile(model, "test"))
    (pooled,) = traced(filter="0")["steps"]
    assert (pooled["selection"], pooled["ties"], pooled["value"]) == (None, 0, 3.0)
    assert "an average selects nothing" in printed(filter="0")


def test_words_go_from_the_input_to_the_cell_its_response_and_the_shapes() -> None:
    assert printed() == (
        "record sim_01, 500 bases\n"
        "input sim_01:1-500, 500 bases\n"
        "\n"
        "pooled[2] of filter 0 TBP = max(conv[16…23]) = conv[21] = 9.500\n"
        "receptive field of pooled[2]: bases 16–38, 16 + 7 × 1 = 23 bases\n"
        "in the record, as samtools counts: sim_01:17-39\n"
        "\n"
        "conv[21] = relu(Σ 16 of 64 weights + bias) = relu(14.75 − 5.250) = 9.500\n"
        "conv[21] reads bases 21–36  GTATAAAAGGCGGGGC\n"
        "G       T       A       T       A       A       A       A\n"
        "+0.500  +1.500  +1.750  +1.750  +1.750  +1.500  +1.750  +1.000\n"
        "G       G       C       G       G       G       G       C\n"
        "+0.750  +0.500  +0.500  +0.250  +0.250  +0.500  +0.500  0\n"
        "\n"
        "conv: 500 − 16 + 1 = 485 windows of 16 bases, stride 1\n"
        "each filter gives one number a window: 12 feature maps of 485 positions\n"
        "pool: ⌊(485 − 8) / 8⌋ + 1 = 60 cells of 8 positions, stride 8\n"
        "each filter is pooled for itself, never with another: 60 × 12 cells\n"
        "left over: conv[480…484], in no cell, so bases 495–499 are never used\n"
    )


def test_a_hostile_name_is_plain_characters_in_words_and_in_json(tmp_path: Path) -> None:
    path = tmp_path / "bad.fa"
    path.write_text(f">\x1b[2J[bold]evil\x1b]0;x\x07 as good as any\n{'ACGT' * 10}\n")
    words = printed(sequences=str(path), cell=0)
    assert r"record \x1b[2J[bold]evil\x1b]0;x\x07, 40 bases" in words
    assert words.replace("\n", "").isprintable()
    text = printed(sequences=str(path), cell=0, as_json=True)
    assert text.replace("\n", "").isprintable()
    assert json.loads(text)["record"] == "\x1b[2J[bold]evil\x1b]0;x\x07"


def test_infinity_is_null_since_json_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    conv = Conv1D(np.full((3, 4, 1), 1e3, dtype=np.float32), activation="exponential")
    model = Model.sequential("big", [("input", Input()), ("conv", conv), ("pool", AveragePooling1D(2))])
    monkeypatch.setattr(opening, "open_model", lambda *_: ModelFile(model, "test"))
    assert traced(filter="0")["steps"][0]["value"] is None


@pytest.mark.parametrize(
    ("asked", "kind", "refusal"),
    [
        ({"cell": 60}, RegionError, "max_pooling1d: there is no cell 60; its cells are 0 to 59"),
        ({"filter": "TPB"}, NotFoundError, "conv1d has no filter 'TPB'; its filters are 0 to 11 or TBP, GATA1"),
        ({"record": "sim_99"}, NotFoundError, "planted.fa: no record is named 'sim_99'; did you mean"),
        ({"region": "501-510"}, RegionError, "planted.fa: 'sim_01:501-510' is not in the record"),
    ],
)
def test_what_is_not_there_is_refused(asked: dict[str, Any], kind: type[CnnError], refusal: str) -> None:
    with pytest.raises(kind) as refused:
        printed(**asked)
    assert str(refused.value).startswith(refusal)


def test_a_value_of_three_axes_is_named_by_three_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kernel = np.arange(48, dtype=np.float32).reshape(2, 4, 6)
    layers = [("letters", Input(8)), ("conv", Conv1D(kernel)), ("pairs", Reshape((7, 2, 3)))]
    write_npz(Model.sequential("pairs", layers), tmp_path / "pairs.npz")
    (tmp_path / "my.fa").write_text(">a\nACGTACGT\n")
    words = ["trace", str(tmp_path / "my.fa"), "--model", str(tmp_path / "pairs.npz"), "--layer", "pairs"]
    for place in (["--position", "4:1:2"], ["--position", "4:1", "--filter", "2"]):
        assert main([*words, *place]) == 0
        # The second of three channels' pairs is channel 5 of the convolution, on A and then C.
        assert "pairs[4, 1] channel 2 = conv[4] channel 5, as it is = 40" in capsys.readouterr().out
    assert main([*words, "--position", "4:1:2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["steps"][0]["index"] == [4, 1, 2]
    assert main([*words, "--position", "4:1"]) == 1
    assert "there is no value at 4, 1; its 3 axes are 0 to 6 and 0 to 1 and 0 to 2" in capsys.readouterr().err
