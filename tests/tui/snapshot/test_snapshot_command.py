"""`cnn-tui snapshot`: files that are written whole or not at all, and baselines that say what has changed."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree

import numpy as np
import pytest

from cnn_core.layers import Conv1D, Input, MaxPooling1D
from cnn_core.network.model import Model
from cnn_core.readers.npz import write_npz
from cnn_samples import sample_path
from cnn_tui.__main__ import main
from cnn_tui.output.whole_file import OutputFile
from cnn_tui.rendering import png

pytestmark = pytest.mark.usefixtures("taken_once")
BLOCK = ("@planted", "--model", "motifs", "--filter", "TBP", "--cell", "2")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


def snapshot(*arguments: str) -> int:
    return main(["snapshot", *arguments])


def hand_made(weight: float = 2.0) -> None:
    """Write a model of two filters, of which one weight can be chosen, and its FASTA."""
    kernel = np.zeros((4, 4, 2), dtype=np.float32)
    kernel[[0, 1, 2, 3], [0, 1, 2, 3], 0] = (weight, 1, 1, 1)
    kernel[[0, 1], [3, 3], 1] = 1
    conv = Conv1D(kernel, np.float32([-1.5, 0]), activation="relu", filter_names=("ACGT", "TT"))
    write_npz(
        Model.sequential("hand", [("input", Input()), ("conv", conv), ("pool", MaxPooling1D(4))]),
        "hand.npz",
    )
    Path("hand.fa").write_text(">rec\n" + "TTTTACGTTTTTGGGGACGTCCCC" * 4 + "\n")


HAND = ("hand.fa", "--model", "hand.npz", "--filter", "0")

# Writing


@pytest.mark.parametrize("suffix", ["svg", "txt", "ansi", "json", "png"])
def test_the_name_says_the_format(suffix: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert snapshot(*BLOCK, "-o", f"view.{suffix}") == 0
    content = Path(f"view.{suffix}").read_bytes()
    begins = {"svg": b"<svg ", "txt": b" planted.fa", "ansi": b"\x1b[0;38;2;", "json": b"{\n", "png": b"\x89PNG"}
    assert content.startswith(begins[suffix])
    assert capsys.readouterr() == ("", "")
    assert [*Path().iterdir()] == [Path(f"view.{suffix}")]


def test_a_file_that_is_there_is_replaced_by_force_alone(capsys: pytest.CaptureFixture[str]) -> None:
    Path("view.txt").write_text("precious")
    assert snapshot(*BLOCK, "-o", "view.txt") == 1
    refusal = "cnn-tui: view.txt: there is such a file already; choose another name, or add --force\n"
    assert capsys.readouterr().err == refusal
    assert Path("view.txt").read_text() == "precious"
    assert snapshot(*BLOCK, "-o", "view.txt", "--force") == 0
    assert Path("view.txt").read_text().startswith(" planted.fa")


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (["-o", "x.pdf"], "x.pdf: the name does not end in .svg, .txt, .ansi, .json or .png; call it x.svg"),
        (["-o", "no/x.svg"], "no: there is no such folder; make it first, or choose another"),
        (["-o", "x.svg", "--keys", "rihgt"], "--keys: there is no key 'rihgt'; did you mean right?"),
        (["-o", "x.svg", "--size", "59x18"], "--size: 59x18 is too small a screen; give 60x18 at least"),
        (["-o", "x.svg", "--region", "sim_01:900-999"], "planted.fa: 'sim_01:900-999' is not in "),
        (["-o", "x.svg", "--filter", "nosuch"], "conv1d has no filter 'nosuch'; "),
        (["--check", "x.svg"], "x.svg: there is no such baseline; add --update to make it"),
        (["--check", "no/x.svg"], "no/x.svg: there is no such baseline; add --update to make it"),
        (["--check", "x.jpg"], "x.jpg: the name does not end in .svg, .txt, .ansi, .json or .png; call it x.svg"),
        (["--check", "x.svg", "--update", "--diff", "d.pdf"], "d.pdf: the name does not end in .html or .htm; "),
        (["--views", "no.toml", "--check"], "no.toml: there is no such file; write [[view]] tables in it"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_leaves_nothing(
    arguments: list[str], refusal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    model = [] if "--views" in arguments else ["@planted", "--model", "motifs"]
    assert snapshot(*model, *arguments) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"cnn-tui: {refusal}")
    assert err.count("\n") == 1
    assert [*Path().iterdir()] == []


def test_a_malformed_fasta_gives_no_picture_of_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.fa").write_text(">bad\nACGT-XYZ!\n")
    assert snapshot("bad.fa", "--model", "motifs", "-o", "x.svg") == 1
    assert capsys.readouterr().err.startswith("cnn-tui: bad.fa")
    assert not Path("x.svg").exists()


@pytest.mark.parametrize(
    ("number", "reason"), [(errno.ENOSPC, "No space left on device"), (errno.EACCES, "Permission denied")]
)
def test_a_full_disk_and_a_read_only_folder_leave_nothing(
    number: int, reason: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def failing(file_: OutputFile) -> Iterator[BinaryIO]:
        with opened(file_) as file:
            file.write(b"half")
            raise OSError(number, reason, "some.part")
            yield file

    opened = OutputFile.open
    monkeypatch.setattr(OutputFile, "open", failing)
    assert snapshot(*BLOCK, "-o", "view.svg") == 1
    assert capsys.readouterr().err == f"cnn-tui: view.svg: {reason[0].lower()}{reason[1:]}\n"
    assert [*Path().iterdir()] == []


def test_without_the_extra_png_says_which_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def absent(_: str) -> None:
        raise ImportError

    monkeypatch.setattr(png, "import_module", absent)
    assert snapshot(*BLOCK, "-o", "view.png") == 1
    wanted = "cnn-tui: PNG needs the extra png; install it with pip install 'cnn-tui[png]', or take .svg\n"
    assert capsys.readouterr().err == wanted


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--check"],
        ["-o", "x.svg", "--check", "x.svg"],
        ["-o", "x.svg", "--update"],
        ["-o", "x.svg", "--diff", "d.html"],
        ["-o", "x.svg", "--junit", "j.xml"],
        ["--views", "v.toml", "-o", "x.svg"],
        ["--views", "v.toml", "--check", "x.svg"],
        ["--views", "v.toml", "@planted"],
        ["--views", "v.toml", "--check", "--size", "80x24"],
        ["--views", "v.toml", "--check", "--model", "seed"],
        ["--views", "v.toml", "--check", "--keys", "right"],
        ["--views", "v.toml", "--check", "--filter", "1"],
        ["--views", "v.toml", "--check", "--reverse-complement"],
        ["--views", "v.toml", "--check", "--set", "pool_size=4"],
        ["--views", "v.toml", "--check", "--pool-size", "4"],
    ],
)
def test_a_snapshot_that_goes_nowhere_or_two_ways_is_wrong_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        snapshot(*arguments)
    assert ended.value.code == 2
    assert "cnn-tui snapshot: error: " in capsys.readouterr().err


# Comparing


def test_update_makes_the_folder_of_a_baseline(capsys: pytest.CaptureFixture[str]) -> None:
    assert snapshot(*BLOCK, "--check", "one/two/view.txt", "--update") == 0
    hand_made()
    Path("views.toml").write_text(VIEWS.replace("first.json", "baselines/first.json"))
    assert snapshot("--views", "views.toml", "--check") == 1
    remedy = "there is no such baseline; add --update to make it"
    assert f"baselines/first.json: {remedy}\n" in capsys.readouterr().out
    assert not Path("baselines").exists()
    assert snapshot("--views", "views.toml", "--update") == 0
    assert Path("baselines/first.json").exists()
    Path("file").write_text("")
    assert snapshot(*BLOCK, "--check", "file/view.txt", "--update") == 1
    assert capsys.readouterr().err.startswith("cnn-tui: file: ")


@pytest.mark.parametrize("suffix", ["svg", "txt", "ansi", "json", "png"])
def test_what_is_the_same_is_0_and_what_is_not_1(suffix: str, capsys: pytest.CaptureFixture[str]) -> None:
    view, block = f"view.{suffix}", (*BLOCK, "--size", "60x18")
    assert snapshot(*block, "--check", view, "--update") == 0
    assert capsys.readouterr().out == f"{view}: made\n"
    assert snapshot(*block, "--check", view) == 0
    assert capsys.readouterr().out == f"{view}: the same\n"
    before = Path(view).read_bytes()
    moved = (*block, "--keys", "right", "--check", view)
    assert snapshot(*moved) == 1
    assert re.match(rf"view\.{suffix}: \d+ changes\n  ", capsys.readouterr().out)
    assert Path(view).read_bytes() == before
    assert snapshot(*moved, "--update") == 0
    assert f"{view}: updated: " in capsys.readouterr().out
    assert snapshot(*moved) == 0


def test_a_moved_cell_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    for suffix in ("json", "txt"):
        snapshot(*BLOCK, "--check", f"view.{suffix}", "--update")
    capsys.readouterr()
    assert snapshot(*BLOCK, "--keys", "right", "--check", "view.json") == 1
    assert "  view.cell: 2 → 3\n" in capsys.readouterr().out
    assert snapshot(*BLOCK, "--keys", "right", "--check", "view.txt") == 1
    out = capsys.readouterr().out
    assert "\n    −  pooled[2] = max(conv[16…23]) = conv[21] = 9.500" in out
    assert "    +  pooled[3] = max(" in out


def test_a_changed_weight_is_named_by_the_values_it_changes(capsys: pytest.CaptureFixture[str]) -> None:
    hand_made()
    for suffix in ("json", "svg"):
        snapshot(*HAND, "--check", f"view.{suffix}", "--update")
    capsys.readouterr()
    hand_made(weight=1.75)
    assert snapshot(*HAND, "--check", "view.json") == 1
    # A, C, G and T in a row: 2 + 1 + 1 + 1 − 1.5, of which the 2 is now 1.75.
    assert "  pooled[1] of filter 0 ACGT: 3.5 → 3.25\n" in capsys.readouterr().out
    assert snapshot(*HAND, "--check", "view.svg") == 1
    out = capsys.readouterr().out
    assert re.search(r"−  pooled\[1\] = .* = 3\.500", out)
    assert re.search(r"\+  pooled\[1\] = .* = 3\.250", out)


def test_a_weight_of_another_filter_is_named_wherever_it_shows(capsys: pytest.CaptureFixture[str]) -> None:
    hand_made()
    # The second filter is chosen; what the first one sees is drawn in the heat maps alone.
    view = (*HAND, "--filter", "TT", "--check", "view.json")
    snapshot(*view, "--update")
    capsys.readouterr()
    hand_made(weight=1.75)
    assert snapshot(*view) == 1
    out = capsys.readouterr().out
    assert "  the weights of conv have changed\n" in out
    assert "  conv[4] of filter 0: 3.5 → 3.25\n" in out
    assert "  pooled[1] of filter 0: 3.5 → 3.25\n" in out


def test_what_moves_nothing_that_is_visible_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    hand_made()
    view = (*HAND, "--filter", "TT", "--size", "60x18", "--check", "view.json")
    snapshot(*view, "--update")
    letters = Path("hand.fa").read_text()
    capsys.readouterr()
    # A letter behind the right edge, and a weight that is multiplied with nothing.
    Path("hand.fa").write_text(f"{letters[:-3]}A{letters[-2:]}")
    assert snapshot(*view) == 1
    assert "  the letters of the input window have changed\n" in capsys.readouterr().out
    Path("hand.fa").write_text(letters)
    assert snapshot(*view) == 0
    capsys.readouterr()
    hand_made(weight=float(np.nextafter(np.float32(2), np.float32(3))))
    assert snapshot(*view) == 1
    assert capsys.readouterr().out == "view.json: 1 change\n  the weights of conv have changed\n"


def test_a_window_that_has_moved_is_not_said_to_have_other_letters(capsys: pytest.CaptureFixture[str]) -> None:
    hand_made()
    snapshot(*HAND, "--region", "1-40", "--check", "view.json", "--update")
    capsys.readouterr()
    assert snapshot(*HAND, "--region", "2-41", "--check", "view.json") == 1
    out = capsys.readouterr().out
    assert "region: rec:1-40 → rec:2-41" in out
    assert "letters of the input window" not in out


def test_a_message_that_has_gone_is_named_by_what_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    snapshot(*BLOCK, "--check", "view.json", "--update")
    found = json.loads(Path("view.json").read_text())
    del found["status"]
    Path("view.json").write_text(json.dumps(found))
    capsys.readouterr()
    assert snapshot(*BLOCK, "--check", "view.json") == 1
    assert "  status: not there → nothing\n" in capsys.readouterr().out


def test_what_reaches_the_terminal_is_printable(capsys: pytest.CaptureFixture[str]) -> None:
    Path("views.toml").write_text(
        '[[view]]\nname = "red \\u001b[31m"\nsequences = "@planted"\noutput = "view.txt"\n'
    )
    assert snapshot("--views", "views.toml", "--update") == 0
    assert capsys.readouterr().out.startswith("updated red \\x1b[31m\n")
    view = Path("view.txt")
    view.write_text(view.read_text().replace("base ", "base\x1b[2J "))
    assert snapshot("--views", "views.toml", "--check") == 1
    assert snapshot("@planted", "--check", "view.txt") == 1
    out = capsys.readouterr().out
    assert "base\\x1b[2J" in out
    assert "\x1b" not in out


def test_another_letter_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    text = sample_path("planted").read_text()
    Path("mine.fa").write_text(text)
    view = ("mine.fa", *BLOCK[1:], "--check")
    for suffix in ("json", "txt"):
        snapshot(*view, f"view.{suffix}", "--update")
    header, _, letters = text.partition("\n")
    assert letters[22:27] == "TATAA"
    Path("mine.fa").write_text(f"{header}\n{letters[:24]}G{letters[25:]}")
    capsys.readouterr()
    assert snapshot(*view, "view.json") == 1
    assert "  the letter of base 24: T → G\n" in capsys.readouterr().out
    assert snapshot(*view, "view.txt") == 1
    out = capsys.readouterr().out
    lines = out.split("\n")
    before = next(nth for nth, line in enumerate(lines) if "− letters " in line)
    assert "TACTGTATAAAAGGCG" in lines[before]
    assert "TACTGTAGAAAAGGCG" in lines[before + 1]


def test_colours_alone_are_named_by_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    snapshot(*BLOCK, "--check", "view.svg", "--update")
    capsys.readouterr()
    assert snapshot(*BLOCK, "--theme", "light", "--check", "view.svg") == 1
    assert re.search(r"lines [0-9, –]+: other colours\n", capsys.readouterr().out)


def test_a_baseline_checked_out_with_other_line_ends_is_the_same() -> None:
    for suffix in ("svg", "txt", "ansi", "json"):
        path = Path(f"view.{suffix}")
        snapshot(*BLOCK, "--check", str(path), "--update")
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        assert snapshot(*BLOCK, "--check", str(path)) == 0


def test_the_last_digit_of_a_value_is_no_difference(capsys: pytest.CaptureFixture[str]) -> None:
    snapshot(*BLOCK, "--check", "view.json", "--update")
    text = Path("view.json").read_text()
    assert '"value": 9.5,' in text
    Path("view.json").write_text(text.replace('"value": 9.5,', '"value": 9.5001,'))
    assert snapshot(*BLOCK, "--check", "view.json") == 0
    Path("view.json").write_text(text.replace('"value": 9.5,', '"value": 9.5002,'))
    assert snapshot(*BLOCK, "--check", "view.json") == 1


@pytest.mark.parametrize(
    ("suffix", "content", "words"),
    [
        ("svg", b"<svg>broken", "the baseline is no snapshot of cnn-tui"),
        ("json", b"", "the baseline is empty"),
        ("json", b"nonsense", "the baseline is no JSON"),
        ("json", b"[" * 100_000, "the baseline is no JSON"),
        ("json", b'{"format": 1}', "the baseline is no snapshot of cnn-tui"),
        ("png", b"nonsense", "the baseline is no PNG of cnn-tui"),
        ("txt", b"", "the baseline is empty"),
        ("txt", b"\xff\xfe", "the baseline is no snapshot of cnn-tui"),
        ("txt", b"my notes\n", "the baseline is no snapshot of cnn-tui"),
        ("ansi", b"no colours\n" * 40, "the baseline is no snapshot of cnn-tui"),
    ],
)
def test_a_baseline_that_is_none_of_ours_is_not_the_same(
    suffix: str, content: bytes, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(f"view.{suffix}").write_bytes(content)
    assert snapshot(*BLOCK, "--check", f"view.{suffix}") == 1
    out, err = capsys.readouterr()
    assert words in out
    remedy = "--update writes it anew" if not content else "remove it, and --update makes one"
    assert out.endswith(f"\n  {remedy}\n")
    assert err == ""
    Path("views.toml").write_text(f'[[view]]\nsequences = "@planted"\noutput = "view.{suffix}"\n')
    assert snapshot("--views", "views.toml", "--check") == 1
    assert f"; {remedy}\n" in capsys.readouterr().out
    # What holds nothing may be replaced; what is another's is not.
    assert snapshot(*BLOCK, "--check", f"view.{suffix}", "--update") == (1 if content else 0)
    if content:
        refusal = (
            "this is no file that cnn-tui snapshot has written, and is not replaced; remove it, or choose another"
        )
        assert capsys.readouterr().err == f"cnn-tui: view.{suffix}: {refusal} name\n"
        assert Path(f"view.{suffix}").read_bytes() == content


# The page


@pytest.mark.parametrize("suffix", ["svg", "txt", "json", "png"])
def test_a_page_shows_both_and_needs_nothing_else(suffix: str) -> None:
    checked = (*BLOCK, "--size", "60x18", "--check", f"view.{suffix}")
    snapshot(*checked, "--update")
    assert snapshot(*checked, "--diff", "diff.html") == 0
    assert not Path("diff.html").exists()
    assert snapshot(*checked, "--keys", "right", "--diff", "diff.html") == 1
    page = Path("diff.html").read_text(encoding="utf-8")
    assert set(re.findall(r'(?:src|href)="([^"]{,10})', page)) <= {"data:image"}
    assert "<script" not in page
    assert page.count("<figure>") == 2
    if suffix in ("svg", "txt"):
        assert "<mark>" in page
    if suffix in ("svg", "png"):
        assert page.count("<img ") == 2
        assert page.count('<rect x="') >= 2


def test_names_from_files_are_text_in_the_page() -> None:
    Path("mine.fa").write_text("><script>alert(1)</script>\n" + "ACGTTGCA" * 20 + "\n")
    view = ("mine.fa", "--model", "motifs", "--check", "view.txt")
    snapshot(*view, "--update")
    assert snapshot(*view, "--keys", "right", "--diff", "diff.html") == 1
    page = Path("diff.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


# Several


VIEWS = """
[[view]]
name = "first"
output = "first.json"
sequences = "hand.fa"
model = "hand.npz"
filter = 0

