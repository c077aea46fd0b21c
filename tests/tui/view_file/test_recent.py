"""What was looked at last: kept when it is left, opened again by `--resume` and from the dialog."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import pytest
from explorers import MEDIUM, Shown, explorer, fasta

from cnn_core.errors import NotFoundError
from cnn_tui.__main__ import main
from cnn_tui.options.request import OpenRequest
from cnn_tui.screens.dialogs.open_sequences import OpenSequences
from cnn_tui.view_file import is_recent, last_view, recent_views, with_view
from cnn_tui.view_file.recent import MOST_RECENT


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "state" / "views"
    monkeypatch.setenv("CNN_TUI_STATE", str(folder))
    return folder


async def left(*keys: str, sequences: str = "@planted", model: str = "motifs") -> str:
    """Look at something, leave, and return what was on the screen."""
    async with explorer(MEDIUM, sequences=sequences, model=model) as shown:
        shown.app.remembers = True
        await shown.press(*keys)
        text = shown.text
        await shown.press("ctrl+q")
    return text


async def resumed() -> str:
    """Open what was left, and return what is on the screen."""
    request = with_view(OpenRequest(sequences=str(last_view())))
    async with explorer(MEDIUM, **{each.name: getattr(request, each.name) for each in fields(request)}) as shown:
        return shown.text


@pytest.mark.parametrize("keys", [("right", "down", "enter"), ("tab", "tab"), ("right_square_bracket", "z", "c")])
async def test_what_is_left_opens_as_it_was_left(kept: Path, keys: tuple[str, ...]) -> None:
    before = await left(*keys)
    assert await resumed() == before
    assert is_recent(last_view())


async def test_one_view_is_kept_of_the_same_files_and_ten_of_all(kept: Path) -> None:
    await left("down")
    await left("down", "down")
    (only,) = recent_views()
    assert only.words == "@planted sim_01:1-500, model motifs"
    for nth in range(MOST_RECENT + 1):
        older = kept / f"{nth:016}.toml"
        older.write_text(only.path.read_text())
        os.utime(older, (nth, nth))
    await left()
    assert len([*kept.iterdir()]) == MOST_RECENT
    assert recent_views()[0].path == only.path


async def test_what_is_left_for_another_file_or_model_is_kept_too(kept: Path, tmp_path: Path) -> None:
    fasta(tmp_path / "two.fa", second="ACGT" * 30)
    async with explorer(MEDIUM) as shown:
        shown.app.remembers = True
        await shown.press("o")
        await chosen(shown, "two.fa")
        assert shown.reading.record.name == "second"
        assert [each.words.partition(" ")[0] for each in recent_views()] == ["@planted"]
        await shown.press("o")
        dialog = shown.app.screen
        assert isinstance(dialog, OpenSequences)
        await chosen(shown, "@1")
        assert shown.reading.record.name == "sim_01"
        # A view that was kept is not one to save over.
        assert shown.explorer.view_file is None
        assert len(recent_views()) == 2


async def chosen(shown: Shown, text: str) -> None:
    await shown.press("ctrl+u", "ctrl+k", *text)
    await shown.settled()
    await shown.press("enter")
    await shown.settled()


async def test_nothing_is_kept_where_that_is_not_wanted_or_not_possible(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.parent.mkdir()
    kept.write_text("no folder")
    await left()
    assert recent_views() == ()
    monkeypatch.setenv("CNN_TUI_STATE", "")
    await left()
    with pytest.raises(NotFoundError, match="nothing has been looked at yet, since CNN_TUI_STATE is empty"):
        last_view()


async def test_a_broken_view_is_left_out(kept: Path) -> None:
    await left()
    (kept / "broken.toml").write_text("cnn_tui_view = 99\n")
    assert [each.words for each in recent_views()] == ["@planted sim_01:1-500, model motifs"]


def test_resume_says_what_does_not_go_with_it(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--resume", "my.fa"])
    assert "only --theme and --config go with it" in capsys.readouterr().err
    assert main(["--resume"]) == 1
    assert capsys.readouterr().err == "cnn-tui: --resume: nothing has been looked at yet; name a FASTA file\n"
