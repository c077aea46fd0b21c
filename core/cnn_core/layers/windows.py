"""How a window slides along an axis: the one arithmetic that convolutions and pools share.

Sources: of the lengths and of the split of the padding Keras, `keras.layers.Conv1D` and `MaxPooling1D` (`same` puts the
odd padding on the right; `causal` pads only the left); of padding in numbers and of `ceil` PyTorch,
`torch.nn.MaxPool1d`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final, NoReturn

import numpy as np
from numpy.typing import NDArray

from ..errors import SettingError, TooShortError
from .edited import Spans
from .shapes import check_smallest

__all__ = [
    "WIDEST_WINDOW",
    "Alignment",
    "AnyPadding",
    "Padding",
    "Pair",
    "Sliding",
    "Window",
    "checked_padding",
    "padding_text",
]

WIDEST_WINDOW: Final = 1 << 20
"""Positions from the first tap of a window to its last, at the most: so much padding may stand beside an axis."""


class Padding(StrEnum):
    """What lies beyond the ends of the axis."""

    VALID = "valid"
    """Nothing: every window lies inside."""
    SAME = "same"
    """As much on both sides as gives ⌈length / stride⌉ outputs."""
    CAUSAL = "causal"
    """All of it on the left, so that an output never reads what comes later."""

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        raise SettingError(f"there is no padding {value!r}", remedy="it is valid, same or causal")


Pair = tuple[int, int]
"""Positions of padding on the left and on the right."""
AnyPadding = Padding | Pair
"""A padding by its name, or as so many positions on either side."""


def checked_padding(padding: Padding | str | Pair) -> AnyPadding:
    """Return a padding as it is meant: nothing on either side is `valid`.

    Raises:
        SettingError: There is no padding of this name, or a side is below 0 or wider than `WIDEST_WINDOW`.
    """
    if not isinstance(padding, tuple):
        return Padding(padding)
    if not all(0 <= side <= WIDEST_WINDOW for side in padding):
        raise SettingError(
            f"a padding of {padding[0]:,} and {padding[1]:,} positions",
            remedy=f"each side has 0 to {WIDEST_WINDOW:,}",
        )
    return padding if any(padding) else Padding.VALID


def padding_text(padding: AnyPadding) -> str:
    """Return a padding in words: its name, or `3`, or `3, 2` where the sides differ."""
    if not isinstance(padding, tuple):
        return str(padding)
    left, right = padding
    return f"{left:,}" if left == right else f"{left:,}, {right:,}"


@dataclass(frozen=True, slots=True)
class Window:
    """The positions that one output reads.

    Attributes:
        first: The position of the first tap; below 0 where it lies in the padding.
        taps: How many positions are read, padding included.
        step: The distance between neighbouring taps (the dilation).
        length: The length of the axis that is read.
    """

    first: int
    taps: int
    step: int
    length: int

    @property
    def padding(self) -> tuple[int, int]:
        """How many taps lie in the padding, on the left and on the right."""
        left = min(self.taps, max(0, -(self.first // self.step)))
        last_inside = (self.length - 1 - self.first) // self.step
        return left, min(self.taps - left, max(0, self.taps - 1 - last_inside))

    @property
    def positions(self) -> range:
        """The positions of the axis that are read, without the padding."""
        left, right = self.padding
        start = self.first + left * self.step
        return range(start, start + (self.taps - left - right) * self.step, self.step)

    @property
    def interval(self) -> tuple[int, int]:
        """From the first position read to one past the last, half-open, without the padding."""
        positions = self.positions
        return (positions[0], positions[-1] + 1) if positions else (max(0, self.first), max(0, self.first))


@dataclass(frozen=True)
class Sliding:
    """A window of a size that moves along an axis by a stride.

    Attributes:
        size: Taps of the window.
        stride: Positions between neighbouring windows.
        padding: What lies beyond the ends: of a name, or so many positions left and right.
        dilation: Positions between neighbouring taps.
        ceil: Whether positions that are left over behind the last window get one of their own, which hangs over the
            end, unless it would begin in the padding there; `same` and `causal` leave nothing over.
    """

    size: int
    stride: int = 1
    padding: AnyPadding = Padding.VALID
    dilation: int = 1
    ceil: bool = False

    def __post_init__(self) -> None:
        check_smallest(1, size=self.size, stride=self.stride, dilation=self.dilation)
        if self.span > WIDEST_WINDOW:
            raise SettingError(
                f"a window of {self.span:,} positions is too wide", remedy=f"the widest is {WIDEST_WINDOW:,}"
            )

    @property
    def span(self) -> int:
        """Positions from the first tap to the last, both included: dilation × (size − 1) + 1."""
        return self.dilation * (self.size - 1) + 1

    def output_length(self, length: int) -> int:
        """Return how many windows there are along an axis.

        Args:
            length: The length of the axis.

        Raises:
            TooShortError: Not a single window fits; the message states the shortest length that works.
        """
        if length < self._shortest:
            raise TooShortError(
                f"length {length} is too short for a window of {self.span}",
                remedy=f"the shortest length that works is {self._shortest}",
            )
        if self._numbers is None:
            return (length - 1) // self.stride + 1
        inside = (length + sum(self._numbers) - self.span) // self.stride + 1
        return inside + (self.shortest(inside + 1) <= length)

    def shortest(self, outputs: int) -> int:
        """Return the length of the shortest axis that has room for `outputs` windows."""
        before = (outputs - 1) * self.stride
        if self._numbers is None:
            return before + 1
        left, right = self._numbers
        whole = before + self.span - left - right
        if self.ceil:
            # One position behind the window before is enough, if the last window begins on the axis.
            whole = min(whole, max(whole - self.stride + 1, before - left + 1))
        return max(1, whole)

    @cached_property
    def _shortest(self) -> int:
        return self.shortest(1)

    @cached_property
    def _numbers(self) -> Pair | None:
        """The padding where it is the same whatever the length of the axis."""
        if self.padding is Padding.VALID:
            return 0, 0
        return self.padding if isinstance(self.padding, tuple) else None

    def pads(self, length: int) -> Pair:
        """Return how many positions of padding lie left and right of an axis of this length.

        What a window of `ceil` lacks beyond them is no padding.
        """
        if self._numbers is not None:
            return self._numbers
        if self.padding is Padding.CAUSAL:
            return self.span - 1, 0
        total = max((self.output_length(length) - 1) * self.stride + self.span - length, 0)
        return total // 2, total - total // 2

    def taps_inside(self, length: int) -> range:
        """Return the taps that lie on the axis in any window; the others read padding wherever the window is.

        Args:
            length: The length of the axis that is read.
        """
        left, reach = self.pads(length)[0], (self.output_length(length) - 1) * self.stride
        # Tap t reads from t × dilation − left on, as far as the last window takes it.
        first = min(self.size, max(0, -(-(left - reach) // self.dilation)))
        return range(first, max(first, min(self.size, (length - 1 + left) // self.dilation + 1)))

    def window(self, output: int, length: int) -> Window:
        """Return the window that an output reads.

        Args:
            output: The position of the output, from 0.
            length: The length of the axis that is read.

        Raises:
            IndexError: There is no such output.
        """
        if not 0 <= output < self.output_length(length):
            raise IndexError(f"output {output} of {self.output_length(length)}")
        return Window(output * self.stride - self.pads(length)[0], self.size, self.dilation, length)

    def firsts(self, start: int, stop: int, length: int) -> NDArray[np.int64]:
        """Return the position of the first tap of half-open outputs; below 0 in the padding, shape (outputs,)."""
        return np.arange(start, stop, dtype=np.int64) * self.stride - self.pads(length)[0]

    def readers(self, position: int, length: int) -> tuple[int, ...]:
        """Return the outputs whose windows read a position, in order.

        Args:
            position: A position of the axis that is read.
            length: The length of that axis.
        """
        from_first = position + self.pads(length)[0]
        count = self.output_length(length)
        if self.dilation == 1:
            first = -((self.size - 1 - from_first) // self.stride)
            return tuple(range(max(0, first), min(count, from_first // self.stride + 1)))
        found = (
            (from_first - tap * self.dilation) // self.stride
            for tap in reversed(range(self.size))
            if (from_first - tap * self.dilation) % self.stride == 0
        )
        return tuple(output for output in found if 0 <= output < count)

    def reads(self, positions: NDArray[np.int64], length: int) -> NDArray[np.bool_]:
        """Return which of some positions any window reads.

        Args:
            positions: Positions of the axis that is read, shape (positions,).
            length: The length of that axis.

        Returns:
            Shape (positions,).
        """
        from_first = positions + self.pads(length)[0]
        if self.dilation == 1:
            last = np.minimum(from_first // self.stride, self.output_length(length) - 1)
            return np.asarray((last >= 0) & (from_first - last * self.stride < self.size))
        from_window = from_first[:, None] - np.arange(self.size) * self.dilation
        outputs, between = np.divmod(from_window, self.stride)
        read: NDArray[np.bool_] = ((between == 0) & (outputs >= 0) & (outputs < self.output_length(length))).any(1)
        return read

    def positions_read(self, wanted: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
        """Return which positions lie under a tap of any wanted window.

        Args:
            wanted: Which outputs, shape (windows,).
            length: The length of the axis that is read.

        Returns:
            Shape (length,).
        """
        left, reach = self.pads(length)[0], (len(wanted) - 1) * self.stride + 1
        read = np.zeros(max(left + length, reach + self.span), dtype=np.bool_)
        for tap in self.taps_inside(length):
            first = tap * self.dilation
            read[first : first + reach : self.stride] |= wanted
        return read[left : left + length]

    def reached(self, spans: Spans, length: int) -> Spans:
        """Return the outputs whose windows, from the first tap to the last, lie over any of some positions.

        Args:
            spans: Spans of the axis that is read.
            length: The length of that axis.
        """
        left = self.pads(length)[0]
        first = -((self.span - 1 - left - spans.first) // self.stride)
        last = (spans.stop - 1 + left) // self.stride
        return Spans(first, max(0, int((last - first).max()) + 1)).limited(self.output_length(length))

    def reading(self, spans: Spans, length: int) -> Spans:
        """Return what the windows of some outputs read, from the first tap of the first to the last of the last.

        Args:
            spans: Spans of the outputs.
            length: The length of the axis that is read.
        """
        first = spans.first * self.stride - self.pads(length)[0]
        return Spans(first, (spans.reach - 1) * self.stride + self.span)

    def under_taps(self, place: int, count: int, windows: int) -> Iterator[tuple[int, slice, slice]]:
        """Yield which of some neighbouring positions lie under each tap, and in which of some windows.

        Args:
            place: Where the first of the positions lies, counted from the first tap of the first window.
            count: How many positions there are.
            windows: How many windows there are.

        Yields:
            A tap, the positions under it, counted from the first of them, and the windows that read them there.
        """
        for tap in range(self.size):
            # Of the positions the tap reads every stride-th, from the first on for which a window begins.
            beyond = place - tap * self.dilation
            first = max(-beyond, 0)
            first += -(beyond + first) % self.stride
            window = (beyond + first) // self.stride
            read = min(-(-(count - first) // self.stride), windows - window)
            if read > 0:
                yield (
                    tap,
                    slice(first, first + (read - 1) * self.stride + 1, self.stride),
                    slice(window, window + read),
                )

    def left_over(self, length: int) -> tuple[int, int]:
        """Return the positions behind the last window, which nothing reads, as a half-open interval.

        Args:
            length: The length of the axis that is read.
        """
        last = self.window(self.output_length(length) - 1, length)
        return min(length, max(0, last.first + self.span)), length

    def covered(self, length: int) -> int:
        """Return how many positions windows lie over: all but those left over and those between two windows.

        Args:
            length: The length of the axis that is read.
        """
        behind, _ = self.left_over(length)
        if self.stride <= self.span:
            return behind
        windows = self.output_length(length)
        beyond = self.window(windows - 1, length).first + self.span - length
        return windows * self.span - self.pads(length)[0] - max(0, beyond)


@dataclass(frozen=True, slots=True)
class Alignment:
    """How the length axis of a layer lies over the bases, padding and ends aside.

    What a layer reads of the whole axis (a recurrent layer's past, a gate that is pooled over all positions) moves
    nothing: the alignment says over which bases a position stands, the receptive field what could influence it.

    Attributes:
        first_base: The first base under position 0; below 0 where it lies in the padding.
        stride: Bases between neighbouring positions; below 0 where the axis runs from the last base to the first.
        span: How many bases stand under one position.
    """

    first_base: int
    stride: int = 1
    span: int = 1

    def bases(self, position: int) -> tuple[int, int]:
        """Return the bases under a position, half-open; they may lie in the padding."""
        first = self.first_base + position * self.stride
        return first, first + self.span

    def through(self, sliding: Sliding, length: int) -> Alignment:
        """Return how an axis of windows over this one lies.

        Args:
            sliding: The window and how it moves.
            length: The length of this axis.
        """
        left = sliding.pads(length)[0]
        # Of an axis that runs backwards, the last tap stands over the first base.
        first_tap = -left if self.stride > 0 else sliding.span - 1 - left
        return Alignment(
            self.first_base + first_tap * self.stride,
            self.stride * sliding.stride,
            self.span + (sliding.span - 1) * abs(self.stride),
        )

    def moved(self, positions: int) -> Alignment:
        """Return the alignment of the axis that begins `positions` positions later."""
        return Alignment(self.first_base + positions * self.stride, self.stride, self.span)
