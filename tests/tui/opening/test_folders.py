"""What is in a folder and what a half-typed path means."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnn_core.errors import CnnError, NotFoundError
from cnn_tui.opening.folders import (
    Kind,
    common_start,
    folder_at,
    is_folder,
    narrowed,
    read_folder,
    split_path,
    typed_form,
)

FILES = ("chr10.fa", "chr2.fa", "Chr1.FA.GZ", "a.txt", "notes.fastq", "x.fasta.bgz", ".hidden.fa", "my.v1.fna")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).touch()
    for name in ("zoo", "Genomes", ".git"):
        (tmp_path / name).mkdir()
    (tmp_path / "gone.fa").symlink_to(tmp_path / "nowhere")
    (tmp_path / "linked").symlink_to(tmp_path / "zoo")
    return tmp_path


def names(folder: Path, typed: str = "") -> list[str]:
    return [entry.name for entry in narrowed(read_folder(folder), typed)]


def test_folders_come_first_then_sequences_then_others_with_numbers_in_order(folder: Path) -> None:
    sequences = ["Chr1.FA.GZ", "chr2.fa", "chr10.fa", "gone.fa", "my.v1.fna", "x.fasta.bgz"]
    assert names(folder) == ["Genomes", "linked", "zoo", *sequences, "a.txt", "notes.fastq"]


@pytest.mark.parametrize("name", ["x.fa", "x.fasta", "x.fna", "x.ffn", "x.fas", "x.fa.gz", "X.FA", "a.b.fna.bgz"])
def test_names_of_sequence_files_are_known(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert read_folder(tmp_path)[0].kind is Kind.WANTED


@pytest.mark.parametrize("name", ["fa", "x.fastq", "x.fa.txt", "x.gz", "x.fa.fai", "alfa", "x.fa\n"])
def test_other_names_are_known(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert read_folder(tmp_path)[0].kind is Kind.OTHER


def test_what_is_typed_begins_a_name_in_any_case_or_else_is_in_it(folder: Path) -> None:
    assert names(folder, "chr") == ["Chr1.FA.GZ", "chr2.fa", "chr10.fa"]
    assert names(folder, "CHR1") == ["Chr1.FA.GZ", "chr10.fa"]
    assert names(folder, "v1") == ["my.v1.fna"]
    assert names(folder, "nothing like it") == []


def test_hidden_entries_show_behind_a_dot(folder: Path) -> None:
    assert names(folder, ".") == [".git", ".hidden.fa"]


def test_hostile_names_are_shown_spelled_out(tmp_path: Path) -> None:
    (tmp_path / "\x1b[31mred.fa").touch()
    (tmp_path / os.fsdecode(b"latin\xe9.fa")).touch()
    shown = {entry.shown for entry in read_folder(tmp_path)}
    assert shown == {"\\x1b[31mred.fa", "latin\\udce9.fa"}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("c", "chr"),
        ("C", "Chr"),
        ("cHR1", "cHR1"),
        ("chr2", "chr2.fa"),
        ("z", "zoo/"),
        ("g", "g"),
        ("q", "q"),
        ("", ""),
    ],
)
def test_the_common_start_of_all_that_is_shown(folder: Path, typed: str, expected: str) -> None:
    assert common_start(narrowed(read_folder(folder), typed), typed) == expected


def test_case_follows_the_only_name_there_is(folder: Path) -> None:
    (folder / "gone.fa").unlink()
    assert common_start(narrowed(read_folder(folder), "gen"), "gen") == "Genomes/"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("", "")),
        ("lam", ("", "lam")),
        ("/data/lam", ("/data/", "lam")),
        (" /data/lam ", ("/data/", "lam")),
        ("~", ("~/", "")),
        ("~/x", ("~/", "x")),
        ("~you/x", ("~you/", "x")),
        ("/data/@pl", ("/data/", "@pl")),
        ("/data/~", ("~/", "")),
        ("/data/~/x/y", ("~/x/", "y")),
        ("/data//etc/pass", ("/etc/", "pass")),
        ("/data/old runs/a b", ("/data/old runs/", "a b")),
    ],
)
def test_a_half_typed_path_has_a_folder_and_a_rest(text: str, expected: tuple[str, str]) -> None:
    assert split_path(text) == expected


def test_home_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert folder_at("~/") == tmp_path
    assert folder_at("~/x/") == tmp_path / "x"
    assert typed_form(tmp_path) == "~/"
    assert typed_form(tmp_path / "x") == "~/x/"
    assert typed_form(Path("/")) == "/"
    with pytest.raises(NotFoundError, match="no such home folder"):
        folder_at("~no-such-user-here/")


def test_a_relative_folder_begins_where_the_program_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert folder_at("") == tmp_path
    assert folder_at("x/") == tmp_path / "x"


def test_what_is_no_folder_is_refused(folder: Path) -> None:
    with pytest.raises(NotFoundError, match="there is no such folder"):
        read_folder(folder / "nowhere")
    with pytest.raises(CnnError, match="is a file, not a folder"):
        read_folder(folder / "a.txt")
    with pytest.raises(CnnError, match="name too long"):
        read_folder(folder / ("x" * 300))


def test_a_folder_that_may_not_be_read_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> Iterator[os.DirEntry[str]]:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(CnnError, match="you may not read this folder; choose another"):
        read_folder(folder)


def test_what_may_not_be_looked_at_is_no_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(self: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    assert is_folder(tmp_path)
    monkeypatch.setattr(Path, "is_dir", refuse)
    assert not is_folder(tmp_path)
