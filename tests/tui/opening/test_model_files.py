"""Model files on the command line and in the explorer: what is opened, what is said of it, what is refused."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dialog_host import OPEN, highlighted, opened, refused, said, shown, type_text
from explorers import WIDE, Shown, explorer, press
from textual.widgets import Input

from cnn_core.blocks.first_cell import cell_to_show
from cnn_core.errors import ModelError, SettingError
from cnn_core.presets import preset
from cnn_core.readers.npz import write_npz
from cnn_samples import model_path
from cnn_tui.__main__ import main
from cnn_tui.app import CnnApp
from cnn_tui.cli.arguments import parse
from cnn_tui.opening import open_model, remarks
from cnn_tui.options.arguments import options_of, request_of
from cnn_tui.options.model_options import ModelOptions
from cnn_tui.options.request import OpenRequest
from cnn_tui.screens.dialogs.open_model import ModelChoice, OpenModel
from cnn_tui.snapshot import take

READERS = Path(__file__).parents[2] / "core" / "readers"
MEME = "MEME version 4\nALPHABET= ACGT\nMOTIF first\nletter-probability matrix:\n" + "0.7 0.1 0.1 0.1\n" * 8
TRACE = ["trace", "@planted", "--region", "sim_01:1-100"]

needs_trained = pytest.mark.skipif(not model_path("trained").is_file(), reason="the trained model is not there")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model file of most kinds, to be copied."""
    place = tmp_path_factory.mktemp("models")
    with zipfile.ZipFile(READERS / "keras_files" / "keras_3.6.0_tensorflow.zip") as archive:
        for name in (
            "question.keras",
            "question.weights.h5",
            "question.json",
            "danq.keras",
            "unread.keras",
            "gates.keras",
        ):
            archive.extract(name, place)
    for name in ("norm.pt", "branches.pt", "plain.safetensors"):
        shutil.copy(READERS / "pytorch" / name, place)
    (place / "one.meme").write_text(MEME)
    write_npz(preset("motifs"), place / "motifs.npz")
    return place


