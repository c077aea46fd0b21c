"""The manual page: every subcommand and every option, in macros that readers of manuals understand."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from cnn_tui.cli.arguments import SUBCOMMANDS, parser_of
from cnn_tui.cli.manual import manual_page

PAGE = manual_page()
SUMMARY = "see how a one-dimensional convolution over DNA feeds a max pool"


def shown(source: str) -> str:
    """Return what is left of the source where it is read."""
    return re.sub(r"\\f[BR]", "", source).replace(r"\-", "-").replace(r"\e", "\\")


def test_every_option_of_every_subcommand_is_in_its_section(subtests: pytest.Subtests) -> None:
    explorer, *sections = shown(PAGE).partition(".SH EXIT STATUS")[0].split("\n.SS cnn-tui ")
    assert [section.split("\n", 1)[0] for section in sections] == [*SUBCOMMANDS]
    for command, section in zip((None, *SUBCOMMANDS), (explorer, *sections), strict=True):
        with subtests.test(command):
            for action in parser_of(command).actions:
                for flag in action.option_strings[-1:]:
                    assert re.search(rf"(^|[ ,]){re.escape(flag)}($|[ ,.])", section, re.MULTILINE), flag


def test_the_page_is_ascii_and_begins_as_manuals_do() -> None:
    assert PAGE.isascii()
    assert PAGE.splitlines()[1:3] == [".SH NAME", rf"cnn\-tui \- {SUMMARY}"]
    assert max(map(len, PAGE.splitlines())) < 200
    for heading in (
        "SYNOPSIS",
        "DESCRIPTION",
        "OPTIONS",
        "EXIT STATUS",
        "FILES",
        "ENVIRONMENT",
        "EXAMPLES",
        "SEE ALSO",
    ):
        assert f"\n.SH {heading}\n" in PAGE


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="mandoc is not installed")
def test_a_strict_reader_of_manuals_finds_nothing_wrong() -> None:
    done = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "warning"], input=PAGE, capture_output=True, check=False, text=True
    )
    assert [line for line in done.stdout.splitlines() if "missing date" not in line] == []
