"""Arrays whose axes have names, and results as data frames of pandas or polars, which are imported when one is wanted.

Whatever has columns is `Tabular`, and `to_frame` is the same of all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from importlib import import_module
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .errors import NotFoundError, SettingError, did_you_mean, printable

__all__ = ["NamedArray", "Tabular", "html_table", "named_numbers"]

_LIBRARIES: Final = ("pandas", "polars")
_MOST_ROWS: Final = 10
_MOST_COLUMNS: Final = 12
"""What a notebook shows of a result."""


class Tabular(ABC):
    """What has columns of one length, and so can be a data frame."""

    @property
    @abstractmethod
    def columns(self) -> dict[str, NDArray[Any]]:
        """The columns by their names, one-dimensional arrays of one length."""

    def to_frame(self, library: str | None = None) -> Any:
        """Return the columns as a data frame.

        Args:
            library: `pandas` or `polars`; None is the first of the two that is installed.

        Returns:
            A `pandas.DataFrame` or a `polars.DataFrame`.

        Raises:
            CnnError: It is not installed, or it is neither.
        """
        if library not in (None, *_LIBRARIES):
            raise SettingError(f"there are no data frames of {library!r}", remedy="name pandas or polars")
        for name in _LIBRARIES if library is None else (library,):
            try:
                made = import_module(name)
            except ImportError:
                continue
            # Texts as lists: each library makes its own kind of column of them.
            return made.DataFrame(
                {label: each.tolist() if each.dtype.kind in "UO" else each for label, each in self.columns.items()}
            )
        raise NotFoundError(
            f"a data frame needs {library or ' or '.join(_LIBRARIES)}",
            remedy=f"install {'it' if library else 'one of them'}, such as with pip install {library or _LIBRARIES[0]}",
        )

    def __repr__(self) -> str:
        """Return one line: what it is, how many rows it has, and the names of its columns."""
        columns = self.columns
        rows = len(next(iter(columns.values())))
        return (
            f"<{type(self).__name__}: {rows:,} row{'s' * (rows != 1)} of {', '.join([*columns][:_MOST_COLUMNS])}>"
        )

    def _repr_html_(self) -> str:
        columns = dict([*self.columns.items()][:_MOST_COLUMNS])
        rows = zip(*(column[:_MOST_ROWS].tolist() for column in columns.values()), strict=True)
        return html_table(repr(self), columns, *([_cell(each) for each in row] for row in rows))


def _cell(value: object) -> str:
    return f"{value:.6g}".replace("-", "−") if isinstance(value, float) else str(value)


def html_table(caption: str, *rows: Iterable[object]) -> str:
    """Return a table as HTML, as notebooks show it.

    Args:
        caption: What stands above it; the angle brackets of a representation are left out.
        rows: The names of the columns, then one row after the other; every cell is shown as text.
    """
    head, *body = ([escape(printable(str(cell))) for cell in row] for row in rows)
    lines = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in body)
    above = escape(caption.removeprefix("<").removesuffix(">"))
    style = "text-align: left; white-space: nowrap"
    return f'<table><caption style="{style}">{above}</caption><tr><th>{"</th><th>".join(head)}</th></tr>{lines}</table>'


@dataclass(frozen=True, eq=False, repr=False)
class NamedArray(Tabular):
    """An array whose axes have names, and what is along them labels.

    `numpy.asarray` gives the array, and `xarray.DataArray(named.values, named.labels, named.axes)` one of xarray.

    ```python
    activations = reading.named("conv1d")
    activations.axes  # ("position", "channel")
    activations.labels["channel"]  # the filters' names, or their numbers
    activations.to_frame()  # a row a position, a column a channel
    ```

    Attributes:
        name: What the numbers are, such as the name of a layer.
        values: The numbers.
        labels: By the name of each axis, in order, what is along it: numbers from 0 or names, shape (size,).
    """

    name: str
    values: NDArray[Any]
    labels: Mapping[str, NDArray[Any]]

    @property
    def axes(self) -> tuple[str, ...]:
        """The names of the axes, in order."""
        return tuple(self.labels)

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """One column for each axis but the last, and then one for each label of the last; of one axis, two columns.

        A label that is a column already gets its number behind it.
        """
        *axes, last = self.axes
        if not axes:
            return {last: self.labels[last], self.name if self.name != last else "value": self.values}
        places = np.meshgrid(*(self.labels[axis] for axis in axes), indexing="ij")
        columns = {axis: each.ravel() for axis, each in zip(axes, places, strict=True)}
        for nth, (label, column) in enumerate(
            zip(self.labels[last].tolist(), self.values.reshape(-1, self.values.shape[-1]).T, strict=True)
        ):
            columns[f"{label}[{nth}]" if str(label) in columns else str(label)] = column
        return columns

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Return the array."""
        return np.array(self.values, dtype=dtype, copy=bool(copy)) if copy else np.asarray(self.values, dtype=dtype)

    def __repr__(self) -> str:
        """Return one line: the name, the axes and their sizes."""
        sizes = " × ".join(f"{size:,} {axis}s" for axis, size in zip(self.axes, self.values.shape, strict=True))
        return f"<{self.name}: {sizes}, {self.values.dtype}>"


def named_numbers(
    owner: object, name: str, names: Collection[str], labels: Mapping[str, NDArray[Any]]
) -> NamedArray:
    """Return one of the arrays that something has, with the names of its axes.

    Args:
        owner: What has it.
        name: Its name.
        names: The names of those that may be asked for.
        labels: What is along its axes.

    Raises:
        NotFoundError: There are no numbers of that name.
    """
    if name not in names:
        remedy = did_you_mean(name, names, f"there are {', '.join(names)}")
        raise NotFoundError(f"there are no numbers '{name}'", remedy=remedy)
    return NamedArray(name, getattr(owner, name), labels)
