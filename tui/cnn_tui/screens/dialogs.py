"""What asks back: where to go, what to search, which record, which file; and what each answer does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cnn_core.block import Block
from cnn_core.block_reading import BlockReading
from cnn_core.errors import CnnError
from cnn_core.feature_map_block import offered_blocks
from cnn_core.reading import LONGEST_PREDICTION

from ..block_words import is_deep
from ..opening import OpenRequest
from ..view import ZOOMS, Axes, Level
from .predictions import Predictions

if TYPE_CHECKING:
    from ..goto import Goto
    from .network import Return
    from .open_file import Refused
    from .open_model import ModelChoice

__all__ = ["Dialogs"]


class Dialogs(Predictions):
    """Opens the dialogs and acts on their answers."""

    def __init__(self, request: OpenRequest) -> None:
        super().__init__(request)
        self._zooms: dict[Block, int] = {}
        """The zoom at which each block was looked at last."""

    def action_goto(self) -> None:
        """Ask where to go."""
        if self.picture is None or self.sequences is None:
            return
        from ..goto import Bounds
        from .goto import GotoScreen

        reading = self.picture.reading
        names, words = reading.run.conv.filter_names, self.picture.words
        bounds = Bounds.of(self.picture.view, names, reading.record.name, self.sequences, words)
        self.app.push_screen(GotoScreen(bounds, self._check_goto), self._go)

    def _check_goto(self, goto: Goto) -> None:
        from cnn_core.regions import resolve_region

        from ..goto import GotoRegion

        if isinstance(goto, GotoRegion) and self.sequences is not None:
            resolve_region(goto.text, self.sequences)

    def _go(self, goto: Goto | None) -> None:
        if goto is None or self.picture is None or self.sequences is None:
            return
        from ..goto import GotoBase, GotoCell, GotoFilter, GotoInput, GotoPosition, GotoRegion

        self.stop_play()
        view = replace(self.picture.view, play=None)
        match goto:
            case GotoCell(index):
                self.show_view(view.on(Level.CELL, index))
            case GotoPosition(index):
                self.show_view(view.on(Level.RESPONSE, index))
            case GotoBase(index):
                self.show_view(view.on(Level.BASE, view.axes.input_at(index)))
            case GotoInput(index):
                self.show_view(view.on(Level.BASE, index))
            case GotoFilter(index):
                self.show_view(view.to_filter(index))
            case GotoRegion(text):
                self._go_to_region(text)

    def _go_to_region(self, text: str) -> None:
        assert self.picture is not None
        assert self.sequences is not None
        from cnn_core.regions import resolve_region

        record, start, stop = resolve_region(text, self.sequences)
        reading = self.picture.reading
        if record.name != reading.record.name:
            self.open_record(record.name, text)
            return
        self.go_to_record(start, min(stop - start, reading.stop - reading.start), from_first=True)

    def action_search(self) -> None:
        """Ask what to search for."""
        if self.view is not None:
            from .search import Search

            self.app.push_screen(Search(self.view.pattern), self._search)

    def _search(self, pattern: str | None) -> None:
        if pattern:
            self.search(pattern)

    def action_record(self) -> None:
        """Ask which record to read."""
        if self.reading is not None and self.sequences is not None:
            from .choose_record import ChooseRecord

            chooser = ChooseRecord(self.sequences, self.reading.record.name)
            self.app.push_screen(chooser, self._choose_record)

    def _choose_record(self, name: str | None) -> None:
        if name is not None:
            self.open_record(name)
        elif self.picture is None:
            self.action_network()

    def action_open(self) -> None:
        """Ask which sequences to open."""
        self._ask_sequences()

    def _ask_sequences(self, refused: Refused | None = None) -> None:
        if self.reading is not None:
            from .open_sequences import OpenSequences

            self.app.push_screen(OpenSequences(self.request.sequences, refused), self._open)

    def _open(self, text: str | None) -> None:
        reading = self.reading
        if reading is None:
            return
        if text is None:
            if self.picture is None:
                self.action_network()
            return
        request = replace(
            self.request,
            sequences=text,
            record=None,
            region=None,
            filter=None if self.view is None else str(self.view.filter),
            cell=None,
            position=None,
            ambiguity=str(reading.ambiguity),
            reverse=reading.reverse,
            stdin=None,
        )

        def ask_again(error: CnnError) -> None:
            from .open_file import Refused

            self._ask_sequences(Refused(text, error))

        self.open_sequences(request, ask_again)

    def action_model(self) -> None:
        """Ask which model to open."""
        self._ask_model()

    def _ask_model(self, refused: Refused | None = None) -> None:
        if self.reading is not None:
            from .open_model import OpenModel

            now = self.request
            self.app.push_screen(OpenModel(now.model, now.model_options, refused), self._open_model)

    def _open_model(self, choice: ModelChoice | None) -> None:
        if choice is None:
            if self.picture is None:
                self.action_network()
            return

        def ask_again(error: CnnError) -> None:
            import shlex

            from .open_file import Refused

            self._ask_model(Refused(choice.text, error, shlex.join(choice.options.typed)))

        self.open_model(choice.text, choice.options, ask_again)

    def action_network(self) -> None:
        """Look at the whole network, beginning with the layer behind the block, or the last one that there is.

        From a position that a deep block reads it goes on down, from the channel that adds most there.
        """
        reading, view = self.reading, self.view
        if reading is None:
            return
        if reading.length > LONGEST_PREDICTION:
            self.say(f"the whole network is computed for up to {LONGEST_PREDICTION:,} bases: open a shorter region")
            return
        names = [node.name for node in reading.model.nodes]
        chosen: tuple[int, int] | None = None
        if self.picture is not None and self.picture.words.deep and self.picture.view.level is Level.BASE:
            layer, chosen = self.picture.followed_down
        elif isinstance(reading, BlockReading):
            layer = names[min(names.index(reading.block.pool) + 1, len(names) - 1)]
        else:
            layer = reading.model.outputs[0]
        place = (0, ZOOMS.index(1)) if view is None else (view.offset, view.zoom)

        def show(_: object) -> None:
            from .network import Network

            self.app.push_screen(Network(reading, self.source, layer, *place, chosen), self._come_back)

        self.begin("computing the network …", lambda _: reading.values, show)

    def _come_back(self, back: Return | None) -> None:
        if back is None:
            return
        if not isinstance(back.reading, BlockReading):
            self.without_block = back.reading
        elif self.picture is not None and back.reading is not self.picture.reading:
            self.read_again(back.reading)
        if self.picture is not None and back.level is not None:
            view = self.picture.view if back.filter is None else self.picture.view.to_filter(back.filter)
            self.show_view(view.on(back.level, back.index))
        if back.action:
            self.call_later(self.run_action, back.action)

    def action_block(self, direction: int) -> None:
        """Look into another block of the model."""
        if self.picture is None:
            return
        reading = self.picture.reading
        every, blocks = reading.model.blocks, offered_blocks(reading.model, reading.length)
        if len(blocks) < 2:
            only = (
                "is the model's only block" if len(every) < 2 else "is the only block that can be looked into here"
            )
            self.say(f"{reading.block.conv} → {reading.block.pool} {only}")
            return
        at = every.index(reading.block)
        order = [every[(at + direction * step) % len(every)] for step in range(1, len(every))]
        self.look_into(next(block for block in order if block in blocks))

    def look_into(self, block: Block) -> None:
        """Look into a block of the model, with the settings in force there and at the zoom it had last."""
        assert self.picture is not None
        before = self.picture.view
        self._zooms[self.picture.reading.block] = before.zoom
        try:
            reading = BlockReading.into(self.picture.reading, block)
        except CnnError as error:
            self.refuse(error)
            return
        self.stop_play()

        def show(_: object = None) -> None:
            self.request = replace(self.request, block=block.conv)
            view = before.with_axes(Axes.of(reading.run))
            if block in self._zooms:
                view = view.zoomed(self._zooms[block] - view.zoom)
            elif is_deep(reading.run):
                view = view.fitted()
            self.show_reading(reading, view)
            self.say(f"{block.conv} → {block.pool}")

        if reading.is_quick:
            show()
        else:
            self.begin("computing the block …", lambda _: reading.compute(), show)

    def action_help(self) -> None:
        """Show the help screen."""
        from .help import Help

        self.app.push_screen(Help())
