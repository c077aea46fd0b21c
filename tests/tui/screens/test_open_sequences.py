"""Choosing a FASTA file or a sample."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

import pytest
from dialog_host import OPEN, highlighted, hosted, opened, refused, said, shown, type_text
from explorers import lines_of, press, settled
from textual.widgets import Input

from cnn_samples import SAMPLES
from cnn_tui.opening.folders import Entry
from cnn_tui.screens.dialogs import open_file
from cnn_tui.screens.dialogs.choices import Choices
from cnn_tui.screens.dialogs.open_sequences import OpenSequences


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with this and that, where the program is started."""
    place = tmp_path / "data"
    (place / "genomes" / "phage").mkdir(parents=True)
    (place / "genomes" / "lambda.fa").write_text(">lambda\nACGT\n")
    for name in ("chr1.fa", "chr2.fa.gz", "notes.txt"):
        (place / name).touch()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(place)
    return place


async def test_the_folder_is_listed_folders_first(folder: Path) -> None:
    async with opened(OpenSequences) as (app, _):
        assert app.screen.query_one(Input).value == f"{folder}/"
        text = shown(app)
        order = [text.index(name) for name in ("../", "genomes/", "chr1.fa", "chr2.fa.gz", "notes.txt")]
        assert order == sorted(order)
        assert said(app) == "1 folder · 2 sequence files · 1 other file"
        assert highlighted(app) == "genomes/"


async def test_what_is_open_is_highlighted_in_its_folder(folder: Path) -> None:
    async with opened(lambda: OpenSequences(str(folder / "chr2.fa.gz"))) as (app, pilot):
        assert app.screen.query_one(Input).value == f"{folder}/"
        assert highlighted(app) == "chr2.fa.gz"
        await press(pilot, "enter")
        assert app.result == str(folder / "chr2.fa.gz")


async def test_otherwise_it_begins_where_the_program_was_started(folder: Path, subtests: pytest.Subtests) -> None:
    async with hosted() as (app, pilot):
        for present in (None, "-", "@planted", "chr1.fa"):
            with subtests.test(present):
                app.push_screen(OpenSequences(present), app.keep)
                await settled(pilot)
                assert app.screen.query_one(Input).value == f"{folder}/"
                await press(pilot, "escape")


async def test_enter_goes_into_a_folder_and_opens_a_file(folder: Path) -> None:
    async with opened(OpenSequences) as (app, pilot):
        await press(pilot, "enter")
        assert app.screen.query_one(Input).value == f"{folder}/genomes/"
        assert highlighted(app) == "phage/"
        await press(pilot, "down", "enter")
        assert app.result == str(folder / "genomes" / "lambda.fa")


async def test_the_way_up_comes_back_to_where_one_was(folder: Path) -> None:
    async with opened(lambda: OpenSequences("genomes/lambda.fa")) as (app, pilot):
        await press(pilot, "pageup", "enter")
        assert app.screen.query_one(Input).value == f"{folder}/"
        assert highlighted(app) == "genomes/"
        await type_text(pilot, "/")
        assert "../" in shown(app)


async def test_typing_narrows_and_tab_completes(folder: Path) -> None:
    async with opened(OpenSequences) as (app, pilot):
        await press(pilot, "c")
        assert "genomes/" not in shown(app)
        await press(pilot, "tab")
        assert app.screen.query_one(Input).value == f"{folder}/chr"
        await press(pilot, "2", "tab")
        assert app.screen.query_one(Input).value == f"{folder}/chr2.fa.gz"
        await press(pilot, "enter")
        assert app.result == str(folder / "chr2.fa.gz")


async def test_tab_goes_into_the_only_folder(folder: Path) -> None:
    async with opened(OpenSequences) as (app, pilot):
        await press(pilot, "g", "tab")
        assert app.screen.query_one(Input).value == f"{folder}/genomes/"
        assert "lambda.fa" in shown(app)


async def test_home_is_expanded(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "mine.fa").touch()
    async with opened(OpenSequences) as (app, pilot):
        await press(pilot, "tilde")
        assert highlighted(app) == "mine.fa"
        await type_text(pilot, "~/m")
        await press(pilot, "enter")
        assert app.result == str(home / "mine.fa")


