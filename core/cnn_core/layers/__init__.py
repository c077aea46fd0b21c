"""The layers, one module a family. Each is a frozen dataclass of settings and weights."""

from .activation import ACTIVATIONS, Activation, ActivationFunction, activation_function
from .base import Array, Layer, Shape
from .convolution import Conv1D
from .dense import Dense, Dropout, Flatten, Input
from .pooling import AveragePooling1D, GlobalAveragePooling1D, GlobalMaxPooling1D, MaxPooling1D, Pooling1D
from .recurrent import SimpleRNN
from .windows import Padding, Sliding, Window

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "ActivationFunction",
    "Array",
    "AveragePooling1D",
    "Conv1D",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalAveragePooling1D",
    "GlobalMaxPooling1D",
    "Input",
    "Layer",
    "MaxPooling1D",
    "Padding",
    "Pooling1D",
    "Shape",
    "SimpleRNN",
    "Sliding",
    "Window",
    "activation_function",
]
