"""The formats that values are exported in, a row each; imports nothing heavy, so that `--help` answers at once."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, cast, get_args

if TYPE_CHECKING:
    from collections.abc import Callable

    from .values import Values

__all__ = [
    "CONTENTS",
    "FILTER_FIELD",
    "FORMATS",
    "SUFFIXES",
    "Contents",
    "ExportFormat",
    "contents_of",
    "format_of",
    "formats_of",
    "suffixes_of",
]

Contents = Literal["layers", "cells", "activations", "responses", "selections", "kernels"]
"""What is written."""

CONTENTS: Final[tuple[Contents, ...]] = get_args(Contents)
"""What is written, the default first."""
FILTER_FIELD: Final = "{filter}"
"""The placeholder for a filter's name in a file name."""


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format of files.

    Attributes:
        suffixes: What a file's name ends in, in lower case, the usual spelling first.
        contents: What it can hold, the default first.
        writer: The module of this room and its function that write values of a block; empty if it cannot hold any.
        one_filter: Whether it holds the values of a single filter.
        track_line: Whether it may begin with a line that tells a genome browser what is drawn.
    """

    suffixes: tuple[str, ...]
    contents: tuple[Contents, ...]
    writer: str = ""
    one_filter: bool = False
    track_line: bool = False

    def write(
        self,
        values: Values,
        file: BinaryIO,
        progress: Callable[[int, int], None],
        *,
        track_line: bool = False,
    ) -> None:
        """Write values of a block.

        Args:
            values: The values.
            file: A file that is open for writing bytes, at its start, and can be gone back in.
            progress: Called now and then with what is done and the total; it may raise to stop.
            track_line: Whether there is a track line, where the format may have one.

        Raises:
            CnnError: The format cannot hold these values.
        """
        module, function = self.writer.split(":")
        writer = cast("Callable[..., None]", getattr(import_module(f".{module}", __package__), function))
        writer(values, file, progress, **({"track_line": track_line} if self.track_line else {}))


_TRACK: Final[tuple[Contents, ...]] = ("cells", "activations", "responses")

FORMATS: Final = (
    ExportFormat((".npz",), CONTENTS, "archive:write_value_arrays"),
    ExportFormat((".tsv",), CONTENTS[1:], "tables:write_table"),
    ExportFormat((".bedgraph", ".bdg"), _TRACK, "tracks:write_bedgraph", one_filter=True, track_line=True),
    ExportFormat((".bw", ".bigwig"), _TRACK, "bigwig:write_bigwig", one_filter=True),
    ExportFormat((".bed",), ("cells", "selections"), "bed:write_bed"),
    ExportFormat((".meme",), ("kernels",)),
)
"""All formats, in the order in which they are listed."""
SUFFIXES: Final = tuple(suffix for each in FORMATS for suffix in each.suffixes)
"""Every suffix of these formats."""


def format_of(path: PurePath) -> ExportFormat | None:
    """Return the format that a file's suffix stands for, or None."""
    return next((each for each in FORMATS if path.suffix.lower() in each.suffixes), None)


def formats_of(what: str) -> tuple[ExportFormat, ...]:
    """Return the formats that can hold one of `CONTENTS`."""
    return tuple(each for each in FORMATS if what in each.contents)


def suffixes_of(what: str) -> tuple[str, ...]:
    """Return the suffixes that a file of one of `CONTENTS` may have."""
    return tuple(suffix for each in formats_of(what) for suffix in each.suffixes)


def contents_of(output: str) -> Contents:
    """Return what is written into a file by default.

    Args:
        output: The file's name.
    """
    found = format_of(PurePath(output))
    return CONTENTS[0] if found is None else found.contents[0]
