"""The preset `seed`: the network of the question that this program answers, before any training.

Its weights are drawn as Keras draws them: kernels Glorot-uniform, the recurrent kernel orthogonal, biases zero.
They are the same to the last bit on every machine and under every numpy: the numbers come from `RandomState`,
whose stream is frozen (NEP 19), and everything after it is elementary float64 arithmetic in a fixed order. BLAS and
LAPACK are not used, since the order of their sums depends on the processor, nor is a logarithm, since its last bit
depends on the C library.

Sources: X. Glorot and Y. Bengio, AISTATS 2010 (the kernels' limits); A. M. Saxe et al., ICLR 2014 (orthogonal
recurrent kernels); Keras, `keras.initializers.GlorotUniform` and `keras.initializers.Orthogonal`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..layers import Activation, Array, Conv1D, Dense, Flatten, Input, MaxPooling1D, SimpleRNN
from ..network.model import Model

__all__ = ["build"]

_SEED: Final = 500_16_320
_LENGTH: Final = 500
_FILTERS: Final = 320
_KERNEL_SIZE: Final = 16
_UNITS: Final = 128
_FLATTENED: Final = 60 * _UNITS


def _glorot_uniform(draw: np.random.RandomState, shape: tuple[int, ...]) -> Array:
    """Return a kernel, uniform within ±√(6 / (fan in + fan out)).

    Args:
        draw: The source of random numbers.
        shape: (kernel size, in, out), or (in, out). A fan is the channels on that side × the kernel size.
    """
    receptive = int(np.prod(shape[:-2]))
    limit = np.sqrt(6.0 / (receptive * shape[-2] + receptive * shape[-1]))
    kernel: Array = (limit * (2.0 * draw.random_sample(shape) - 1.0)).astype(np.float32)
    return kernel


def _orthogonal(draw: np.random.RandomState, size: int) -> Array:
    """Return a random orthogonal matrix: the Q of a normal matrix whose R has a positive diagonal.

    Q is found by modified Gram-Schmidt. A normal number is the sum of twelve uniform ones, less six.

    Args:
        draw: The source of random numbers.
        size: Rows, and columns.
    """
    columns: NDArray[np.float64] = np.zeros((size, size))
    for uniform in draw.random_sample((12, size, size)):
        columns += uniform
    columns -= 6.0
    for index in range(size):
        column = columns[:, index]
        column /= np.sqrt(_summed(column * column))
        rest = columns[:, index + 1 :]
        if rest.size:
            rest -= column[:, None] * _summed(column[:, None] * rest)
    return columns.astype(np.float32)


def _summed(terms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sums along the first axis, each from first to last, as a running sum must."""
    totals: NDArray[np.float64] = np.add.accumulate(terms, axis=0)[-1]
    return totals


def _zeros(size: int) -> Array:
    return np.zeros(size, dtype=np.float32)


def build() -> Model:
    """Return the network: 500 bases → 320 filters of width 16 → pool 8/8 → 128 recurrent units → one probability.

    Returns:
        A model of 85,953 parameters that reads exactly 500 bases.
    """
    draw = np.random.RandomState(_SEED)
    return Model.sequential(
        "seed",
        [
            ("input", Input(_LENGTH)),
            (
                "conv1d",
                Conv1D(
                    kernel=_glorot_uniform(draw, (_KERNEL_SIZE, 4, _FILTERS)),
                    bias=_zeros(_FILTERS),
                    activation="relu",
                ),
            ),
            ("max_pooling1d", MaxPooling1D(size=8, stride=8)),
            (
                "simple_rnn",
                SimpleRNN(
                    kernel=_glorot_uniform(draw, (_FILTERS, _UNITS)),
                    recurrent_kernel=_orthogonal(draw, _UNITS),
                    bias=_zeros(_UNITS),
                    activation="tanh",
                    return_sequences=True,
                ),
            ),
            ("flatten", Flatten()),
            ("dense", Dense(kernel=_glorot_uniform(draw, (_FLATTENED, 1)), bias=_zeros(1))),
            ("activation", Activation("sigmoid")),
        ],
    )