async def test_a_path_may_be_pasted_behind_what_stands_there_and_enter_waits_for_its_folder(folder: Path) -> None:
    async with opened(OpenSequences) as (app, pilot):
        await type_text(pilot, f"{folder}/{folder}/genomes/lambda.fa ")
        await press(pilot, "enter")
        assert app.result == str(folder / "genomes" / "lambda.fa")
        app.result = OPEN
        app.push_screen(OpenSequences(), app.keep)
        await settled(pilot)
        app.screen.query_one(Input).value = f"{folder}/genomes/lambda.fa"
        await press(pilot, "enter")
        assert app.result == str(folder / "genomes" / "lambda.fa")


async def test_an_exact_name_wins_over_those_before_it(folder: Path) -> None:
    (folder / "chr1.fa.gz").touch()
    (folder / "chr1.fa.d").mkdir()
    async with opened(OpenSequences) as (app, pilot):
        await type_text(pilot, f"{folder}/chr1.fa")
        assert highlighted(app) == "chr1.fa"
        await press(pilot, "enter")
        assert app.result == str(folder / "chr1.fa")


async def test_the_samples_are_listed(folder: Path, subtests: pytest.Subtests) -> None:
    async with opened(OpenSequences) as (app, pilot):
        for typed in ("", "@", "/somewhere/@"):
            with subtests.test(typed):
                await type_text(pilot, "x")
                await type_text(pilot, typed)
                text = shown(app)
                for name, words in SAMPLES.items():
                    assert f"@{name}  — {words[:30]}" in text
                assert highlighted(app).startswith("@planted  — 12 simulated records")
        await press(pilot, "enter")
        assert app.result == "@planted"


async def test_a_sample_is_found_by_its_name_and_a_press(folder: Path) -> None:
    async with opened(OpenSequences) as (app, pilot):
        await press(pilot, "@", "s")
        assert highlighted(app).startswith("@seed_20mer")
        await pilot.click(Choices, offset=(5, 0))
        await settled(pilot)
        assert app.result == "@seed_20mer"


async def test_the_hint_leads_to_the_samples(folder: Path) -> None:
    async with opened(OpenSequences) as (app, pilot):
        hint = app.screen.query_one("#hint").region
        text = lines_of(app)[hint.bottom - 1]
        await pilot.click(offset=(text.index("@ samples"), hint.bottom - 1))
        await settled(pilot)
        assert highlighted(app).startswith("@planted")


async def test_a_folder_without_sequences_says_where_the_samples_are(folder: Path) -> None:
    async with opened(OpenSequences) as (app, pilot):
        await type_text(pilot, f"{folder}/genomes/phage/")
        assert said(app) == "no sequence file here, @ shows the samples"


async def test_what_cannot_be_opened_is_refused(folder: Path, subtests: pytest.Subtests) -> None:
    async with opened(OpenSequences) as (app, pilot):
        for typed, sentence in (
            ("chr1.fsa", "chr1.fsa: there is no such file; did you mean chr1.fa?"),
            ("planted.fa", "planted.fa: there is no such file; the sample of that name is @planted"),
            ("zzz", "zzz: there is no such file; choose one of the list, or @ for a sample"),
            ("nowhere/x.fa", "nowhere: there is no such folder"),
            ("notes.txt/x.fa", "notes.txt: is a file, not a folder"),
            ("~no-such-user-here/x.fa", "~no-such-user-here/: there is no such home folder"),
        ):
            with subtests.test(typed):
                await type_text(pilot, typed)
                await press(pilot, "enter")
                assert refused(app).removeprefix(f"{folder}/") == sentence
                await type_text(pilot, "chr1.fa")
                assert said(app) == "1 sequence file"


async def test_what_may_not_be_read_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(OpenSequences) as (app, pilot):
        monkeypatch.setattr("os.access", lambda _, mode: mode == 0)
        await type_text(pilot, "chr1.fa")
        await press(pilot, "enter")
        assert refused(app) == "chr1.fa: you may not read it; ask for its read permission"
        monkeypatch.setattr("os.access", lambda *_: False)
        await press(pilot, "enter")
        assert refused(app) == "chr1.fa: the file is gone; choose another"


