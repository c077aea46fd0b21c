"""The layers, one module a family. Each is a frozen dataclass of settings and weights.

A family's module holds all that the engine knows of its layers: output shape, forward pass, what an output depends
on, what a value is composed of, and its gradient. What it lists in its `__all__` is handed on here.
"""

from . import (
    activation,
    activation_settings,
    attention,
    constants,
    contraction,
    convolution,
    dense,
    depthwise,
    dot,
    einsum_dense,
    embedding,
    gated_recurrent,
    gating,
    group_normalization,
    inputs,
    keras_attention,
    merging,
    multi_head_attention,
    normalization,
    operators,
    padding,
    pointwise,
    pooling,
    recurrent,
    reducing,
    rescaling,
    reshaping,
    resizing,
    simple_recurrent,
    slicing,
    transposed_convolution,
    unknown,
    whole_axis_pooling,
    wrappers,
)
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
from .moving import MovingLayer
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

__all__ = [
    "ACTIVATIONS",
    "LARGEST_SHOWN",
    "ActivationFunction",
    "Alignment",
    "AnyPadding",
    "Array",
    "Composition",
    "ComputedValue",
    "Edited",
    "Gated",
    "Index",
    "Layer",
    "LayerRun",
    "Mask",
    "MovingLayer",
    "Padding",
    "Pair",
    "Part",
    "PositionwiseLayer",
    "Shape",
    "Sliding",
    "SlidingLayer",
    "Spans",
    "Taps",
    "Window",
    "activation_function",
    "checked_padding",
    "padding_text",
]
__all__ += activation.__all__
__all__ += activation_settings.__all__
__all__ += attention.__all__
__all__ += constants.__all__
__all__ += contraction.__all__
__all__ += convolution.__all__
__all__ += dense.__all__
__all__ += depthwise.__all__
__all__ += dot.__all__
__all__ += einsum_dense.__all__
__all__ += embedding.__all__
__all__ += padding.__all__
__all__ += gated_recurrent.__all__
__all__ += gating.__all__
__all__ += group_normalization.__all__
__all__ += inputs.__all__
__all__ += keras_attention.__all__
__all__ += merging.__all__
__all__ += multi_head_attention.__all__
__all__ += normalization.__all__
__all__ += operators.__all__
__all__ += pointwise.__all__
__all__ += pooling.__all__
__all__ += recurrent.__all__
__all__ += reducing.__all__
__all__ += rescaling.__all__
__all__ += reshaping.__all__
__all__ += resizing.__all__
__all__ += simple_recurrent.__all__
__all__ += slicing.__all__
__all__ += transposed_convolution.__all__
__all__ += unknown.__all__
__all__ += whole_axis_pooling.__all__
__all__ += wrappers.__all__
__all__.sort(key=lambda name: (not name.isupper(), name))
