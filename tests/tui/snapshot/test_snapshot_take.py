"""`take`: what the explorer shows as a value, in five formats, from a test or a script."""

from __future__ import annotations

import asyncio
import json
import os
import re
import struct
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import textual
from explorers import explorer

from cnn_core import __version__
from cnn_core.errors import CnnError
from cnn_core.presets import preset
from cnn_tui.options.request import OpenRequest
from cnn_tui.rendering.png import changed_lines, pixels
from cnn_tui.snapshot import Snapshot, strokes, take, take_along
from cnn_tui.snapshot.rounded_json import rounded, same_number

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def tata_box() -> Snapshot:
    return take("@planted", "motifs", filter="TBP", cell=2)


def values(snapshot: Snapshot) -> dict[str, object]:
    found = json.loads(snapshot.json)
    assert isinstance(found, dict)
    return found


# The screen


async def test_it_is_the_screen_that_a_person_sees(tata_box: Snapshot) -> None:
    async with explorer((120, 40), sequences="@planted", model="motifs", filter="TBP", cell=2) as shown:
        assert tata_box.text.splitlines() == shown.lines


def test_a_line_is_a_line_of_the_screen(tata_box: Snapshot) -> None:
    lines = tata_box.text.split("\n")
    assert len(lines) == 41
    assert lines[-1] == ""
    assert all(line == line.rstrip() for line in lines)
    assert lines[0].startswith(" planted.fa › sim_01, 500 bp    ")
    assert lines[0].endswith("  model motifs: log-odds of 12 JASPAR matrices")


def test_the_colours_are_escape_codes_around_the_same_characters(tata_box: Snapshot) -> None:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", tata_box.ansi)
    assert [line.rstrip() for line in plain.split("\n")] == tata_box.text.split("\n")
    assert "\x1b[0;38;2;" in tata_box.ansi
    # A T is red, as in `colours.py`.
    assert re.search(r"38;2;241;112;121;48;2;\d+;\d+;\d+mT", tata_box.ansi)


def test_the_picture_has_the_words_where_they_stand(tata_box: Snapshot) -> None:
    root = ElementTree.fromstring(tata_box.svg)
    assert (root.get("width"), root.get("height")) == ("1200", "800")
    groups = root.findall(f"{SVG}g")
    assert [group.get("transform") for group in groups[:2]] == ["translate(0 0)", "translate(0 20)"]
    for group, line in zip(groups, tata_box.text.split("\n"), strict=False):
        for words in group.findall(f"{SVG}text"):
            column, columns = int(words.get("x", "")) // 10, int(words.get("textLength", "")) // 10
            # Blocks are shapes, not letters.
            assert re.sub("[▀-▟]", " ", line)[column : column + columns] == words.text
    assert root.findtext(f"{SVG}desc", "").strip("\n").rstrip() == tata_box.text.strip("\n").rstrip()


def test_no_file_names_the_web_the_machine_the_moment_or_a_version(tata_box: Snapshot, tmp_path: Path) -> None:
    path = tmp_path / "mine.fa"
    path.write_text(">one\n" + "ACGTTGCA" * 40 + "\n")
    for snapshot in (tata_box, take(path, "motifs", keys="tab")):
        for content in (snapshot.svg, snapshot.text, snapshot.ansi, snapshot.json):
            assert set(re.findall(r"\w+://[^\s\"<]+", content)) <= {"http://www.w3.org/2000/svg"}
            told = (str(tmp_path), str(Path.home()), str(Path.cwd()), tempfile.gettempdir(), os.uname().nodename)
            for word in (*told, __version__, textual.__version__, "@font-face"):
                assert word not in content


def test_the_png_is_the_picture() -> None:
    one, other = (take("@planted", "motifs", keys=keys, size=(80, 24)) for keys in ("", "c"))
    assert one.png.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(one.png[16:20]) == 800
    changed = changed_lines(one.png, other.png)
    # The scale of all filters' colours: the legend, and the rows that hold a response.
    lines = enumerate(zip(one.ansi.split("\n"), other.ansi.split("\n"), strict=True))
    assert changed == [number for number, (before, after) in lines if before != after]


