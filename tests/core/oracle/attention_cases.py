"""Attention, sums of products, normalisations by groups, transposed convolutions and resizing: what is compared.

Knows neither a framework nor the engine. Inputs and weights follow from `np.random.RandomState`.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np
from seeded import seeded

from .layer_case import Array, Settings, said

__all__ = ["ATTENTION_CASES", "AttentionCase"]

Shape = tuple[int, ...]


def _sizes(shape: Shape) -> str:
    return "x".join(map(str, shape))


@dataclass(frozen=True)
class AttentionCase:
    """One layer, the shapes of its inputs, and those of its weights by their names in the engine."""

    kind: str
    settings: Settings
    shapes: tuple[Shape, ...]
    weights: dict[str, Shape] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the case is stored under."""
        weights = ",".join(f"{name}{_sizes(shape)}" for name, shape in self.weights.items())
        return f"{self.kind}({said(self.settings)};{weights})-{'-'.join(map(_sizes, self.shapes))}"

    def _random(self, what: str) -> np.random.RandomState:
        return seeded(zlib.crc32(f"{self.name}/{what}".encode()))

    def inputs(self, what: str = "inputs") -> list[Array]:
        """Return the inputs, or others by another word."""
        random = self._random(what)
        return [random.randn(*shape).astype(np.float32) for shape in self.shapes]

    @property
    def drawn_weights(self) -> dict[str, Array]:
        """The weights by their names."""
        random = self._random("weights")
        drawn = {name: np.asarray(random.randn(*shape) / 2, np.float32) for name, shape in self.weights.items()}
        return {name: np.square(each) + 0.1 if name == "variance" else each for name, each in drawn.items()}

    def upstream(self, shape: Shape) -> Array:
        """Return what the values of the output are weighted by, to be one number that has a gradient."""
        return self._random("upstream").randn(*shape).astype(np.float32)


def _products() -> list[AttentionCase]:
    equations: list[tuple[str, tuple[Shape, ...]]] = [
        ("ij,jk->ik", ((3, 4), (4, 5))),
        ("hij,hjk->hik", ((2, 3, 4), (2, 4, 5))),
        ("ihd,jhd->hij", ((5, 2, 3), (6, 2, 3))),
        ("ii->i", ((4, 4),)),
        ("ij->j", ((3, 4),)),
        ("i,j->ij", ((3,), (4,))),
        ("ij,ij->ij", ((3, 1), (3, 4))),
        ("...ij,jk->...ik", ((2, 3, 4), (4, 5))),
        ("ij,jk,kl->il", ((3, 4), (4, 5), (5, 6))),
        ("ij,kj", ((3, 4), (5, 4))),
        ("iij,j->i", ((3, 3, 4), (4,))),
        ("ij,kl->i", ((3, 4), (2, 5))),
    ]
    matrices: list[tuple[Shape, Shape]] = [
        ((3, 4), (4, 5)),
        ((4,), (4, 5)),
        ((3, 4), (4,)),
        ((2, 3, 4), (4, 5)),
        ((2, 1, 3, 4), (6, 4, 5)),
        ((4,), (2, 4, 5)),
    ]
    return [
        *(AttentionCase("Einsum", {"equation": equation}, shapes) for equation, shapes in equations),
        *(AttentionCase("MatMul", {}, shapes) for shapes in matrices),
        *(
            AttentionCase(
                "EinsumDense", {"equation": equation, "activation": "tanh"}, (shape,), {"kernel": kernel, **bias}
            )
            for equation, shape, kernel, bias in [
                ("b,bc->c", (5,), (5, 8), {"bias": (8,)}),
                ("bc,cd->bd", (6, 5), (5, 8), {"bias": (8,)}),
                ("bc,cde->bde", (6, 5), (5, 3, 4), {"bias": (3, 4)}),
                ("bcd,cde->be", (6, 3, 5), (3, 5, 4), {}),
                ("...x,xy->...y", (6, 5), (5, 4), {"bias": (4,)}),
            ]
        ),
    ]


