"""What a case of the grid of layers is: a small graph of one layer or a few, its inputs and its weights.

Knows neither a framework nor the engine. Inputs and weights follow from `np.random.RandomState`.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from seeded import seeded

Array = NDArray[np.float32]
Settings = dict[str, object]

NO_DATA = -1.0
"""The value that a Masking marks."""


@dataclass(frozen=True)
class Given:
    """One input of a case.

    `of` is what it holds: normal numbers, large ones (far from 0, as before a normalisation), a padded sequence
    (its last third `NO_DATA`, and one row in the middle), or indices (0 to 6, the last third 0).
    """

    shape: tuple[int, ...]
    of: str = "normal"

    def drawn(self, seed: str) -> Array:
        random = seeded(zlib.crc32(seed.encode()))
        if self.of == "indices":
            x = random.randint(0, 7, self.shape).astype(np.float32)
            x[-(self.shape[0] // 3) :] = 0
            return x
        x = random.randn(*self.shape) + (100 if self.of == "large" else 0)
        if self.of == "padded":
            x[-(self.shape[0] // 3) :] = NO_DATA
            x[2] = NO_DATA
            x[0, 0] = NO_DATA
        return x.astype(np.float32)


@dataclass(frozen=True)
class Step:
    """One layer of a case.

    `kind` is Keras's class; `layer` and `backward_layer` in the settings are (class, settings) themselves. A step
    that names another as `shared` calls that one's layer again.
    """

    name: str
    kind: str
    settings: Settings = field(default_factory=dict)
    inputs: tuple[str, ...] = ("x",)
    shared: str = ""


@dataclass(frozen=True)
class Case:
    """A graph of a few layers and its inputs."""

    name: str
    given: dict[str, Given]
    steps: tuple[Step, ...]

    @property
    def drawn(self) -> dict[str, Array]:
        """The inputs by their names."""
        return {name: each.drawn(f"{self.name}/{name}") for name, each in self.given.items()}


def drawn_weights(seed: str, named: Sequence[tuple[str, tuple[int, ...]]]) -> list[Array]:
    """Return weights for the names and shapes that a framework asks for; a variance is above 0."""
    random = seeded(zlib.crc32(seed.encode()))
    weights = []
    for name, shape in named:
        drawn = random.randn(*shape)
        fan = np.prod(shape[:-1]) if len(shape) > 1 else 2
        scaled = np.abs(drawn) + 0.1 if "variance" in name else drawn / np.sqrt(fan)
        weights.append(scaled.astype(np.float32))
    return weights


def upstream_of(case: Case, shape: tuple[int, ...]) -> Array:
    """Return what the values of a case's last step are weighted by, to be one number that has a gradient."""
    return seeded(zlib.crc32(f"{case.name}/upstream".encode())).randn(*shape).astype(np.float32)


def said(settings: Settings) -> str:
    def word(value: object) -> str:
        if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], dict):
            return f"{value[0]}({said(value[1])})"
        return str(value).replace(" ", "")

    return ",".join(f"{name}={word(value)}" for name, value in settings.items())


def one(kind: str, shape: tuple[int, ...], of: str = "normal", /, **settings: object) -> Case:
    """Return a case of one layer and one input."""
    return Case(
        f"{kind}({said(settings)})-{'x'.join(map(str, shape))}{'' if of == 'normal' else of}",
        {"x": Given(shape, of)},
        (Step("layer", kind, settings),),
    )


def merged(kind: str, *shapes: tuple[int, ...], **settings: object) -> Case:
    """Return a case of one layer and several inputs."""
    given = {f"x{index}": Given(shape) for index, shape in enumerate(shapes)}
    name = f"{kind}({said(settings)})-{'-'.join('x'.join(map(str, shape)) for shape in shapes)}"
    return Case(name, given, (Step("layer", kind, settings, tuple(given)),))


def chain(name: str, given: Given, *steps: tuple[str, Settings]) -> Case:
    """Return a case of layers that read each the one before."""
    made: list[Step] = []
    for index, (kind, settings) in enumerate(steps):
        made.append(Step(f"{index}_{kind}", kind, settings, (made[-1].name,) if made else ("x",)))
    return Case(name, {"x": given}, tuple(made))
