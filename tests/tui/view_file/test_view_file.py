"""A view as a small file: opened again it is the same screen, and what is wrong with it is said in one sentence."""

from __future__ import annotations

import json
import shlex
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from explorers import SMALL, Shown, explorer, fasta
from hypothesis import given
from hypothesis import strategies as st

from cnn_core.errors import CnnError, NotFoundError, SettingError
from cnn_core.layers import AveragePooling1D, Concatenate, Conv1D, Dense, Flatten, Input, MaxPooling1D
from cnn_core.network.model import Model, Node
from cnn_core.readers.npz import write_npz
from cnn_tui.__main__ import main
from cnn_tui.cli.arguments import parse
from cnn_tui.opening.toml_files import toml_key, toml_value
from cnn_tui.options.arguments import request_of
from cnn_tui.options.by_name import request_from, size_of
from cnn_tui.options.request import OpenRequest
from cnn_tui.screens.network import Network
from cnn_tui.snapshot import Snapshot, strokes, take, take_along
from cnn_tui.view_file import checksums
from cnn_tui.view_file.first_look import open_request
from cnn_tui.view_file.form import read_view, with_view
from cnn_tui.view_file.opened import Opened

FORMAT = "cnn_tui_view = 1\n"
KERAS = Path(__file__).parents[2] / "core" / "readers" / "keras_treated"
SAVED = " S enter wait"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def weights(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


def saved_model(model: Model, name: str) -> str:
    with Path(name).open("wb") as file:
        write_npz(model, file)
    return name


def two_blocks() -> str:
    """A model with two convolutions on the letters, and a layer behind both."""
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
    return saved_model(Model("two", nodes), "two.npz")


def without_block() -> str:
    layers = [
        ("letters", Input(20)),
        ("conv", Conv1D(weights(5, 4, 3), activation="relu")),
        ("flat", Flatten()),
        ("out", Dense(weights(48, 2), weights(2))),
    ]
    return saved_model(Model.sequential("plain", layers), "plain.npz")


def letters(count: int, seed: int = 5) -> str:
    return "".join("ACGT"[code] for code in np.random.default_rng(seed).integers(0, 4, count))


def opened(name: str) -> Opened:
    """Return what a view file opens, before anything is shown of it."""
    found = open_request(with_view(OpenRequest(sequences=name)))
    found.sequences.close()
    return found


# The same screen


def saved_along(size: str, model: str, walk: Sequence[str], sequences: str = "@planted") -> list[Snapshot]:
    """Return what stands on the screen after each of several stretches of keys, and save a view of each."""
    request = with_view(request_from({"sequences": sequences, "model": model}))
    # The dialog offers the last name again.
    saved = [f"{keys} S home x enter wait" for keys in walk]
    return take_along(request, size_of(size), [*map(strokes, saved)])


def nth_view(nth: int) -> str:
    """Return the name of a view of a walk."""
    return f"{'x' * nth}xview.toml"


def assert_open_again(size: str, walk: Sequence[str], saved: Sequence[Snapshot], subtests: pytest.Subtests) -> None:
    for nth, (keys, before) in enumerate(zip(walk, saved, strict=True)):
        with subtests.test(keys):
            assert take(nth_view(nth), size=size).svg == before.svg


SMALL_WALK = (
    "",  # as it opens
    "right*3 enter enter right",  # a base
    "backspace*2 = = 3 0 right",  # zoomed in
    "- - v a T",  # the other strand
    "f V F r r r a escape",  # the filter card, its logo flipped and of the best windows of all records
    "f v a i ctrl+t",  # the inspector unfolded, in light
    "i*9 ctrl+t*2 home right*2 space tick*7",  # the demonstration
)
WIDE_WALK = (
    "20 right enter j c",  # a response, another filter, another scale
    "- - end",  # zoomed out at the end
    "= = ] } ) p w d",  # settings
    "0 / 'TATAWA' enter n",  # a search
    "f M H",  # the filter card, and filters called by what they resemble, with their hits
    "escape z z",  # the overview of all filters
    "end enter right*9",  # the tail
)


@pytest.mark.parametrize(("size", "walk"), [("80x24", SMALL_WALK), ("120x40", WIDE_WALK)])
def test_a_view_opens_at_exactly_the_screen_that_was_saved(
    size: str, walk: tuple[str, ...], subtests: pytest.Subtests
) -> None:
    assert_open_again(size, walk, saved_along(size, "motifs", walk), subtests)


def test_so_does_the_whole_network(subtests: pytest.Subtests) -> None:
    walk = ("tab", "right*3 down*2", "shift+tab*2 - right", "shift+tab down*5 end v", "escape")
    assert_open_again("80x24", walk, saved_along("80x24", "seed", walk), subtests)


def test_so_does_an_output_that_is_scanned_along_the_record() -> None:
    file = fasta(Path("long.fa"), long=letters(3_000))
    before = take(file, "seed", size="80x24", keys=f"P ctrl+u '400' enter z right{SAVED}")
    assert "output" in before.text
    saved_choice = tomllib.loads(Path("view.toml").read_text())["predictions"]
    assert saved_choice == {"step": 400, "output": 0}
    assert take("view.toml", size="80x24").svg == before.svg


@pytest.mark.parametrize(
    ("keys", "saved"),
    [
        ("asterisk enter right", {"target": "output", "logit": True, "kind": "effects"}),
        ("asterisk down*2 right*4 enter", {"target": "max_pooling1d:18:55", "logit": False, "kind": "deeplift"}),
    ],
)
def test_so_does_what_every_base_does(keys: str, saved: dict[str, object]) -> None:
    before = take("@planted", "trained", size="120x40", keys=keys + SAVED)
    assert "colour" in before.text or "bars" in before.text
    assert tomllib.loads(Path("view.toml").read_text())["effects"] == saved
    assert take("view.toml", size="120x40").svg == before.svg


def test_what_every_base_does_is_an_option_too() -> None:
    pressed = take("@planted", "trained", size="80x24", keys="asterisk down right enter right left").svg
    asked = {"effects": "output", "probability": True, "method": "gradient"}
    assert take("@planted", "trained", size="80x24", keys="right left", **asked).svg == pressed
    with pytest.raises(NotFoundError, match=r"there is no conv1d:3:999"):
        take("@planted", "trained", effects="conv1d:3:999")


def test_edited_weights_are_part_of_a_view() -> None:
    names = ["conv1d:0:3A=0.5", "conv1d:1=flipped"]
    before = take("@planted", "motifs", size="120x40", weight_edits=names, keys="p v" + SAVED)
    assert "2 weight edits" in before.text
    assert json.loads(before.json)["weight_edits"] == names
    assert tomllib.loads(Path("view.toml").read_text())["weight_edits"] == names
    assert take("view.toml", size="120x40").svg == before.svg
    # What resets the settings leaves the weights, and other letters are read with them too.
    for keys in ("p d", "r enter"):
        shown = take("@planted", "motifs", size="120x40", weight_edits=names[:1], keys=keys)
        assert "conv1d:0:3A=0.5" in shown.text


def test_what_a_layer_is_said_to_be_is_part_of_a_view() -> None:
    with ZipFile(KERAS / "keras_3.15.1_torch.zip") as archive:
        archive.extract("detector.keras")
    asked = {"treat": ["Rectify=relu"], "begin": "detectors"}
    before = take("@planted", "detector.keras", size="80x24", keys=SAVED.strip(), **asked)
    assert "2 assumed" in before.text
    said = tomllib.loads(Path("view.toml").read_text())
    assert {name: said[name] for name in asked} == asked
    again = json.loads(take("view.toml", size="80x24").json)
    assert again["assumptions"] == json.loads(before.json)["assumptions"]
    assert len(again["assumptions"]) == 2


def test_of_a_model_that_is_a_folder_the_weights_are_checked() -> None:
    with ZipFile(KERAS.with_name("saved_models") / "tensorflow_2.15.1.zip") as archive:
        for name in archive.namelist():
            if name.startswith("stack!"):
                Path(*name.split("!")).parent.mkdir(parents=True, exist_ok=True)
                Path(*name.split("!")).write_bytes(archive.read(name))
    before = take("@planted", "stack", size="80x24", keys=SAVED.strip())
    assert "model stack" in before.text
    files = [each["file"] for each in tomllib.loads(Path("view.toml").read_text())["checksum"]]
    assert files[1:] == ["stack/variables/variables.data-00000-of-00001", "stack/variables/variables.index"]
    assert take("view.toml", size="80x24").text.splitlines()[0] == before.text.splitlines()[0]


def test_of_several_outputs_the_one_that_was_drawn_is_drawn_again() -> None:
    layers = [
        ("letters", Input(100)),
        ("conv", Conv1D(weights(8, 4, 6), activation="relu")),
        ("pool", MaxPooling1D(4)),
        ("flat", Flatten()),
        ("out", Dense(weights(138, 3))),
    ]
    model, file = saved_model(Model.sequential("three", layers), "three.npz"), fasta(Path("r.fa"), r=letters(900))
    before = take(file, model, size="120x40", keys=f"P ctrl+u '50' down ctrl+u '2' enter{SAVED}")
    assert "output[2]" in before.text
    assert take("view.toml", size="120x40").svg == before.svg
    text = Path("view.toml").read_text()
    Path("view.toml").write_text(text.replace("output = 2", "output = 3"))
    with pytest.raises(CnnError, match="there is no output 3; they are 0 to 2"):
        take("view.toml")


def test_so_does_a_model_without_a_block(subtests: pytest.Subtests) -> None:
    file, walk = fasta(Path("r.fa"), r1=letters(60)), ("", "shift+tab right down", ".", "ctrl+t")
    assert_open_again("80x24", walk, saved_along("80x24", without_block(), walk, file), subtests)


def test_every_block_keeps_what_was_changed_in_it() -> None:
    file = fasta(Path("r.fa"), r1=letters(60), r2=letters(70))
    before = take(file, two_blocks(), record="r2", size=SMALL, keys="} b ] 5 ." + SAVED)
    assert take("view.toml", size=SMALL).svg == before.svg
    content = tomllib.loads(Path("view.toml").read_text())
    assert content["settings"] == {"narrow": {"pool_size": 5}, "wide": {"conv_stride": 2}}
    assert (content["block"], content["record"], content["region"]) == ("wide", "r2", "6-45")


def test_a_record_called_like_the_input_window_is_not_taken_for_it(subtests: pytest.Subtests) -> None:
    for names in (("r", "1-60", "r:1-60"), ("1-60",)):
        with subtests.test(names[0]):
            Path("r.fa").write_text("".join(f">{name}\n{letters(60)}\n" for name in names))
            Path("view.toml").unlink(missing_ok=True)
            before = take("r.fa", "motifs", record=names[0], size=SMALL, keys="right" + SAVED)
            assert take("view.toml", size=SMALL).svg == before.svg
            content = tomllib.loads(Path("view.toml").read_text())
            assert (content["record"], content["region"]) == (names[0], "1-60")


def test_a_pool_shrunk_to_a_short_record_is_shrunk_again() -> None:
    file = fasta(Path("r.fa"), short=letters(19))
    before = take(file, "motifs", size=SMALL, keys="right" + SAVED)
    assert take("view.toml", size=SMALL).svg == before.svg


async def test_tracks_that_were_scrolled_away_from_the_cursor_stay_there() -> None:
    from cnn_tui.widgets.bases import Bases

    async with explorer(SMALL) as shown:
        await shown.wheel("right", Bases)
        for _ in range(10):
            await shown.wheel("down", Bases)
        offset = shown.view.offset
        await shown.press("S", "enter")
        assert offset > 60
    async with explorer(SMALL, **asked("view.toml")) as shown:
        assert shown.view.offset == offset
        # Elsewhere it goes on as ever.
        await shown.press("right")
        assert shown.view.offset < offset


async def test_on_a_screen_of_another_width_the_cursor_is_in_sight() -> None:
    async with explorer((120, 40), cell=55) as shown:
        await shown.press("S", "enter")
    async with explorer(SMALL, **asked("view.toml")) as shown:
        assert shown.cursor == ("cell", 55)
        first, last = shown.view.cursor_span
        assert shown.view.offset <= first
        assert last <= shown.view.offset + shown.view.visible_bases


async def test_the_reset_goes_back_to_the_model_s_own_settings() -> None:
    async with explorer(SMALL) as shown:
        own = shown.reading.settings
        await shown.press("]", "}", "S", "enter")
    async with explorer(SMALL, **asked("view.toml")) as shown:
        assert shown.reading.settings == replace(own, conv_stride=2, pool_size=9)
        await shown.press("0")
        assert shown.reading.settings == own


async def test_from_a_saved_network_one_comes_back_to_the_saved_block() -> None:
    async with explorer(SMALL, model="seed", cell=30) as shown:
        await shown.press("tab", "S", "enter")
    async with explorer(SMALL, **asked("view.toml")) as shown:
        assert isinstance(shown.app.screen, Network)
        await shown.press("escape")
        assert shown.app.screen is shown.explorer
        assert shown.cursor == ("cell", 30)


def asked(name: str) -> dict[str, object]:
    """Return what a view file asks for, as `explorer` takes it."""
    request = with_view(OpenRequest(sequences=name))
    return {each: getattr(request, each) for each in OpenRequest.__dataclass_fields__}


# The file


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "views").mkdir()
    file = fasta(Path("data") / "r.fa", r1=letters(60))
    take(file, two_blocks(), size=SMALL, keys="S 'views/v.toml' enter wait")
    content = tomllib.loads(Path("views/v.toml").read_text())
    assert (content["sequences"], content["model"]) == ("../data/r.fa", "../two.npz")
    assert [each["file"] for each in content["checksum"]] == ["../data/r.fa", "../two.npz"]
    request = read_view(Path("views/v.toml"))
    assert (request.sequences, request.model) == ("views/../data/r.fa", "views/../two.npz")


