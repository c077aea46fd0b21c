"""Changes of the block: its settings, or another block of the model in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from cnn_core.blocks.offered_blocks import offered_blocks
from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError, printable
from cnn_core.layers import AnyPadding, Padding
from cnn_core.network.block import Block, BlockSettings

from ..view.view_state import ViewState
from .block_screen import BlockScreen

__all__ = ["BlockChanges"]


def _next(padding: AnyPadding, of: tuple[Padding, ...]) -> Padding:
    """Return the padding behind one, from the last and from one in numbers the first."""
    return of[(of.index(padding) + 1) % len(of)] if isinstance(padding, Padding) else of[0]


_SETTINGS: Final[dict[str, Callable[[BlockSettings, int], BlockSettings]]] = {
    "conv_stride": lambda now, by: replace(now, conv_stride=now.conv_stride + by),
    "pool_size": lambda now, by: replace(now, pool_size=(now.pool_size or 0) + by),
    "pool_stride": lambda now, by: replace(now, pool_stride=(now.pool_stride or 0) + by),
    "dilation": lambda now, by: replace(now, dilation=now.dilation + by),
    "conv_padding": lambda now, _: replace(now, conv_padding=_next(now.conv_padding, (*Padding,))),
    "pool_padding": lambda now, _: replace(
        now, pool_padding=_next(now.pool_padding, (Padding.VALID, Padding.SAME))
    ),
}
"""What each setting is made of itself and a step."""


class BlockChanges:
    """Changes the block that is looked into.

    Args:
        screen: What shows it.
    """

    def __init__(self, screen: BlockScreen) -> None:
        self._screen = screen
        self._zooms: dict[Block, int] = {}
        """The zoom at which each block was looked at last."""

    def change(self, setting: str, by: int = 1) -> None:
        """Change a setting by a step, or to the next of its values.

        Args:
            setting: Its name, as `BlockSettings` has it.
            by: How much is added to a number, for every time that the count says.
        """
        before, view = self._screen.asked, self._screen.view
        if before is None or view is None:
            return
        if setting.startswith("pool") and before.settings.pool_size is None:
            self._screen.say(
                f"{printable(before.block.pool)} pools all positions: it has no size, stride or padding"
            )
        else:
            self._take(before, _SETTINGS[setting](before.settings, by * view.times))

    def reset(self) -> None:
        """Take the model's own settings again."""
        before, own = self._screen.asked, self._screen.own_settings
        if before is not None and own is not None:
            self._take(before, own)

    def _take(self, before: Reading, settings: BlockSettings) -> None:
        if settings == before.settings:
            return
        try:
            reading = before.with_settings(settings)
        except CnnError as error:
            if self._screen.view is not None:
                self._screen.show_view(self._screen.view)
            self._screen.refuse(error)
            return
        self._screen.show_computed(reading)

    def next_block(self, direction: int) -> None:
        """Look into another block of the model."""
        screen = self._screen
        if screen.picture is None:
            return
        reading = screen.picture.reading
        every, blocks = reading.model.blocks, offered_blocks(reading.model, reading.length)
        if len(blocks) < 2:
            only = (
                "is the model's only block" if len(every) < 2 else "is the only block that can be looked into here"
            )
            screen.say(f"{reading.block.conv} → {reading.block.pool} {only}")
            return
        asked = screen.job.target
        at = every.index(asked.block if isinstance(asked, Reading) and asked.has_block else reading.block)
        order = [every[(at + direction * step) % len(every)] for step in range(1, len(every))]
        self._look_into(next(block for block in order if block in blocks))

    def _look_into(self, block: Block) -> None:
        """Look into a block of the model, with the settings in force there and at the zoom it had last."""
        screen = self._screen
        assert screen.picture is not None
        try:
            reading = screen.picture.reading.into(block)
        except CnnError as error:
            screen.refuse(error)
            return

        def step(view: ViewState) -> ViewState:
            if block in self._zooms:
                return view.zoomed(self._zooms[block] - view.zoom)
            return view if reading.run.reads_letters else view.fitted()

        def arrive() -> None:
            if screen.picture is not None:
                self._zooms[screen.picture.reading.block] = screen.picture.view.zoom
            screen.request = replace(screen.request, block=block.conv)

        screen.show_computed(reading, step, f"{block.conv} → {block.pool}", arrive)