def filtered(picture: list[list[int]], kinds: Sequence[int], channels: int) -> bytes:
    """Return the lines of a picture as PNG has them, each byte less what its line's filter guesses."""
    lines = b""
    for kind, line, above in zip(kinds, picture, [[0] * len(picture[0]), *picture], strict=False):
        left, corner = ([0] * channels + each[:-channels] for each in (line, above))
        lines += bytes([kind])
        for value, a, b, c in zip(line, left, above, corner, strict=True):
            paeth = min((a, b, c), key=lambda each: abs(a + b - c - each))
            lines += bytes([(value - (0, a, b, (a + b) // 2, paeth)[kind]) % 256])
    return lines


@pytest.mark.parametrize("size", [(7, 12), (12, 7), (1, 5), (5, 1)])
def test_every_filter_of_png_is_undone(size: tuple[int, int]) -> None:
    width, height = size
    picture = np.random.default_rng(8).integers(0, 256, (height, width, 3))
    lines = filtered(picture.reshape(height, -1).tolist(), [4, 3, 2, 1, 0] * 3, channels=3)
    bodies = {b"IHDR": struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0), b"IDAT": zlib.compress(lines)}
    parts = [struct.pack(">I", len(body)) + kind + body + bytes(4) for kind, body in bodies.items()]
    assert (pixels(b"\x89PNG\r\n\x1a\n" + b"".join(parts)) == picture).all()


# The values


def test_the_values_are_those_of_the_trace(tata_box: Snapshot) -> None:
    found = values(tata_box)
    assert found["region"] == "sim_01:1-500"
    assert found["strand"] == "+"
    assert found["view"]["cell"] == 2  # type: ignore[index]
    # As `cnn-tui trace @planted --cell 2 --filter TBP` says in the README.
    steps = found["trace"]["steps"]  # type: ignore[index]
    assert [step["value"] for step in steps] == [9.5, 9.5]
    assert (steps[0]["selection"], steps[1]["bases"]) == (21, "GTATAAAAGGCGGGGC")
    visible = found["visible"]
    assert visible["pooled"][2] == 9.5  # type: ignore[index]
    assert visible["selections"][2] == 21  # type: ignore[index]
    assert visible["activations"][21] == 9.5  # type: ignore[index]
    assert visible["responses"][21] == 9.5  # type: ignore[index]
    assert visible["letters"][21:37] == "GTATAAAAGGCGGGGC"  # type: ignore[index]


def test_the_network_screen_has_its_layer_and_its_value() -> None:
    found = values(take("@planted", "trained", record="sim_03", keys="tab ]*3"))
    network = found["network"]
    assert (found["screen"], network["layer"], network["index"]) == ("network", "activation", [0])  # type: ignore[index]
    assert network["values"] == found["prediction"]["values"]  # type: ignore[index]
    assert network["step"]["parts"][0]["layer"] == "dense"  # type: ignore[index]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (0.1234549, 0.12345),
        (123456.7, 123460.0),
        (float(np.float32(0.1)), 0.1),
        (-0.0, 0.0),
        (-4e-7, 0.0),
        (1.26e-6, 1e-6),
        (9.5, 9.5),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
        (True, True),
        (7, 7),
    ],
)
def test_floats_are_rounded_and_nothing_else(value: object, kept: object) -> None:
    found = rounded({"x": [value, (value,)]})
    assert repr(found) == repr({"x": [kept, [kept]]})


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (0.12345, 0.12346, True),
        (0.12345, 0.12347, False),
        (9.9999, 10.0, True),
        (123450.0, 123460.0, True),
        (0.0, 1e-6, True),
        (0.0, 2e-6, False),
        (-1e-6, 1e-6, False),
        (9.5, 9.25, False),
    ],
)
def test_the_last_digit_is_no_difference(before: float, after: float, same: bool) -> None:
    assert same_number(before, after) is same
    assert same_number(after, before) is same


# Keys, and the clock


