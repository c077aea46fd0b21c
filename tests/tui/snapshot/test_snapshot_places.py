"""Which files snapshots are written over: below the folder of the views, and nothing but what is ours."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from cnn_core.errors import CnnError
from cnn_samples import sample_path
from cnn_tui.__main__ import main
from cnn_tui.options.request import OpenRequest
from cnn_tui.snapshot import Snapshot, strokes, take, take_along
from cnn_tui.snapshot.comparing import check, update
from cnn_tui.snapshot.recognising import is_ours, plain_text, sides

ONCE = pytest.mark.usefixtures("taken_once")
SUFFIXES = (".svg", ".txt", ".ansi", ".json", ".png")
VIEW = '[[view]]\nsequences = "@planted"\nmodel = "motifs"\nsize = [60, 18]\noutput = "{}"\n'
NOT_REPLACED = "this is no file that cnn-tui snapshot has written, and is not replaced"
OUTSIDE = "is outside the folder of the file; keep it there, or add --anywhere"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")


def views(*arguments: str, output: str, keys: str = "") -> int:
    pressed = f"keys = '''{keys}'''\n" if keys else ""
    Path("views.toml").write_text(
        (VIEW.format(output) + pressed).replace("60, 18", "120, 40" if keys else "60, 18")
    )
    return main(["snapshot", "--views", "views.toml", *arguments])


# Where


@pytest.mark.parametrize("compares", [(), ("--check",), ("--update",), ("--force",)])
@pytest.mark.parametrize(
    "output", ["../view.svg", "{}/view.svg", "linked/view.svg", "link.svg", "in/../../view.svg"]
)
def test_views_are_kept_below_the_folder_of_their_file(
    compares: tuple[str, ...], output: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    Path("linked").symlink_to(outside)
    Path("link.svg").symlink_to(outside / "view.svg")
    assert views(*compares, output=output.format(outside)) == 1
    assert capsys.readouterr().err.endswith(f"{OUTSIDE}\n")
    assert [*outside.iterdir()] == []
    assert not (tmp_path / "view.svg").exists()


@ONCE
def test_anywhere_is_anywhere(tmp_path: Path) -> None:
    assert views("--update", "--anywhere", output="../elsewhere/view.svg") == 0
    assert (tmp_path / "elsewhere" / "view.svg").exists()


@ONCE
def test_a_link_that_stays_in_the_folder_and_a_file_by_a_link_to_it_are_below_it(tmp_path: Path) -> None:
    Path("kept").mkdir()
    Path("here").symlink_to("kept")
    (tmp_path / "linked").symlink_to("project")
    assert views("--update", output="here/view.svg") == 0
    assert main(["snapshot", "--views", "../linked/views.toml", "--check"]) == 0


def test_two_ways_to_one_file_are_one_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("views.toml").write_text(VIEW.format("x.svg") + VIEW.format("./x.svg"))
    assert main(["snapshot", "--views", "views.toml"]) == 1
    assert "two views have the output x.svg; give each its own" in capsys.readouterr().err


@pytest.mark.parametrize("keys", ["x down*3 ctrl+u '{}' enter wait", "S '{}' enter wait"])
def test_what_keys_of_views_write_is_kept_there_too(keys: str, tmp_path: Path) -> None:
    suffix = "npz" if keys.startswith("x") else "toml"
    assert views(output="view.txt", keys=keys.format(f"../written.{suffix}")) == 0
    assert not (tmp_path / f"written.{suffix}").exists()
    assert "outside the folder of the views" in " ".join(Path("view.txt").read_text().split())
    assert views("--force", output="view.txt", keys=keys.format(f"written.{suffix}")) == 0
    assert Path(f"written.{suffix}").exists()
    assert views("--force", "--anywhere", output="view.txt", keys=keys.format(f"../written.{suffix}")) == 0
    assert (tmp_path / f"written.{suffix}").exists()


def test_anywhere_is_said_of_views_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["snapshot", "@planted", "-o", "x.svg", "--anywhere"])
    assert ended.value.code == 2
    assert "argument --anywhere: needs --views" in capsys.readouterr().err


# Over what


def foreign(suffix: str) -> bytes:
    """Return a file of a name like ours that another program has written."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    # White, 100 × 100, RGBA: as large as whole cells and with nothing said of who made it.
    pixels = zlib.compress((b"\0" + b"\xff" * 400) * 100)
    head = struct.pack(">IIBBBBB", 100, 100, 8, 6, 0, 0, 0)
    return {
        ".svg": b'<svg xmlns="http://www.w3.org/2000/svg">\n<title>a plot</title>\n<desc>\nmine\n</desc>\n</svg>\n',
        ".txt": b" Notes\n" + b"\n".join(b"  a line of mine" for _ in range(30)) + b"\n",
        ".ansi": b"\x1b[1m a log of colours \x1b[0m\n" * 30,
        ".json": b'{"format": 1, "screen": "wide", "size": 3, "theme": "dark"}\n',
        ".png": b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b""),
    }[suffix]


@ONCE
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_not_ours_is_not_replaced(suffix: str, view: Snapshot, capsys: pytest.CaptureFixture[str]) -> None:
    precious = Path(f"view{suffix}")
    precious.write_bytes(foreign(suffix))
    with pytest.raises(CnnError, match=f"{precious}: {NOT_REPLACED}"):
        update(view, precious)
    assert views("--force", output=precious.name) == 1
    assert main(["snapshot", "@planted", "--model", "motifs", "--check", precious.name, "--update"]) == 1
    assert capsys.readouterr().err.count(NOT_REPLACED) == 2
    assert precious.read_bytes() == foreign(suffix)


