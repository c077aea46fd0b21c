"""A trace: the chain from one value back to the bases, cell → selection → window → products."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..errors import RegionError
from ..layers import ActivationFunction, Array, ComputedValue
from .block_run import BlockRun
from .conv_step import ConvStep
from .pool_step import PoolStep, Strongest
from .reading import Reading

__all__ = [
    "Trace",
    "find_filter",
    "pool_step",
    "trace_cell",
    "trace_response",
]

_LARGEST_LISTED = 16
_LONG_WINDOW = 1 << 12
"""Positions of a pool window beyond which one filter's alone are computed."""


@dataclass(frozen=True, eq=False)
class Trace:
    """The chain from one value back to the bases.

    Attributes:
        record: The record's name.
        input_window: The input window in the record, half-open.
        steps: From the value down: a pool step, if it is a cell that chose a response, then a convolution step.
        receptive_field: The bases that could influence the value, half-open, counted from the input window's first.
        left_over: The responses that no cell reads at the end, half-open.
        left_over_bases: The bases that no cell reads at the end, half-open.
    """

    record: str
    input_window: tuple[int, int]
    steps: tuple[PoolStep | ConvStep, ...]
    receptive_field: tuple[int, int]
    left_over: tuple[int, int]
    left_over_bases: tuple[int, int]

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
            "tail": {"positions": [*self.left_over], "bases": [*self.left_over_bases]},
        }


def _step_json(step: PoolStep | ConvStep) -> dict[str, object]:
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
            "ties": step.composition.ties,
            "silent": step.composition.all_zero,
            "strongest": strongest and {"position": strongest.position, "response": strongest.response},
        }
    if step.source:
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


def _feature_map_json(step: ConvStep) -> dict[str, object]:
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
                "position": each.index[0],
                "channel": each.index[1],
                "value": each.value,
                "weight": each.weight,
                "product": each.amount,
            }
            for each in largest
        ],
        "count": step.count,
        "rest": step.rest(largest),
    }


def find_filter(run: BlockRun, text: str) -> int:
    """Return the filter of a number or a name.

    Args:
        run: The block.
        text: A filter's number, counted from 0, or its name in any case.

    Raises:
        NotFoundError: There is no such filter.
    """
    return run.conv.find_filter(text, run.block.conv)


def trace_cell(reading: Reading, cell: int, filter_index: int) -> Trace:
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
    pooled = pool_step(run, cell, filter_index)
    steps: tuple[PoolStep | ConvStep, ...] = (pooled,)
    if pooled.followed is not None:
        steps += (run.step(pooled.followed, filter_index),)
    return _trace(reading, steps, run.receptive_field(cell))


def trace_response(reading: Reading, position: int, filter_index: int) -> Trace:
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
    step = run.step(position, filter_index)
    return _trace(reading, (step,), step.receptive_field)


def _nearest(function: ActivationFunction, responses: Array, column: int) -> int:
    """Return which response is the largest where a function levels them, which a batch norm before may have turned."""
    for part in function.parts or (function,):
        activations = part(responses)
        if (activations[:, column] == activations[0, column]).all():
            break
        responses = activations
    return int(np.argmax(responses[:, column]))


def _check_filter(run: BlockRun, filter_index: int) -> None:
    if not 0 <= filter_index < run.filters:
        find_filter(run, str(filter_index))


def pool_step(run: BlockRun, cell: int, filter_index: int) -> PoolStep:
    """Return how a cell came to its value, without what its selection read.

    Args:
        run: The block.
        cell: The cell's position.
        filter_index: The filter.
    """
    window = run.pool.sliding.window(cell, run.positions)
    start, stop = window.interval
    alone, column = run, filter_index
    if stop - start > _LONG_WINDOW and (one := run.for_filter(filter_index)) is not run:
        alone, column = one, 0
    responses = alone.responses(start, stop)
    values = alone.activation(responses)[:: window.step, column : column + 1]
    responses = responses[:: window.step]
    pooled = run.values(cell, cell + 1)[:, filter_index : filter_index + 1]
    floor = None if run.floors is None else float(run.floors[filter_index])
    # The same pool on this pool window alone, whose padding is no part of the activations.
    composition = run.pool.alone(cell, run.positions).compose(ComputedValue((values,), pooled, (0, 0), floor=floor))
    parts = tuple(
        replace(part, index=(window.positions[part.index[0]], filter_index)) for part in composition.parts
    )
    composition = replace(composition, parts=parts, taps=None)
    strongest = None
    if composition.all_zero:
        behind = _nearest(alone.activation, responses, column)
        strongest = Strongest(start + behind * window.step, float(responses[behind, column]))
    return PoolStep(
        layer=run.block.pool,
        type=run.pool_layer.type,
        position=cell,
        filter=filter_index,
        window=window,
        values=values[:, 0],
        counted=int(run.pool.counted(np.array([window.first]), run.positions)[0]),
        composition=composition,
        strongest=strongest,
    )


def _trace(reading: Reading, steps: tuple[PoolStep | ConvStep, ...], receptive_field: tuple[int, int]) -> Trace:
    run = reading.run
    return Trace(
        record=reading.record.name,
        input_window=reading.window,
        steps=steps,
        receptive_field=receptive_field,
        left_over=run.left_over,
        left_over_bases=run.left_over_bases,
    )
