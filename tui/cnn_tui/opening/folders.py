"""What is in a folder and what a half-typed path means; no screen."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import Final

from cnn_core.errors import CnnError, NotFoundError, SequenceError, printable
from cnn_core.readers.formats import FORMATS

from ..words.faults import os_sentence

__all__ = [
    "MODEL_NAME",
    "SEQUENCE_NAME",
    "VARIANT_NAME",
    "Entry",
    "Kind",
    "common_start",
    "folder_at",
    "is_folder",
    "narrowed",
    "read_folder",
    "split_path",
    "typed_form",
]

SEQUENCE_NAME: Final = re.compile(r"\.(?:fa|fasta|fna|ffn|frn|fas|fsa|mfa)(?:\.(?:gz|bgz|bgzf))?\Z", re.IGNORECASE)
"""What the names of sequence files end with."""
MODEL_NAME: Final = re.compile(
    f"(?:{'|'.join(re.escape(ending) for endings in FORMATS.values() for ending in endings)})\\Z", re.IGNORECASE
)
"""What the names of model files end with."""

VARIANT_NAME: Final = re.compile(r"\.vcf(?:\.(?:gz|bgz|bgzf))?\Z", re.IGNORECASE)
"""What the names of files of variants end with."""

_DIGITS: Final = re.compile(r"([0-9]+)")


class Kind(IntEnum):
    """What an entry is, in the order of the list."""

    BUNDLED = 0
    UP = 1
    FOLDER = 2
    WANTED = 3
    OTHER = 4


@dataclass(frozen=True, eq=False)
class Entry:
    """Something that can be chosen.

    Attributes:
        name: Its name, as the system knows it: any characters.
        kind: What it is.
        note: What else is said of it.
    """

    name: str
    kind: Kind
    note: str = ""

    @cached_property
    def shown(self) -> str:
        """Its name as it can be shown and typed."""
        return printable(self.name)

    @cached_property
    def plain(self) -> str:
        """Its shown name in lower case."""
        return self.shown.casefold()

    @property
    def order(self) -> tuple[int, list[str | int]]:
        """The key to sort by: its kind, and its name with `chr2` before `chr10`."""
        parts: list[str | int] = list(_DIGITS.split(self.plain))
        parts[1::2] = (int(part) for part in parts[1::2])
        return self.kind, parts


def read_folder(folder: Path, wanted: re.Pattern[str] = SEQUENCE_NAME, *, typed: str = "") -> tuple[Entry, ...]:
    """Return all that is in a folder, in the order of the list.

    Args:
        folder: Where to look.
        wanted: Matches the names of the files that are looked for.
        typed: What was typed for the folder, by which a refusal names it; nothing is its whole path.

    Raises:
        NotFoundError: There is no such folder.
        SequenceError: It is no folder, or may not be read.
    """
    where = typed.rstrip("/") or str(folder)
    try:
        with os.scandir(folder) as found:
            entries = [Entry(entry.name, _kind(entry, wanted)) for entry in found]
    except FileNotFoundError:
        raise NotFoundError("there is no such folder", where=where) from None
    except NotADirectoryError:
        raise SequenceError("is a file, not a folder", where=where) from None
    except PermissionError:
        raise SequenceError("you may not read this folder", where=where, remedy="choose another") from None
    except (OSError, ValueError) as error:
        raise _refusal(error, where) from None
    return tuple(sorted(entries, key=lambda entry: entry.order))


def is_folder(path: Path) -> bool:
    """Tell whether a path is a folder, as far as one may look."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _kind(entry: os.DirEntry[str], wanted: re.Pattern[str]) -> Kind:
    try:
        if entry.is_dir():
            return Kind.FOLDER
    except OSError:
        return Kind.OTHER
    return Kind.WANTED if wanted.search(entry.name) else Kind.OTHER


def narrowed(entries: Iterable[Entry], typed: str) -> list[Entry]:
    """Return the entries that what is typed stands for: those that begin with it, or else those that hold it.

    Args:
        entries: All of the folder.
        typed: The last part of the path, in any case. Hidden entries show when it begins with a dot.
    """
    plain = typed.casefold()
    hidden_too = typed.startswith(".")
    visible = [entry for entry in entries if hidden_too or not entry.name.startswith(".")]
    if not plain:
        return visible
    beginning = [entry for entry in visible if entry.plain.startswith(plain)]
    return beginning or [entry for entry in visible if plain in entry.plain]


def common_start(entries: Iterable[Entry], typed: str) -> str:
    """Return the longest text that all entries which begin with what is typed begin with.

    Args:
        entries: Those that are shown.
        typed: The last part of the path.

    Returns:
        At least what is typed; a slash ends it where only one folder is left.
    """
    plain = typed.casefold()
    beginning = [entry for entry in entries if entry.kind is not Kind.UP and entry.plain.startswith(plain)]
    if not beginning:
        return typed
    if len(beginning) == 1:
        only = beginning[0]
        return f"{only.shown}/" if only.kind is Kind.FOLDER else only.shown
    first, last = min(entry.plain for entry in beginning), max(entry.plain for entry in beginning)
    common = next(
        (at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first)
    )
    # Where the case differs, what is typed decides.
    spelled = next((entry for entry in beginning if entry.shown.startswith(typed)), beginning[0]).shown
    return spelled[:common] if common > len(plain) else typed


def split_path(text: str) -> tuple[str, str]:
    """Return a half-typed path's folder and its last part.

    What is typed or pasted behind the folder that stood there already begins anew: at the root after `//`, at home
    after `/~/`.

    Args:
        text: Any text.

    Returns:
        The folder, which ends with a slash or is empty, and the rest.
    """
    text = text.strip()
    if os.sep != "/":
        text = text.replace(os.sep, "/")
    if text == "~" or text.endswith("/~"):
        text = "~/"
    anew = max(text.rfind("//") + 1, text.rfind("/~/") + 1)
    text = text[anew:]
    cut = text.rfind("/") + 1
    return text[:cut], text[cut:]


def folder_at(text: str) -> Path:
    """Return the folder that a text ending with a slash, or no text, stands for.

    Args:
        text: The first part of a half-typed path.

    Raises:
        NotFoundError: It begins with `~` and a name that no user has.
    """
    try:
        return Path.cwd() / Path(text).expanduser()
    except RuntimeError:
        raise NotFoundError("there is no such home folder", where=text) from None
    except OSError as error:
        raise _refusal(error, text) from None


def typed_form(folder: Path, start: Path | None = None) -> str:
    """Return a folder as one would type it: with `~` for home, and a slash at its end.

    Args:
        folder: The folder.
        start: The folder that is written as `.`, and those above it as `..`; None writes whole paths.
    """
    if start is not None and folder.is_relative_to(start):
        text = f"./{folder.relative_to(start).as_posix()}"
    elif start is not None and start.is_relative_to(folder):
        text = "/".join(".." for _ in start.relative_to(folder).parts)
    else:
        try:
            text = f"~/{folder.relative_to(Path.home()).as_posix()}"
        except (RuntimeError, ValueError):
            text = folder.as_posix()
    return printable(text.removesuffix("/.").rstrip("/") + "/")


def _refusal(error: OSError | ValueError, where: str) -> CnnError:
    if isinstance(error, OSError):
        return os_sentence(error, where)
    return SequenceError("is no path", where=where)
