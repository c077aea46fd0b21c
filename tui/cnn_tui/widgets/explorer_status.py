"""The last line: what is under the pointer, what is being typed or computed, or which keys come next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.reactive import reactive

from .. import pictures, words
from ..view.view_state import Level, Side
from ..words.numbers import number
from .status_line import StatusLine

if TYPE_CHECKING:
    from ..pictures.block_picture import Picture
    from ..view.weight_cursor import WeightCursor

__all__ = ["Status", "fitted_hints"]

_HELP, _STOP = "? help", "Esc stop"
_FURTHER = (
    "  e edit letters  * effects  Tab network  g go to  z record  t strongest  m model  o open  "
    "[ ] { } ( ) change the block"
)
_PLAYING = f"Space pause  < > speed  {_STOP}"
_PAUSED = f"←→ step  Space go on  {_STOP}"
_FILLED = f"Space again  ← back  {_STOP}"


def fitted_hints(words: str, width: int) -> str:
    """Return what fits of some hints, the last first left out, but for the key of the help.

    Args:
        words: Hints, two spaces apart, or a sentence, which is left as it is.
        width: Columns.
    """
    hints = words.split("  ")
    if _HELP not in hints and _STOP not in hints:
        return words
    while len("  ".join(hints)) > width and len(hints) > 1:
        hints.pop(-2 if hints[-1] == _HELP else -1)
    return "  ".join(hints)


def _hints(picture: Picture) -> str:
    """Return the keys that come next at the cursor."""
    view, deep = picture.view, picture.words.deep
    edits = "" if picture.original is None else f"  E {view.edits.next}  u undo"
    edits += "  | closes B" if view.side is Side.A else ""
    further = _FURTHER if view.side is Side.A else f"{_FURTHER}  | side by side"
    if view.level is Level.CELL:
        value = number(picture.pool_step.value)
        cells = "←→ cell  " if view.axes.cells > 1 else ""
        begin = f"{cells}↑↓ filter  Enter why {value}?{edits}"
        return f"{begin}  Space play  L lesson  ? help  q quit{further}"
    if view.level is Level.RESPONSE:
        unread = view.axes.cell_of(view.position) is None
        down, up = (
            "what it reads" if deep else "its bases",
            "(no cell reads it)" if unread else "Backspace to its cell",
        )
        return f"←→ activation  ↑↓ filter{edits}  Enter to {down}  {up}  ? help{further}"
    unit, ending = ("position", "Tab further down  ? help") if deep else ("base", "? help  q quit")
    return f"←→ {unit}  ↑↓ filter{edits}  Backspace to its activation  {ending}"


def _typing(picture: Picture, base: int, *, inserting: bool) -> str:
    """Return what the next letter does, and the other keys while letters are typed."""
    how, other = ("go in before", "type over") if inserting else ("type over", "put in")
    hints = f"A C G T N {how} base {base}  Esc ends  Ins {other}  Del take out  Backspace take back"
    return f"{hints}  u undo  U redo  {_HELP}"


def _weighing(picture: Picture, cursor: WeightCursor) -> str:
    """Return the weight that is edited, and what keys do to it."""
    reading, chosen = picture.reading, picture.view.filter
    where = words.explain_weight(reading, chosen, cursor.tap, cursor.channel)
    if cursor.typed:
        typed = cursor.typed.replace("-", "−")
        return (
            f"{where.partition(':')[0]}: {typed}▏  Enter takes it  - its sign  Backspace  Esc forgets it  {_HELP}"
        )
    steps = f"+ - by {number(words.step_of(reading, chosen))}"
    turned = "c other strand  " if picture.deep_step is None else ""
    return f"{where}  {steps}  0–9 type  Esc ends  f flip  s shuffle  r reset  {turned}b bias  u undo  Del own  {_HELP}"


def _changed(picture: Picture) -> str:
    """Return the settings in force, how to go back to the model's own, and what they cost."""
    now = picture.reading.settings
    pool = "" if now.pool_size is None else f" · pool size {now.pool_size} · pool stride {now.pool_stride}"
    hints = [f"conv stride {now.conv_stride}{pool}", "press 0 to reset"]
    if (output := words.output_values(picture.reading)).startswith("no output"):
        hints.append(output)
    return "  ".join([*hints, _HELP])


class Status(StatusLine["Picture"]):
    """The explorer's: a pointer wins over a notice, a notice over the hints."""

    changed: reactive[bool] = reactive(False)
    """Whether the block has other settings than the model came with."""
    _said = ""

    def looks_alike(self, before: Picture, after: Picture) -> bool:
        """Tell whether there is nothing else to say."""
        return self._words() == self._said

    def words(self, width: int) -> str:
        """Return what the line says, as many hints as fit."""
        self._said = self._words()
        return fitted_hints(self._said, width)

    def _words(self) -> str:
        picture = self.picture
        if self.hovered:
            return self.hovered
        if self.activity is not None:
            return f"{self.activity}  Esc stops it"
        if picture is None:
            return "q quit"
        if self.notice:
            return self.notice
        view = picture.view
        if view.count:
            return f"{view.count}… then an arrow, or , and . for bases   Esc forgets it"
        if view.play is not None:
            paused = _FILLED if view.play.is_filled else _PAUSED
            # Of what stands in two columns, the line that is narrow has the first.
            happens = pictures.moment_sentence(picture, view.play).partition("  ")[0]
            return f"{happens}  {_PLAYING if view.play.running else paused}"
        if view.typing is not None:
            return _typing(picture, view.typing.base, inserting=view.typing.inserting)
        if view.weighing is not None:
            return _weighing(picture, view.weighing)
        if self.changed:
            return _changed(picture)
        return _hints(picture)
