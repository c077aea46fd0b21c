"""What a snapshot's values say of what stands beside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cnn_tui.__main__ import main
from cnn_tui.options.request import OpenRequest, with_paths

CASE = (
    "@lesson",
    "--model",
    "trained",
    "--record",
    "sim_02_C",
    "--filter",
    "135",
    "--cell",
    "7",
    "--size",
    "120x40",
)


def taken(path: Path, *words: str) -> dict[str, Any]:
    assert main(["snapshot", *CASE, *words, "-o", str(path), "--force"]) == 0
    found: dict[str, Any] = json.loads(path.read_text())
    return found


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A record as it is and edited, beside each other."""
    return taken(tmp_path_factory.mktemp("both") / "both.json", "--versus", "edit:69C>G")


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The edited record alone."""
    return taken(tmp_path_factory.mktemp("alone") / "alone.json", "--edit", "69C>G")


def test_b_has_the_values_of_a_snapshot_of_its_own(both: dict[str, Any], alone: dict[str, Any]) -> None:
    beside = both["beside"]
    assert beside["visible"]["pooled"] == alone["visible"]["pooled"]
    assert beside["prediction"] == alone["prediction"]["values"]
    assert (beside["versus"], beside["names"]) == ("edit:69C>G", ["sim_02_C as it is", "sim_02_C:69C>G"])


def test_differences_are_those_of_two_snapshots(both: dict[str, Any], alone: dict[str, Any]) -> None:
    pairs = zip(both["visible"]["pooled"], alone["visible"]["pooled"], strict=True)
    assert both["beside"]["differences"]["pooled"] == pytest.approx([a - b for a, b in pairs])
    assert both["beside"]["difference"] == pytest.approx(both["beside"]["a"] - both["beside"]["b"])
    assert both["beside"]["difference"] > 0


def test_what_is_not_subtracted_is_null(tmp_path: Path) -> None:
    beside = taken(tmp_path / "both.json", "--versus", "set:pool_size=4,pool_stride=4")["beside"]
    assert (beside["difference"], beside["differences"]["pooled"]) == (None, None)
    assert beside["differences"]["activations"] == [0] * len(beside["differences"]["activations"])
    assert beside["cell"] == 15


def test_a_view_of_a_file_of_views_takes_it(tmp_path: Path) -> None:
    (tmp_path / "views.toml").write_text(
        '[[view]]\nname = "both"\nsequences = "@lesson"\nmodel = "trained"\nrecord = "sim_02_C"\n'
        'versus = "strand"\noutput = "both.txt"\n'
    )
    assert main(["snapshot", "--views", str(tmp_path / "views.toml"), "--update"]) == 0
    text = (tmp_path / "both.txt").read_text()
    assert "A sim_02_C:1-500 + strand  B sim_02_C:1-500 − strand" in text


def test_a_model_file_is_found_beside_the_view_that_names_it() -> None:
    request = OpenRequest(versus="model:own.npz")
    assert with_paths(request, lambda path: f"/there/{path}").versus == "model:/there/own.npz"
    assert with_paths(OpenRequest(versus="model:seed"), lambda path: f"/there/{path}").versus == "model:seed"
    assert with_paths(OpenRequest(versus="strand"), lambda path: f"/there/{path}").versus == "strand"
