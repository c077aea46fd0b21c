"""The folder that files are opened and written in where the screen is shown to a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_core.errors import CnnError
from cnn_tui.opening.served_folder import check_within, is_within


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with links that lead out of it, in which the program is started."""
    place = tmp_path / "data"
    (place / "genomes").mkdir(parents=True)
    (tmp_path / "data2").mkdir()
    (tmp_path / "secret.fa").touch()
    (place / "out.fa").symlink_to(tmp_path / "secret.fa")
    (place / "away").symlink_to(tmp_path)
    (place / "round").symlink_to("round")
    (place / "in.fa").symlink_to("genomes/a.fa")
    monkeypatch.chdir(place)
    return place.resolve()


def test_what_leads_into_the_folder_is_within(folder: Path, subtests: pytest.Subtests) -> None:
    for path in (".", "new.fa", "genomes/a.fa", "genomes/../new.fa", "in.fa", str(folder), f"{folder}/new/x"):
        with subtests.test(path):
            assert is_within(Path(path), folder)
            check_within(Path(path), folder)


def test_what_leads_out_of_it_is_not(folder: Path, subtests: pytest.Subtests) -> None:
    outside = (
        "..",
        "../secret.fa",
        "genomes/../../secret.fa",
        "out.fa",
        "away",
        "away/secret.fa",
        "/etc/passwd",
        "/",
    )
    for path in (*outside, "../data2/x", "round", "a\0b"):
        with subtests.test(repr(path)):
            assert not is_within(Path(path), folder)
            with pytest.raises(CnnError, match="is outside the folder that the explorer was started in"):
                check_within(Path(path), folder)


def test_without_a_folder_everything_is_within(folder: Path) -> None:
    assert is_within(Path("/etc/passwd"), None)
    check_within(Path("../secret.fa"), None)


def test_the_refusal_names_what_was_typed(folder: Path) -> None:
    with pytest.raises(CnnError) as refused:
        check_within(folder / "../secret.fa", folder, typed="../secret.fa")
    assert str(refused.value) == (
        "../secret.fa: is outside the folder that the explorer was started in; in a browser, files are opened and "
        "written in that folder alone"
    )