def test_a_file_that_is_called_like_a_sample_or_a_model_is_still_that_file() -> None:
    file = fasta(Path("@planted"), mine=letters(60))
    Path(two_blocks()).rename("seed")
    before = take(str(Path(file).absolute()), str(Path("seed").absolute()), size=SMALL, keys="S enter wait")
    assert "mine" in before.text
    assert take("view.toml", size=SMALL).svg == before.svg


def test_a_record_of_any_name_is_found_again(subtests: pytest.Subtests) -> None:
    names = ('a"b', "a\\b", "a'b$(x)", "é😀", "--model", "[red]x", "1-500", "c:1-9", "x\u202e\x7fy")
    file = fasta(Path("r.fa"), other=letters(600, 1), **dict.fromkeys(names, letters(500)))
    walk = ["r down enter right" for _ in names]
    for nth, (name, before) in enumerate(zip(names, saved_along("80x24", "motifs", walk, file), strict=True)):
        with subtests.test(name):
            assert tomllib.loads(Path(nth_view(nth)).read_text())["record"] == name
            again = opened(nth_view(nth))
            assert (again.reading.record.name, again.reading.region) == (name, f"{name}:1-500")
            assert again.view is not None
            assert f"pooled[{again.view.cell}]" in before.text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_toml_reads_every_text_as_it_was_written(text: str) -> None:
    written = f"{toml_key(text)} = {toml_value([text, 1, True])}\n"
    # A key of its own and the name of a table, and nothing that could be taken for a line.
    assert tomllib.loads(written) == {text: [text, 1, True]}
    assert tomllib.loads(f"[views.{toml_key(text)}]\n{written}") == {"views": {text: {text: [text, 1, True]}}}
    assert written.isascii() or all(letter.isprintable() or letter == "\n" for letter in written)


