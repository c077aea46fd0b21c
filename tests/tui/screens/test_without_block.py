"""Models without a conv → pool block, inputs that are not letters, and the choice among several blocks."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from explorers import MEDIUM, Shown, explorer, fasta

from cnn_core.blocks.reading import Reading
from cnn_core.layers import (
    AveragePooling1D,
    Concatenate,
    Conv1D,
    Dense,
    Flatten,
    Input,
    MaxPooling1D,
    Permute,
    Reduce,
    Reshape,
)
from cnn_core.letters.alphabet import decode
from cnn_core.network.model import Model, Node
from cnn_core.readers.npz import write_npz
from cnn_tui.__main__ import main
from cnn_tui.screens.network import Network
from cnn_tui.widgets.units import Units
from cnn_tui.words.numbers import number

KERAS = Path(__file__).parents[2] / "core" / "readers" / "keras_files" / "keras_3.15.1_torch.zip"


def weights(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


def saved(model: Model, path: Path) -> str:
    with path.open("wb") as file:
        write_npz(model, file)
    return str(path)


@pytest.fixture
def without_block(tmp_path: Path) -> str:
    """A model whose convolution feeds a dense layer."""
    layers = [
        ("letters", Input(20)),
        ("conv", Conv1D(weights(5, 4, 3), activation="relu")),
        ("flat", Flatten()),
        ("out", Dense(weights(48, 2), weights(2))),
    ]
    return saved(Model.sequential("no pool", layers), tmp_path / "plain.npz")


@pytest.fixture
def two_blocks(tmp_path: Path) -> str:
    """A model with two convolutions that read the letters, each with a pool of its own."""
    nodes = (
        Node("letters", Input(40)),
        Node("narrow", Conv1D(weights(5, 4, 3), activation="relu"), ("letters",)),
        Node("narrow_pool", MaxPooling1D(4), ("narrow",)),
        Node("wide", Conv1D(weights(9, 4, 6), activation="relu"), ("letters",)),
        Node("wide_pool", AveragePooling1D(4), ("wide",)),
        Node("a", Flatten(), ("narrow_pool",)),
        Node("b", Flatten(), ("wide_pool",)),
        Node("both", Concatenate(), ("a", "b")),
    )
    return saved(Model("two", nodes), tmp_path / "two.npz")


@pytest.fixture
def letters(tmp_path: Path) -> str:
    found = "".join("ACGT"[code] for code in np.random.default_rng(5).integers(0, 4, 60))
    return fasta(tmp_path / "r.fa", r1=found, r2=found[::-1])


def network_of(shown: Shown) -> Network:
    screen = shown.app.screen
    assert isinstance(screen, Network)
    return screen


class TestWithoutBlock:
    async def test_it_opens_on_the_whole_network_and_there_is_no_block_to_go_back_to(
        self, without_block: str, letters: str
    ) -> None:
        async with explorer(MEDIUM, model=without_block, sequences=letters) as shown:
            screen = network_of(shown)
            assert screen.view.axis.name == "out"
            assert "out unit 0" in shown.text
            assert "r1:1-20, 20 of " in shown.text
            # Whoever asks for nothing else stays.
            for key in ("m", "o", "r"):
                await shown.press(key, "escape")
                assert network_of(shown).view.axis.name == "out"
            await shown.press("escape")
            assert "no block to go back to" in shown.lines[-1]
            await shown.press("q")
            assert not shown.app.is_running

    async def test_the_keys_of_a_block_say_why_there_is_none(
        self, without_block: str, letters: str, subtests: pytest.Subtests
    ) -> None:
        async with explorer(model=without_block, sequences=letters) as shown:
            for key in ("b", "B", "s", "t", "T", "P", "z", "x", "g", "slash", "space"):
                with subtests.test(key):
                    shown.app.clear_notifications()
                    await shown.press(key)
                    assert network_of(shown)
                    [message] = shown.toasts
                    assert message.startswith(
                        "no pool: has no convolution that feeds a pool: conv feeds flat (Flatten); "
                    )

    async def test_the_keys_of_a_block_lead_to_it_where_there_is_one(self, two_blocks: str, letters: str) -> None:
        async with explorer(MEDIUM, model=two_blocks, sequences=letters) as shown:
            await shown.press("tab")
            assert network_of(shown)
            await shown.press("b")
            assert shown.app.screen is shown.explorer
            assert shown.reading.block.conv == "wide"

    @pytest.mark.parametrize(
        ("command", "instead"),
        [
            (["trace", "--cell", "0", "--filter", "0"], "--layer and --position"),
            (["code", "--framework", "keras"], "--layer and --position"),
            (["export", "--what", "cells", "-o", "cells.tsv"], "--what layers"),
            (["scan", "--top", "3"], "scan with a model that has one"),
            (["snapshot", "--set", "pool-size=2", "-o", "view.txt"], "leave out --set"),
        ],
    )
    def test_every_command_gives_the_same_reason(
        self,
        without_block: str,
        letters: str,
        command: list[str],
        instead: str,
        capsys: pytest.CaptureFixture[str],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.chdir(tmp_path)
        name, *options = command
        assert main([name, letters, "--model", without_block, *options]) == 1
        told = capsys.readouterr().err
        assert "no pool: has no convolution that feeds a pool: conv feeds flat (Flatten); " in told
        assert instead in told

    async def test_the_input_window_moves_and_turns(self, without_block: str, letters: str) -> None:
        async with explorer(MEDIUM, model=without_block, sequences=letters) as shown:
            before = network_of(shown).picture
            assert before is not None
            await shown.press("7", ".")
            after = network_of(shown).picture
            assert after is not None
            assert after.reading.region == "r1:8-27"
            assert after.value == after.reading.model.run(after.reading.codes(0, 20))["out"][0] != before.value
            await shown.press("v")
            turned = network_of(shown).picture
            assert turned is not None
            assert turned.reading.reverse
            await shown.press("1", "0", "0", ",", ",")
            assert "the record ends here" in shown.lines[-1]

    async def test_another_record_and_another_model_open_from_there(self, without_block: str, letters: str) -> None:
        async with explorer(MEDIUM, model=without_block, sequences=letters) as shown:
            await shown.press("r", "down", "enter")
            assert "r2:1-20, 20 of 60 bp" in shown.text
            assert network_of(shown)
            await shown.press("m")
            await shown.type("motifs")
            await shown.press("enter")
            assert shown.view.cell == 0
            assert shown.app.screen is shown.explorer
            # And from a block to a model without one.
            await shown.press("m")
            await shown.type(without_block)
            await shown.press("enter")
            assert network_of(shown).view.axis.name == "out"

    def test_a_cell_of_it_is_refused_and_any_other_value_traced(
        self, without_block: str, letters: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["trace", letters, "--model", without_block, "--cell", "0", "--filter", "0"]) == 1
        assert "ask for any other value with --layer and --position" in capsys.readouterr().err
        assert main(["trace", letters, "--model", without_block, "--layer", "out", "--position", "1"]) == 0
        assert "out unit 1 = Σ 30 of 48 products + bias" in capsys.readouterr().out

    def test_every_layer_of_it_is_exported(self, without_block: str, letters: str, tmp_path: Path) -> None:
        target = tmp_path / "acts.npz"
        assert main(["export", letters, "--model", without_block, "-o", str(target)]) == 0
        with np.load(target) as arrays:
            assert arrays["out"].shape == (2,)


class TestSeveralBlocks:
    async def test_b_looks_into_the_next_one_over_the_same_bases(self, two_blocks: str, letters: str) -> None:
        async with explorer(MEDIUM, model=two_blocks, sequences=letters) as shown:
            assert shown.reading.block.conv == "narrow"
            await shown.press("2", "right", "b")
            assert shown.reading.block.conv == "wide"
            assert shown.view.cell == 2
            assert "wide → wide_pool" in shown.status
            await shown.press("B")
            assert shown.reading.block.conv == "narrow"

    async def test_a_block_is_asked_for_by_any_of_its_layers(self, two_blocks: str, letters: str) -> None:
        async with explorer(MEDIUM, model=two_blocks, sequences=letters, block="wide_pool") as shown:
            assert shown.reading.block.conv == "wide"
            assert shown.reading.run.filters == 6

    def test_a_block_that_is_not_there_is_named(
        self, two_blocks: str, letters: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        asked = ["trace", letters, "--model", two_blocks, "--block", "both", "--cell", "0", "--filter", "0"]
        assert main(asked) == 1
        assert (
            "no conv → pool block with a layer 'both'; its blocks begin with narrow, wide"
            in capsys.readouterr().err
        )

    def test_a_trace_goes_through_the_block_that_was_asked_for(
        self, two_blocks: str, letters: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        asked = [
            "trace",
            letters,
            "--model",
            two_blocks,
            "--block",
            "narrow",
            "--cell",
            "1",
            "--filter",
            "2",
            "--json",
        ]
        assert main(asked) == 0
        assert json.loads(capsys.readouterr().out)["steps"][0]["layer"] == "narrow_pool"


class TestInputs:
    @pytest.fixture
    def sides(self, tmp_path: Path) -> Path:
        with zipfile.ZipFile(KERAS) as archive:
            (tmp_path / "sides.keras").write_bytes(archive.read("sides.keras"))
            with np.load(io.BytesIO(archive.read("answers.npz"))) as answers:
                found = {
                    key.split("/", 2)[2]: answers[key] for key in answers.files if key.startswith("sides/side/")
                }
                letters = answers["sides/letters"]
        for name, numbers in found.items():
            np.save(tmp_path / f"{name}.npy", numbers)
        (tmp_path / "names.json").write_text(json.dumps(sorted(found)))
        (tmp_path / "s.fa").write_text(">s\n" + decode(letters) + "\n")
        return tmp_path

    def given(self, sides: Path) -> tuple[str, ...]:
        return tuple(f"{name}={sides / name}.npy" for name in json.loads((sides / "names.json").read_text()))

    async def test_the_screen_says_which_inputs_are_zeros(self, sides: Path) -> None:
        model, sequences = str(sides / "sides.keras"), str(sides / "s.fa")
        async with explorer(MEDIUM, model=model, sequences=sequences) as shown:
            reading = shown.explorer.reading
            assert reading is not None
            assert reading.zero_inputs
            assert f"zeros: {reading.zero_inputs[0]}" in shown.text
        async with explorer(MEDIUM, model=model, sequences=sequences, inputs=self.given(sides)) as shown:
            reading = shown.explorer.reading
            assert reading is not None
            assert not reading.zero_inputs
            assert "zeros:" not in shown.text

    def test_the_numbers_reach_the_network(self, sides: Path) -> None:
        model, sequences, target = str(sides / "sides.keras"), str(sides / "s.fa"), sides / "acts.npz"
        options = [word for text in self.given(sides) for word in ("--input", text)]
        assert main(["export", sequences, "--model", model, "-o", str(target), *options]) == 0
        with zipfile.ZipFile(KERAS) as archive:
            stored = io.BytesIO(archive.read("answers.npz"))
        with np.load(stored) as answers, np.load(target) as ours:
            nodes = [key for key in answers.files if key.startswith("sides/node/")]
            assert nodes
            for key in nodes:
                np.testing.assert_allclose(ours[key.split("/", 2)[2]], answers[key], rtol=1e-4, atol=1e-5)

    def test_what_does_not_fit_is_refused(
        self, sides: Path, capsys: pytest.CaptureFixture[str], subtests: pytest.Subtests
    ) -> None:
        name = json.loads((sides / "names.json").read_text())[0]
        np.save(sides / "wrong.npy", np.zeros((3, 7, 2)))
        np.save(sides / "nan.npy", np.array([np.nan]))
        np.save(sides / "objects.npy", np.array([{}]), allow_pickle=True)
        places = {
            "name": name,
            "there": sides / f"{name}.npy",
            "fasta": sides / "s.fa",
            **{each: sides / f"{each}.npy" for each in ("wrong", "nan", "objects")},
        }
        asked = ["export", str(sides / "s.fa"), "--model", str(sides / "sides.keras"), "-o", str(sides / "x.npz")]
        for text, sentence in (
            ("nothing", "write --input NAME=FILE.npy"),
            ("nobody={there}", "has no input 'nobody' for numbers"),
            ("{name}={there}x", "there is no such file"),
            ("{name}={fasta}", "is not a plain array of numbers"),
            ("{name}={wrong}", "its shape is"),
            ("{name}={nan}", "holds NaN or infinite numbers"),
            ("{name}={objects}", "is not a plain array of numbers"),
        ):
            with subtests.test(text):
                assert main([*asked, "--input", text.format(**places)]) == 1
                assert sentence in capsys.readouterr().err
                assert not (sides / "x.npz").exists()

    def test_a_row_for_every_base_of_the_record_goes_along_with_the_input_window(self) -> None:
        from hand_worked import Letters

        from cnn_core.layers import SideInput

        nodes = (Node("letters", Input(None)), Node("scores", SideInput((None, 1))))
        rows = np.arange(12, dtype=np.float32)[:, None]
        reading = Reading.of(Model("m", nodes), Letters("ACGTACGTACGT"), (2, 6), side_inputs={"scores": rows})
        assert reading.values["scores"][:, 0].tolist() == [2, 3, 4, 5]
        assert reading.moved_to(4).values["scores"][:, 0].tolist() == [4, 5, 6, 7]
        turned = Reading.of(
            Model("m", nodes), Letters("ACGTACGTACGT"), (2, 6), reverse=True, side_inputs={"scores": rows}
        )
        assert turned.values["scores"][:, 0].tolist() == [5, 4, 3, 2]


def test_a_block_reading_keeps_what_has_been_computed() -> None:
    from hand_worked import Letters

    from cnn_core.presets import preset

    model = preset("motifs")
    reading = Reading.of(model, Letters("ACGTTGCA" * 20))
    values = reading.values
    assert reading.into(model.blocks[0]).values is values


@pytest.fixture
def turned(tmp_path: Path) -> str:
    """Values of three axes, and then positions that do not lie over the bases."""
    layers = [
        ("letters", Input(20)),
        ("conv", Conv1D(weights(5, 4, 3), activation="relu")),
        ("pairs", Reshape((8, 2, 3))),
        ("turned", Permute((3, 1, 2))),
        ("sums", Reduce("sum", -1)),
    ]
    return saved(Model.sequential("turned", layers), tmp_path / "turned.npz")


async def test_positions_that_do_not_lie_over_the_bases_show_their_channels(turned: str, letters: str) -> None:
    async with explorer(MEDIUM, model=turned, sequences=letters) as shown:
        screen = network_of(shown)
        await shown.press("a", "pagedown", "right")
        units = screen.query_one(Units)
        assert units.display
        assert screen.view.place == (1, 1)
        assert screen.picture is not None
        values = screen.picture.array[1].tolist()
        drawn = [line.split()[:2] for line in shown.lines if "█" in line][: len(values)]
        assert drawn == [[str(at), number(value)] for at, value in enumerate(values)]


async def test_a_layer_of_three_axes_shows_a_slice_for_each_position(turned: str, letters: str) -> None:
    async with explorer(MEDIUM, model=turned, sequences=letters) as shown:
        screen = network_of(shown)
        await shown.press("a", "shift+tab", "pagedown", "down", "right")
        assert (screen.view.axis.name, screen.view.place) == ("turned", (1, 1, 1))
        assert "turned[1] of 0…2 (PgUp PgDn): 8 × 2 values" in shown.text
        assert screen.picture is not None
        assert screen.picture.value == screen.reading.values["conv"][3, 1]
        await shown.press("left", "left")
        assert screen.view.place == (1, 0, 1)
        # The last value of a position is followed by the first of the next.
        await shown.press("pageup", "1", "5", "right")
        assert screen.view.place == (1, 0, 0)


async def test_the_way_down_passes_through_layers_of_three_axes(turned: str, letters: str) -> None:
    async with explorer(MEDIUM, model=turned, sequences=letters) as shown:
        screen = network_of(shown)
        await shown.press("enter")
        assert screen.view.axis.name == "turned"
        channel, position, pair = screen.view.place
        await shown.press("enter")
        assert (screen.view.axis.name, screen.view.place) == ("pairs", (position, pair, channel))
        assert (
            f"pairs[{position}, {pair}] channel {channel} = conv[{2 * position + pair}] channel {channel}"
            in shown.text
        )
        await shown.press("backspace")
        assert screen.view.place == (channel, position, pair)
