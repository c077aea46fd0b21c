"""How far deflated bytes may unpack: a megabyte does not become a gigabyte, whatever a file declares."""

from __future__ import annotations

from typing import Final

__all__ = ["most_unpacked"]

# Deflate cannot do better: 258 bytes for two bits, less the headers.
_STRONGEST: Final = 1032
# Trained weights are noise and hardly pack at all; a large member that packs better than this is not a model.
_LIKELY: Final = 16
_LARGE: Final = 1 << 25


def most_unpacked(packed: int) -> int:
    """Return how many bytes so many deflated ones may unpack to, if they are a model's.

    Args:
        packed: How many bytes are stored.
    """
    return min(packed * _STRONGEST, max(packed * _LIKELY, _LARGE))