def test_a_name_that_is_no_unicode_cannot_be_written() -> None:
    with pytest.raises(SettingError, match="no Unicode"):
        toml_value("a\udcffb")


async def test_a_file_that_is_there_is_replaced_by_another_enter_alone() -> None:
    Path("view.toml").write_text("mine")
    async with explorer(SMALL) as shown:
        await shown.press("S", "enter")
        assert "there is such a file already; Enter once more replaces it" in shown.text
        await shown.press("x", "backspace", "escape")
        assert Path("view.toml").read_text() == "mine"
        await shown.press("S", "enter", "enter")
        assert shown.app.screen is shown.explorer
    assert Path("view.toml").read_text().startswith("# A view of cnn-tui")


async def test_a_name_that_cannot_be_is_refused(subtests: pytest.Subtests) -> None:
    async with explorer(SMALL) as shown:
        await shown.press("S")
        for typed, words in (
            ("v.pdf", "does not end in .toml"),
            ("nowhere/v.toml", "there is no such folder"),
            (" ", "no name is given"),
        ):
            with subtests.test(typed):
                await shown.press("ctrl+u")
                await shown.type(typed)
                await shown.press("enter")
                assert words in " ".join(shown.text.split())
    assert list(Path().iterdir()) == []


def test_what_was_piped_in_cannot_be_opened_again() -> None:
    shown = take(">a\n" + letters(500), "motifs", size=SMALL, keys="S enter")
    assert "write it to a file" in shown.text
    assert list(Path().iterdir()) == []


