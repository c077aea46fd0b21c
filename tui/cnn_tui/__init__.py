"""The terminal app: aligned tracks of what a convolution answers and what a pool keeps.

`show` is its picture of a reading, a record or a file, for notebooks; tests compare such pictures by the fixture
`cnn_snapshot`, see `cnn_tui.snapshot`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lazy_names import lazily

if TYPE_CHECKING:
    from .app import CnnApp
    from .snapshot import show

__all__ = ["CnnApp", "show"]

__getattr__ = lazily(__name__, {"app": "CnnApp", "snapshot": "show"})


def __dir__() -> list[str]:
    """Return the public names."""
    return [*__all__]
