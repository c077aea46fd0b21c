"""A trace: the chain from one value back to the bases, cell → selection → window → products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import NotFoundError, RegionError
from ..layers import Array, MaxPooling1D, Window
from ..letters.alphabet import decode
from .block_reading import BlockReading
from .feature_map_block import AnyBlockRun
from .feature_map_step import FeatureMapStep
from .letter_block import BlockRun

__all__ = [
    "AnyConvStep",
    "ConvStep",
    "PoolStep",
    "Strongest",
    "Trace",
    "find_filter",
    "trace_cell",
    "trace_response",
]

_LARGEST_LISTED = 16


@dataclass(frozen=True, slots=True)
class Strongest:
    """The strongest response behind a silent cell, before the activation function levelled it.

    Attributes:
        position: Its position, the first if several share it.
        response: Its value.
    """

    position: int
    response: float


@dataclass(frozen=True, eq=False)
class PoolStep:
    """How a cell came to its value.

    Attributes:
        layer: The pool's name.
        type: Keras's name of its class.
        position: The cell.
        filter: The filter.
        value: The cell's value.
        window: The positions that it chose from.
        values: The activations there, in order, shape (positions,).
        selection: The position it chose, the first maximum; None where the pool averages.
        ties: How many of the positions share the maximum, the selection among them (1: no tie); 0 where the pool
            averages.
        silent: Whether all values are the activation function's floor, so that the selection means nothing.
        strongest: The strongest response behind a silent cell, otherwise None.
    """

    layer: str
    type: str
    position: int
    filter: int
    value: float
    window: Window
    values: Array
    selection: int | None
    ties: int
    silent: bool
    strongest: Strongest | None

    @property
    def followed(self) -> int | None:
        """The position that a trace goes on to: the selection, or behind a silent cell the strongest response."""
        return self.selection if self.strongest is None else self.strongest.position


@dataclass(frozen=True, eq=False)
class ConvStep:
    """How an activation came to its value.

    Attributes:
        layer: The convolution's name.
        type: Keras's name of its class.
        position: The position of the response.
        filter: The filter.
        value: The activation.
        response: The value before the activation function.
        bias: The filter's bias, 0 where it has none.
        window: The bases that it reads.
        bases: The letters under the taps, padding as `·`.
        products: What each tap adds, shape (taps,).
        activation: The name of the activation function.
    """

    layer: str
    type: str
    position: int
    filter: int
    value: float
    response: float
    bias: float
    window: Window
    bases: str
    products: Array
    activation: str

    @property
    def product_sum(self) -> float:
        """The sum of the products, added in the order of the taps as the engine does."""
        total = np.float32(0)
        for product in self.products:
            total += product
        return float(total)

    @property
    def count(self) -> int:
        """How many products there are."""
        return len(self.products)

    @property
    def per_tap(self) -> Array:
        """What each tap adds, shape (taps,): its product."""
        return self.products


AnyConvStep = ConvStep | FeatureMapStep
"""How an activation came to its value, from letters or from feature maps."""


@dataclass(frozen=True, eq=False)
class Trace:
    """The chain from one value back to the bases.

    Attributes:
        record: The record's name.
        input_window: The input window in the record, half-open.
        steps: From the value down: a pool step, if it is a cell that chose a response, then a convolution step.
        receptive_field: The bases that could influence the value, half-open, counted from the input window's first.
        tail_positions: The responses that no cell reads at the end, half-open.
        tail_bases: The bases that no cell reads at the end, half-open.
    """

    record: str
    input_window: tuple[int, int]
    steps: tuple[PoolStep | AnyConvStep, ...]
    receptive_field: tuple[int, int]
    tail_positions: tuple[int, int]
    tail_bases: tuple[int, int]

    def as_json(self) -> dict[str, object]:
        """Return the trace as plain JSON types; every interval is half-open and 0-based.

        All positions but `input_window` count from the first base of the input window. A window's `padding` says
        how many of its taps lie left and right of the axis; `bases` and `products` hold one item a tap, padding
        included, from `window[0]` on in steps of `dilation` where nothing is padded.

        Of a convolution that reads feature maps, `window` holds positions of the layer `reads`, and each tap has a
        product for every one of `channels` (half-open): `per_position` holds their sums, one item a tap; `largest`
        names the largest, and `rest` is what the others add up to.
        """
        return {
            "record": self.record,
            "input_window": [*self.input_window],
            "steps": [_step_json(step) for step in self.steps],
            "receptive_field": [*self.receptive_field],
            "tail": {"positions": [*self.tail_positions], "bases": [*self.tail_bases]},
        }


def _step_json(step: PoolStep | AnyConvStep) -> dict[str, object]:
    common: dict[str, object] = {
        "layer": step.layer,
        "type": step.type,
        "position": step.position,
        "filter": step.filter,
        "value": step.value,
    }
    if isinstance(step, PoolStep):
        strongest = step.strongest
        return {
            **common,
            "window": [*step.window.interval],
            "padding": [*step.window.padding],
            "selection": step.selection,
            "ties": step.ties,
            "silent": step.silent,
            "strongest": strongest and {"position": strongest.position, "response": strongest.response},
        }
    if isinstance(step, FeatureMapStep):
        return {**common, **_feature_map_json(step)}
    return {
        **common,
        "response": step.response,
        "bias": step.bias,
        "window": [*step.window.interval],
        "padding": [*step.window.padding],
        "dilation": step.window.step,
        "bases": step.bases,
        "products": [float(product) for product in step.products],
    }


def _feature_map_json(step: FeatureMapStep) -> dict[str, object]:
    largest = step.largest(_LARGEST_LISTED)
    return {
        "response": step.response,
        "bias": step.bias,
        "reads": step.source,
        "channels": [step.channels.start, step.channels.stop],
        "window": [*step.window.interval],
        "padding": [*step.window.padding],
        "dilation": step.window.step,
        "receptive_field": [*step.receptive_field],
        "per_position": step.per_tap.tolist(),
        "largest": [
            {
                "position": each.position,
                "channel": each.channel,
                "value": each.value,
                "weight": each.weight,
                "product": each.product,
            }
            for each in largest
        ],
        "count": step.count,
        "rest": step.rest(largest),
    }


def find_filter(run: AnyBlockRun, text: str) -> int:
    """Return the filter of a number or a name.

    Args:
        run: The block.
        text: A filter's number, counted from 0, or its name in any case.

    Raises:
        NotFoundError: There is no such filter.
    """
    names = [name.casefold() for name in run.conv.filter_names]
    if text.casefold() in names:
        return names.index(text.casefold())
    if text.isascii() and text.isdigit() and int(text) < run.filters:
        return int(text)
    listed = f" or {', '.join(run.conv.filter_names)}" if run.conv.filter_names else ""
    raise NotFoundError(
        f"{run.block.conv} has no filter '{text}'", remedy=f"its filters are 0 to {run.filters - 1}{listed}"
    )


def trace_cell(reading: BlockReading, cell: int, filter_index: int) -> Trace:
    """Return the trace of one pooled cell.

    Args:
        reading: The model on the input window.
        cell: The cell's position.
        filter_index: The filter.

    Raises:
        RegionError: There is no such cell.
        NotFoundError: There is no such filter.
    """
    run = reading.run
    _check_filter(run, filter_index)
    if not 0 <= cell < run.cells:
        raise RegionError(
            f"there is no cell {cell}", where=run.block.pool, remedy=f"its cells are 0 to {run.cells - 1}"
        )
    pooled = _pool_step(run, cell, filter_index)
    steps: tuple[PoolStep | AnyConvStep, ...] = (pooled,)
    if pooled.followed is not None:
        steps += (_conv_step(run, pooled.followed, filter_index),)
    return _trace(reading, steps, run.receptive_field(cell))


def trace_response(reading: BlockReading, position: int, filter_index: int) -> Trace:
    """Return the trace of one response.

    Args:
        reading: The model on the input window.
        position: The position of the response.
        filter_index: The filter.

    Raises:
        RegionError: There is no such position.
        NotFoundError: There is no such filter.
    """
    run = reading.run
    _check_filter(run, filter_index)
    if not 0 <= position < run.positions:
        raise RegionError(
            f"there is no position {position}",
            where=run.block.conv,
            remedy=f"its positions are 0 to {run.positions - 1}",
        )
    step = _conv_step(run, position, filter_index)
    field = step.receptive_field if isinstance(step, FeatureMapStep) else step.window.interval
    return _trace(reading, (step,), field)


def _check_filter(run: AnyBlockRun, filter_index: int) -> None:
    if not 0 <= filter_index < run.filters:
        find_filter(run, str(filter_index))


def _pool_step(run: AnyBlockRun, cell: int, filter_index: int) -> PoolStep:
    window = run.pool.sliding.window(cell, run.positions)
    start, stop = window.interval
    responses = run.responses(start, stop)
    values = run.activation(responses)[:, filter_index]
    chooses = isinstance(run.pool, MaxPooling1D)
    largest = values.max()
    silent = chooses and run.floors is not None and bool((values == run.floors[filter_index]).all())
    behind = int(np.argmax(responses[:, filter_index]))
    return PoolStep(
        layer=run.block.pool,
        type=run.pool.type,
        position=cell,
        filter=filter_index,
        value=float(run.values(cell, cell + 1)[0, filter_index]),
        window=window,
        values=values,
        selection=start + int(np.argmax(values)) if chooses else None,
        ties=int((values == largest).sum()) if chooses else 0,
        silent=silent,
        strongest=Strongest(start + behind, float(responses[behind, filter_index])) if silent else None,
    )


def _conv_step(run: AnyBlockRun, position: int, filter_index: int) -> AnyConvStep:
    if not isinstance(run, BlockRun):
        return run.step(position, filter_index)
    window = run.conv.sliding.window(position, run.length)
    codes = run.codes(window.first, window.first + run.conv.sliding.span)[:: window.step]
    response = run.responses(position, position + 1)
    return ConvStep(
        layer=run.block.conv,
        type=run.conv.type,
        position=position,
        filter=filter_index,
        value=float(run.activation(response)[0, filter_index]),
        response=float(response[0, filter_index]),
        bias=0.0 if run.conv.bias is None else float(run.conv.bias[filter_index]),
        window=window,
        bases=decode(codes),
        products=run.letters.products(codes, filter_index),
        activation=run.activation.name,
    )


def _trace(
    reading: BlockReading, steps: tuple[PoolStep | AnyConvStep, ...], receptive_field: tuple[int, int]
) -> Trace:
    run = reading.run
    return Trace(
        record=reading.record.name,
        input_window=reading.window,
        steps=steps,
        receptive_field=receptive_field,
        tail_positions=run.tail,
        tail_bases=run.tail_bases,
    )