async def test_a_picture_is_the_screen_under_the_dialog() -> None:
    before = take("@planted", "motifs", filter="0", size=SMALL)
    async with explorer(SMALL) as shown:
        for suffix in ("txt", "svg", "ansi", "png"):
            await shown.press("S", "ctrl+u")
            await shown.type(f"picture.{suffix}")
            await shown.press("enter")
            assert Path(f"picture.{suffix}").read_bytes() == before.in_format(f".{suffix}")
        await shown.press("tab", "S", "ctrl+u")
        await shown.type("network.txt")
        await shown.press("enter")
    assert "what it makes of its input" in Path("network.txt").read_text()


async def test_a_picture_of_what_was_piped_in_can_be_saved() -> None:
    async with explorer(SMALL, sequences="-", stdin=b">a\n" + letters(500).encode()) as shown:
        await shown.press("S", "ctrl+u")
        await shown.type("picture.txt")
        await shown.press("enter")
    assert "standard input › a, 500 bp" in Path("picture.txt").read_text()


async def test_y_copies_the_equation_or_shows_it_where_there_is_no_clipboard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("TERM_PROGRAM", raising=False)
    async with explorer(SMALL, cell=2) as shown:
        await shown.press("Y")
        cell = "pooled[2] of filter 0 TBP = max(conv[16…23]) = conv[21] = 9.500"
        made = "conv[21] = relu(Σ 16 of 64 weights + bias) = relu(14.75 − 5.250) = 9.500"
        assert shown.app.clipboard == f"{cell}\n{made}"
        assert shown.status.startswith("copied: pooled[2] of filter 0 TBP")
        await shown.press("enter", "Y")
        assert shown.app.clipboard.startswith("conv[21] of filter 0 TBP = relu(Σ 16 of 64 weights + bias)")
        await shown.press("enter", "Y")
        assert shown.app.clipboard.startswith("base 21 is G, under tap 0 of conv[21]\n")
        monkeypatch.setenv("TERM", "linux")
        copied = shown.app.clipboard
        await shown.press("backspace", "backspace", "Y")
        assert shown.app.clipboard == copied
        assert shown.toasts[-1] == f"this terminal takes no clipboard:\n{cell}\n{made}"


