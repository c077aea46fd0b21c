"""The screen of one block: a view of a reading, and the parts that show it. It knows no dialogs and no files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from textual.app import ComposeResult
from textual.message import Message
from textual.reactive import reactive

from cnn_core import blocks
from cnn_core.errors import CnnError, printable

from .. import pictures
from ..background.background_work import BackgroundWork
from ..view.track_sizes import Arrangement, arrange
from ..view.view_state import Axes, EditsShown, Side, Subject, ViewState
from ..widgets.explorer_status import Status
from ..widgets.filter_card import FilterCard
from ..widgets.guide import Guide
from ..widgets.heat_maps import Maps
from ..widgets.inspector import Inspector
from ..widgets.rail import Rail
from ..widgets.sentences import Sentences
from ..widgets.track_stack import Tracks
from ..widgets.unscrolled import Area
from .track_screen import TrackScreen

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading
    from cnn_core.letters.sequence_files import Sequences
    from cnn_core.network.block import BlockSettings
    from cnn_core.network.model import Model
    from cnn_core.readers.report import ModelFile

    from ..background.job import Activity, Job
    from ..opening.versus import Versus
    from ..options.request import OpenRequest
    from ..pictures.attribution_picture import AttributionPicture
    from ..pictures.block_picture import Picture
    from ..pictures.motif_picture import MotifPicture
    from ..pictures.output_scan_picture import OutputScanPicture
    from ..pictures.overview_picture import OverviewPicture
    from ..pictures.side_by_side import SideBySide

__all__ = ["BlockScreen", "Step"]

_REMARKS: Final = 3
_REMARK_SECONDS: Final = 15.0

Step = Callable[[ViewState], ViewState]
"""A step from the view that is shown to the one that is to be shown."""


class BlockScreen(TrackScreen[None, ViewState]):
    """Shows a view of a block's reading, gives every part its room, and says what there is to say."""

    DEFAULT_CSS = """
    BlockScreen FilterCard, BlockScreen Guide { position: absolute; }
    """

    picture: reactive[Picture | None] = reactive(None, repaint=False)
    """What is shown: the one state that all widgets are bound to."""
    split: reactive[SideBySide | None] = reactive(None, repaint=False)
    """The same of two readings side by side, or nothing where one stands alone."""
    mapped: reactive[Picture | None] = reactive(None, repaint=False)
    """What the heat maps draw: the picture, or how two readings differ."""
    overview: reactive[OverviewPicture | None] = reactive(None, repaint=False)
    """What is shown of the whole record, or nothing."""
    scanned: reactive[OutputScanPicture | None] = reactive(None, repaint=False)
    """What is shown of the output along the record, or nothing."""
    attributed: reactive[AttributionPicture | None] = reactive(None, repaint=False)
    """What is shown of what every base does to one value, or nothing."""
    motifs: reactive[MotifPicture | None] = reactive(None, repaint=False)
    """What is shown of the filters as motifs, or nothing."""
    unknown_hits: reactive[str] = reactive("", repaint=False)
    """What is said instead of hits, until it is known what makes one."""
    subject: reactive[Subject] = reactive(Subject.AUTOMATIC)
    """Whose strongest cells the overview shows."""
    unfolded: reactive[bool] = reactive(False)
    """Whether the inspector takes the lines of the heat maps."""
    card: reactive[bool] = reactive(False)
    """Whether the filter card stands whole, in the place of the inspector or of the guide."""

    class ScansChanged(Message, bubble=False):
        """There is more to show of the overview, the outputs or the bases."""

    def __init__(self, request: OpenRequest) -> None:
        super().__init__()
        self.request = request
        """What was opened last."""
        self.sequences: Sequences | None = None
        self.model_file: ModelFile | None = None
        """The model file that was read last, with the settings that it came with."""
        self.view_file: str | None = None
        """Where the view was saved last, or came from."""
        self.own_model: Model | None = None
        """The model with the settings that it came with."""
        self.versus: Versus | None = None
        """What stands beside the reading, or stood beside the one before; `split` shows it."""
        self.without_block: Reading | None = None
        """What is read, where the model has no block to look into; nothing is shown of it here."""
        self.has_shown = False
        """Whether anything has been shown yet; until then a failure to open ends the app."""
        self.background_work = BackgroundWork(self.run_behind, self.refuse, self.show_activity, self._tell_of_scans)

    def _tell_of_scans(self) -> None:
        self.post_message(self.ScansChanged())

    @property
    def job(self) -> Job:
        """What the user waits for."""
        return self.background_work.job

    @property
    def activity(self) -> Activity | None:
        """What goes on in the background and can be stopped."""
        return self.background_work.activity

    def parts(self) -> ComposeResult:
        """Yield the header, the tracks, what is said of them, the heat maps, and the status line."""
        yield Rail().data_bind(BlockScreen.picture, TrackScreen.source, TrackScreen.reason)
        with Area(id="main"):
            yield Tracks().data_bind(
                BlockScreen.picture,
                BlockScreen.overview,
                BlockScreen.scanned,
                BlockScreen.attributed,
                BlockScreen.motifs,
                BlockScreen.unknown_hits,
                BlockScreen.split,
            )
            yield Sentences().data_bind(BlockScreen.picture)
            yield Inspector().data_bind(BlockScreen.picture, BlockScreen.attributed, BlockScreen.split)
            yield Maps().data_bind(BlockScreen.motifs, picture=BlockScreen.mapped)
            yield FilterCard().data_bind(BlockScreen.picture, BlockScreen.motifs)
            yield Guide().data_bind(BlockScreen.picture)
        yield Status().data_bind(BlockScreen.picture)

    # What is shown

    @property
    def view(self) -> ViewState | None:
        """The present view, or None before anything is opened."""
        return None if self.picture is None else self.picture.view

    @property
    def reading(self) -> Reading | None:
        """The model on the input window, or None before anything is opened."""
        return self.without_block if self.picture is None else self.picture.reading

    @property
    def own_settings(self) -> BlockSettings | None:
        """The settings that the model came with in the block that is looked into."""
        own, picture = self.own_model, self.picture
        if own is None or picture is None or picture.reading.block not in own.blocks:
            return None
        return own.settings(picture.reading.block)

    def show_picture(self, picture: Picture) -> bool:
        """Show another picture, unless its letters can no longer be read; tell whether it is shown.

        Args:
            picture: What is to be shown; what is shown now stays where it cannot be.
        """
        try:
            picture.read()
        except CnnError as error:
            self.refuse(error)
            return False
        # A view that was saved stands where it stood.
        self.picture = self._sided(picture if self.picture is None else picture.revealed(self.picture))
        return True

    def _sided(self, picture: Picture) -> Picture:
        """Return a picture that says whether another one stands beside it."""
        side = Side.ALONE if self.request.versus is None else Side.A
        return picture if picture.view.side is side else picture.on_side(side)

    def step_to(self, view: ViewState) -> None:
        """Show another view of the same reading, without reading anything."""
        assert self.picture is not None
        self.picture = self._sided(self.picture.stepped(view).revealed(self.picture))

    def show_view(self, view: ViewState) -> None:
        """Show another view of the same reading; a pending count is used up."""
        assert self.picture is not None
        self.forget_words()
        self.show_picture(self.picture.stepped(replace(view, count="")))

    def refuse_opening(self, error: CnnError) -> None:
        """Say why something cannot be opened; with nothing on screen, end the app with the reason."""
        if self.has_shown:
            self.refuse(error)
        else:
            self.app.exit(error, return_code=1)

    def remark(self, sentences: tuple[str, ...]) -> None:
        """Show the first sentences of what must be said about how a model was read."""
        if not sentences:
            return
        shown = [printable(each) for each in sentences[:_REMARKS]]
        if more := len(sentences) - len(shown):
            listed = () if self.reading is None else blocks.assumptions_of(self.reading)
            where = "! lists them" if set(sentences[_REMARKS:]) <= {*listed} else "cnn-tui summary lists them"
            shown.append(f"… and {more} more: {where}")
        self.notify("\n".join(shown), severity="warning", markup=False, timeout=_REMARK_SECONDS)

    # The reading

    def show_reading(self, reading: Reading, step: Step | None = None, original: Reading | None = None) -> None:
        """Show another reading, at the place nearest to the present one.

        Args:
            reading: The model on an input window.
            step: What is done then, with the view on the reading's own axes.
            original: The same without its edits, where that has values already.
        """
        if self.job.target not in (None, reading):
            # It computes what was asked for before.
            self.job.stop()
        known = None if self.picture is None else self.picture.original or self.picture.reading
        against = pictures.original_of(reading, original or known)
        axes = Axes.of(reading.run)
        view = ViewState(axes=axes) if self.view is None else self.view.with_axes(axes)
        if self.picture is not None and not _same_bases(self.picture.reading, reading):
            view = replace(view, sought=None)
        if step is not None:
            view = step(view)
        self.forget_words()
        view = replace(view, count="", play=None).resized(self.columns)
        if against is None:
            view = replace(view, edits=EditsShown.EDITED)
        elif view.edits is EditsShown.ORIGINAL:
            view = view.with_axes(Axes.of(against.run))
        picture = pictures.Picture.of(reading, view, self.picture, against)
        if not self.show_picture(picture):
            return
        self.without_block = None
        self.query_one(Status).changed = self.own_settings not in (None, reading.settings)
        self.fit()

    def show_computed(
        self,
        reading: Reading,
        step: Step | None = None,
        words: str = "",
        before: Callable[[], None] | None = None,
    ) -> None:
        """Show another reading as soon as its block's values can be asked for.

        Args:
            reading: The model on an input window.
            step: What is done then, with the view on the reading's own axes.
            words: What is to be said of it.
            before: What is done just before it is shown.
        """

        def show(_: None = None) -> None:
            if before is not None:
                before()
            self.show_reading(reading, step)
            self.say(words)

        if reading.run.is_quick:
            show()
            return
        if self.picture is not None:
            self.show_view(replace(self.picture.view, play=None))
        self.job.begin(
            "computing the block …", lambda _: reading.run.compute(), show, target=reading, in_order=True
        )

    def read_again(self, reading: Reading, step: Step | None = None, words: str = "") -> None:
        """Show another reading, or say why it cannot be read.

        Args:
            reading: The model on an input window.
            step: What is done then, with the view on the reading's own axes.
            words: What is to be said of it.
        """
        try:
            _ = reading.run
            reading.check_letters()
        except CnnError as error:
            self.refuse(error)
            return
        self.show_computed(reading, step, words)

    def show_moved(self, reading: Reading) -> None:
        """Show the same on another input window."""
        assert reading.has_block
        self.read_again(reading)

    # The room

    @property
    def overview_lines(self) -> int:
        """How many lines the overview gets."""
        arrangement = self.arrangement()
        return 0 if arrangement is None else arrangement.overview

    @property
    def columns(self) -> int:
        """How many columns the tracks get."""
        arrangement = self.arrangement()
        return 1 if arrangement is None else arrangement.columns

    def arrangement(self) -> Arrangement | None:
        """Return who gets which room, or None where there is too little for all."""
        filters = 1 if self.picture is None else self.picture.run.filters
        return arrange(
            self.size.width,
            self.size.height,
            filters,
            unfolded=self.unfolded,
            card=self.card,
            overview=None if self.subject is Subject.AUTOMATIC else self.subject is not Subject.NOTHING,
            output=self.scanned is not None,
            attribution=None if self.attributed is None else self.attributed.choice.kind,
            beside=self.split is not None,
            hits=self.view is not None and self.view.hits,
        )

    def fit(self) -> None:
        """Give every part its room."""
        arrangement = self.arrangement()
        self.set_class(arrangement is None, "-too-small")
        if arrangement is None:
            return
        self.query_one(Tracks).take(arrangement)
        self.query_one(Maps).take(arrangement)
        sentences, inspector = self.query_one(Sentences), self.query_one(Inspector)
        sentences.display = arrangement.sentences > 0
        sentences.styles.width, sentences.styles.margin = arrangement.tracks, (arrangement.gap, 0, 0, 0)
        inspector.display, inspector.titled = arrangement.inspector > 0, arrangement.titled
        inspector.styles.width, inspector.styles.height = arrangement.said, arrangement.inspector
        inspector.styles.margin = (arrangement.gap, 0, 0, 0)
        # What is folded begins with its first page; where there are no lines to unfold it to, that has been read.
        read = int(self.unfolded and not arrangement.unfolds)
        inspector.page = max(inspector.page, read) if self.unfolded else 0
        card = self.query_one(FilterCard)
        card.instead = "" if not self.card else "the inspector" if inspector.display is False else "how to read"
        for widget, box in ((card, arrangement.card), (self.query_one(Guide), arrangement.guide)):
            widget.display = box is not None
            if box is not None:
                widget.styles.offset = box.x, box.y
                widget.styles.width, widget.styles.height = box.width, box.height

    def take_size(self) -> None:
        """Fit everything into another size, and show as much as it has room for."""
        super().take_size()
        if self.picture is not None and self.arrangement() is not None:
            self.show_picture(self.picture.stepped(self.picture.view.resized(self.columns)))

    def watch_split(self, before: SideBySide | None, after: SideBySide | None) -> None:
        """Make room for another reading, or take it."""
        if self.is_mounted and (before is None) != (after is None):
            self.fit()

    def watch_unfolded(self) -> None:
        """Give the inspector its lines."""
        if self.is_mounted:
            self.fit()

    def watch_card(self) -> None:
        """Show the card or the inspector."""
        if self.is_mounted:
            self.fit()


def _same_bases(before: Reading, after: Reading) -> bool:
    """Tell whether the bases of two readings are the same of the record."""
    same = before.record is after.record and before.window == after.window
    return same and before.reverse == after.reverse