@ONCE
def test_what_is_ours_is_replaced(view: Snapshot) -> None:
    others = [take("@planted", "seed", theme=theme, size=(60, 18)) for theme in ("light", "dark")]
    for suffix in SUFFIXES:
        ours = Path(f"view{suffix}")
        for other in others:
            other.save(ours)
            assert update(view, ours).written
            assert ours.read_bytes() == view.in_format(suffix)
    assert views("--force", output="view.txt") == 0


@ONCE
def test_nothing_but_an_ordinary_file_is_read_as_a_baseline(capsys: pytest.CaptureFixture[str]) -> None:
    Path("view.svg").symlink_to("/dev/zero")
    for more in (["--check", "view.svg"], ["--check", "view.svg", "--update"]):
        assert main(["snapshot", "@planted", "--model", "motifs", *more]) == 1
        assert "view.svg: this is no ordinary file" in capsys.readouterr().err


@ONCE
@pytest.mark.parametrize(("option", "name"), [("--diff", "page.html"), ("--junit", "report.xml")])
def test_a_report_replaces_reports_alone(option: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    take("@planted", "seed", size=(60, 18)).save("view.svg")
    for _ in range(2):
        assert views("--check", option, name, output="view.svg") == 1
    assert "is not replaced" not in "".join(capsys.readouterr())
    Path(name).write_text("<!doctype html>\n<title>mine</title>\n")
    assert views("--check", option, name, output="view.svg") == 1
    assert f"{name}: {NOT_REPLACED}" in capsys.readouterr().err
    assert "mine" in Path(name).read_text()


# What is ours


SCREENS = {
    (100, 30): ("",),
    (60, 18): (
        "",
        "question_mark",
        "escape o",
        "escape s",
        "escape ctrl+p",
        "escape y",
        "escape tab",
        "tab minus*6 z",
    ),
}
"""What is pressed from one screen to the next, by size."""


@pytest.mark.parametrize("size", SCREENS)
def test_every_screen_is_ours_in_every_format(size: tuple[int, int], subtests: pytest.Subtests) -> None:
    shown = take_along(OpenRequest("@planted", model="motifs"), size, [strokes(keys) for keys in SCREENS[size]])
    assert len({each.text for each in shown}) == len(SCREENS[size])
    for keys, taken in zip(SCREENS[size], shown, strict=True):
        for suffix in SUFFIXES:
            content = taken.in_format(suffix)
            with subtests.test(keys, suffix=suffix):
                assert is_ours(content, suffix)
                if suffix == ".png":
                    # As it was before PNG had a mark: a chunk of that name, its length and its check.
                    assert content.count(b"tEXt") == 1
                    place = content.index(b"tEXt")
                    (length,) = struct.unpack(">I", content[place - 4 : place])
                    assert is_ours(content[: place - 4] + content[place + length + 8 :], suffix)
                else:
                    assert is_ours(b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n").rstrip(), suffix)


def test_the_baselines_of_the_samples_are_ours() -> None:
    files = [*sample_path("planted").with_name("baselines").iterdir()]
    assert len(files) == 4
    assert all(is_ours(file.read_bytes(), file.suffix) for file in files)


@pytest.mark.parametrize("suffix", [".svg", ".txt", ".ansi", ".json"])
@pytest.mark.parametrize("form", ["{}", "\ufeff{}", "{}\ufeff", "{}\r\n"])
def test_a_baseline_as_editors_leave_it_is_the_same(suffix: str, form: str, view: Snapshot) -> None:
    text = view.in_format(suffix).decode().removesuffix("\n")
    baseline = {"{}\ufeff": f"\ufeff{text}\n", "{}\r\n": text.replace("\n", "\r\n") + "\r\n"}.get(
        form, form.format(text)
    )
    Path(f"view{suffix}").write_text(baseline, encoding="utf-8", newline="")
    assert check(view, Path(f"view{suffix}")).same


@ONCE
@pytest.mark.parametrize("style", ["merge", "diff3"])
@pytest.mark.parametrize("suffix", [".svg", ".txt", ".ansi", ".json"])
def test_a_merge_conflict_is_named_and_may_be_written_anew(
    suffix: str, style: str, view: Snapshot, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = view.in_format(suffix).decode().splitlines(keepends=True)
    base = ["||||||| 0123456\n", lines[4]] if style == "diff3" else []
    conflict = ["<<<<<<< HEAD\n", lines[4], *base, "=======\n", "theirs\n", ">>>>>>> a-branch\n"]
    Path(f"view{suffix}").write_text("".join([*lines[:4], *conflict, *lines[5:]]))
    assert views("--check", output=f"view{suffix}") == 1
    assert "the baseline holds a merge conflict; --update writes it anew" in capsys.readouterr().out
    assert update(view, Path(f"view{suffix}")).written
    assert Path(f"view{suffix}").read_bytes() == view.in_format(suffix)


def test_the_sides_of_a_conflict_are_what_git_has_put_between_its_lines() -> None:
    text = "a\n<<<<<<< HEAD\nb\n||||||| base\nc\n=======\nd\n>>>>>>> other\ne\n"
    assert sides(text) == ("a\nb\ne\n", "a\nd\ne\n")
    assert sides("a\n=======\nb\n") == ()
    assert sides("a\n<<<<<<< HEAD\nb\n=======\nc\n") == ()
    assert plain_text(b"\xef\xbb\xbfa\r\nb") == "a\nb\n"
    assert plain_text(b"") == ""