def _attention() -> list[AttentionCase]:
    three: tuple[Shape, ...] = ((2, 5, 4), (2, 6, 4), (2, 6, 3))
    cases = [
        AttentionCase("ScaledDotProductAttention", {}, three),
        AttentionCase("ScaledDotProductAttention", {"causal": True}, three),
        AttentionCase("ScaledDotProductAttention", {"scale": 0.3}, three),
        AttentionCase("ScaledDotProductAttention", {}, (*three, (5, 6))),
        AttentionCase("ScaledDotProductAttention", {}, (*three, (2, 1, 6))),
        AttentionCase("ScaledDotProductAttention", {"mask_adds": False}, (*three, (2, 5, 6))),
        AttentionCase("ScaledDotProductAttention", {"axis": 1}, ((5, 2, 4), (6, 2, 4), (6, 2, 3))),
        AttentionCase("ScaledDotProductAttention", {"causal": True}, ((5, 4), (5, 4), (5, 3))),
    ]
    two: tuple[Shape, ...] = ((5, 4), (6, 4))
    with_key: tuple[Shape, ...] = ((5, 4), (6, 3), (6, 4))
    for causal in (False, True):
        for weights in ({}, {"scale": ()}, {"concat_score_weight": ()}, {"scale": (), "concat_score_weight": ()}):
            cases += [AttentionCase("Attention", {"causal": causal}, each, weights) for each in (two, with_key)]
        cases += [
            AttentionCase("AdditiveAttention", {"causal": causal}, two, each) for each in ({}, {"scale": (4,)})
        ]
        for value_dim, outputs, biases in ((4, 6, True), (5, 6, True), (4, 7, False)):
            kernels = {"query_kernel": (6, 3, 4), "key_kernel": (8, 3, 4), "value_kernel": (8, 3, value_dim)}
            heads = {
                "query_bias": (3, 4),
                "key_bias": (3, 4),
                "value_bias": (3, value_dim),
                "output_bias": (outputs,),
            }
            every = {**kernels, "output_kernel": (3, value_dim, outputs), **(heads if biases else {})}
            cases.append(AttentionCase("MultiHeadAttention", {"causal": causal}, ((5, 6), (7, 8)), every))
            of_key = {**every, "key_kernel": (9, 3, 4)}
            cases.append(AttentionCase("MultiHeadAttention", {"causal": causal}, ((5, 6), (7, 8), (7, 9)), of_key))
    return cases


def _normalising() -> list[AttentionCase]:
    learned = {"gamma": (6,), "beta": (6,)}
    return [
        *(AttentionCase("GroupNormalization", {"groups": groups}, ((7, 6),), learned) for groups in (1, 2, 3, 6)),
        AttentionCase("GroupNormalization", {"groups": 2, "axis": 1, "epsilon": 1e-5}, ((6, 5),)),
        AttentionCase("GroupNormalization", {"groups": 2}, ((3, 4, 6),), {"gamma": (6,)}),
        AttentionCase("GroupNormalization", {"groups": 2}, ((6,),), {"beta": (6,)}),
        AttentionCase("Normalization", {"epsilon": 0.0}, ((7, 6),), {"mean": (6,), "variance": (6,)}),
        AttentionCase("RMSNormalization", {}, ((7, 6),), {"scale": (6,)}),
        AttentionCase("RMSNormalization", {"epsilon": 1e-3}, ((6,),)),
        AttentionCase("RMSNormalization", {"axis": (1, 2)}, ((7, 6),), {"scale": (7, 6)}),
        AttentionCase("UnitNormalization", {}, ((7, 6),)),
        AttentionCase("UnitNormalization", {"axis": 1}, ((7, 6),)),
        AttentionCase("UnitNormalization", {"axis": (1, 2)}, ((7, 6),)),
    ]


def _further_on() -> list[AttentionCase]:
    cases = []
    for stride, size, padding, more, dilation, groups in [
        (1, 3, 0, 0, 1, 1),
        (2, 3, 1, 1, 1, 1),
        (3, 4, 2, 0, 2, 1),
        (2, 5, 0, 1, 1, 2),
        (4, 2, 0, 3, 1, 1),
        (2, 3, 3, 0, 1, 3),
    ]:
        settings: Settings = {"stride": stride, "padding": (padding, padding), "output_padding": more}
        settings |= {"dilation": dilation, "groups": groups, "activation": "relu"}
        weights = {"kernel": (size, 6 // groups, 6), "bias": (6,)}
        cases.append(AttentionCase("Conv1DTranspose", settings, ((9, 6),), weights))
    for stride, size, keras_padding, outer, dilation in [
        (stride, size, padding, outer, dilation)
        for stride in (1, 2, 3, 5)
        for size in (1, 2, 3, 4, 5)
        for padding in ("valid", "same")
        for outer in (None, 0, 1)
        for dilation in (1, 2)
        # Keras refuses a stride and a dilation above 1 together, and zeros for more than a stride.
        if (stride == 1 or dilation == 1) and (outer or 0) < stride
    ][::2]:
        settings = {"stride": stride, "padding": keras_padding, "output_padding": outer, "dilation": dilation}
        cases.append(AttentionCase("Conv1DTranspose", settings, ((7, 3),), {"kernel": (size, 4, 3), "bias": (4,)}))
    for length in (3, 5, 8, 14, 15, 20):
        for interpolation, coordinates in [
            ("nearest", "asymmetric"),
            ("linear", "half_pixel"),
            ("linear", "align_corners"),
        ]:
            settings = {"length": length, "interpolation": interpolation, "coordinates": coordinates}
            cases.append(AttentionCase("Resize1D", settings, ((7, 3),)))
    for scale in (2.0, 2.5, 0.6):
        cases.append(AttentionCase("Resize1D", {"scale": scale}, ((7, 3),)))
        settings = {"scale": scale, "interpolation": "linear", "coordinates": "half_pixel"}
        cases.append(AttentionCase("Resize1D", settings, ((7, 3),)))
    return cases


ATTENTION_CASES = [*_products(), *_attention(), *_normalising(), *_further_on()]
