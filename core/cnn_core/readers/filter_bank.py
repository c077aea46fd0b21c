"""From bare filters to a model: a convolution over the letters, and the max pool behind it that the file leaves open.

Activation, pool size and pool stride are in none of these files. They are given, or changed live in the explorer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from ..layers import Array, Conv1D, Input, MaxPooling1D
from ..network.model import Model
from .filter_defaults import DEFAULT_ACTIVATION, DEFAULT_POOL_SIZE
from .formats import Format
from .head import Head
from .report import FileContents, ModelFile

__all__ = ["FilterBank", "FilterFile", "filter_format"]

_INPUT: Final = "input"
_CONVOLUTION: Final = "conv1d"
_POOL: Final = "max_pooling1d"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterBank:
    """What every file of filters leaves open.

    Attributes:
        activation: The name of the activation function; None leaves it to the file, or to `DEFAULT_ACTIVATION`.
        pool_size: Responses that a cell chooses from; None likewise, or `DEFAULT_POOL_SIZE`.
        pool_stride: Responses between neighbouring pool windows; None means the pool size.
    """

    activation: str | None = None
    pool_size: int | None = None
    pool_stride: int | None = None

    @property
    def activation_name(self) -> str:
        """The name of the activation function, where the file has none."""
        return DEFAULT_ACTIVATION if self.activation is None else self.activation

    @property
    def pool(self) -> MaxPooling1D:
        """The pool, where the file has none."""
        size = DEFAULT_POOL_SIZE if self.pool_size is None else self.pool_size
        return MaxPooling1D(size=size, stride=self.pool_stride)

    def model(
        self,
        name: str,
        kernel: Array,
        bias: Array | None,
        *,
        channels: str,
        layer: str = _CONVOLUTION,
        filter_names: tuple[str, ...] = (),
    ) -> Model:
        """Return a model of one convolution and one max pool, for an input of any length.

        Args:
            name: The model's name.
            kernel: The kernels, shape (kernel size, channels, filters).
            bias: The biases, shape (filters,), or None.
            channels: The channel order.
            layer: The convolution's name.
            filter_names: The filters' names, if they have any.

        Raises:
            CnnError: The kernels do not have so many channels, there is no such activation function, or a size or
                stride is below 1.
        """
        conv = Conv1D(kernel=kernel, bias=bias, activation=self.activation_name, filter_names=filter_names)
        return Model.sequential(
            name,
            [
                (_INPUT, Input(None, channels)),
                (layer if layer not in ("", _INPUT, _POOL) else _CONVOLUTION, conv),
                (_POOL, self.pool),
            ],
        )


Settings = TypeVar("Settings", bound=FilterBank, contravariant=True)


class FilterFile(Protocol[Settings]):
    """A file of filters that was read, before any model is made of it."""

    @property
    def contents(self) -> FileContents:
        """What the file holds."""

    def open(self, settings: Settings) -> ModelFile:
        """Return the model that these settings make of it."""


def filter_format(
    name: str,
    settings: type[Settings],
    matches: Callable[[Head], bool],
    read: Callable[..., FilterFile[Settings]],
    reading: Sequence[str] = (),
) -> Format:
    """Return a format of files of filters.

    Args:
        name: Its name, for error texts.
        settings: What its files leave open; the fields are the options.
        matches: Tells from a file's head whether it has this format.
        read: Reads a file, from its bytes and its name.
        reading: The options that it takes as well, by their names.
    """

    def open_file(data: bytes, source: str, given: Mapping[str, Any], _path: Path | None) -> ModelFile:
        chosen = settings(**given)
        return read(data, source, **{name: getattr(chosen, name) for name in reading}).open(chosen)

    options = [field.name for field in fields(settings)]
    shared = len(fields(FilterBank))
    return Format(
        name=name,
        options=(*options[shared:], *options[:shared]),
        matches=lambda head, _: matches(head),
        open=open_file,
        inspect=lambda data, source: read(data, source).contents,
    )
