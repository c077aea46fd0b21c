"""What was looked at last: a view of each pair of sequences and model, kept when it is left.

They are view files in the user's folder for the state of programs, of `CNN_TUI_STATE`, or nowhere where that is empty.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from cnn_core.errors import CnnError, NotFoundError

from ..options.request import DEFAULT_SEQUENCES, STANDARD_INPUT, VIEW_SUFFIX, OpenRequest
from ..output.whole_file import OutputFile
from .capturing import Shown, capture, saved_request
from .form import read_view, view_text

__all__ = ["MOST_RECENT", "STATE_VARIABLE", "RecentView", "is_recent", "last_view", "recent_views", "remember"]

MOST_RECENT: Final = 10
"""How many views are kept."""
STATE_VARIABLE: Final = "CNN_TUI_STATE"
"""The environment variable that names the folder; where it is empty, nothing is kept."""


@dataclass(frozen=True, slots=True)
class RecentView:
    """A view that was left.

    Attributes:
        path: Its view file.
        words: What it is a view of.
    """

    path: Path
    words: str


def _folder() -> Path | None:
    named = os.environ.get(STATE_VARIABLE)
    if named is not None:
        return Path(named) if named else None
    from platformdirs import user_state_dir

    folder = Path(user_state_dir("cnn-tui")) / "views"
    return folder if folder.is_absolute() else None


def is_recent(path: Path) -> bool:
    """Tell whether a view file is one that was kept here, and not one that was saved."""
    folder = _folder()
    return folder is not None and path.parent.absolute() == folder.absolute()


def recent_views() -> tuple[RecentView, ...]:
    """Return the views that were left, the last one first; those that can no longer be read are left out."""
    found = []
    for path in _files():
        with suppress(CnnError, OSError):
            found.append(RecentView(path, _words(read_view(path))))
    return tuple(found)


def last_view() -> Path:
    """Return the view that was left last.

    Raises:
        NotFoundError: There is none.
    """
    recent = recent_views()
    if not recent:
        kept = "" if _folder() is not None else f", since {STATE_VARIABLE} is empty and nothing is kept"
        raise NotFoundError(f"nothing has been looked at yet{kept}", where="--resume", remedy="name a FASTA file")
    return recent[0].path


def remember(shown: Shown) -> None:
    """Keep what is left, in the place of what was kept of the same files; what cannot be kept is not.

    Args:
        shown: What was on the screen.
    """
    folder = _folder()
    if folder is None or shown.request.sequences == STANDARD_INPUT:
        return
    with suppress(CnnError, OSError):
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{_key(shown.request)}{VIEW_SUFFIX}"
        text = view_text(saved_request(shown), capture(shown, path), shown.reading)
        OutputFile(path, "view", (VIEW_SUFFIX,), force=True).write(text.encode())
        for old in _files()[MOST_RECENT:]:
            old.unlink(missing_ok=True)


def _files() -> list[Path]:
    """Return the kept files, the last one first; none where the folder cannot be read."""
    folder = _folder()
    with suppress(OSError):
        if folder is not None:
            return sorted(folder.glob(f"*{VIEW_SUFFIX}"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return []


def _key(request: OpenRequest) -> str:
    sequences, model = request.sequences or DEFAULT_SEQUENCES, request.model or ""
    files = [name if name.startswith("@") else str(Path(name).absolute()) for name in (sequences, model)]
    return hashlib.sha256("\0".join(files).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _words(request: OpenRequest) -> str:
    names = [PurePath(name).name for name in (request.sequences or DEFAULT_SEQUENCES, request.model or "")]
    return f"{names[0]} {request.record}:{request.region}, model {names[1]}"
