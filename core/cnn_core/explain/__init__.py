"""What one value of any layer is computed from: the parts that add up to it, or the one that was chosen.

A part is a value of an input and what it contributes. A weighted sum has a part a position and channel, so the
largest are named and the rest are summed; a maximum has the one that was kept; a merge has one an input.
"""

from ..layers import Index
from .composing import compose
from .parts import LARGEST_SHOWN, Composition, Gated, Part
from .recurrent import hidden_states

__all__ = ["LARGEST_SHOWN", "Composition", "Gated", "Index", "Part", "compose", "hidden_states"]
