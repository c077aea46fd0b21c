"""The stage: the widgets of the explorer, what goes down to them, and their room on the screen."""

from __future__ import annotations

from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Static

from cnn_core.blocks.assumptions import assumptions_of
from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError, printable
from cnn_core.network.block import BlockSettings
from cnn_core.network.model import Model

from ..opening import OpenRequest
from ..pictures.block_picture import Picture
from ..pictures.overview_picture import OverviewPicture, Subject
from ..pictures.prediction_picture import PredictionPicture
from ..view.arrangement import SMALLEST, Arrangement, arrange
from ..view.view_state import ViewState
from ..widgets.panel import Panel
from ..widgets.rail import Rail
from ..widgets.status import Status
from ..widgets.track import GUTTER, MARGIN
from ..widgets.tracks import Tracks

__all__ = ["Stage"]

_REMARKS: Final = 3
_REMARK_SECONDS: Final = 15.0


class Stage(Screen[None]):
    """Gives every part of the explorer its room, and says what there is to say."""

    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    Stage #main { layout: vertical; height: 1fr; }
    Stage #main.-side { layout: horizontal; }
    Stage #too-small { display: none; width: 100%; height: 100%; content-align: center middle; }
    Stage.-too-small > * { display: none; }
    Stage.-too-small > #too-small { display: block; }
    """
    picture: reactive[Picture | None] = reactive(None, repaint=False)
    """What is shown: the one state that all widgets are bound to."""
    overview: reactive[OverviewPicture | None] = reactive(None, repaint=False)
    """What is shown of the whole record, or nothing."""
    scanned: reactive[PredictionPicture | None] = reactive(None, repaint=False)
    """What is shown of the prediction along the record, or nothing."""
    source: reactive[str] = reactive("", repaint=False)
    """Where the records come from."""
    subject: reactive[Subject] = reactive(Subject.AUTOMATIC)
    """Whose strongest cells the overview shows."""
    unfolded: reactive[bool] = reactive(False)
    """Whether the inspector takes the lines of the heat maps."""
    card: reactive[bool] = reactive(False)
    """Whether the filter card stands in the inspector's place."""

    def __init__(self, request: OpenRequest) -> None:
        super().__init__()
        self.request = request
        self.own_model: Model | None = None
        """The model with the settings that it came with."""
        self.without_block: Reading | None = None
        """What is read, where the model has no block to look into; nothing is shown of it here."""

    @property
    def own_settings(self) -> BlockSettings | None:
        """The settings that the model came with in the block that is looked into."""
        own, picture = self.own_model, self.picture
        if own is None or picture is None or picture.reading.block not in own.blocks:
            return None
        return own.settings(picture.reading.block)

    def compose(self) -> ComposeResult:
        """Yield the rail, the tracks, the panel and the status line."""
        yield Static(f"too small: cnn-tui needs {SMALLEST[0]}×{SMALLEST[1]}", id="too-small", markup=False)
        yield Rail().data_bind(Stage.picture, Stage.source)
        with Container(id="main"):
            yield Tracks().data_bind(Stage.picture, Stage.overview, Stage.scanned)
            yield Panel().data_bind(Stage.picture)
        yield Status().data_bind(Stage.picture)

    def on_mount(self) -> None:
        """Show the screen at once, empty."""
        self.fit()

    # What is shown

    @property
    def view(self) -> ViewState | None:
        """The present view, or None before anything is opened."""
        return None if self.picture is None else self.picture.view

    @property
    def reading(self) -> Reading | None:
        """The model on the input window, or None before anything is opened."""
        return self.without_block if self.picture is None else self.picture.reading

    def show_picture(self, picture: Picture) -> bool:
        """Show another picture, unless its letters cannot be read any more; tell whether it is shown.

        Args:
            picture: What is to be shown; what is shown now stays where it cannot be.
        """
        try:
            picture.read()
        except CnnError as error:
            self.refuse(error)
            return False
        self.picture = picture
        return True

    def say(self, words: str) -> None:
        """Say something in the status line, until the next step."""
        self.query_one(Status).notice = words

    def refresh_prediction(self) -> None:
        """Show the prediction that has been computed meanwhile."""
        self.query_one(Rail).refresh()

    def forget_words(self) -> None:
        """Take back what the status line says of a picture that is gone."""
        status = self.query_one(Status)
        status.notice = status.hovered = ""

    def refuse(self, error: CnnError) -> None:
        """Say why something cannot be."""
        self.notify(str(error), severity="warning", markup=False)

    def remark(self, sentences: tuple[str, ...]) -> None:
        """Show what must be said of how a model was read, the first sentences of it."""
        if not sentences:
            return
        shown = [printable(each) for each in sentences[:_REMARKS]]
        if more := len(sentences) - len(shown):
            listed = () if self.reading is None else assumptions_of(self.reading)
            where = "! lists them" if set(sentences[_REMARKS:]) <= {*listed} else "cnn-tui summary lists them"
            shown.append(f"… and {more} more: {where}")
        self.notify("\n".join(shown), severity="warning", markup=False, timeout=_REMARK_SECONDS)

    # The room

    @property
    def overview_lines(self) -> int:
        """How many lines the overview gets."""
        arrangement = self._arrangement()
        return 0 if arrangement is None else arrangement.overview

    @property
    def columns(self) -> int:
        """How many columns the tracks get."""
        arrangement = self._arrangement()
        return 1 if arrangement is None else arrangement.tracks - GUTTER - MARGIN

    def _arrangement(self) -> Arrangement | None:
        filters = 1 if self.picture is None else self.picture.run.filters
        return arrange(
            self.size.width,
            self.size.height,
            filters,
            unfolded=self.unfolded,
            overview=None if self.subject is Subject.AUTOMATIC else self.subject is not Subject.NOTHING,
            prediction=self.scanned is not None,
        )

    def fit(self) -> None:
        """Give every part its room."""
        arrangement = self._arrangement()
        self.set_class(arrangement is None, "-too-small")
        if arrangement is None:
            return
        self.query_one("#main").set_class(arrangement.side, "-side")
        self.query_one(Tracks).take(arrangement)
        self.query_one(Panel).take(arrangement, card=self.card, unfolded=self.unfolded)

    def on_resize(self, event: events.Resize) -> None:
        """Fit everything into the new size."""
        self.fit()
        if self.picture is not None and self._arrangement() is not None:
            self.show_picture(self.picture.stepped(self.picture.view.resized(self.columns)))

    def watch_unfolded(self) -> None:
        """Give the inspector its lines."""
        if self.is_mounted:
            self.fit()

    def watch_card(self) -> None:
        """Show the card or the inspector."""
        if self.is_mounted:
            self.fit()
