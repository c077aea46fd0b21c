"""The grid: which settings are compared, and the inputs and weights that they are compared on.

Knows neither a framework nor the engine, so that all three read the same numbers. Everything follows from
`np.random.RandomState`, whose stream numpy keeps the same for ever, and nothing but the answers is stored.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

LETTERS = "ACGT"
EXACT = ("linear", "relu")
"""Functions that give bit-equal activations for bit-equal responses in every framework."""

_SALTS = {
    "67x6-k4s3d1valid-relu-p8s1valid": 1,
    "44x4-k7s2d2same-g4-tanh-p8s8valid": 7,
    "40x4-k7s2d3causal-g2-gelu-p3s1same": 13,
}


@dataclass(frozen=True)
class Case:
    """One convolution, its activation function and the pools behind it, on one input.

    `dyadic` weights are multiples of 1/64, whose sums are exact in any order: equal windows tie in every framework.
    The others are normal numbers, and their maxima must be clear (`make_fixtures` refuses a case where they are
    not): `_SALTS` changes the draw.
    """

    length: int
    kernel_size: int
    stride: int = 1
    padding: str = "valid"
    dilation: int = 1
    groups: int = 1
    pool_size: int = 8
    pool_stride: int = 8
    pool_padding: str = "valid"
    activation: str = "relu"
    channels: int = 4
    filters: int = 4
    dyadic: bool = True

    @property
    def name(self) -> str:
        grouped = f"-g{self.groups}" if self.groups > 1 else ""
        return (
            f"{self.length}x{self.channels}-k{self.kernel_size}s{self.stride}d{self.dilation}{self.padding}{grouped}"
            f"-{self.activation}-p{self.pool_size}s{self.pool_stride}{self.pool_padding}"
        )

    @property
    def of_letters(self) -> bool:
        """Whether the input is one-hot letters; otherwise it is what a hidden layer might give."""
        return self.channels == 4

    @cached_property
    def _drawn(self) -> tuple[str, Array, Array, Array]:
        random = np.random.RandomState(zlib.crc32(self.name.encode()) + _SALTS.get(self.name, 0))
        letters = "".join(random.choice([*LETTERS * 6, "N"], self.length))
        shape = self.kernel_size, self.channels // self.groups, self.filters
        if self.dyadic:
            kernel = random.randint(-64, 65, shape) / 64
            bias = random.randint(-64, 65, self.filters) / 64
        else:
            kernel = random.randn(*shape) / np.sqrt(self.kernel_size)
            bias = random.randn(self.filters) / 2
        hidden = random.randn(self.length, self.channels)
        x = np.array([[letter == base for base in LETTERS] for letter in letters]) if self.of_letters else hidden
        return letters, x.astype(np.float32), kernel.astype(np.float32), bias.astype(np.float32)

    @property
    def letters(self) -> str:
        """The letters, where the input is one-hot; N is an all-zero row."""
        return self._drawn[0]

    @property
    def x(self) -> Array:
        """The input, shape (length, channels)."""
        return self._drawn[1]

    @property
    def kernel(self) -> Array:
        """The weights, shape (kernel size, channels / groups, filters)."""
        return self._drawn[2]

    @property
    def bias(self) -> Array:
        """One number a filter."""
        return self._drawn[3]


def _crossed() -> list[Case]:
    """Every convolution setting, each with the next of the pool settings that it has room for."""
    sizes = [(2, 2), (3, 1), (2, 3), (8, 8), (5, 2), (1, 1), (4, 4), (3, 5), (6, 4), (8, 1)]
    pools = [(*sliding, padding) for padding in ("valid", "same") for sliding in sizes]
    smooth = ("tanh", "sigmoid", "elu", "softplus", "gelu", "linear", "relu")
    settings = [
        (kernel_size, stride, padding, dilation)
        for kernel_size, stride, padding, dilation in product(
            (1, 4, 7, 16), (1, 2, 3), ("valid", "same", "causal"), (1, 2, 3)
        )
        if kernel_size > 1 or dilation == 1
    ]
    cases = []
    for index, (kernel_size, stride, padding, dilation) in enumerate(settings):
        pool_size, pool_stride, pool_padding = pools[index * 7 % len(pools)]
        windows, left_over = 19 + index * 5 % 11, index % stride
        span = dilation * (kernel_size - 1) + 1 if padding == "valid" else 1
        hidden = index % 4 == 3
        dyadic = kernel_size < 7 or index % 2 == 0
        cases.append(
            Case(
                length=(windows - 1) * stride + span + left_over,
                kernel_size=kernel_size,
                stride=stride,
                padding=padding,
                dilation=dilation,
                groups=(1, 1, 2)[index % 3] if hidden else (1, 1, 1, 2, 4)[index % 5],
                pool_size=pool_size,
                pool_stride=pool_stride,
                pool_padding=pool_padding,
                activation=EXACT[index % 2] if dyadic and not hidden else smooth[index % len(smooth)],
                channels=6 if hidden else 4,
                dyadic=dyadic and not hidden,
            )
        )
    return cases


def _particular() -> list[Case]:
    """What the issue asks about, and the ends: shortest inputs, gaps, padding wider than the input."""
    return [
        Case(500, 16, dyadic=False, filters=3),
        Case(500, 16, pool_padding="same", filters=3),
        Case(500, 16, pool_stride=1, filters=2),
        Case(500, 16, pool_size=4, pool_stride=8, filters=2),
        Case(500, 16, padding="same", dyadic=False, filters=3),
        Case(500, 16, padding="same", stride=4, filters=3),
        Case(500, 16, dilation=2, dyadic=False, filters=3),
        Case(500, 16, padding="causal", pool_size=2, pool_stride=2, pool_padding="same", filters=2),
        Case(16, 16, pool_size=1, pool_stride=1, activation="linear"),
        Case(31, 16, dilation=2, pool_size=1, pool_stride=1, activation="linear"),
        Case(23, 16, activation="linear"),
        Case(1, 5, padding="same", pool_size=2, pool_stride=2, pool_padding="same", activation="linear"),
        Case(1, 5, padding="causal", pool_size=2, pool_stride=2, pool_padding="same", activation="linear"),
        Case(3, 16, padding="same", pool_size=8, pool_stride=8, pool_padding="same", activation="linear"),
        Case(3, 16, padding="causal", pool_size=3, pool_stride=1, activation="linear"),
        Case(2, 2, padding="same", dilation=5, pool_size=2, pool_stride=1, pool_padding="same"),
        Case(7, 3, padding="same", dilation=6, pool_size=3, pool_stride=2, pool_padding="same"),
        Case(9, 3, padding="same", dilation=4, stride=2, pool_size=2, pool_stride=1, activation="linear"),
        Case(50, 2, stride=5, pool_size=2, pool_stride=2),
        Case(51, 2, stride=5, padding="same", pool_size=3, pool_stride=2, pool_padding="same"),
        Case(52, 3, stride=7, padding="causal", pool_size=2, pool_stride=1),
        Case(40, 5, pool_size=2, pool_stride=7, pool_padding="same"),
        Case(40, 5, pool_size=2, pool_stride=7),
        Case(40, 5, groups=2, filters=8, pool_size=5, pool_stride=3, pool_padding="same"),
        Case(40, 5, groups=4, filters=4, padding="same", pool_size=5, pool_stride=3),
        Case(40, 3, channels=6, groups=3, filters=6, activation="tanh", dyadic=False, pool_size=2, pool_stride=2),
        Case(40, 8, channels=6, groups=2, filters=2, stride=3, padding="causal", activation="linear", dyadic=False,
             pool_size=3, pool_stride=3, pool_padding="same"),
    ]  # fmt: skip


CASES = [*_crossed(), *_particular()]


@dataclass(frozen=True)
class Recurrence:
    """One SimpleRNN and its input."""

    units: int
    channels: int
    length: int
    activation: str
    bias: bool
    return_sequences: bool
    go_backwards: bool

    @property
    def name(self) -> str:
        flags = [
            word
            for word, on in (
                ("bias", self.bias),
                ("sequences", self.return_sequences),
                ("backwards", self.go_backwards),
            )
            if on
        ]
        return "-".join([f"{self.length}x{self.channels}to{self.units}", self.activation, *flags])

    @cached_property
    def drawn(self) -> tuple[Array, Array, Array, Array]:
        """Input, kernel, recurrent kernel and bias."""
        random = np.random.RandomState(zlib.crc32(self.name.encode()))
        return tuple(
            array.astype(np.float32)
            for array in (
                random.randn(self.length, self.channels),
                random.randn(self.channels, self.units) / np.sqrt(self.channels),
                random.randn(self.units, self.units) / np.sqrt(self.units) * 0.8,
                random.randn(self.units) / 2,
            )
        )


RECURRENCES = [
    Recurrence(units, channels, length, activation, bias, sequences, backwards)
    for (units, channels, length, activation), bias, sequences, backwards in product(
        [(5, 3, 11, "tanh"), (3, 6, 60, "relu"), (4, 4, 7, "sigmoid"), (1, 1, 1, "linear")],
        (True, False),
        (True, False),
        (True, False),
    )
]


@dataclass(frozen=True)
class Sum:
    """One Dense layer and its input, of one axis or two."""

    shape: tuple[int, ...]
    units: int
    activation: str
    bias: bool

    @property
    def name(self) -> str:
        return f"{'x'.join(map(str, self.shape))}to{self.units}-{self.activation}{'-bias' if self.bias else ''}"

    @cached_property
    def drawn(self) -> tuple[Array, Array, Array]:
        """Input, kernel and bias."""
        random = np.random.RandomState(zlib.crc32(self.name.encode()))
        inputs = self.shape[-1]
        return tuple(
            array.astype(np.float32)
            for array in (
                random.randn(*self.shape),
                random.randn(inputs, self.units) / np.sqrt(inputs),
                random.randn(self.units),
            )
        )


SUMS = [
    Sum(shape, units, activation, bias)
    for (shape, units), (activation, bias) in product(
        [((1,), 1), ((60,), 7), ((9, 5), 4)],
        [("linear", True), ("linear", False), ("relu", True), ("sigmoid", True), ("softmax", False)],
    )
]

FLATTENED = np.random.RandomState(7).randn(9, 5).astype(np.float32)
"""What Flatten is given."""

FUNCTIONS = (
    "elu",
    "exponential",
    "gelu",
    "hard_sigmoid",
    "leaky_relu",
    "linear",
    "relu",
    "selu",
    "sigmoid",
    "softmax",
    "softplus",
    "tanh",
)
_LARGE = [12.5, 16.7, 20, 30, 50, 87, 88.8, 90, 104, 200, 1e3, 1e6, 1e30]
RESPONSES: Array = np.array(
    [0.0, -0.0, *np.linspace(-12, 12, 193), *_LARGE, *np.negative(_LARGE)], dtype=np.float32
)
"""What every activation function is given; its length is a multiple of `SOFTMAX_CHANNELS`."""
SOFTMAX_CHANNELS = 17


@dataclass(frozen=True)
class Network:
    """The network of the issue: conv 320 × 16, relu, max pool 8/8, SimpleRNN 128, Flatten, Dense 1, sigmoid."""

    length: int = 500

    @cached_property
    def letters(self) -> str:
        return "".join(np.random.RandomState(500).choice([*LETTERS], self.length))

    @cached_property
    def weights(self) -> dict[str, tuple[Array, ...]]:
        """The weights by layer, in Keras's order."""
        random = np.random.RandomState(85953)
        shapes = {
            "conv": [(16, 4, 320), (320,)],
            "rnn": [(320, 128), (128, 128), (128,)],
            "dense": [(60 * 128, 1), (1,)],
        }
        return {
            layer: tuple(
                (random.randn(*shape) / np.sqrt(np.prod(shape[:-1]) or 1)).astype(np.float32) for shape in arrays
            )
            for layer, arrays in shapes.items()
        }


NETWORK = Network()
