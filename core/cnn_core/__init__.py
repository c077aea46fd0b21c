"""The engine: what a 1-D convolution over DNA computes, what the pool selects, and from where.

numpy in, numpy out. Nothing here opens a terminal, prints, or knows a screen. What stands in `__all__` is the public
face, for notebooks and scripts; it is loaded when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lazy_names import lazily

if TYPE_CHECKING:
    from .errors import CnnError
    from .letters.sequences import open_sequences
    from .named_arrays import NamedArray
    from .public import Explanation, ModelReading, OpenedModel, open_model

__version__ = "0.2.0"
__all__ = ["CnnError", "Explanation", "ModelReading", "NamedArray", "OpenedModel", "open_model", "open_sequences"]

__getattr__ = lazily(
    __name__,
    {
        "errors": "CnnError",
        "letters.sequences": "open_sequences",
        "named_arrays": "NamedArray",
        "public": "Explanation ModelReading OpenedModel open_model",
    },
)


def __dir__() -> list[str]:
    """Return the public names."""
    return [*__all__, "__version__"]