def test_keys_wait_for_the_work_of_those_before() -> None:
    snapshot = take("@planted", "motifs", keys="/ 'GATA' enter n", size=(80, 24))
    found = values(snapshot)
    assert found["view"]["pattern"] == "GATA"  # type: ignore[index]
    assert found["view"]["level"] == "base"  # type: ignore[index]
    assert "searching" not in snapshot.text
    assert "strongest of this filter" in str(values(take("@planted", "motifs", keys="t"))["status"])


def test_dialogs_stand_still() -> None:
    pictures = {take("@planted", "motifs", keys=keys, size=(80, 24)).svg for keys in ("g", "g 'x' backspace")}
    assert len(pictures) == 1
    first = take("@planted", "motifs", keys="g 'cell 12'", size=(80, 24))
    assert first.svg == take("@planted", "motifs", keys="g 'cell 12'", size=(80, 24)).svg
    assert values(first)["screen"] == "gotoscreen"
    palette = take("@planted", "motifs", keys="ctrl+p 'scale'", size=(80, 24))
    assert "Colour scale" in palette.text
    assert palette.svg == take("@planted", "motifs", keys="ctrl+p 'scale'", size=(80, 24)).svg


def test_the_demonstration_moves_by_ticks_alone() -> None:
    played = [values(take("@planted", "motifs", keys=f"space {ticks}")) for ticks in ("", "tick", "tick*4")]
    moments = [each["view"]["play"] for each in played]  # type: ignore[index]
    assert [(moment["nth"], moment["phase"]) for moment in moments] == [
        (0, "window"),
        (0, "products"),
        (0, "maximum"),
    ]
    assert all(moment["running"] for moment in moments)


def test_what_is_refused_stays_until_a_wait() -> None:
    keys, size = "999 } right", (60, 18)
    assert values(take("@planted", "motifs", keys=keys, size=size))["messages"]
    waited = take("@planted", "motifs", keys=f"{keys} wait", size=size)
    assert values(waited)["messages"] == []
    assert waited.text == take("@planted", "motifs", keys="right", size=size).text


# From where it is called


async def test_it_may_be_called_where_an_event_loop_runs(tata_box: Snapshot) -> None:
    assert asyncio.get_running_loop().is_running()
    assert take("@planted", "motifs", filter="TBP", cell=2).svg == tata_box.svg


def test_the_environment_is_not_looked_at_and_left_as_it_was(
    tata_box: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"NO_COLOR": "1", "TEXTUAL": "debug", "COLUMNS": "20", "LINES": "5", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    assert take("@planted", "motifs", filter="TBP", cell=2).svg == tata_box.svg
    assert dict(os.environ) == before


def test_fasta_and_a_model_need_no_file() -> None:
    model = preset("motifs")
    snapshot = take(">mine\nACGT" + "GTATAAAAGGCGGGGC" + "ACGT" * 9, model)
    assert " standard input › mine, 56 bp" in snapshot.text
    settings = replace(model.settings(model.letter_blocks[0]), pool_size=4, pool_stride=4)
    other = take(
        ">mine\nACGT" + "GTATAAAAGGCGGGGC" + "ACGT" * 9, model.with_settings(model.letter_blocks[0], settings)
    )
    assert values(other)["settings"]["pool_size"] == 4  # type: ignore[index]
    assert values(other)["model"]["name"] == values(snapshot)["model"]["name"]  # type: ignore[index]


def test_the_theme_is_what_is_asked_for_and_dark_without() -> None:
    assert values(take("@planted", "motifs"))["theme"] == "dark"
    light = take("@planted", "motifs", theme="light")
    assert values(light)["theme"] == "light"
    assert 'fill="#fbfbf9"' in light.svg


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"model": "motif"}, "there is no model 'motif'; did you mean motifs?"),
        ({"sequences": "nosuch.fa"}, "nosuch.fa: there is no such file; …"),
        ({"filter": "nosuch"}, "conv1d has no filter 'nosuch'; …"),
        ({"cell": 99}, "max_pooling1d: there is no cell 99; its cells are 0 to 59"),
        ({"cell": 1, "position": 1}, "a cell and a position are two places to begin at; give one of them"),
        ({"regoin": "1-9"}, "there is no option 'regoin'; did you mean region?"),
        ({"theme": "drak"}, "theme = 'drak'; did you mean dark?"),
        ({"size": (59, 18)}, "--size: 59x18 is too small a screen; give 60x18 at least"),
        ({"size": "60x17"}, "--size: 60x17 is too small a screen; give 60x18 at least"),
        ({"size": "huge"}, "--size: 'huge' is no size; give columns and lines, such as 120x40"),
        ({"size": (100000, 40)}, "--size: 100000x40 is too large a screen; give 1000x500 at most"),
        ({"keys": "right q"}, "--keys: they leave the app, and nothing is left to take; leave out the last"),
        ({"sequences": ">x\nAC!T\n"}, "standard input…"),
    ],
)
def test_what_cannot_be_taken_is_one_sentence(options: dict[str, object], refusal: str) -> None:
    with pytest.raises(CnnError) as refused:
        take(**{"sequences": "@planted", "model": "motifs", **options})  # type: ignore[arg-type]
    sentence = str(refused.value)
    assert sentence.startswith(refusal[:-1]) if refusal.endswith("…") else sentence == refusal


