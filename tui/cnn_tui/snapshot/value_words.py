"""Which value it is that has changed: from its place in the JSON to the words of the screen."""

from __future__ import annotations

from typing import Any, Final

from cnn_core.errors import printable

__all__ = ["ABSENT", "Place", "ValueWords"]

Place = tuple[str | int, ...]

ABSENT: Final = object()
"""What stands for a value that one of the two has not."""

_LISTED: Final = {
    "responses": ("positions", "response of conv[{}]"),
    "activations": ("positions", "conv[{}]"),
    "pooled": ("cells", "pooled[{}]"),
    "selections": ("cells", "selection of pooled[{}]"),
    "silent": ("cells", "whether pooled[{}] is all 0"),
}
"""The lists of `visible`: which interval counts them, and what an item of them is."""
_ROWS: Final = {"all_maps": ("positions", "conv[{}]"), "all_cells": ("cells", "pooled[{}]")}
"""The heat maps of `drawn`: which interval counts the values of a row, and what a value of it is."""
_LONGEST: Final = 60


class ValueWords:
    """Names the values of two snapshots.

    Args:
        before: What the baseline holds.
        after: What the snapshot holds.
    """

    def __init__(self, before: Any, after: Any) -> None:
        self._before, self._after = before, after

    def of(self, place: Place, before: object, after: object) -> tuple[str, str, str]:
        """Return what a value is, what it was and what it is.

        Args:
            place: The keys and indices down to it.
            before: What it was.
            after: What it is.
        """
        match place:
            case ("visible", str(name), int(nth)) if name in _LISTED and self._unmoved(_LISTED[name][0]):
                interval, words = _LISTED[name]
                first = self._at(self._after, "visible", interval, 0)
                where = f"{words.format(first + nth)} of {self._filter()}"
            case ("drawn", str(name), int(), "values", int(nth)) if name in _ROWS and self._unzoomed(name):
                interval, words = _ROWS[name]
                first = self._at(self._after, "visible", interval, 0)
                where = f"{words.format(first + nth)} of filter {self._at(self._after, *place[:3], 'filter')}"
            case ("drawn", str(name), int(), *rest) if name in _ROWS and self._same_filter(place[:3]):
                filter_number = self._at(self._after, *place[:3], "filter")
                where = f"{name.replace('_', ' ')}, filter {filter_number}: {self.dotted(tuple(rest))}"
            case ("drawn", "kernel", "weights", str(channel), int(tap)) if self._unmoved("positions"):
                where = f"the weight of tap {tap}, {channel}, of {self._filter()}"
            case ("drawn", "kernel", "bias") if self._unmoved("positions"):
                where = f"the bias of {self._filter()}"
            case ("visible", "letters") if self._unmoved("bases"):
                return self._letters(str(before), str(after))
            case _:
                where = self.dotted(place)
        return where, _shown(before), _shown(after)

    def digest(self, place: Place) -> str:
        """Return which of the things that a view is computed from has changed, or nothing where that says nothing.

        Args:
            place: The keys down to a digest that both have.
        """
        match place:
            case ("digests", "letters"):
                same_letters = (("record", "name"), ("input_window",))
                moved = any(self._at(self._before, *each) != self._at(self._after, *each) for each in same_letters)
                return "" if moved else "the letters of the input window have changed"
            case ("digests", "weights", str(layer)):
                return f"the weights of {printable(layer)} have changed"
            case ("digests", "inputs", str(name)):
                return f"the numbers of the input {printable(name)} have changed"
        return ""

    @staticmethod
    def dotted(place: Place) -> str:
        """Return keys and indices as they are written in programs: `visible.pooled[3]`."""
        text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in place)
        return text.removeprefix(".")

    def _unmoved(self, interval: str) -> bool:
        """Tell whether both lists are of the same stretch of the same filter."""
        places = (("visible", interval), ("view", "filter"))
        return all(self._at(self._before, *place) == self._at(self._after, *place) for place in places)

    def _same_filter(self, row: Place) -> bool:
        """Tell whether a row of a heat map is of the same filter in both."""
        before, after = (self._at(values, *row, "filter") for values in (self._before, self._after))
        return before == after and after is not None

    def _unzoomed(self, name: str) -> bool:
        """Tell whether the values of a heat map are those of one position or cell each, and of the same ones."""
        interval = _ROWS[name][0]
        same = all(
            self._at(self._before, *each) == self._at(self._after, *each)
            for each in (("visible", interval), ("drawn", name, 0, "filter"))
        )
        return same and self._at(self._after, "view", "bases_per_column") == 1

    def _filter(self) -> str:
        number, name = (self._at(self._after, "view", key) for key in ("filter", "filter_name"))
        return f"filter {number} {name}".rstrip()

    def _letters(self, before: str, after: str) -> tuple[str, str, str]:
        first = self._at(self._after, "visible", "bases", 0)
        differ = [nth for nth, (one, other) in enumerate(zip(before, after, strict=False)) if one != other]
        if len(before) != len(after) or not differ:
            return "visible.letters", _shown(before), _shown(after)
        nth = differ[0]
        more = f", and {len(differ) - 1} letters more" if len(differ) > 1 else ""
        return f"the letter of base {first + nth}", before[nth], f"{after[nth]}{more}"

    @staticmethod
    def _at(values: Any, *place: str | int) -> Any:
        for key in place:
            try:
                values = values[key]
            except (KeyError, IndexError, TypeError):
                return None
        return values


def _shown(value: object) -> str:
    if value is ABSENT:
        return "not there"
    if isinstance(value, list):
        return f"{len(value)} values"
    if isinstance(value, dict):
        return "a group of values"
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    text = str(value) or "nothing"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
