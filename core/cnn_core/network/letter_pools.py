"""Pools over a convolution of the letters, computed without its responses where nothing else reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..layers import ActivationFunction, Array, Conv1D, MaxPooling1D, Sliding
from ..letter_sums.convolution import LetterConvolution
from ..letters.alphabet import PADDING, Ambiguity
from .block import Block
from .block_functions import block_under, composed, functions_of
from .graph import Flow, Graph

__all__ = ["LetterPool", "letter_pools"]


@dataclass(frozen=True, eq=False)
class LetterPool:
    """A max pool whose largest activations are those of the largest responses to letters.

    Attributes:
        letters: The convolution.
        conv: Its window and how it moves.
        pool: The pool's.
        function: What is applied to the responses, or None.
        passed_over: The nodes whose values are not needed for it: the convolution, what lies between, and the letters
            as numbers where nothing else reads them.
    """

    letters: LetterConvolution
    conv: Sliding
    pool: Sliding
    function: ActivationFunction | None
    passed_over: tuple[str, ...]

    def cells(self, codes: NDArray[np.uint8]) -> Array:
        """Return the cells for the letters of an input window, to the last bit those of the layers one by one.

        Raises:
            SequenceError: The policy is `error` and a letter is ambiguous.
        """
        left, right = self.conv.pads(len(codes))
        padded = np.full(left + len(codes) + right, PADDING, dtype=np.uint8)
        padded[left : left + len(codes)] = codes
        return self.letters.pooled(padded, self.pool.size, self.pool.stride, self.function, -left)


def letter_pools(
    graph: Graph, flow: Flow, kept: Collection[str], given: Collection[str], ambiguity: Ambiguity
) -> dict[str, LetterPool]:
    """Return by the pool's name each that can be computed from the letters at once.

    Args:
        graph: The network.
        flow: Which of its nodes can be computed, and their shapes.
        kept: The nodes whose values are asked for.
        given: The inputs that are given numbers.
        ambiguity: What an ambiguous letter becomes.
    """
    readers = Counter(name for node in graph.nodes for name in node.inputs)
    found = {}
    for node in graph.nodes:
        if not isinstance(node.layer, MaxPooling1D) or node.name in flow.unavailable:
            continue
        block = block_under(graph, node)
        needed = any(name in kept or readers[name] > 1 for name in (block.conv, *block.between))
        letters = graph.letters_node(graph[block.conv])
        if not needed and letters is not None and letters.name not in given:
            pool = _letter_pool(graph, flow, block, ambiguity)
            if pool is not None:
                found[node.name] = pool
    # Letters that only these read need no one-hot rows.
    passed_over = {name for pool in found.values() for name in pool.passed_over}
    unread = Counter(name for node in graph.nodes if node.name in passed_over for name in node.inputs)
    for name, made in found.items():
        (read,) = graph[made.passed_over[0]].inputs
        if read not in kept and unread[read] == readers[read]:
            found[name] = replace(made, passed_over=(*made.passed_over, read))
    return found


def _letter_pool(graph: Graph, flow: Flow, block: Block, ambiguity: Ambiguity) -> LetterPool | None:
    """Return the pool of a block, if it can be computed from the letters at once."""
    conv, pool = graph[block.conv], graph[block.pool].layer
    letters = graph.letters_of(conv)
    if letters is None or not isinstance(conv.layer, Conv1D) or not isinstance(pool, MaxPooling1D):
        return None
    functions, sliding = functions_of(graph, block), pool.sliding
    positions = flow.shapes[conv.name][0] or 0
    over = (sliding.output_length(positions) - 1) * sliding.stride + sliding.span - positions
    if sliding.dilation > 1 or any(sliding.pads(positions)) or over > 0:
        return None
    if not all(function.elementwise and function.rising for function in functions):
        return None
    return LetterPool(
        LetterConvolution(conv.layer, letters.channels, ambiguity),
        conv.layer.sliding,
        sliding,
        composed(functions, conv.layer.filters) if functions else None,
        (conv.name, *block.between),
    )
