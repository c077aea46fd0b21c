"""The layers, one module a family. Each is a frozen dataclass of settings and weights."""

from .activation import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from .activation_functions import ACTIVATIONS, ActivationFunction, activation_function
from .base import Layer, MovingLayer, PositionwiseLayer, SlidingLayer
from .composition import LARGEST_SHOWN, Composition, ComputedValue, Gated, Part, Taps
from .convolution import Conv1D, Convolution1D, DepthwiseConv1D, SeparableConv1D
from .dense import Dense
from .embedding import Embedding, Masking
from .gated_recurrent import GRU, LSTM, GatedRecurrent, Gates
from .inputs import IndexInput, Input, SideInput
from .merging import Add, Average, Concatenate, Dot, Maximum, Merge, Minimum, Multiply, Subtract
from .normalization import BatchNormalization, LayerNormalization
from .pointwise import (
    ActivityRegularization,
    AlphaDropout,
    Dropout,
    GaussianDropout,
    GaussianNoise,
    Identity,
    Pointwise,
    SpatialDropout1D,
)
from .pooling import AveragePooling1D, GlobalAveragePooling1D, GlobalMaxPooling1D, MaxPooling1D, Pooling1D
from .recurrent import Recurrent, SimpleRNN
from .reshaping import Cropping1D, Flatten, Permute, RepeatVector, Reshape, UpSampling1D, ZeroPadding1D
from .shapes import Array, Index, Mask, Shape
from .unknown import NEEDS, Unknown
from .windows import Alignment, Padding, Sliding, Window
from .wrappers import MERGE_MODES, Bidirectional, TimeDistributed

__all__ = [
    "ACTIVATIONS",
    "ELU",
    "GRU",
    "LARGEST_SHOWN",
    "LSTM",
    "MERGE_MODES",
    "NEEDS",
    "Activation",
    "ActivationFunction",
    "ActivityRegularization",
    "Add",
    "Alignment",
    "AlphaDropout",
    "Array",
    "Average",
    "AveragePooling1D",
    "BatchNormalization",
    "Bidirectional",
    "Composition",
    "ComputedValue",
    "Concatenate",
    "Conv1D",
    "Convolution1D",
    "Cropping1D",
    "Dense",
    "DepthwiseConv1D",
    "Dot",
    "Dropout",
    "Embedding",
    "Flatten",
    "Gated",
    "GatedRecurrent",
    "Gates",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalMaxPooling1D",
    "Identity",
    "Index",
    "IndexInput",
    "Input",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Mask",
    "Masking",
    "MaxPooling1D",
    "Maximum",
    "Merge",
    "Minimum",
    "MovingLayer",
    "Multiply",
    "PReLU",
    "Padding",
    "Part",
    "Permute",
    "Pointwise",
    "Pooling1D",
    "PositionwiseLayer",
    "ReLU",
    "Recurrent",
    "RepeatVector",
    "Reshape",
    "SeparableConv1D",
    "Shape",
    "SideInput",
    "SimpleRNN",
    "Sliding",
    "SlidingLayer",
    "Softmax",
    "SpatialDropout1D",
    "Subtract",
    "Taps",
    "TimeDistributed",
    "Unknown",
    "UpSampling1D",
    "Window",
    "ZeroPadding1D",
    "activation_function",
]
