"""What a model computes from a sequence: activations, selections, and why a value is what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import index as whole

import numpy as np
from numpy.typing import NDArray

from ..attribution import Attribution, Effects, ExplainedValue, Method, Target, attribute, effects
from ..blocks.filter_labels import filter_names
from ..blocks.reading import Reading
from ..errors import ModelError, RegionError, SettingError, printable
from ..explain.walk_down import Descent, check_index
from ..layers import (
    AdaptiveMaxPooling1D,
    Array,
    Convolution1D,
    GlobalMaxPooling1D,
    Index,
    Input,
    MaxPooling1D,
    PoolingLayer,
)
from ..letters.alphabet import encode
from ..named_arrays import NamedArray, html_table
from ..network.graph import Node
from ..network.model import Model
from .explanations import Explanation

__all__ = ["ModelReading"]


@dataclass(frozen=True, eq=False, repr=False)
class ModelReading:
    """One model on one input window of letters, or on numbers in their place; what is asked for is computed, once.

    ```python
    reading = model.read("ACGT" * 125)
    reading["conv1d"]  # activations, shape (positions, channels)
    reading.named("conv1d").to_frame()  # the same as a data frame
    reading.selections("max_pooling1d")  # the positions that the pool selected
    reading.output  # what the network gives
    print(reading.explain("max_pooling1d", cell=3, channel=17))  # the chain down to the bases
    reading.effects().to_frame()  # what every substitution changes the output by
    ```

    Attributes:
        reading: The reading as the engine has it.
        numbers: The input's numbers instead of letters, shape (length, channels); None if it reads letters.
    """

    reading: Reading
    numbers: Array | None = None

    @property
    def region(self) -> str:
        """The input window in samtools form, 1-based and inclusive."""
        return self.reading.region

    @cached_property
    def _values(self) -> dict[str, Array]:
        if self.numbers is None:
            return self.reading.values
        model = self.reading.model
        given = {**self.reading.side_values(), model.nodes[0].name: self.numbers}
        return model.run(self.reading.codes(0, self.reading.length), self.reading.ambiguity, given)

    def __getitem__(self, layer: str) -> Array:
        """Return a layer's activations, computed when they are first needed.

        Args:
            layer: The layer's name.

        Returns:
            Shape (length, channels), or (units,) without a length.

        Raises:
            CnnError: There is no such layer, or it cannot be computed; the message says why.
        """
        node = self._node(layer)
        values = self._values
        if node.name not in values:
            reason = self.reading.model.unavailable(self.reading.length).get(node.name, "")
            raise ModelError(f"cannot be computed: {reason}", where=f"layer {node.name}")
        return values[node.name]

    @property
    def output(self) -> Array:
        """The network's output: the activations of its first output layer."""
        return self[self.reading.model.outputs[0]]

    def selections(self, layer: str) -> NDArray[np.int64]:
        """Return the position that each cell of a max pool selected, the first if several share the maximum.

        Args:
            layer: The pool's name.

        Returns:
            Positions of the layer that the pool reads, shape (cells, channels), or (channels,) of a global pool.

        Raises:
            CnnError: There is no such layer, or it selects nothing.
        """
        node = self._node(layer)
        if isinstance(node.layer, MaxPooling1D | AdaptiveMaxPooling1D):
            return node.layer.selections(self[node.inputs[0]])
        if isinstance(node.layer, GlobalMaxPooling1D):
            selected: NDArray[np.int64] = self[node.inputs[0]].argmax(axis=0)
            return selected
        raise ModelError(
            f"a {node.layer.type} selects no position", where=f"layer {node.name}", remedy="name a max pool"
        )

    def named(self, layer: str, numbers: str = "activations") -> NamedArray:
        """Return a layer's numbers with the names of their axes.

        These are position and channel, of a pool cell and channel, and unit where no length is left; channels and units
        have the names of filters, letters or outputs where there are any, and are numbered otherwise.

        Args:
            layer: The layer's name.
            numbers: `activations`, or of a max pool `selections`, see `selections`.

        Raises:
            CnnError: There is no such layer, it cannot be computed, or it has no such numbers.
        """
        node = self._node(layer)
        if numbers not in ("activations", "selections"):
            raise SettingError(f"there are no numbers '{numbers}'", remedy="name activations or selections")
        values: NDArray[np.generic] = self[layer] if numbers == "activations" else self.selections(layer)
        names = _channel_names(self.reading.model, node)
        if values.ndim == 1:
            axes = ["unit"]
        else:
            first = "cell" if isinstance(node.layer, PoolingLayer) else "position"
            axes = [first, *(f"axis_{nth}" for nth in range(1, values.ndim - 1)), "channel"]
        labels = {axis: np.arange(size) for axis, size in zip(axes, values.shape, strict=True)}
        if len(names) == values.shape[-1]:
            labels[axes[-1]] = np.array([*names])
        return NamedArray(node.name, values, labels)

    def intervals(self, layer: str) -> NDArray[np.int64]:
        """Return where in the record the positions of a layer lie, each with all the bases under its window.

        ```python
        starts, stops = reading.intervals("conv1d").T
        reading.named("conv1d").to_frame().assign(start=starts, stop=stops)  # pandas
        ```

        Args:
            layer: The layer's name.

        Returns:
            Half-open and 0-based as in BED, shape (positions, 2); what lies beyond the input window is cut off.

        Raises:
            CnnError: There is no such layer, it cannot be computed, or its positions do not follow the bases.
        """
        node, reading = self._node(layer), self.reading
        positions = len(self[layer])
        alignment = reading.model.alignment(node.name, reading.length)
        if alignment is None:
            raise ModelError("has no positions that follow the bases", where=f"layer {node.name}")
        bases = np.array([alignment.bases(each) for each in range(positions)], dtype=np.int64).reshape(-1, 2)
        places = reading.origin - bases[:, ::-1] if reading.reverse else reading.origin + bases
        return np.clip(places, reading.start, reading.stop)

    def explain(
        self,
        layer: str,
        *,
        cell: int | None = None,
        position: int | None = None,
        unit: int | None = None,
        channel: int = 0,
    ) -> Explanation:
        """Return what a value is computed from, part by part, down to the bases.

        Args:
            layer: The layer's name.
            cell: The cell of a pool; another word for position.
            position: The position of a layer that has a length.
            unit: The unit of a layer without a length.
            channel: The channel, or filter, of a layer that has a length.

        Raises:
            CnnError: There is no such layer, or it has no such value.
        """
        node = self._node(layer)
        values = self[layer]
        index = _index(values, {"cell": cell, "position": position, "unit": unit}, channel)
        check_index({layer: values}, layer, index)
        if isinstance(node.layer, Input):
            raise ModelError(
                "is what the network is given", where=f"layer {layer}", remedy="name a layer behind it"
            )
        descent = Descent(self.reading.model, self._values)
        return Explanation(self.reading.model, descent.from_value(layer, index))

    def effects(self, target: str = "output", *, logit: bool | None = None) -> Effects:
        """Return what every substitution of a base changes a value by: saturation mutagenesis.

        Args:
            target: The value: `output`, `output:N`, `LAYER:UNIT` or `LAYER:POSITION:CHANNEL`, counted from 0.
            logit: Whether the value before a last sigmoid or softmax is meant; None is where there is one.

        Raises:
            CnnError: There is no such value, or numbers are read instead of letters.
        """
        reading, codes = self.reading, self._codes
        found = self._target(target, logit=logit)
        return effects(reading.model, found, codes, reading.ambiguity, reading.side_values(), reading.values)

    def contributions(
        self,
        target: str = "output",
        *,
        method: str = "gradient-x-input",
        logit: bool | None = None,
        references: int | Sequence[str] = 20,
        seed: int = 0,
        baseline: float = 0.0,
    ) -> Attribution:
        """Return what every base contributes to a value.

        Args:
            target: The value, see `effects`.
            method: `gradient`, `gradient-x-input`, `integrated` or `deeplift`.
            logit: See `effects`.
            references: DeepLIFT's references, as letters; or how many dinucleotide-preserving shuffles.
            seed: The seed of the first shuffle.
            baseline: What stands in all four rows where integrated gradients begin.

        Raises:
            CnnError: There is no such value or method, a layer on the way has no gradient, or the references are not
                as long as the input.
        """
        explained = ExplainedValue.of(self.reading, self._target(target, logit=logit))
        if method not in [*Method]:
            raise SettingError(f"there is no method '{method}'", remedy=f"it is one of {', '.join(Method)}")
        given = references if isinstance(references, int) else self._as_codes(references)
        return attribute(explained, self._codes, method, references=given, seed=seed, baseline=baseline)

    def _target(self, target: str, *, logit: bool | None) -> Target:
        return Target.parse(target, self.reading.model, self.reading.length, logit=logit)

    def _as_codes(self, references: Sequence[str]) -> NDArray[np.uint8]:
        length = self.reading.length
        if isinstance(references, str) or not references or any(len(each) != length for each in references):
            raise SettingError(
                "the references are not letters of the input's length", remedy=f"give texts of {length:,} letters"
            )
        return np.array([encode(each) for each in references])

    @property
    def _codes(self) -> NDArray[np.uint8]:
        if self.numbers is not None:
            raise SettingError("numbers are read, which no letter can replace", remedy="read letters")
        return self.reading.codes(0, self.reading.length)

    def _node(self, layer: str) -> Node:
        if not isinstance(layer, str):
            raise SettingError(f"a {type(layer).__name__} does not name a layer", remedy="give its name as text")
        return self.reading.model[layer]

    def __repr__(self) -> str:
        """Return one line: the model and what it reads."""
        letters = "letters" if self.numbers is None else "rows of numbers"
        return (
            f"<{printable(self.reading.model.name)} on {printable(self.region)}: {self.reading.length:,} {letters}>"
        )

    def _repr_html_(self) -> str:
        """Return a small table of the layers and their shapes here, as notebooks show it."""
        shapes = self.reading.model.flow(self.reading.length).shapes
        rows = (
            (node.name, node.layer.type, shapes.get(node.name, "cannot be computed"))
            for node in self.reading.model.nodes
        )
        return html_table(repr(self), ("layer", "type", "shape"), *rows)