def test_a_defect_is_raised_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnn_tui.widgets.inspector import Inspector

    def broken(_: Inspector) -> str:
        raise ZeroDivisionError("a widget broke")

    monkeypatch.setattr(Inspector, "render", broken)
    with pytest.raises(ZeroDivisionError, match="a widget broke"):
        take("@planted", "motifs")


def test_it_is_saved_in_the_format_of_its_name(tata_box: Snapshot, tmp_path: Path) -> None:
    for suffix, content in ((".svg", tata_box.svg), (".txt", tata_box.text), (".json", tata_box.json)):
        tata_box.save(tmp_path / f"view{suffix}")
        assert (tmp_path / f"view{suffix}").read_bytes() == content.encode()
    with pytest.raises(CnnError, match=r"the name does not end in \.svg, \.txt, \.ansi, \.json or \.png"):
        tata_box.save(tmp_path / "view.pdf")
    with pytest.raises(CnnError, match="there is such a file already"):
        tata_box.save(tmp_path / "view.svg", force=False)


def test_a_dialog_shows_nothing_of_the_folder_that_it_was_taken_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    dialogs = ["o", "escape m"] + [
        f"escape m '{name}' enter" for name in ("/nosuch/x.npz", "nosuch.npz", "bad.npz")
    ]
    pictures = []
    for name in ("here", "somewhere else"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        Path("mine.fa").write_text(">one\nACGTATAAAAGGCGGGGC\n")
        Path("bad.npz").write_bytes(b"nonsense")
        pictures.append(take_along(OpenRequest("mine.fa", model="motifs"), (120, 40), [*map(strokes, dialogs)]))
    assert len({each.text for each in pictures[0]}) == len(dialogs)
    for dialog, here, elsewhere in zip(dialogs, *pictures, strict=True):
        with subtests.test(dialog):
            assert here.text == elsewhere.text
            assert str(tmp_path) not in here.json + elsewhere.json


def test_zoomed_out_the_values_are_those_under_the_columns(tata_box: Snapshot) -> None:
    assert values(tata_box)["drawn"]["columns"] is None  # type: ignore[index]
    found = json.loads(take("@planted", "motifs", filter="TBP", keys="-*2").json)
    assert found["view"]["bases_per_column"] > 1
    drawn, first = found["drawn"], found["drawn"]["all_maps"][0]
    assert first["filter"] == found["view"]["filter"] == 0
    assert drawn["columns"]["map"] == first["values"]
    assert drawn["columns"]["cells"] == drawn["all_cells"][0]["values"]


@pytest.mark.parametrize(
    ("keys", "units"), [("home", [0, 2000]), ("end", [5680, 7680]), ("5000 right", [4000, 6000])]
)
def test_the_units_are_those_around_the_chosen_one(keys: str, units: list[int]) -> None:
    found = json.loads(take("@seed_20mer", "seed", keys=f"tab*2 home {keys}").json)["network"]
    assert found["layer"] == "flatten"
    assert found["units"] == units
    assert len(found["values"]) == 2000
    assert found["values"][found["index"][0] - units[0]] == found["value"]