# What has changed since


def test_a_changed_file_is_named() -> None:
    file = fasta(Path("r.fa"), r1=letters(60))
    model = two_blocks()
    take(file, model, size=SMALL, keys="S enter wait")
    assert "changed" not in take("view.toml", size=SMALL).text
    fasta(Path("r.fa"), r1=letters(60, 6))
    assert "r.fa has changed since view.toml was written" in " ".join(take("view.toml", size="120x40").text.split())
    fasta(Path("r.fa"), r1=letters(60))
    before = Path(model).read_bytes()
    Path(model).write_bytes(before[:-1] + bytes([before[-1]]) + b"\0")
    said = " ".join(take("view.toml", size="120x40").text.split())
    assert "two.npz has changed" in said
    assert "r.fa has changed" not in said


def test_a_place_that_is_gone_says_that_the_file_has_changed() -> None:
    file = fasta(Path("r.fa"), r1=letters(500))
    take(file, "motifs", cell=40, size=SMALL, keys="S enter wait")
    content = Path("view.toml").read_text().replace('"1-500"', '"1-100"')
    Path("view.toml").write_text(content)
    fasta(Path("r.fa"), r1=letters(100))
    with pytest.raises(
        CnnError, match=r"view.toml, \[cursor\]: there is no cell 40; they are 0 to 9; r.fa has changed"
    ):
        take("view.toml", size=SMALL)


def test_of_a_huge_file_the_ends_and_the_letters_of_the_window_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checksums, "_READ_WHOLE", 1000)
    monkeypatch.setattr(checksums, "_END", 100)
    text = letters(3000)
    file = fasta(Path("r.fa"), r1=text)
    take(file, "motifs", region="1001-1500", size=SMALL, keys="S enter wait")
    (checksum,) = tomllib.loads(Path("view.toml").read_text())["checksum"]
    assert checksum["bytes"] == 3005
    assert checksum["covers"] == "first and last 1048576 bytes, letters of the input window"

    def complains(changed: str) -> bool:
        fasta(Path("r.fa"), r1=changed)
        return any("has changed" in each for each in opened("view.toml").remarks)

    other = {"A": "C", "C": "G", "G": "T", "T": "A"}
    assert not complains(text)
    assert complains(other[text[0]] + text[1:])
    assert complains(text[:1200] + other[text[1200]] + text[1201:])
    assert complains(text + "A")
    # Soft-masked is another file.
    assert complains(text[:1200] + text[1200].lower() + text[1201:])
    # As it says.
    assert not complains(text[:700] + other[text[700]] + text[701:])