def _channel_names(model: Model, node: Node) -> Sequence[str]:
    """Return what the channels or units of a layer are called; nothing where they have numbers alone."""
    if isinstance(node.layer, Input):
        return node.layer.channels
    if node.name == model.named_output:
        return model.output_names
    for block in model.blocks:
        conv = model[block.conv].layer
        if node.name in (block.conv, *block.between, block.pool) and isinstance(conv, Convolution1D):
            return filter_names(conv)
    return ()


def _index(values: Array, given: dict[str, int | None], channel: int) -> Index:
    """Return the index of the place that a caller names."""
    named = {name: place for name, place in given.items() if place is not None}
    if len(named) != 1:
        wanted = "unit" if values.ndim == 1 else "cell or position"
        raise SettingError("one place is asked for", remedy=f"give a {wanted}")
    ((name, place),) = named.items()
    if (name == "unit") != (values.ndim == 1):
        has = "units" if values.ndim == 1 else "positions and channels"
        raise RegionError(f"there is no {name} {place}", remedy=f"this layer has {has}")
    try:
        return (whole(place),) if values.ndim == 1 else (whole(place), whole(channel))
    except TypeError:
        raise SettingError(
            f"{place!r} or {channel!r} is not a whole number", remedy="places count from 0"
        ) from None
