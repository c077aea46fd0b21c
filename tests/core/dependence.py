"""Which positions of its inputs one output position of a layer depends on."""

from __future__ import annotations

import numpy as np

from cnn_core.layers import Layer


def read_by(layer: Layer, position: int, *shapes: tuple[int, ...]) -> list[list[int]]:
    """Return the positions of every input that an output position reads, in order."""
    wanted = np.arange(layer.output_shape(*shapes)[0]) == position
    read = layer.positions_read(wanted, *shapes)
    assert [len(mask) for mask in read] == [shape[0] for shape in shapes]
    return [np.flatnonzero(mask).tolist() for mask in read]
