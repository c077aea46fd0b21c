"""The grid of plain operators: which settings are compared with PyTorch, each with PyTorch's expression of the same.

Arrays lie as ours do, without a batch axis, so that an axis of the expression is one less than Keras's number for it.
Knows neither a framework nor the engine.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np
from seeded import seeded

from .layer_case import Array, Settings, said

SPECIAL = np.array(
    [
        [-np.inf, np.inf, np.nan, 0],
        [-2, -1, -0.5, 0],
        [0.5, 1, 2, 3],
        [1, 1, -1, np.nan],
        [0, 0, 0, 0],
        [2.5, 3.5, -2.5, 7],
    ],
    dtype=np.float32,
)
"""Numbers at which functions have no value, bend or jump."""
OTHER = np.array(
    [
        [1, -np.inf, 0, 0],
        [np.nan, np.inf, 0.5, -1],
        [0.5, 2, -2, 0],
        [1, -1, 1, 2],
        [3, -3, 0.5, 0],
        [2.5, 1, 1, np.nan],
    ],
    dtype=np.float32,
)
RANKS = ((7,), (7, 4), (3, 4, 5))


@dataclass(frozen=True)
class OperatorCase:
    """One layer, its inputs, and PyTorch's expression of it.

    `of` is what the inputs hold: normal numbers, positive ones, ones between −1 and 1, whole ones (which tie), or
    special ones, on which gradients are not compared.
    """

    kind: str
    torch: str
    shapes: tuple[tuple[int, ...], ...]
    settings: Settings = field(default_factory=dict)
    of: str = "normal"

    @property
    def name(self) -> str:
        shapes = "-".join("x".join(map(str, shape)) for shape in self.shapes)
        return f"{self.kind}({said(self.settings)})-{shapes}-{self.of}"

    @property
    def inputs(self) -> list[Array]:
        if self.of == "special":
            return [SPECIAL, OTHER, OTHER[::-1].copy()][: len(self.shapes)]
        return [self._drawn(f"{self.name}/{number}", shape) for number, shape in enumerate(self.shapes)]

    def _drawn(self, seed: str, shape: tuple[int, ...]) -> Array:
        x = seeded(zlib.crc32(seed.encode())).randn(*shape)
        if self.of == "positive":
            x = np.abs(x) + 0.1
        if self.of == "above 1":
            x = np.abs(x) + 1.1
        if self.of == "within 1":
            x = np.tanh(x) * 0.95
        if self.of == "whole":
            x = np.round(x)
        return x.astype(np.float32)

    def upstream(self, shape: tuple[int, ...]) -> Array:
        random = seeded(zlib.crc32(f"{self.name}/upstream".encode()))
        return random.randn(*shape).astype(np.float32)

    @property
    def has_gradient(self) -> bool:
        return self.of != "special" and self.settings.get("how") not in ("argmax", "argmin", "any", "all")


def _one(kind: str, torch: str, shape: tuple[int, ...], of: str = "normal", /, **settings: object) -> OperatorCase:
    return OperatorCase(kind, torch, (shape,), settings, of)


def _with_settings() -> list[OperatorCase]:
    shapes = [((7, 4), "normal"), ((7, 4), "whole"), (SPECIAL.shape, "special")]
    return [
        case
        for shape, of in shapes
        for case in (
            _one("CELU", "F.celu(x, 0.7)", shape, of, alpha=0.7),
            _one("HardShrink", "F.hardshrink(x, 1.0)", shape, of, threshold=1.0),
            _one("SoftShrink", "F.softshrink(x, 1.0)", shape, of, threshold=1.0),
            _one("Threshold", "F.threshold(x, 1.0, -0.5)", shape, of, threshold=1.0, value=-0.5),
            _one("Threshold", "F.threshold(x, -0.5, 2.0)", shape, of, threshold=-0.5, value=2.0),
        )
    ]


_DOMAINS = {
    **dict.fromkeys(("acos", "asin", "atanh"), "within 1"),
    **dict.fromkeys(("log", "log10", "log1p", "log2", "rsqrt", "sqrt", "reciprocal"), "positive"),
    "acosh": "above 1",
}
_FUNCTIONS = (
    *(
        "abs",
        "acos",
        "acosh",
        "asin",
        "asinh",
        "atan",
        "atanh",
        "ceil",
        "cos",
        "cosh",
        "erf",
        "erfc",
        "exp2",
        "expm1",
    ),
    *(
        "floor",
        "log",
        "log10",
        "log1p",
        "log2",
        "logical_not",
        "neg",
        "reciprocal",
        "round",
        "rsqrt",
        "sign",
        "sin",
    ),
    *("sinh", "sqrt", "square", "tan", "trunc", "exp"),
)


def _functions() -> list[OperatorCase]:
    return [
        _one("Activation", f"torch.{name}(x)", shape, of, activation=name)
        for name in _FUNCTIONS
        for shape, of in (((7, 4), _DOMAINS.get(name, "normal")), (SPECIAL.shape, "special"))
    ]


def _of_one() -> list[OperatorCase]:
    cases = []
    for shape, of in [*((shape, "normal") for shape in RANKS), (SPECIAL.shape, "special")]:
        cases += [
            _one("Rescaling", "x * -0.5 + 0.25", shape, of, scale=-0.5, offset=0.25),
            _one("AddConstant", "x + 0.25", shape, of, offset=0.25),
            _one("Power", "torch.pow(x, 3.0)", shape, of, exponent=3.0),
            _one("Power", "torch.pow(x, 2.0)", shape, of, exponent=2.0),
            _one("Power", "torch.pow(x, 0.0)", shape, of, exponent=0.0),
            _one("Power", "torch.pow(x, -1.0)", shape, of, exponent=-1.0),
            _one("Clip", "torch.clamp(x, -0.5, 0.7)", shape, of, low=-0.5, high=0.7),
            _one("Clip", "torch.clamp(x, min=0.2)", shape, of, low=0.2),
            _one("Clip", "torch.clamp(x, max=0.2)", shape, of, high=0.2),
            _one("Clip", "torch.clamp(x, 0.5, -0.5)", shape, of, low=0.5, high=-0.5),
            _one("CumulativeSum", "torch.cumsum(x, -1)", shape, of, axis=-1),
            _one("CumulativeSum", "torch.cumsum(x, 0)", shape, of, axis=1),
            _one("CumulativeSum", "x.flip(0).cumsum(0).flip(0)", shape, of, axis=1, reverse=True),
        ]
    return [
        *cases,
        _one("Power", "torch.pow(x, 0.5)", (7, 4), "positive", exponent=0.5),
        _one("Power", "torch.pow(x, 0.5)", SPECIAL.shape, "special", exponent=0.5),
        _one("Power", "torch.pow(x, -1.5)", (7, 4), "positive", exponent=-1.5),
        _one("Clip", "torch.clamp(x, -1.0, 1.0)", (7, 4), "whole", low=-1.0, high=1.0),
        _one("CumulativeSum", "torch.cumsum(x, 0) - x", (7, 4), axis=1, exclusive=True),
        _one("CumulativeSum", "x.flip(1).cumsum(1).flip(1) - x", (7, 4), axis=2, exclusive=True, reverse=True),
        _one("GatedLinearUnit", "F.glu(x, -1)", (6,)),
        _one("GatedLinearUnit", "F.glu(x, -1)", (7, 4)),
        _one("GatedLinearUnit", "F.glu(x, 0)", (6, 3), axis=1),
        _one("GatedLinearUnit", "F.glu(x, 1)", (3, 4, 5), axis=2),
        _one("GatedLinearUnit", "F.glu(x, -1)", SPECIAL.shape, "special"),
    ]


_REDUCED = {
    "sum": "torch.sum(x, {0}, {1})",
    "mean": "torch.mean(x, {0}, {1})",
    "max": "torch.amax(x, {0}, {1})",
    "min": "torch.amin(x, {0}, {1})",
    "logsumexp": "torch.logsumexp(x, {0}, {1})",
    "l1": "torch.linalg.vector_norm(x, 1, {0}, {1})",
    "norm": "torch.linalg.vector_norm(x, 2, {0}, {1})",
    "variance": "torch.var(x, {0}, correction=0, keepdim={1})",
    "std": "torch.std(x, {0}, correction=0, keepdim={1})",
}
_OF_ONE_AXIS = {
    "prod": "torch.prod(x, {0}, {1})",
    "argmax": "torch.argmax(x, {0}, {1})",
    "argmin": "torch.argmin(x, {0}, {1})",
    "any": "torch.any(x != 0, {0}, {1})",
    "all": "torch.all(x != 0, {0}, {1})",
}


def _reducing() -> list[OperatorCase]:
    cases = []
    for how, form in (_REDUCED | _OF_ONE_AXIS).items():
        for shape, axis, keeps in [((7,), 1, False), ((7, 4), 1, False), ((7, 4), -1, True), ((3, 4, 5), 2, False)]:
            dim = axis - 1 if axis > 0 else axis
            torch = form.format(dim, keeps) + (".reshape(1)" if shape == (7,) else "")
            cases.append(_one("Reduce", torch, shape, how=how, axes=axis, keepdims=keeps))
        for axis in (1, -1):
            torch = form.format(axis - 1 if axis > 0 else axis, False)
            cases.append(_one("Reduce", torch, SPECIAL.shape, "special", how=how, axes=axis))
        if how not in ("prod", "any", "all"):
            cases.append(_one("Reduce", form.format(0, False), (7, 4), "whole", how=how, axes=1))
    for how, form in _REDUCED.items():
        several = form.format((0, 2), False)
        cases.append(_one("Reduce", several, (3, 4, 5), how=how, axes=(1, 3)))
        cases.append(_one("Reduce", form.format((0, 1), True), (7, 4), how=how, axes=(1, 2), keepdims=True))
        cases.append(_one("Reduce", form.format((0, 1), False) + ".reshape(1)", (7, 4), how=how))
    return [
        *cases,
        _one("Reduce", "torch.var(x, 0, correction=1)", (7, 4), how="variance", axes=1, correction=1.0),
        _one("Reduce", "torch.std(x, -1, correction=1)", (7, 4), how="std", axes=-1, correction=1.0),
        _one("Reduce", "torch.argmax(x).float().reshape(1)", (7, 4), how="argmax"),
        _one("Reduce", "torch.prod(x).reshape(1)", (7, 4), how="prod"),
    ]


_BROADCAST: list[tuple[tuple[int, ...], ...]] = [
    ((7, 4), (7, 4)),
    ((7, 4), (4,)),
    ((4,), (7, 4)),
    ((7, 1), (1, 4)),
    ((6,), (6,)),
    ((3, 4, 5), (4, 1)),
]
_OF_TWO: list[tuple[str, str, str, Settings]] = [
    ("Divide", "x / y", "normal", {}),
    ("Pow", "torch.pow(x, y)", "positive", {}),
    *(
        ("Compare", f"torch.{short}(x, y)", "whole", {"how": how})
        for how, short in [
            ("equal", "eq"),
            ("not_equal", "ne"),
            ("greater", "gt"),
            ("greater_equal", "ge"),
            ("less", "lt"),
            ("less_equal", "le"),
        ]
    ),
    *(("Logical", f"torch.logical_{how}(x, y)", "whole", {"how": how}) for how in ("and", "or", "xor")),
]


def _of_several() -> list[OperatorCase]:
    cases = [
        OperatorCase(kind, torch, shapes, settings, of)
        for kind, torch, usual, settings in _OF_TWO
        for shapes, of in [*((shapes, usual) for shapes in _BROADCAST), ((SPECIAL.shape,) * 2, "special")]
    ]
    where = [
        ((7, 4),) * 3,
        ((7, 1), (7, 4), (4,)),
        ((4,), (1,), (7, 4)),
        ((5,), (5,), (1,)),
        ((3, 4, 5), (4, 5), (5,)),
    ]
    return [
        *cases,
        *(OperatorCase("Where", "torch.where(x != 0, y, z)", shapes, {}, "whole") for shapes in where),
        OperatorCase("Where", "torch.where(x != 0, y, z)", (SPECIAL.shape,) * 3, {}, "special"),
        OperatorCase("Divide", "x / y", ((7, 4), (7, 4)), {}, "positive"),
    ]


def _moving() -> list[OperatorCase]:
    return [
        _one("Slice", "x[1:-1]", (7,), axis=1, start=1, stop=-1),
        _one("Slice", "x[2:100]", (7, 4), axis=1, start=2, stop=100),
        _one("Slice", "x[:, ::3]", (7, 4), axis=2, step=3),
        _one("Slice", "x[1:6:2]", (7, 4), axis=-2, start=1, stop=6, step=2),
        _one("Slice", "x.flip(0)[1:5:2]", (7, 4), axis=1, start=-2, stop=1, step=-2),
        _one("Slice", "x[:, 1:, :]", (3, 4, 5), axis=2, start=1),
        _one("Select", "x[3:4]", (7,), axis=1, index=3),
        _one("Select", "x.select(0, 2)", (7, 4), axis=1, index=2),
        _one("Select", "x.select(-1, -1)", (7, 4), axis=-1, index=-1),
        _one("Select", "x.select(1, 1)", (3, 4, 5), axis=2, index=1),
        _one("Take", "x[[6, 0, 0, -1]]", (7,), axis=1, indices=(6, 0, 0, -1)),
        _one("Take", "torch.index_select(x, 0, torch.tensor([3, 1, 1]))", (7, 4), axis=1, indices=(3, 1, 1)),
        _one("Take", "x[:, [3, 2, 1, 0]]", (7, 4), axis=-1, indices=(3, 2, 1, 0)),
        _one("Take", "x[:, :, [0, 4]]", (3, 4, 5), axis=3, indices=(0, 4)),
        _one("Reverse", "torch.flip(x, (0,))", (7,), axes=1),
        _one("Reverse", "torch.flip(x, (0, 1))", (7, 4), axes=(1, 2)),
        _one("Reverse", "torch.flip(x, (-1,))", (7, 4), axes=-1),
        _one("Reverse", "torch.flip(x, (0, 2))", (3, 4, 5), axes=(3, 1)),
        _one("Pad", "F.pad(x, (2, 1), value=1.5)", (7,), axis=1, before=2, after=1, value=1.5),
        _one("Pad", "F.pad(x, (0, 0, -2, 3))", (7, 4), axis=1, before=-2, after=3),
        _one("Pad", "F.pad(x, (1, -2), value=-0.5)", (7, 4), axis=2, before=1, after=-2, value=-0.5),
        _one("Pad", "F.pad(x, (0, 0, 2, 1))", (3, 4, 5), axis=2, before=2, after=1),
        _one(
            "Pad", "F.pad(x, (0, 0, 1, 2), value=-float('inf'))", (7, 4), axis=1, before=1, after=2, value=-np.inf
        ),
        *(
            _one(
                "Pad", f"F.pad(x.T[None], (3, 2), mode='{mode}')[0].T", (7, 4), axis=1, before=3, after=2, mode=mode
            )
            for mode in ("reflect", "replicate", "circular")
        ),
        _one("Pad", "F.pad(x[None], (1, 3), mode='reflect')[0]", (7, 4), axis=2, before=1, after=3, mode="reflect"),
        _one("Reshape", "x.reshape(7, 2, 2)", (7, 4), target_shape=(7, 2, 2)),
        _one("Reshape", "x.reshape(7)", (7, 1), target_shape=(7,)),
        _one("Reshape", "x.reshape(28)", (7, 4), target_shape=(-1,)),
        _one("Reshape", "x.reshape(-1, 10)", (3, 4, 5), target_shape=(-1, 10)),
        _one("Permute", "x.permute(0, 2, 1)", (3, 4, 5), dims=(1, 3, 2)),
        _one("Permute", "x.permute(2, 0, 1)", (3, 4, 5), dims=(3, 1, 2)),
        _one("Broadcast", "x.expand(7, 4)", (4,), shape=(7, 4)),
        _one("Broadcast", "x.expand(-1, 4)", (7, 1), shape=(-1, 4)),
        _one("Broadcast", "x.expand(3, 4, 5)", (4, 1), shape=(3, 4, 5)),
    ]


OPERATOR_CASES = [*_functions(), *_with_settings(), *_of_one(), *_reducing(), *_of_several(), *_moving()]
OPERATORS = {case.kind for case in OPERATOR_CASES} - {"Activation", "Permute", "Reshape"} | {"Constant"}
"""Every class that is compared here and not with a layer of Keras."""