async def test_a_file_in_a_folder_that_may_not_be_listed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("cnn_tui.opening.folders.os.scandir", refuse)
    async with opened(OpenSequences) as (app, pilot):
        assert refused(app) == f"{folder}: you may not read this folder; choose another"
        await type_text(pilot, f"{folder}/genomes")
        await press(pilot, "enter")
        assert app.screen.query_one(Input).value == f"{folder}/genomes/"
        await type_text(pilot, f"{folder}/genomes/lambda.fa")
        await press(pilot, "enter")
        assert app.result == str(folder / "genomes" / "lambda.fa")


async def test_hostile_names_are_shown_as_they_are_and_can_be_opened(folder: Path) -> None:
    place = folder / "\x1b[31m[bold]x[red]"
    place.mkdir()
    (place / "[bold]y\x1b[2J.fa").touch()
    async with opened(OpenSequences) as (app, pilot):
        assert highlighted(app) == "\\x1b[31m[bold]x[red]/"
        await press(pilot, "enter")
        assert app.screen.query_one(Input).value == f"{folder}/\\x1b[31m[bold]x[red]/"
        assert highlighted(app) == "[bold]y\\x1b[2J.fa"
        assert "\x1b" not in app.export_screenshot()
        await press(pilot, "[", "b", "tab")
        assert app.screen.query_one(Input).value.endswith("]/[bold]y\\x1b[2J.fa")
        await press(pilot, "enter")
        assert app.result == str(place / "[bold]y\x1b[2J.fa")


async def test_a_folder_of_ten_thousand_files(folder: Path) -> None:
    many = folder / "many"
    many.mkdir()
    (many / "contig_0.fa").touch()
    for number in range(1, 10_012):
        os.link(many / "contig_0.fa", many / f"contig_{number}.fa")
    async with opened(OpenSequences) as (app, pilot):
        await type_text(pilot, f"{many}/")
        assert said(app) == "10,012 sequence files"
        await press(pilot, *["pageup"] * 2, "down")
        assert highlighted(app) == "contig_0.fa"
        app.screen.query_one(Choices).move(1_000_000)
        await settled(pilot)
        assert "… and 9,012 more: type a part of the name" in shown(app)
        await type_text(pilot, f"{many}/contig_9876")
        assert said(app) == "1 sequence file"
        await press(pilot, "enter")
        assert app.result == str(many / "contig_9876.fa")


async def test_what_begins_anew_leaves_nothing_of_the_folder_before_it(folder: Path) -> None:
    async with opened(OpenSequences) as (app, pilot):
        await type_text(pilot, "/nosuch/x.fa")
        assert app.screen.query_one(Input).value == "/nosuch/x.fa"
        await press(pilot, "enter")
        assert said(app) == "/nosuch: there is no such folder"


async def test_paths_are_written_from_the_folder_that_an_app_says(folder: Path) -> None:
    async with opened(lambda: OpenSequences("chr2.fa.gz")) as (app, pilot):
        dialog = app.screen
        assert isinstance(dialog, OpenSequences)
        app.started_in = folder  # type: ignore[attr-defined]
        await press(pilot, "escape")
        app.push_screen(OpenSequences("genomes/lambda.fa"), app.keep)
        await settled(pilot)
        field = app.screen.query_one(Input)
        assert field.value == "./genomes/"
        for above in ("./", "../", "../../"):
            await press(pilot, "home", *["up"] * 9, "enter")
            assert field.value == above
        await type_text(pilot, "/nosuch/")
        assert field.value == "/nosuch/"
        await press(pilot, *["backspace"] * 8)
        await type_text(pilot, "./nosuch/")
        assert said(app) == "./nosuch: there is no such folder"
        await press(pilot, *["backspace"] * 7)
        await type_text(pilot, "chr1")
        await press(pilot, "enter")
        assert app.result == "chr1.fa"


async def test_what_closes_leaves_no_work_that_would_show_something_in_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(OpenSequences) as (app, pilot):
        gate, entered = threading.Event(), threading.Event()

        def waits(*_: object, **__: object) -> tuple[Entry, ...]:
            entered.set()
            gate.wait(10)
            return ()

        monkeypatch.setattr(open_file, "read_folder", waits)
        screen = app.screen
        screen.query_one(Input).value = f"{folder}/genomes/"
        await asyncio.to_thread(entered.wait, 10)
        reading = [worker for worker in app.workers if worker.node is screen]
        screen.dismiss(None)
        assert [worker.is_cancelled for worker in reading] == [True]
        gate.set()
        await pilot.pause()
        assert app.result is None
