"""The way to the screen of the whole network and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnn_core import blocks

from .. import screens, words
from ..view.view_state import ZOOMS, Level
from . import dialogs

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnn_core.blocks.reading import Reading

    from ..view.layer_view import LayerView
    from .block_screen import BlockScreen

__all__ = ["NetworkVisit"]


class NetworkVisit:
    """Shows the whole network over a block, and goes on at the block afterwards.

    Args:
        screen: The screen of the block; the network's stands over it.
    """

    def __init__(self, screen: BlockScreen) -> None:
        self._screen = screen

    def begin(self, asked: str | None = None) -> None:
        """Look at the whole network, beginning with the layer behind the block, or the last one that there is.

        From a position that a deep block reads it goes on down, from the channel that adds most there.

        Args:
            asked: The layer to begin with instead.
        """
        screen = self._screen

        def show(reading: Reading) -> None:
            layer, place = (asked, None) if asked else self._layer_below(reading)
            view = screen.view
            offset, zoom = (0, ZOOMS.index(1)) if view is None else (view.offset, view.zoom)
            screen.has_shown = True
            screen.app.push_screen(
                screens.Network(
                    reading,
                    screen.source,
                    layer,
                    offset,
                    zoom,
                    place,
                    self._value_below(),
                    listed=asked is None and place is None,
                ),
                self._come_back,
            )

        self._with_values(show)

    def reasons(self) -> None:
        """Say what the output is the sum of, or why there is none."""
        reading = self._screen.reading
        if reading is not None and (why := words.why_no_output(reading)):
            self._screen.say(why)
            return

        def show(reading: Reading) -> None:
            self._screen.app.push_screen(dialogs.OutputReasons(reading))

        self._with_values(show)

    def _with_values(self, show: Callable[[Reading], None]) -> None:
        """Show something of the whole network's values once they are computed, or say why they are not."""
        screen, reading = self._screen, self._screen.reading
        if reading is None:
            return
        if reading.length > blocks.LONGEST_WHOLE_INPUT:
            screen.say(
                f"the whole network is computed for up to {blocks.LONGEST_WHOLE_INPUT:,} bases: open a shorter region"
            )
            return

        screen.job.begin(
            "computing the network …",
            lambda _: reading.values,
            lambda _: show(reading),
            refused=screen.refuse_opening,
            target=reading,
            in_order=True,
        )

    def _layer_below(self, reading: Reading) -> tuple[str, tuple[int, int] | None]:
        """Return which layer of the whole network is looked at first, and where in it."""
        picture, names = self._screen.picture, [node.name for node in reading.model.nodes]
        if picture is not None and picture.words.deep and picture.view.level is Level.BASE:
            return picture.followed_down
        if reading.has_block:
            return names[min(names.index(reading.block.pool) + 1, len(names) - 1)], None
        return reading.model.outputs[0], None

    def _value_below(self) -> tuple[str, int, int] | None:
        """Return the value that the explorer stands on: of the pool or the convolution."""
        picture = self._screen.picture
        if picture is None or picture.view.level is Level.BASE:
            return None
        view, block = picture.view, picture.reading.block
        if view.level is Level.CELL:
            return block.pool, view.cell, view.filter
        return block.conv, view.position, view.filter

    def _come_back(self, back: screens.Return | None) -> None:
        screen = self._screen
        if back is None:
            return
        if not back.reading.has_block:
            screen.without_block = back.reading
        elif screen.picture is not None and back.reading is not screen.picture.reading:
            screen.read_again(back.reading)
        if screen.picture is not None and back.level is not None:
            view = screen.picture.view if back.filter is None else screen.picture.view.to_filter(back.filter)
            screen.show_view(view.on(back.level, back.index))
        if back.action:
            screen.call_later(screen.run_action, back.action)

    def resume(self) -> None:
        """Show the whole network again, where the model has no block to look into and its values are there."""
        screen, reading = self._screen, self._screen.reading
        if screen.picture is None and screen.app.screen is screen and reading is not None and reading.is_computed:
            self.begin()

    def restore(self, reading: Reading, layer: LayerView) -> None:
        """Show the layer that a view file shows.

        Args:
            reading: The model on the input window, whose values are computed.
            layer: What is looked at.
        """
        self._screen.has_shown = True
        self._screen.app.push_screen(screens.Network.of(reading, self._screen.source, layer), self._come_back)
