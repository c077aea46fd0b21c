"""Widgets in which nothing scrolls, so that one layout is enough for another size."""

from __future__ import annotations

from textual.containers import Container
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widget import Widget

__all__ = ["Area", "Unscrolled"]


class Unscrolled(Widget):
    """A widget in which nothing scrolls.

    Textual lays everything out a second time where what could be scrolled has another size. The first time has drawn
    all that there is.
    """

    virtual_size = Reactive(Size(0, 0), repaint=False)


class Area(Container, Unscrolled):
    """Room for widgets, as much as there is."""
