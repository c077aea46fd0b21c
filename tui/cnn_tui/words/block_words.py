"""What the parts of a block are called: `conv`, `pooled` and bases, or in a deep block the layers' own names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cnn_core.errors import printable

from .plurals_and_indices import index_range

if TYPE_CHECKING:
    from cnn_core.blocks.block_run import BlockRun
    from cnn_core.blocks.conv_step import ConvStep

__all__ = ["BlockWords", "channel_words", "filter_title", "layer_name", "words_of"]

_LONGEST: Final = 24


@dataclass(frozen=True, slots=True)
class BlockWords:
    """The names that stand before an index.

    Attributes:
        conv: Of a response: `conv`, or the convolution's own name.
        pooled: Of a cell: `pooled`, or the pool's own name.
        pool: Of the pool itself: `pool`, or its own name.
        source: Of the layer whose feature maps are read, or nothing where the letters are.
    """

    conv: str = "conv"
    pooled: str = "pooled"
    pool: str = "pool"
    source: str = ""

    @property
    def deep(self) -> bool:
        """Whether feature maps are read, not letters."""
        return bool(self.source)


def words_of(run: BlockRun) -> BlockWords:
    """Return what the parts of a block are called."""
    if not run.source:
        return BlockWords()
    pool = layer_name(run.block.pool)
    return BlockWords(layer_name(run.block.conv), pool, pool, layer_name(run.source))


def filter_title(run: BlockRun, filter_index: int) -> str:
    """Return what a filter is called, such as `filter 1 GATA1`, or `filter 17` where it has no name."""
    names = run.conv.filter_names
    return f"filter {filter_index} {printable(names[filter_index])}" if names else f"filter {filter_index}"


def layer_name(name: str) -> str:
    """Return a layer's name, fit for the screen: of a long one the end, by which such names differ."""
    shown = printable(name)
    return shown if len(shown) <= _LONGEST else f"…{shown[1 - _LONGEST :]}"


def channel_words(step: ConvStep, channels: int) -> str:
    """Return which channels a filter reads: `all 320 channels`, `channel 3`, or `channels 0…15`.

    Args:
        step: A response of the filter.
        channels: How many there are.
    """
    read = step.channels
    if len(read) == 1:
        return f"channel {read.start}"
    return (
        f"all {channels:,} channels" if len(read) == channels else f"channels {index_range(read.start, read.stop)}"
    )
