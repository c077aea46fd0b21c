"""The pool window as a table: each position with its response, its activation, and what the pool selected."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.blocks.pool_step import PoolStep
from cnn_core.blocks.trace import pool_step

from ..view.view_state import Level
from ..words.numbers import number
from .block_picture import Picture

__all__ = ["PoolTable", "next_pool_table", "pool_table"]


@dataclass(frozen=True, slots=True)
class PoolTable:
    """The numbers of one pool window.

    Attributes:
        conv: What the positions are of: `conv`, or the layer's own name.
        positions: The positions, in order.
        responses: The response of each, before the activation function, as text.
        function: The name of that function; nothing for the linear one, which leaves the responses as they are.
        activations: The activation of each, as text.
        selected: The place in the row that the pool selected, or None.
        ties: The other places that share the maximum.
        here: The place that the cursor stands on, below the level of cells, or None.
    """

    conv: str
    positions: range
    responses: tuple[str, ...]
    function: str
    activations: tuple[str, ...]
    selected: int | None
    ties: tuple[int, ...]
    here: int | None


def pool_table(picture: Picture) -> PoolTable | None:
    """Return the table of the pool window that is shown, or None where none is, or while it is played."""
    view, positions = picture.view, picture.pool_positions
    if view.play is not None or not positions:
        return None
    return _table(picture, picture.pool_step)


def next_pool_table(picture: Picture) -> tuple[str, PoolTable] | None:
    """Return what the next cell is and its table, or None where the cursor stands on no cell or on the last."""
    view = picture.view
    if view.level is not Level.CELL or view.play is not None or view.cell + 1 >= view.axes.cells:
        return None
    step = pool_step(picture.run, view.cell + 1, view.filter)
    name = f"{picture.words.pooled}[{step.position}]"
    return f"the next cell, {name} = {number(step.value)}", _table(picture, step)


def _table(picture: Picture, step: PoolStep) -> PoolTable:
    view, run, positions = picture.view, picture.run, step.window.positions
    responses = run.responses(positions[0], positions[-1] + 1)[:: positions.step, view.filter]
    nothing = step.selection is None or step.composition.all_zero
    selected = None if nothing else positions.index(step.selection or 0)
    equal = [] if nothing else [nth for nth, value in enumerate(step.values.tolist()) if value == step.value]
    below = view.level is not Level.CELL and picture.position in positions
    return PoolTable(
        conv=picture.words.conv,
        positions=positions,
        responses=tuple(number(float(each)) for each in responses),
        function="" if run.activation.name == "linear" else run.activation.name,
        activations=tuple(number(float(each)) for each in step.values),
        selected=selected,
        ties=tuple(nth for nth in equal if nth != selected),
        here=positions.index(picture.position) if below else None,
    )
