"""A layer that is added as CONTRIBUTING.md says is shown, traced, exported and written as code without another line."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from added_layer import LENGTH, OFFSET, SCALE, added_layer, write_keras_file
from explorers import explorer

from cnn_tui.__main__ import main
from cnn_tui.screens.network import Network


@pytest.fixture
def files(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Add the layer, and give a FASTA file and a Keras file that has it."""
    write_keras_file(tmp_path / "added.keras")
    (tmp_path / "my.fa").write_text(f">chr1\n{'ACGTACGTTGCAACGTTGCAACGT'[:LENGTH]}\n")
    with added_layer():
        yield str(tmp_path / "my.fa"), str(tmp_path / "added.keras")


async def test_it_stands_between_convolution_and_pool_and_on_the_network_screen(files: tuple[str, str]) -> None:
    fasta, model = files
    async with explorer((120, 40), model=model, sequences=fasta) as shown:
        assert "conv1d 21×3 ▸ scaling 21×3 ▸ max_pooling1d 10×3" in shown.text
        assert shown.reading.block.between == ("scaling",)
        cells = shown.reading.run.values(0, 10)
        await shown.press("tab", "a", "home", "shift+tab", "shift+tab")
        screen = shown.app.screen
        assert isinstance(screen, Network)
        assert screen.view.axis.name == "scaling"
        assert "scaling[0] channel 0 = Σ 1 product + bias" in shown.text
        value = shown.reading.values["scaling"]
        np.testing.assert_array_equal(cells, value[:20].reshape(10, 2, 3).max(1))
        await shown.press("enter")
        assert shown.app.screen is shown.explorer
        assert shown.cursor == ("response", 0)


def test_its_values_are_exported(files: tuple[str, str], tmp_path: Path) -> None:
    fasta, model = files
    assert main(["export", fasta, "--model", model, "-o", str(tmp_path / "x.npz")]) == 0
    with np.load(tmp_path / "x.npz") as stored:
        np.testing.assert_allclose(stored["scaling"], stored["conv1d"] * SCALE + OFFSET, rtol=1e-6)
        cells = stored["max_pooling1d"]
    assert main(["export", fasta, "--model", model, "--what", "cells", "-o", str(tmp_path / "x.tsv")]) == 0
    table = np.genfromtxt(tmp_path / "x.tsv", skip_header=1, usecols=(5, 6, 7), dtype=np.float32)
    np.testing.assert_array_equal(table, cells)


def test_one_filter_alone_has_its_own_weight(files: tuple[str, str], tmp_path: Path) -> None:
    fasta, model = files
    words = (fasta, "--model", model, "-o")
    assert main(["export", *words, str(tmp_path / "x.npz")]) == 0
    with np.load(tmp_path / "x.npz") as stored:
        cells, activations = stored["max_pooling1d"], stored["scaling"]
    for index, scale in enumerate(SCALE):
        one = ("--filter", str(index))
        assert main(["export", *words, str(tmp_path / "cells.tsv"), "--what", "cells", *one, "--force"]) == 0
        table = np.genfromtxt(tmp_path / "cells.tsv", skip_header=1, dtype=np.float32)
        assert table.shape == (10, 6)
        np.testing.assert_array_equal(table[:, 5], cells[:, index])
        track = tmp_path / "x.bedgraph"
        assert main(["export", *words, str(track), "--what", "activations", *one, "--force"]) == 0
        lines = [line.split("\t") for line in track.read_text().splitlines() if line.startswith("chr1")]
        drawn = np.concatenate([np.full(int(stop) - int(start), value, float) for _, start, stop, value in lines])
        np.testing.assert_allclose(drawn[:21], activations[:, index], rtol=1e-5)
        assert (
            main(["scan", *words, str(tmp_path / "hits.tsv"), *one, "--strand", "+", "--top", "1", "--force"]) == 0
        )
        hit = dict(
            zip(*(line.split("\t") for line in (tmp_path / "hits.tsv").read_text().splitlines()), strict=True)
        )
        # Where a scale is below 0, what is silent is the largest, and no hit.
        heard = cells[:, index][(activations[:20, index].reshape(10, 2) != OFFSET).any(axis=1)]
        assert float(hit["value"]) == pytest.approx(heard.max(), rel=1e-5), scale


def test_its_values_are_traced_down_to_the_bases(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    fasta, model = files
    assert main(["trace", fasta, "--model", model, "--layer", "dense", "--position", "0", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    steps = {step["layer"]: step for step in found["steps"]}
    assert [*steps] == ["dense", "flatten", "max_pooling1d", "scaling", "conv1d"]
    (part,) = steps["scaling"]["parts"]
    assert (part["weight"], steps["scaling"]["bias"]) == (SCALE[part["index"][1]], OFFSET)


def test_it_is_converted_and_opens_again(files: tuple[str, str], tmp_path: Path) -> None:
    fasta, model = files
    assert main(["convert", model, "-o", str(tmp_path / "added.npz")]) == 0
    for name, given in (("one", model), ("other", str(tmp_path / "added.npz"))):
        assert main(["export", fasta, "--model", given, "-o", str(tmp_path / f"{name}.npz")]) == 0
    with np.load(tmp_path / "one.npz") as one, np.load(tmp_path / "other.npz") as other:
        np.testing.assert_array_equal(one["dense"], other["dense"])


@pytest.mark.parametrize(
    ("framework", "spelled"),
    [
        ("keras", 'scaling = conv1d * weights["scaling/scale"] + 0.25'),
        ("pytorch", 'scaling = conv1d * weight("scaling/scale", 0)[..., None] + 0.25'),
    ],
)
def test_it_is_written_as_code(
    framework: str, spelled: str, files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    fasta, model = files
    words = ("code", fasta, "--model", model, "--filter", "1", "--cell", "2", "--framework", framework)
    assert main([*words]) == 0
    text = capsys.readouterr().out
    ast.parse(text)
    assert spelled in text
