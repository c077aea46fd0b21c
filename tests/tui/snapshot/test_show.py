"""`cnn_tui.show`: the explorer's picture of what Python has read, as a notebook shows it."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import cast

import numpy as np
import pytest

import cnn_core as cnn
import cnn_tui
from cnn_core.layers import Concatenate, Conv1D, Dense, Flatten, Input, MaxPooling1D, SideInput
from cnn_core.network.graph import Node
from cnn_core.network.model import Model
from cnn_core.public import OpenedModel
from cnn_samples import sample_path

LETTERS = "ACGTTGCATTACGATAAAAGGCGCGTTTAACGAGCT"


def network() -> OpenedModel:
    """Return a network with a further input, whose output depends on every cell and on that input."""
    draw = np.random.default_rng(3)
    kernel = draw.normal(size=(4, 4, 3)).astype(np.float32)
    weights = draw.normal(size=(26, 1)).astype(np.float32)
    nodes = [
        Node("letters", Input(36)),
        Node("side", SideInput((2,))),
        Node("conv", Conv1D(kernel, None), ("letters",)),
        Node("pool", MaxPooling1D(4), ("conv",)),
        Node("flat", Flatten(), ("pool",)),
        Node("both", Concatenate(), ("flat", "side")),
        Node("out", Dense(weights, None), ("both",)),
    ]
    return OpenedModel(Model("small", tuple(nodes), ("out",)), ("its letters were taken for ACGT",))


async def test_a_reading_is_shown_as_it_was_read_also_where_an_event_loop_runs() -> None:
    side = np.array([3, -2], np.float32)
    model = network().with_weights(["conv:1=flipped"])
    reading = model.read(f"TT{LETTERS}", "3-38", reverse=True, edits=["5G>C"], inputs={"side": side})
    shown = cnn_tui.show(reading, cell=4, filter=1, size="80x24", theme="light")
    values = json.loads(shown.json)
    assert "pooled[4]" in shown.text
    assert values["prediction"]["values"] == pytest.approx(reading.output.tolist(), rel=1e-4)
    assert values["theme"] == "light"
    assert "! 1 assumed" in shown.text.splitlines()[0]
    assert "− strand" in shown.text.splitlines()[0]
    assert shown._repr_svg_() == shown.svg
    assert "<svg" in shown.svg
    png = shown._repr_png_()
    assert png is None or png.startswith(b"\x89PNG")
    assert repr(shown) == "<picture of the explorer, 80 × 24 characters>"


def test_a_record_of_a_file_has_its_name_and_its_place() -> None:
    with cnn.open_sequences(sample_path("planted")) as records:
        shown = cnn_tui.show(
            records["sim_03"], cnn.open_model("motifs"), region="101-180", size="60x18", keys="right"
        )
    assert shown.text.startswith(" planted.fa › sim_03:101-180, 80 of 500 bp")
    assert " letters 300×4 ▸" in cnn_tui.show("ACGTTGCATN" * 30, "motifs", size="60x18").text


def test_the_notebook_goes_from_a_model_to_a_picture(capsys: pytest.CaptureFixture[str]) -> None:
    ran = runpy.run_path(str(sample_path("planted").with_name("notebook.py")))
    said = capsys.readouterr().out
    assert f"pooled[{ran['cell']}] of filter {ran['channel']} is 0.512, from conv[{ran['selected']}]" in said
    assert f"conv[{ran['selected']}] reads bases" in ran["picture"].text
    assert ran["effects"].named().axes == ("base", "letter")
    assert ran["edited"].output[0] < ran["reading"].output[0]


def test_what_cannot_be_shown_is_one_calm_sentence(tmp_path: Path) -> None:
    model = network()
    rows = model.read(np.full((36, 4), 0.25, np.float32))
    refused = [
        ((rows,), "numbers are read, and the explorer shows letters"),
        ((model.read(LETTERS), model), "a reading has its model already"),
        ((3,), "int is nothing that the explorer shows"),
        (("@planted", 3), "int is no model"),
        ((tmp_path / "none.fa",), "none.fa"),
    ]
    for given, said in refused:
        with pytest.raises(cnn.CnnError, match=said):
            cnn_tui.show(*cast("tuple[str, ...]", given))
