"""The layers, one module a family. Each is a frozen dataclass of settings and weights.

A family's module holds all that the engine knows of its layers: output shape, forward pass, what an output depends
on, what a value is composed of, and its gradient. What it lists in its `__all__` is handed on here.
"""

from .activation import *
from .activation_functions import ACTIVATIONS, ActivationFunction, activation_function
from .activation_settings import *
from .attention import *
from .base import Layer, LayerRun, PositionwiseLayer, SlidingLayer
from .composition import LARGEST_SHOWN, Composition, ComputedValue, Gated, Part, Taps
from .constants import *
from .contraction import *
from .convolution import *
from .dense import *
from .depthwise import *
from .dot import *
from .edited import Edited, Spans
from .einsum_dense import *
from .embedding import *
from .gated_recurrent import *
from .gating import *
from .group_normalization import *
from .inputs import *
from .keras_attention import *
from .merging import *
from .moved_values import MovingLayer
from .multi_head_attention import *
from .normalization import *
from .operators import *
from .padding import *
from .pointwise import *
from .pooling import *
from .recurrent import *
from .reducing import *
from .rescaling import *
from .reshaping import *
from .resizing import *
from .shapes import Array, Index, Mask, Shape
from .simple_recurrent import *
from .slicing import *
from .transposed_convolution import *
from .unknown import *
from .whole_axis_pooling import *
from .windows import Alignment, AnyPadding, Padding, Pair, Sliding, Window, checked_padding, padding_text
from .wrappers import *