# What is wrong with a view file


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "this is no view; a view has a line cnn_tui_view = 2"),
        ("[[view]]\nname = 'a'\n", "this is no view; take its pictures with cnn-tui snapshot --views"),
        (
            "cnn_tui_view = 3\n",
            "cnn_tui_view = 3 is a form that is not known here; this program reads forms 1 to 2",
        ),
        (FORMAT + "record = \n", r"this is not TOML: invalid value \(at line 3, column 10\)"),
        (
            "version https://git-lfs.github.com/spec/v1\n",
            "this is a Git LFS pointer, not the file that it stands for",
        ),
        (FORMAT + "a = " + "[" * 5000, "this is not TOML: it is nested too deeply"),
        (FORMAT + "a = " + "9" * 5000, "this is not TOML"),
        (FORMAT + "recrod = 'a'\n", "there is no option 'recrod'; did you mean record"),
        (FORMAT + "stdin = 'a'\n", "there is no option 'stdin'"),
        (FORMAT + "record = 3\n", "record = 3 is not text"),
        (FORMAT + "theme = 'drak'\n", "theme = 'drak'; did you mean dark?"),
        (FORMAT + "sequences = '-'\n", "standard input is no file"),
        (FORMAT + "sequences = 'v.toml'\n", "its sequences are a view themselves"),
        (FORMAT + "sequences = '@plantd'\n", "@planted"),
        (FORMAT + "model = 'sed'\n", "did you mean seed"),
        (FORMAT + "model = '../secret.h5'\n", "there is no such file"),
        (FORMAT + "cursor = 3\n", r"\[cursor\]: 3 is no table"),
        (FORMAT + "[cursor]\ncel = 3\n", r"\[cursor\]: there is no option 'cel'; did you mean cell"),
        (FORMAT + "[cursor]\ncell = -3\n", r"cell = -3 is not a whole number from 0 on"),
        (FORMAT + "[cursor]\ncell = true\n", r"cell = True is not a whole number"),
        (FORMAT + "[cursor]\ncell = 1e3\n", r"cell = 1000.0 is not a whole number"),
        (FORMAT + "[cursor]\ncell = 999\n", r"\[cursor\]: there is no cell 999; they are 0 to 59"),
        (FORMAT + "[cursor]\nfilter = 99999999999\n", r"there is no filter 99999999999"),
        (FORMAT + "[cursor]\nlevel = 'sky'\n", r"level = 'sky'; it is one of cell, response, base"),
        (FORMAT + "[tracks]\nzoom = 3\n", r"zoom = 3; it is one of -64, -32"),
        (
            FORMAT + "[tracks]\npattern = 'TAXA'\n",
            r"\[tracks\] pattern: 'X' at position 2 is not a nucleotide letter",
        ),
        (FORMAT + "[settings]\nconv1d = 3\n", r"\[settings.conv1d\]: 3 is no table"),
        (FORMAT + "[settings.conv1d]\nstride = 3\n", r"there is no option 'stride'; did you mean"),
        (FORMAT + "[settings.conv1d]\npool_size = 0\n", r"pool_size = 0 is not a size or a stride"),
        (FORMAT + "[settings.conv1d]\npool_padding = 'full'\n", r"pool_padding = full; it is one of valid"),
        (FORMAT + "[settings.dense]\npool_size = 2\n", r"\[settings.dense\]: .*no conv → pool block with a layer"),
        (FORMAT + "[settings.conv1d]\npool_size = 999\n", r"pool"),
        (FORMAT + "[play]\nphase = 'sun'\n", r"phase = 'sun'; it is one of window"),
        (FORMAT + "[play]\nresponse = 8\n", r"\[play\]: there is no response 8; they are 0 to 7"),
        (FORMAT + "[network]\nposition = 1\n", r"\[network\]: names no layer"),
        (FORMAT + "[network]\nlayer = 'x'\n", r"\[network\]: there is no layer 'x' to look at; there are"),
        (FORMAT + "[network]\nlayer = 'conv1d'\nchannel = 12\n", r"there is no channel 12; they are 0 to 11"),
        (
            FORMAT + "[predictions]\noutput = 0\n",
            r"\[predictions\]: the output is scanned in steps; give a step of",
        ),
        (FORMAT + "[predictions]\nstep = 0\n", r"\[predictions\]: the output is scanned in steps"),
        (FORMAT + "[predictions]\nstep = -5\n", r"step = -5 is not a whole number from 0 on"),
        (FORMAT + "[motifs]\nrule = 'loud'\n", r"\[motifs\]: there is no motif rule 'loud'"),
        (FORMAT + "[effects]\nkind = 'effects'\n", r"\[effects\]: names no value"),
        (FORMAT + "[effects]\ntarget = 'output:99'\n", r"\[effects\]: "),
        (FORMAT + "[effects]\ntarget = 'conv1d:3:99'\n", r"\[effects\]: there is no conv1d:3:99"),
        (FORMAT + "[effects]\ntarget = 'output'\nkind = 'ism'\n", r"kind = 'ism'; it is one of effects"),
        (FORMAT + "[checksum]\nfile = 'a'\n", "checksum is no list of tables"),
        (FORMAT + "[[checksum]]\nfile = 'a'\n", r"\[\[checksum\]\]: says no bytes"),
        (FORMAT + "[cursor]\nlevel = '\x1b'\n", "this is not TOML"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(text: str, words: str) -> None:
    # Most are about the motifs, whose pool gives 60 cells.
    Path("v.toml").write_text(text if "model" in text else text.replace(FORMAT, f"model = 'motifs'\n{FORMAT}"))
    with pytest.raises(CnnError, match=words) as refused:
        opened("v.toml")
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 700


def test_a_view_that_is_wrong_ends_the_program_before_the_screen() -> None:
    Path("v.toml").write_text(f"model = 'motifs'\n{FORMAT}[cursor]\ncell = 999\n")
    with pytest.raises(CnnError, match="there is no cell 999"):
        take("v.toml", size=SMALL)


def test_a_view_written_by_hand_needs_no_more_than_what_it_says() -> None:
    Path("v.toml").write_text(FORMAT + "model = 'motifs'\n[cursor]\nlevel = 'response'\nposition = 21\n")
    assert take("v.toml", size=SMALL).text == take(None, "motifs", filter=0, position=21, size=SMALL).text


def test_a_view_says_all_itself_but_the_theme() -> None:
    Path("v.toml").write_text(FORMAT)
    assert with_view(OpenRequest(sequences="v.toml", theme="light")).theme == "light"
    with pytest.raises(SettingError, match="this view says itself what filter is"):
        with_view(OpenRequest(sequences="v.toml", filter="3"))


def test_letters_may_lie_in_a_file_of_any_name() -> None:
    file = fasta(Path("r.toml"), r1=letters(500))
    assert with_view(OpenRequest(sequences=file)).view is None
    assert "r1, 500 bp" in take(file, "motifs", size=SMALL).text


def test_the_command_takes_pictures_of_views(capsys: pytest.CaptureFixture[str]) -> None:
    before = take("@planted", "motifs", keys="right enter" + SAVED)
    assert main(["snapshot", "view.toml", "-o", "x.svg"]) == 0
    assert Path("x.svg").read_text() == before.svg
    Path("views.toml").write_text('[[view]]\nsequences = "view.toml"\noutput = "y.svg"\n')
    assert main(["snapshot", "--views", "views.toml"]) == 0
    assert Path("y.svg").read_text() == before.svg
    for command in (["snapshot", "view.toml", "-o", "z.svg"], ["view.toml"]):
        assert main([*command, "--cell", "2"]) == 1
        assert "view.toml: this view says itself what cell is" in capsys.readouterr().err


# The command line


async def copied(shown: Shown, *keys: str) -> list[str]:
    await shown.press(*keys, "S", "enter")
    while shown.app.screen is not shown.explorer:
        await shown.press("enter")
    return shlex.split(shown.app.clipboard)


async def test_the_clipboard_gets_the_command_line() -> None:
    async with explorer(SMALL, sequences="@planted") as shown:
        assert await copied(shown) == [
            *("cnn-tui", "@planted", "--record", "sim_01", "--model", "motifs", "--filter", "0", "--cell", "2")
        ]
        words = await copied(shown, "down", "enter", "v", "a", "]", "}", "ctrl+t")
        assert words[4:] == [
            *("--reverse-complement", "--ambiguity", "uniform", "--model", "motifs", "--theme", "light"),
            *("--filter", "1", "--position", str(shown.view.position), "--set", "conv_stride=2,pool_size=9"),
        ]


async def test_the_command_line_opens_the_same_screen(subtests: pytest.Subtests) -> None:
    file, asked_for = fasta(Path("my letters.fa"), **{"it's": letters(700)}, other=letters(600)), []
    async with explorer(SMALL, sequences=file, model="seed", filter="7") as shown:
        for keys in (
            (),
            ("right_square_bracket", "right_curly_bracket", "enter"),
            ("0", "backspace", "v", "right_parenthesis", "right"),
            ("0", "a", "ctrl+t", "down"),
            ("5", "full_stop", "right_curly_bracket", "enter"),
            ("0", "asterisk", "down", "down", "right", "right", "right", "enter"),
        ):
            asked_for.append((keys, await copied(shown, *keys), await centred_lines(shown)))
    for keys, words, lines in asked_for:
        with subtests.test(" ".join(keys)):
            request = request_of(parse(words[1:]))
            async with explorer(
                SMALL, **{each: getattr(request, each) for each in OpenRequest.__dataclass_fields__}
            ) as again:
                assert await centred_lines(again) == lines


async def centred_lines(shown: Shown) -> list[str]:
    """Return the screen with the cursor in its middle: no option says how far the tracks are scrolled."""
    shown.explorer.show_view(shown.view.centred())
    await shown.settled()
    return shown.lines


async def test_a_name_that_a_shell_cannot_show_is_left_to_the_file() -> None:
    file = fasta(Path("r.fa"), **{"a\x1b[2Jb": letters(500)}, other=letters(500))
    async with explorer(SMALL, sequences=file) as shown:
        assert await copied(shown) == ["cnn-tui", "view.toml"]


# Settings on the command line


async def test_settings_can_be_given() -> None:
    async with explorer(SMALL, settings=("pool_size=4,pool_stride=4", "conv_padding=same")) as shown:
        settings = shown.reading.settings
        assert (settings.pool_size, settings.pool_stride, settings.conv_padding) == (4, 4, "same")
        await shown.press("0")
        assert shown.reading.settings.pool_size == 8
        # Another record is read with what is in force by then.
        await shown.press("right_curly_bracket", "r", "down", "enter")
        assert shown.reading.settings.pool_size == 9


async def test_a_padding_in_numbers_is_given_saved_and_reset() -> None:
    async with explorer(SMALL, settings=("conv_padding=3", "pool_padding=2/0")) as shown:
        settings = shown.reading.settings
        assert (settings.conv_padding, settings.pool_padding) == ((3, 3), (2, 0))
        await shown.press("p")
        assert shown.reading.settings.conv_padding == "valid"
        await shown.press("0")
        assert shown.reading.settings.pool_padding == "valid"
    before = take("@planted", "motifs", size="80x24", keys=SAVED, settings=("conv_padding=3/1",))
    assert 'conv_padding = "3/1"' in Path("view.toml").read_text()
    assert take("view.toml", size="80x24").svg == before.svg


def test_a_trace_follows_the_settings_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(
            [
                "trace",
                "@planted",
                "--model",
                "motifs",
                "--cell",
                "4",
                "--filter",
                "0",
                "--set",
                "pool_size=5,pool_stride=5",
            ]
        )
        == 0
    )
    assert "max(conv[20…24]) = conv[21] = 9.500" in capsys.readouterr().out


