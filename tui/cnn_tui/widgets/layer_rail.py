"""The layers in the order of computation, the one that is looked at in the middle."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text

from cnn_core.errors import printable

from ..pictures.layer_picture import LayerPicture
from ..view.layer_view import LayerAxis
from ..words.shortening import squeezed
from .reading_line import ReadingLine

__all__ = ["LayerRail"]

_LONGEST = 34
"""Columns of a layer's name and shape, so that one has room on the smallest screen with all that stands around it."""


class LayerRail(ReadingLine[LayerPicture]):
    """What is read, and the layers around the one that is looked at."""

    def layer_line(self, picture: LayerPicture) -> Text:
        """Return as many layers as fit, the one that is looked at among them."""
        view, width = picture.view, self.content_size.width
        first = last = view.at
        grown = True
        while grown:
            grown = False
            for wider in ((first - 1, last), (first, last + 1)):
                if (
                    wider[0] >= 0
                    and wider[1] < len(view.layers)
                    and cell_len(self._joined(view.layers, *wider)) <= width
                ):
                    (first, last), grown = wider, True
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append(f"{view.at + 1} of {len(view.layers)}  " + ("… ▸ " if first else ""), style="dim")
        places = []
        for at in range(first, last + 1):
            text.append(" ▸ " if at > first else "", style="dim")
            begin = text.cell_len
            text.append(_words(view.layers[at]), style="bold reverse" if at == view.at else "")
            places.append((view.layers[at].name, begin, text.cell_len))
        self._layers = tuple(places)
        if last + 1 < len(view.layers):
            text.append(" ▸ …", style="dim")
        elif picture.unavailable:
            names = ", ".join(map(printable, picture.unavailable))
            words = f" ▸ not computed: {names}"
            if text.cell_len + len(words) > width:
                words = f" ▸ {len(picture.unavailable)} not computed"
            text.append(words, style=self.palette.bases[3])
        return text

    @staticmethod
    def _joined(layers: tuple[LayerAxis, ...], first: int, last: int) -> str:
        shown = " ▸ ".join(_words(layers[at]) for at in range(first, last + 1))
        return f"{len(layers)} of {len(layers)}  … ▸ {shown} ▸ …"


def _words(axis: LayerAxis) -> str:
    shape = "×".join(map(str, axis.shape))
    return f"{squeezed(printable(axis.name), _LONGEST - len(shape))} {shape}"
