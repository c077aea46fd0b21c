"""What files of filters (PyTorch, motifs) leave open, and what is taken where nothing is said. Imports nothing."""

from __future__ import annotations

from typing import Final

__all__ = ["DEFAULT_ACTIVATION", "DEFAULT_POOL_SIZE"]

DEFAULT_ACTIVATION: Final = "relu"
"""What stands behind the convolution."""
DEFAULT_POOL_SIZE: Final = 8
"""How many positions a cell chooses from; the pool stride is the same where nothing is said."""