[[view]]
output = "second.txt"
sequences = "hand.fa"
model = "hand.npz"
filter = 1
size = [80, 24]
keys = "right*2 enter"
"""


def test_views_are_taken_compared_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hand_made()
    Path("views.toml").write_text(VIEWS)
    (tmp_path / "elsewhere").mkdir()
    assert snapshot("--views", "views.toml", "--check") == 1
    missing = "there is no such baseline; add --update to make it"
    assert capsys.readouterr().out == (
        f"failed  first: first.json: {missing}\nfailed  second.txt: second.txt: {missing}\n2 views: 2 failed\n"
    )
    assert snapshot("--views", "views.toml", "--update") == 0
    assert capsys.readouterr().out == "updated first\nupdated second.txt\n2 views: 2 updated\n"
    assert snapshot("--views", "views.toml", "--check") == 0
    assert capsys.readouterr().out == "same    first\nsame    second.txt\n2 views: 2 same\n"
    hand_made(weight=1.75)
    assert snapshot("--views", "views.toml", "--check", "--junit", "views.xml", "--diff", "d.html") == 1
    out = capsys.readouterr().out
    assert re.search(r"^changed first: .*, and \d+ more\nsame    second.txt\n2 views: 1 changed, 1 same\n$", out)
    suite = ElementTree.parse("views.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    assert [case.get("name") for case in suite] == ["first", "second.txt"]
    assert "pooled[1] of filter 0 ACGT: 3.5 → 3.25" in (suite[0].findtext("failure") or "")
    assert Path("d.html").exists()


def test_in_github_actions_each_is_an_annotation_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_made()
    views = tmp_path / "50%, a" / "views.toml"
    views.parent.mkdir()
    named = VIEWS.replace('"first"', '"100%: a, b"').replace('"hand.', '"../hand.').replace("second.txt", "2.txt")
    views.write_text(named)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert snapshot("--views", str(views), "--update") == 0
    assert snapshot("--views", str(views), "--check") == 0
    assert "::" not in capsys.readouterr().out
    hand_made(weight=1.75)
    (views.parent / "2.txt").unlink()
    assert snapshot("--views", str(views), "--check") == 1
    *_, counted, first, second = capsys.readouterr().out.splitlines()
    assert counted == "2 views: 1 changed, 1 failed"
    head, message = first.removeprefix("::error ").split("::", 1)
    assert head == "file=50%25%2C a/first.json,title=100%25%3A a%2C b"
    assert "%0Apooled[1] of filter 0 ACGT: 3.5 → 3.25%0A" in message
    assert second.startswith("::error file=50%25%2C a/2.txt,title=2.txt::")
    assert second.endswith("/2.txt: there is no such baseline; add --update to make it")


def test_paths_are_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_made()
    Path("views.toml").write_text(VIEWS)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert snapshot("--views", "../views.toml") == 0
    assert json.loads((tmp_path / "first.json").read_text())["source"] == "hand.fa"
    assert (tmp_path / "second.txt").read_text().count("\n") == 24
    assert snapshot("--views", "../views.toml", "--check") == 0
    # What is there is not replaced unasked.
    assert snapshot("--views", "../views.toml") == 1
    assert snapshot("--views", "../views.toml", "--force") == 0


def test_a_view_that_fails_does_not_end_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    hand_made()
    Path("views.toml").write_text(VIEWS.replace('"hand.fa"', '"nosuch.fa"', 1))
    assert snapshot("--views", "views.toml", "--junit", "views.xml") == 1
    out = capsys.readouterr().out
    assert out.startswith("failed  first: nosuch.fa: there is no such file")
    assert "written second.txt\n2 views: 1 failed, 1 written\n" in out
    assert ElementTree.parse("views.xml").getroot()[0].get("errors") == "1"


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("modle = 'x'", "views.toml, view first: there is no option 'modle'; did you mean model?"),
        ("reverse = 1", "views.toml, view first: reverse = 1 is not true or false; write it so"),
        ("cell = -1", "views.toml, view first: cell = -1 is not a whole number from 0 on; write it so"),
        ("cell = true", "views.toml, view first: cell = True is not a whole number from 0 on; write it so"),
        ("theme = 'drak'", "views.toml, view first: theme = 'drak'; did you mean dark?"),
        ("size = '80'", "views.toml, view first, size: '80' is no size; give columns and lines, such as 120x40"),
        ("keys = 'rihgt'", "views.toml, view first, keys: there is no key 'rihgt'; did you mean right?"),
        ("keys = 3", "views.toml, view first: keys = 3 is not text; put it in quotes"),
        ("cell = ", "views.toml: this is not TOML: invalid value (at line 4, column 8)"),
        ("[views]", "views.toml: there is no option 'views'; did you mean view?"),
        ("[view]", "views.toml: holds no views; begin each with a line [[view]]"),
        ("[[view]]\nname = 'x'", 'views.toml, view x: says nowhere where it is kept; add output = "NAME.svg"'),
    ],
)
def test_a_views_file_is_read_strictly(line: str, refusal: str, capsys: pytest.CaptureFixture[str]) -> None:
    head = '[[view]]\nname = "first"\noutput = "first.svg"'
    Path("views.toml").write_text(line if line.startswith("[") else f"{head}\n{line}\n")
    assert snapshot("--views", "views.toml") == 1
    assert capsys.readouterr().err == f"cnn-tui: {refusal}\n"


def test_two_views_cannot_be_one_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("views.toml").write_text(
        '[[view]]\nname = "a"\noutput = "x.svg"\n[[view]]\nname = "b"\noutput = "x.svg"\n'
    )
    assert snapshot("--views", "views.toml") == 1
    assert capsys.readouterr().err == "cnn-tui: views.toml: two views have the output x.svg; give each its own\n"


def test_the_views_of_the_samples_are_as_their_baselines(capsys: pytest.CaptureFixture[str]) -> None:
    views = sample_path("planted").with_name("views.toml")
    assert snapshot("--views", str(views), "--check") == 0, capsys.readouterr().out
