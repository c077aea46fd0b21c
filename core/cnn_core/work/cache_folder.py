"""Where the cache is: the folder for what may be computed again, such as indexes of sequences."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["cache_directory"]


def cache_directory(cache: str | os.PathLike[str] | None = None) -> Path | None:
    """Return the directory for what may be computed again.

    Args:
        cache: The directory, if the caller decides it.

    Returns:
        `cache`, else the environment's `CNN_TUI_CACHE`, else the user's cache directory; None where the user
        has no home.
    """
    chosen = cache or os.environ.get("CNN_TUI_CACHE")
    if chosen:
        return Path(chosen)
    from platformdirs import user_cache_dir

    directory = Path(user_cache_dir("cnn-tui"))
    return directory if directory.is_absolute() else None
