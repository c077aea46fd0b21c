"""Ask where to save the view, or a picture of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ...options.request import VIEW_SUFFIX
from ...rendering.picture import PICTURE_SUFFIXES, check_picture
from .ask_file import AskFile

__all__ = ["SaveView"]

_NAME: Final = f"view{VIEW_SUFFIX}"
_WORDS: Final = (
    f"{VIEW_SUFFIX}: a view. cnn-tui FILE opens it again at exactly this screen, and says when the sequences or the "
    "model have changed since. Paths in it are relative to it, and the command line that comes nearest goes to the "
    "clipboard.",
    f"{', '.join(PICTURE_SUFFIXES)}: a picture of this screen, as it is and as large.",
)


class SaveView(AskFile):
    """Reads the name of a view file, or of a picture.

    Args:
        name: What stands in the field at first; None is `view.toml`.
    """

    heading = "Save this view, or a picture"

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name or _NAME, (VIEW_SUFFIX, *PICTURE_SUFFIXES), _WORDS)

    def read(self) -> Path:
        """Return the path of a file that may be written."""
        path = super().read()
        check_picture(path.suffix.lower())
        return path
