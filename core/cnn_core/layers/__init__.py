"""The layers, one module a family. Each is a frozen dataclass of settings and weights."""

from .activation import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from .activation_functions import ACTIVATIONS, ActivationFunction, activation_function
from .base import Array, Index, Layer, Mask, MovingLayer, Shape, SlidingLayer
from .convolution import Conv1D
from .dense import Dense, Flatten
from .embedding import Embedding, Masking
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
from .recurrent import GRU, LSTM, GatedRecurrent, Gates, Recurrent, SimpleRNN
from .reshaping import Cropping1D, Permute, RepeatVector, Reshape, UpSampling1D, ZeroPadding1D
from .separable import Convolution1D, DepthwiseConv1D, SeparableConv1D
from .unknown import NEEDS, Unknown
from .windows import Alignment, Padding, Sliding, Window
from .wrappers import MERGE_MODES, Bidirectional, TimeDistributed

__all__ = [
    "ACTIVATIONS",
    "ELU",
    "GRU",
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
    "Permute",
    "Pointwise",
    "Pooling1D",
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
    "TimeDistributed",
    "Unknown",
    "UpSampling1D",
    "Window",
    "ZeroPadding1D",
    "activation_function",
]
