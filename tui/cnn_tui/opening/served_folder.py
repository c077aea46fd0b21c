"""The folder that files are opened and written in where the screen is shown to a browser."""

from __future__ import annotations

from pathlib import Path

from cnn_core.errors import CnnError

__all__ = ["check_within", "is_within"]


def is_within(path: Path, folder: Path | None) -> bool:
    """Tell whether a path leads into a folder, links followed.

    Args:
        path: The path of a file or a folder; it need not be there.
        folder: The folder, absolute and without links; None holds every path.
    """
    if folder is None:
        return True
    try:
        found = path.resolve()
        # From Python 3.13 on, a link that leads in a circle is left as it is.
        return found.is_relative_to(folder) and not found.is_symlink()
    except (OSError, RuntimeError, ValueError):
        # Links that lead in a circle, or what is no path.
        return False


def check_within(path: Path, folder: Path | None, *, typed: str | None = None) -> None:
    """Refuse a path that leads out of a folder.

    Args:
        path: The path of a file or a folder.
        folder: The folder, absolute and without links; None holds every path.
        typed: What was typed for the path, by which a refusal names it; None is its name.

    Raises:
        CnnError: It leads out of it.
    """
    if not is_within(path, folder):
        raise CnnError(
            "is outside the folder that the explorer was started in",
            where=typed or path.name or str(path),
            remedy="in a browser, files are opened and written in that folder alone",
        )
