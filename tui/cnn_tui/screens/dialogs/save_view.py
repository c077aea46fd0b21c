"""Ask where to save the view."""

from __future__ import annotations

from typing import Final

from ...options.request import VIEW_SUFFIX
from .ask_file import AskFile

__all__ = ["SaveView"]

_NAME: Final = f"view{VIEW_SUFFIX}"
_WORDS: Final = (
    "cnn-tui FILE opens it again at exactly this screen, and says when the sequences or the model have changed "
    "since. Paths in it are relative to it.",
    "The command line that comes nearest goes to the clipboard.",
)


class SaveView(AskFile):
    """Reads the name of a view file.

    Args:
        name: What stands in the field at first; None is `view.toml`.
    """

    heading = "Save this view"

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name or _NAME, (VIEW_SUFFIX,), _WORDS)
