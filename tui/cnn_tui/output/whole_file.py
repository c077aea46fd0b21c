"""Writing a file whole or not at all, and never over another one unasked; or to a stream, as it comes."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from cnn_core.errors import CnnError, SettingError
from cnn_core.work.unfinished import unfinished

from ..words.faults import os_sentence

__all__ = [
    "STANDARD_OUTPUT",
    "OutputFile",
    "is_below",
    "is_on_standard_output",
    "note_stream",
    "noting",
    "only_below",
    "place_of",
    "written_to",
]

Value = TypeVar("Value")

_LONGEST_NAME: Final = 255
"""Bytes of a file's name, on the common file systems."""

STANDARD_OUTPUT: Final = "standard output"
"""What it is called."""

_only_below: Final = ContextVar[Path | None]("only_below", default=None)
_noted: Final = ContextVar["Noted | None"]("noted", default=None)
_elsewhere: Final = ContextVar[tuple[Path, Path | None] | None]("elsewhere", default=None)


@contextmanager
def _meanwhile(variable: ContextVar[Value], value: Value) -> Iterator[None]:
    before = variable.set(value)
    try:
        yield
    finally:
        variable.reset(before)


def written_to(path: Path, place: Path | None) -> AbstractContextManager[None]:
    """Have what is written as one file go elsewhere meanwhile: its name only says the format.

    Args:
        path: The name.
        place: The file that is written; None is standard output.
    """
    return _meanwhile(_elsewhere, (path, place))


@dataclass
class Noted:
    """What has been written so far.

    Attributes:
        files: The files that are whole.
        stream: What something is written to as it comes, or nothing.
    """

    files: list[Path] = field(default_factory=list)
    stream: str = ""

    @property
    def words(self) -> str:
        """What there is of it where no more comes."""
        if self.stream:
            return f"what came before went to {self.stream}"
        if not self.files:
            return "nothing was written"
        first, *others = map(str, self.files)
        return f"{len(self.files):,} files are whole, {first} to {others[-1]}" if others else f"{first} is whole"


@contextmanager
def noting() -> Iterator[Noted]:
    """Note meanwhile what is written."""
    noted = Noted()
    with _meanwhile(_noted, noted):
        yield noted


def note_stream(name: str = STANDARD_OUTPUT) -> None:
    """Note that something is being written as it comes.

    Args:
        name: To what.
    """
    noted = _noted.get()
    if noted is not None:
        noted.stream = name


def is_on_standard_output() -> bool:
    """Tell whether what is written as a file goes to standard output, see `written_to`."""
    elsewhere = _elsewhere.get()
    return elsewhere is not None and elsewhere[1] is None


def place_of(path: Path) -> Path | None:
    """Return where a file is written; None is standard output."""
    elsewhere = _elsewhere.get()
    return path if elsewhere is None or elsewhere[0] != path else elsewhere[1]


def only_below(folder: Path | None) -> AbstractContextManager[None]:
    """Have `OutputFile.check` refuse what is outside a folder meanwhile: what is written was not typed by who runs it.

    Args:
        folder: The folder; None is any.
    """
    return _meanwhile(_only_below, folder)


def is_below(path: Path, folder: Path) -> bool:
    """Tell whether a file is in a folder or a folder of it, when links are followed.

    Args:
        path: The file; it need not be there.
        folder: The folder.
    """
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file to write, which appears whole or not at all.

    Attributes:
        path: The file; its name says its format, and may stand for what is written elsewhere, see `written_to`.
        instead: What a file without a name of its own could be called.
        suffixes: What the name may end in, in lower case, the first the one to suggest.
        force: Whether a file that is there is replaced.
    """

    path: Path
    instead: str
    suffixes: tuple[str, ...] = (".npz",)
    force: bool = False

    @property
    def suffix(self) -> str:
        """What the name ends in, in lower case."""
        return self.path.suffix.lower()

    def check(self, *, makes_folder: bool = False) -> None:
        """Refuse a file that cannot or should not be written, before any work is done.

        Args:
            makes_folder: Whether its folder need not be there yet.

        Raises:
            SettingError: The name ends in none of the suffixes, or is too long.
            CnnError: It is a folder, its folder is not there, or the file is there and is not to be replaced, or may
                not be written where it is, see `only_below`.
        """
        path = place_of(self.path)
        if self.suffix not in self.suffixes:
            raise self._other_format(path)
        if path is None:
            return
        if len(os.fsencode(path.name)) > _LONGEST_NAME:
            raise SettingError(
                f"a name of {len(os.fsencode(path.name))} bytes is too long",
                where=str(path),
                remedy=f"give one of {_LONGEST_NAME} at most",
            )
        folder = _only_below.get()
        if folder is not None and not is_below(path, folder):
            raise CnnError(
                "this is outside the folder of the views",
                where=str(path),
                remedy="keep it there, or add --anywhere",
            )
        if path.is_dir():
            raise CnnError("this is a folder", where=str(path), remedy="give the name of a file")
        if not makes_folder and not path.parent.is_dir():
            raise CnnError(
                "there is no such folder", where=str(path.parent), remedy="make it first, or choose another"
            )
        if path.exists() and not self.force and not _is_stream(path):
            raise CnnError(
                "there is such a file already", where=str(path), remedy="choose another name, or add --force"
            )

    def _other_format(self, place: Path | None) -> SettingError:
        """Return what is said of a file whose format is not one of those that there are."""
        path = self.path
        *others, last = self.suffixes
        formats = " or ".join([", ".join(others), last] if others else [last])
        if place != path:
            return SettingError(
                f"this is written as {formats}, and not as {path.suffix}", where=str(place or STANDARD_OUTPUT)
            )
        named = path.stem and not path.stem.startswith(".")
        return SettingError(
            f"the name does not end in {formats}",
            where=str(path),
            remedy=f"call it {path.stem if named else self.instead}{self.suffixes[0]}",
        )

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open it for writing: it is made beside its place and moved there when it is whole.

        A file that is replaced keeps its mode, and a link to one stays a link. What goes to a stream goes there at
        once.

        Raises:
            CnnError: A file is there by now and is not to be replaced, or the file cannot be written.
        """
        goes_to = place_of(self.path)
        if goes_to is None:
            note_stream()
            sys.stdout.flush()
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
            return
        if _is_stream(goes_to):
            note_stream(str(goes_to))
            with goes_to.open("wb") as stream:
                yield stream
            return
        place = Path(os.path.realpath(goes_to))
        part = place.with_name(f".cnn-tui-{os.urandom(8).hex()}.part")
        with unfinished(part):
            try:
                with part.open("xb") as file:
                    yield file
                self.check()
                if place.exists():
                    # Where the file is another's, its mode cannot be given to ours.
                    with suppress(OSError):
                        part.chmod(stat.S_IMODE(place.stat().st_mode))
                part.replace(place)
                noted = _noted.get()
                if noted is not None:
                    noted.files.append(goes_to)
            except OSError as error:
                # What failed may be the unfinished file, of which the user knows nothing.
                raise os_sentence(error, where=str(goes_to)) from None
            finally:
                # Also after an interruption; where all went well there is nothing left to remove.
                part.unlink(missing_ok=True)

    def write(self, content: bytes) -> None:
        """Write all of it, or leave nothing behind.

        Raises:
            CnnError: It cannot be written.
        """
        self.check()
        with self.open() as file:
            file.write(content)


def _is_stream(place: Path) -> bool:
    """Tell whether there is something that takes bytes and keeps none, such as a pipe."""
    try:
        mode = place.stat().st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)