def test_a_setting_that_cannot_be_is_refused(capsys: pytest.CaptureFixture[str], subtests: pytest.Subtests) -> None:
    for given_, words in (
        ("pool_siz=4", "--set: there is no setting 'pool_siz'; did you mean pool_size"),
        ("pool_size", "'pool_size' names no setting and its value"),
        ("pool_size=4,pool_size=5", "pool_size is given twice"),
        ("pool_size=many", "pool_size = many is not a size or a stride"),
        (
            "conv_padding=7/",
            "conv_padding = 7/; it is one of valid, same, causal, or positions such as 3, or 3/2 for",
        ),
        ("pool_padding=8", "a padding of 8 is as wide as a pool window of 8; the widest is 7"),
        ("pool_size=0", "these are whole numbers, from 1 on"),
    ):
        with subtests.test(given_):
            assert (
                main(["trace", "@planted", "--model", "motifs", "--cell", "4", "--filter", "0", "--set", given_])
                == 1
            )
            assert words in capsys.readouterr().err


def test_every_word_of_version_1_is_still_read() -> None:
    words: dict[str, dict[str, tuple[str | int, ...]]] = {
        "cursor": {"level": ("cell", "response", "base")},
        "tracks": {
            "zoom": (-64, -32, -16, -8, -4, -2, 1, 2, 4, 8),
            "scale": ("this filter", "this layer"),
            "inspector": ("folded", "unfolded", "card"),
            "overview": ("this filter, where there is room", "this filter", "all filters", "nothing"),
        },
        "play": {
            "phase": ("window", "products", "sum", "activation", "maximum", "filled"),
            "speed": (0, 1, 2, 3, 4),
        },
    }
    for table, keys in words.items():
        for key, values in keys.items():
            for value in values:
                Path("v.toml").write_text(f"{FORMAT}[{table}]\n{key} = {toml_value(value)}\n")
                view = read_view(Path("v.toml")).view
                assert view is not None
                assert getattr(getattr(view, table), key) == value
