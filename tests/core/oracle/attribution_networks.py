"""Random networks of several kinds of layers, on which DeepLIFT is compared with tangermeme.

Knows neither a framework nor the engine. Weights and letters follow from `np.random.RandomState`.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from seeded import seeded

Array = NDArray[np.float32]
Step = tuple[object, ...]


@dataclass(frozen=True)
class Network:
    """A sequential network: `steps` name what follows what, see `NETWORKS`.

    A step is ("conv", filters, width, dilation, padding), ("dense", units), ("max", size, stride),
    ("average", size, stride), ("norm",) of the training's means, ("layer norm",), ("flatten",), ("global average",),
    ("softmax",), or an activation function alone.
    """

    name: str
    length: int
    steps: tuple[Step, ...]
    references: int = 3

    def weights(self, step: int, shape: tuple[int, ...]) -> Array:
        """Return weights of a step for a shape, in the order of ours: inputs before outputs."""
        random = seeded(zlib.crc32(f"{self.name}/{step}/{shape}".encode()))
        fan = np.prod(shape[:-1]) if len(shape) > 1 else 4
        return (random.randn(*shape) / np.sqrt(fan)).astype(np.float32)

    @property
    def letters(self) -> str:
        random = seeded(zlib.crc32(self.name.encode()))
        return "".join(random.choice([*"ACGT"], self.length))

    @property
    def seed(self) -> int:
        return zlib.crc32(self.name.encode()) % 1000


NETWORKS: Final = (
    Network(
        "conv, pool, dense",
        40,
        (("conv", 6, 5, 1, "valid"), ("relu",), ("max", 4, 4), ("flatten",), ("dense", 7), ("relu",), ("dense", 2)),
        20,
    ),
    Network(
        "overlapping pools",
        40,
        (("conv", 6, 5, 1, "valid"), ("relu",), ("max", 5, 2), ("max", 3, 1), ("flatten",), ("dense", 2)),
    ),
    Network(
        "batch norm before the function",
        36,
        (("conv", 5, 4, 1, "valid"), ("norm",), ("relu",), ("max", 3, 3), ("norm",), ("flatten",), ("dense", 2)),
    ),
    Network(
        "average pool",
        36,
        (
            ("conv", 5, 4, 1, "same"),
            ("gelu",),
            ("average", 4, 2),
            ("flatten",),
            ("dense", 6),
            ("elu",),
            ("dense", 2),
        ),
    ),
    Network(
        "two convolutions",
        48,
        (
            ("conv", 6, 5, 1, "valid"),
            ("relu",),
            ("max", 2, 2),
            ("conv", 8, 3, 1, "same"),
            ("silu",),
            ("max", 3, 3),
            ("flatten",),
            ("dense", 2),
        ),
    ),
    Network(
        "dilated",
        40,
        (
            ("conv", 6, 3, 1, "same"),
            ("relu",),
            ("conv", 6, 3, 2, "same"),
            ("tanh",),
            ("conv", 6, 3, 4, "same"),
            ("sigmoid",),
            ("global average",),
            ("dense", 2),
        ),
    ),
    Network(
        "layer norm and softmax",
        30,
        (
            ("conv", 5, 4, 1, "valid"),
            ("leaky_relu",),
            ("average", 3, 3),
            ("flatten",),
            ("dense", 8),
            ("layer norm",),
            ("softplus",),
            ("dense", 4),
            ("softmax",),
        ),
    ),
)


def sequences(network: Network, count: int = 7) -> list[str]:
    """Return some sequences of a network's length."""
    random = seeded(zlib.crc32(f"{network.name}/sequences".encode()))
    return ["".join(random.choice([*"ACGT"], network.length)) for _ in range(count)]


SHUFFLED: Final = (
    ("ACGTACGATTGCAGT", 0, 3),
    ("ACGTACGA", 7, 20),
    ("AAAAACAAAAAGAAATA", 1234, 4),
    ("TTTTTTTTTTTTTTTTGTTTTTTTTTTTT", 99, 4),
    ("GC" * 20 + "ATGATGCCGTAAGCT" * 12, 3, 5),
)
"""Letters, the seed of the first shuffle, and how many are drawn."""

INSERTED: Final = (("GATAAG", None), ("ACNNGT", 3))
"""Letters that are put in, and the base at which they begin; None is the middle."""
SHUFFLES: Final = 6
"""Shuffles that they are put into, from the network's seed on."""