@pytest.fixture
def models(unpacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own with these files, where the program is started."""
    place = shutil.copytree(unpacked, tmp_path / "models")
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[str, str]]:
    """Runs the command and returns what it says on standard output and on standard error."""

    def ran(*arguments: str, status: int = 0) -> tuple[str, str]:
        assert main(arguments) == status
        told = capsys.readouterr()
        return told.out, told.err

    return ran


def layers(text: str) -> dict[str, dict[str, Any]]:
    return {layer["name"]: layer for layer in json.loads(text)["layers"]}


# Opening


@pytest.mark.parametrize("name", ["question.keras", "question.weights.h5", "norm.pt", "one.meme", "motifs.npz"])
def test_a_file_of_every_kind_opens_by_its_path(models: Path, name: str) -> None:
    for path in (name, str(models / name)):
        assert open_model(path).model.letter_blocks


def test_a_name_of_ours_is_not_taken_for_a_file(models: Path) -> None:
    shutil.copy("one.meme", "seed")
    assert open_model("seed").model.input.length == 500
    assert open_model("./seed").model.input.length is None


@needs_trained
def test_the_trained_model_opens_by_its_name() -> None:
    model = open_model("trained").model
    assert (model.name, model.input.length, model.parameter_count) == ("trained", 500, 85_953)


def test_options_reach_the_reader(models: Path) -> None:
    assert open_model("norm.pt", ModelOptions(pool_size=3, pool_stride=2)).model["max_pooling1d"].layer.size == 3  # type: ignore[attr-defined]
    assert open_model("branches.pt", ModelOptions(weights="wide.weight")).model.blocks
    assert open_model("question.weights.h5", ModelOptions(architecture="question.json")).model.blocks
    with pytest.raises(SettingError, match=r"one\.meme: --channels does not apply to this kind of file"):
        open_model("one.meme", ModelOptions(channels="TGCA"))
    with pytest.raises(SettingError, match="--pool-size is for model files, and motifs comes without one"):
        open_model("motifs", ModelOptions(pool_size=3))


def test_what_a_layer_is_said_to_be_stays_with_the_model(models: Path, run: Callable[..., tuple[str, str]]) -> None:
    said = "program (Lambda) is treated as identity at your word (--treat program=identity)"
    with pytest.raises(SettingError, match="--treat: 'program' does not say what is treated as what"):
        open_model("unread.keras", ModelOptions(treat=("program",)))
    with pytest.raises(SettingError, match="'a' is treated twice; say it once"):
        open_model("unread.keras", ModelOptions(treat=("a=identity", "a=dropout")))
    with pytest.raises(SettingError, match="--treat is for model files, and motifs comes without one"):
        open_model("motifs", ModelOptions(treat=("a=identity",)))
    typed = ("--treat", "program=identity")
    assert f"assumed: {said}" in run("summary", "unread.keras", *typed)[0]
    assert said in json.loads(run("inspect", "unread.keras", *typed, "--json")[0])["assumptions"]
    run("convert", "unread.keras", *typed, "-o", "treated.npz")
    assert said in open_model("treated.npz").warnings
    shown = take("@planted", "unread.keras", treat=["program=identity"], size="120x40")
    assert said in json.loads(shown.json)["assumptions"]
    assert "1 assumed" in shown.text


def test_what_is_not_supported_is_said_first(models: Path) -> None:
    told = remarks(open_model("unread.keras"))
    assert told[0].startswith("not supported: program (Lambda): ")
    assert remarks(open_model("motifs")) == ()


def test_what_is_typed_becomes_options() -> None:
    typed = (
        "--architecture a.json --flip-kernels no --treat a=identity --treat B=Conv1D --begin c "
        "--weights w --batch-norm none --channels TGCA --activation linear "
        "--pool-size 3 --pool-stride 2 --motif-score probability --motif-rows letter --motif-threshold file"
    )
    treat = ("a=identity", "B=Conv1D")
    of_motifs = ("probability", "letter", "file")
    expected = ModelOptions("a.json", False, treat, "c", "w", "none", "TGCA", "linear", 3, 2, *of_motifs)
    for words in ([], ["summary", "x"], ["convert", "x", "-o", "y"], ["export", "x", "-o", "y"]):
        assert options_of(parse([*words, *typed.split()])) == expected
    assert request_of(parse(typed.split())).model_options == expected
    assert options_of(parse(["--flip-kernels", "yes"])) == ModelOptions(flip_kernels=True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--pool-size", "0"], "'0' is not a size"),
        (["--flip-kernels", "maybe"], "invalid choice: 'maybe'"),
        (["--motif-score", "p"], "invalid choice: 'p'"),
        (["trace", "@planted", "--layer", "dense"], "the following arguments are required: --position"),
        (["trace", "@planted", "--position", "1"], "the following arguments are required: --cell, --filter"),
        (
            [*TRACE, "--cell", "1", "--filter", "1", "--position", "1"],
            "argument --position: not allowed with --cell",
        ),
        ([*TRACE, "--layer", "x", "--position", "1", "--cell", "1"], "argument --cell: not allowed with --layer"),
        (["inspect"], "the following arguments are required: FILE"),
        (["convert", "seed"], "the following arguments are required: -o/--output"),
    ],
)
def test_a_wrong_usage_exits_with_2(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["summary", "qestion.keras"], "qestion.keras: there is no such file; did you mean question.keras?"),
        (["summary", "branches.pt"], "branches.pt: holds 2 convolutions that could read the letters: "),
        (["summary", "."], "is a folder; name a model file in it"),
        (["inspect", "seed"], "seed: there is no such file; "),
        (["inspect", "my.fa"], "my.fa: holds sequences and no model; give it as the sequences"),
        (["convert", "seed", "-o", "seed.h5"], "seed.h5: the name does not end in .npz; call it seed.npz"),
        (["convert", "seed", "-o", "motifs.npz"], "motifs.npz: there is such a file already; "),
        (
            [*TRACE, "--layer", "dens", "--position", "0", "--model", "question.keras"],
            "question.keras has no layer",
        ),
        ([*TRACE, "--layer", "dense", "--position", "1", "--model", "question.keras"], "layer dense: there is no "),
        ([*TRACE, "--layer", "conv1d", "--position", "9999"], "layer conv1d: there is no value at 9999, 0; "),
        ([*TRACE, "--layer", "input", "--position", "0"], "layer input: is an input, computed from nothing; "),
        ([*TRACE, "--layer", "conv1d", "--position", "0", "--filter", "TPB"], "conv1d has no filter 'TPB'"),
        ([*TRACE, "--cell", "0", "--filter", "0", "--model", "gates.keras"], "gates.keras: has no convolution "),
    ],
)
def test_what_cannot_be_opened_is_one_sentence(
    models: Path, run: Callable[..., tuple[str, str]], arguments: list[str], said: str
) -> None:
    (models / "my.fa").write_text(">a\nACGT\n")
    out, err = run(*arguments, status=1)
    assert out == ""
    assert err.startswith("cnn-tui: ")
    assert said in err
    assert err.count("\n") == 1


# summary


def test_the_summary_says_why_a_layer_cannot_be_computed(models: Path, run: Callable[..., tuple[str, str]]) -> None:
    out, err = run("summary", "unread.keras")
    assert err == ""
    assert "│ program (Lambda)               │ —             │" in out
    assert out.splitlines()[-1] == (
        "cannot be computed: program (Lambda): a Lambda is a piece of a program, which is never executed; --treat "
        "NAME=CLASS computes it as what you know it to be; 2 layers that need it cannot be computed either"
    )
    found = layers(run("summary", "unread.keras", "--json")[0])
    assert found["program"]["output_shape"] is None
    assert found["program"]["unavailable"].startswith("a Lambda is a piece of a program")
    assert "unavailable" not in found["conv"]


def test_the_summary_says_what_was_assumed(models: Path, run: Callable[..., tuple[str, str]]) -> None:
    assert "\nassumed: norm.pt holds weights and no architecture: " in run("summary", "norm.pt")[0]
    assert json.loads(run("summary", "norm.pt", "--json")[0])["assumptions"]


# trace


def test_any_layer_is_traced_down_to_the_bases(models: Path, run: Callable[..., tuple[str, str]]) -> None:
    out, _ = run(*TRACE, "--model", "question.keras", "--layer", "sigmoid", "--position", "0", "--json")
    found = json.loads(out)
    assert {**found, "steps": None} == {
        "record": "sim_01",
        "input_window": [0, 48],
        "steps": None,
        "assumptions": [],
    }
    assert [step["layer"] for step in found["steps"]] == ["sigmoid", "dense", "flatten", "rnn", "pool", "conv"]
    assert found["steps"][0]["index"] == [0]
    assert found["steps"][-1]["parts"][0]["layer"].startswith("input")


def test_a_layer_is_traced_in_words(models: Path, run: Callable[..., tuple[str, str]]) -> None:
    out, err = run(*TRACE, "--model", "question.keras", "--layer", "pool", "--position", "2", "--filter", "1")
    lines = out.splitlines()
    assert lines[:3] == ["record sim_01, 500 bases", "input sim_01:1-48, 48 bases", ""]
    assert lines[3].startswith("pool[2] channel 1 = maximum of 5 = ")
    assert "receptive field: bases 10–21" in lines
    assert err == ""


def test_every_layer_of_the_block_and_behind_it_is_traced(
    models: Path, run: Callable[..., tuple[str, str]]
) -> None:
    for name in ("conv", "pool", "both", "flatten", "hidden", "out"):
        out, _ = run(*TRACE, "--model", "danq.keras", "--layer", name, "--position", "1" if name != "out" else "0")
        assert "receptive field: " in out


def test_a_filter_of_the_block_has_its_name(run: Callable[..., tuple[str, str]]) -> None:
    asked = (*TRACE, "--model", "motifs", "--layer", "conv1d", "--position", "21", "--json")
    assert run(*asked, "--filter", "GATA1") == run(*asked, "--filter", "1")


def test_what_was_assumed_is_said_beside_the_trace(models: Path, run: Callable[..., tuple[str, str]]) -> None:
    out, err = run(*TRACE, "--model", "norm.pt", "--cell", "0", "--filter", "0", "--json")
    assert json.loads(out)["record"] == "sim_01"
    assert all(line.startswith("cnn-tui: warning: ") for line in err.splitlines())
    assert "holds weights and no architecture" in err


# inspect


def test_inspect_prints_what_is_in_a_file(models: Path, run: Callable[..., tuple[str, str]]) -> None:
    lines = run("inspect", "unread.keras")[0].splitlines()
    assert lines[0] == "unread.keras: Keras archive, written by Keras 3.6.0"
    assert lines[2:4] == ["tensors: 6", "  layers/conv1d/vars/0   5×4×4  float32"]
    assert "  conv       Conv1D                  84 parameters  reads letters" in lines
    assert lines[-2:] == [
        "not supported: 1",
        "  program (Lambda): a Lambda is a piece of a program, which is never executed; --treat NAME=CLASS computes "
        "it as what you know it to be; 2 layers that need it cannot be computed either",
    ]


def test_inspect_takes_the_options_of_a_file(models: Path, run: Callable[..., tuple[str, str]]) -> None:
    Path("apart").mkdir()
    Path("question.weights.h5").rename("apart/weights.h5")
    assert "weights.h5 holds weights and no architecture" in run("inspect", "apart/weights.h5")[0]
    told = run("inspect", "apart/weights.h5", "--architecture", "question.json")[0]
    assert "  sigmoid      Activation    0 parameters    reads dense" in told
    turned = run("inspect", "apart/weights.h5", "--architecture", "question.json", "--flip-kernels", "yes")[0]
    assert "its kernels were turned round" in turned
    _, err = run("inspect", "norm.pt", "--architecture", "question.json", status=1)
    assert "architecture does not apply to this kind of file, pytorch" in err
    _, err = run("inspect", "apart/weights.h5", "--architecture", "nowhere.json", status=1)
    assert "nowhere.json: there is no such file" in err


def test_inspect_gives_one_json_object(models: Path, run: Callable[..., tuple[str, str]]) -> None:
    found = json.loads(run("inspect", "norm.pt", "--json")[0])
    keys = ["file", "format", "version", "tensors", "layers", "reason", "unsupported", "assumptions", "warnings"]
    assert [*found] == keys
    assert found["warnings"] == found["assumptions"]
    assert (found["file"], found["format"], found["reason"]) == ("norm.pt", "PyTorch state dict", None)
    assert found["tensors"][0] == {"name": "features.0.weight", "shape": [5, 4, 7], "dtype": "float32"}
    assert [layer["type"] for layer in found["layers"]] == ["InputLayer", "Conv1D", "MaxPooling1D"]
    assert found["assumptions"]


def test_inspect_lists_the_tensors_where_no_model_can_be_made(
    models: Path, run: Callable[..., tuple[str, str]]
) -> None:
    out, err = run("inspect", "branches.pt")
    assert "  narrow.weight  3×4×3  float32" in out
    assert "\nlayers: unknown\n  branches.pt: holds 2 convolutions" in out
    assert err == ""
    found = json.loads(run("inspect", "branches.pt", "--json")[0])
    assert found["layers"] is None
    assert found["reason"].startswith("branches.pt: holds 2 convolutions")


# convert


@pytest.mark.parametrize("name", ["question.keras", "unread.keras", "norm.pt", "one.meme", "motifs", "motifs.npz"])
def test_what_is_converted_opens_again_bit_for_bit(
    models: Path, run: Callable[..., tuple[str, str]], name: str
) -> None:
    run("convert", name, "-o", "again.npz")
    before, after = open_model(name), open_model("again.npz")
    codes = np.arange(48, dtype=np.uint8) % 4
    ours, theirs = before.model.run(codes), after.model.run(codes)
    assert [*ours] == [*theirs]
    assert all(ours[layer].tobytes() == theirs[layer].tobytes() for layer in ours)
    assert remarks(before) == remarks(after)
    assert not [*models.glob(".*")]


def test_convert_replaces_a_file_only_when_told_to(models: Path, run: Callable[..., tuple[str, str]]) -> None:
    whole = Path("motifs.npz").read_bytes()
    run("convert", "seed", "-o", "motifs.npz", status=1)
    assert Path("motifs.npz").read_bytes() == whole
    run("convert", "seed", "-o", "motifs.npz", "--force")
    assert open_model("motifs.npz").model.input.length == 500


def test_a_conversion_that_fails_leaves_nothing(
    models: Path, run: Callable[..., tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cnn_core.readers.write_npz", full)
    before = sorted(models.iterdir())
    assert run("convert", "seed", "-o", "x.npz", status=1)[1] == "cnn-tui: x.npz: no space left on device\n"
    assert sorted(models.iterdir()) == before


# The explorer


@pytest.mark.parametrize("name", ["question.keras", "danq.keras", "norm.pt", "one.meme", "motifs.npz"])
async def test_the_explorer_opens_a_model_file(models: Path, name: str) -> None:
    async with explorer(WIDE, model=name, notifications=True) as shown_:
        assert shown_.reading.model.name == name.removesuffix(".npz")
        assert shown_.reading.block in shown_.reading.model.letter_blocks
        assert shown_.picture.run.filters


async def test_what_was_assumed_is_shown_the_first_three_and_a_count(models: Path) -> None:
    async with explorer(WIDE, model="question.keras", notifications=True) as shown_:
        assert shown_.toasts == []
    options = ModelOptions(weights="narrow.weight")
    async with explorer(WIDE, model="branches.pt", model_options=options, notifications=True) as shown_:
        (toast,) = shown_.toasts
        told = remarks(open_model("branches.pt", options))
        assert toast.splitlines()[:3] == [*told[:3]]
        assert len(told) <= 3 or toast.splitlines()[3].startswith(f"… and {len(told) - 3} more")


async def test_many_remarks_are_counted(models: Path) -> None:
    async with explorer(notifications=True) as shown_:
        shown_.explorer.remark(("[bold]a", "b\x1b", "c", "d", "e"))
        await shown_.settled()
        assert shown_.toasts == ["[bold]a\nb\\x1b\nc\n… and 2 more: cnn-tui summary lists them"]


async def chosen(shown_: Shown, text: str) -> None:
    """Open a model by what is typed into the dialog."""
    await shown_.press("m")
    assert isinstance(shown_.app.screen, OpenModel)
    shown_.app.screen.query_one(Input).value = text
    await shown_.settled()
    await shown_.press("enter")


async def test_another_model_opens_on_the_same_record_where_it_shows_most(models: Path) -> None:
    async with explorer(record="sim_03", notifications=True) as shown_:
        await shown_.press("1", "1", "down")
        assert shown_.view.filter == 11
        await chosen(shown_, str(models / "norm.pt"))
        assert shown_.reading.model.name == "norm.pt"
        assert shown_.reading.record.name == "sim_03"
        run = shown_.reading.run
        assert (shown_.view.cell, shown_.view.filter) == cell_to_show(run, run.cells)
        assert len(shown_.toasts) == 1
        await chosen(shown_, "motifs")
        assert shown_.reading.model.name == "motifs"
        run = shown_.reading.run
        assert (shown_.view.cell, shown_.view.filter) == cell_to_show(run, run.cells)
        await shown_.press("r", "end", "enter")
        assert shown_.reading.model.name == "motifs"


async def test_another_model_reads_the_same_stretch_and_strand() -> None:
    async with explorer(region="sim_02:101-300", reverse=True) as shown_:
        await chosen(shown_, "motifs")
        assert shown_.reading.region == "sim_02:101-300"
        assert shown_.reading.reverse
        await chosen(shown_, "seed")
        assert shown_.reading.region == "sim_02:1-500"


async def test_a_model_that_cannot_be_read_leaves_what_is_shown(models: Path) -> None:
    async with explorer(notifications=True) as shown_:
        before = shown_.picture
        await chosen(shown_, str(models / "branches.pt"))
        assert shown_.picture is before
        assert shown_.explorer.request.model == "motifs"
        # The dialog is there again, with what was typed and what is wrong with it.
        assert shown_.app.screen.query_one("#path", Input).value == str(models / "branches.pt")
        assert "holds 2 convolutions" in said(shown_.app)
        shown_.app.screen.query_one("#options", Input).value = "--weights wide.weight"
        await shown_.settled()
        assert "holds 2" not in said(shown_.app)
        await shown_.press("enter")
        assert shown_.reading.model.name == "branches.pt"
        assert shown_.explorer.request.model_options.weights == "wide.weight"
        # What holds for the model stands there from the start, and goes with it.
        await shown_.press("m")
        assert shown_.app.screen.query_one("#options", Input).value == "--weights wide.weight"


async def test_the_options_hold_for_the_model_that_they_were_given_for(models: Path) -> None:
    path = str(models / "norm.pt")
    async with explorer(model=path, model_options=ModelOptions(pool_size=3)) as shown_:
        assert shown_.reading.settings.pool_size == 3
        await chosen(shown_, "motifs")
        assert shown_.reading.settings.pool_size == 8
        await shown_.press("}", "0")
        assert shown_.reading.settings.pool_size == 8


async def test_a_model_that_cannot_be_read_at_the_start_ends_the_explorer(models: Path) -> None:
    app = CnnApp(OpenRequest(model="branches.pt"))
    async with app.run_test() as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
    assert app.return_code == 1
    assert isinstance(app.return_value, ModelError)


# The dialog


async def test_the_dialog_offers_the_models_and_the_files(models: Path) -> None:
    async with opened(OpenModel, size=(100, 40)) as (app, pilot):
        text = shown(app)
        order = [text.index(name) for name in ("motifs  —", "seed  —", "trained  —", "../", "branches.pt")]
        assert order == sorted(order)
        assert "10 model files · 1 other file" in said(app)
        await press(pilot, *"see")
        assert highlighted(app).startswith("seed")
        await press(pilot, "enter")
        assert app.result == ModelChoice("seed", ModelOptions())


async def test_the_dialog_begins_at_what_is_open(models: Path) -> None:
    async with opened(lambda: OpenModel("norm.pt")) as (app, pilot):
        assert highlighted(app) == "norm.pt"
        await press(pilot, "enter")
        assert app.result == ModelChoice(str(models / "norm.pt"), ModelOptions())


async def test_the_dialog_refuses_what_is_not_there(models: Path) -> None:
    async with opened(lambda: OpenModel("motifs")) as (app, pilot):
        await type_text(pilot, f"{models}/qestion.keras")
        await press(pilot, "enter")
        assert refused(app) == "qestion.keras: there is no such file; did you mean question.keras?"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("--pool-size 3 --activation linear", None),
        ("--pool-size x", "argument --pool-size: 'x' is not a size: these are whole numbers, from 1 on"),
        ("--flip 1", "there is no option --flip of a model file; choose among --architecture, --flip-kernels"),
        ("--weights", "argument --weights: expected one argument"),
        ("--weights 'a", "a quote in the options has no end"),
    ],
)
async def test_options_are_typed_as_on_the_command_line(models: Path, typed: str, sentence: str | None) -> None:
    async with opened(lambda: OpenModel("norm.pt")) as (app, pilot):
        app.screen.query_one("#options", Input).value = typed
        await press(pilot, "enter")
        if sentence is None:
            options = ModelOptions(pool_size=3, activation="linear")
            assert app.result == ModelChoice(str(models / "norm.pt"), options)
        else:
            assert app.result is OPEN
            assert refused(app).startswith(sentence)


async def test_a_folder_without_models_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened(OpenModel) as (app, _):
        assert said(app) == "no model file here"
