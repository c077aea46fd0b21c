"""What may be said about a model file that the file does not say itself."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final

__all__ = ["OPTION_NAMES", "ModelOptions"]

OPTION_NAMES: Final = {
    "architecture": "--architecture",
    "flip_kernels": "--flip-kernels",
    "weights": "--weights",
    "batch_norm": "--batch-norm",
    "channels": "--channels",
    "activation": "--activation",
    "pool_size": "--pool-size",
    "pool_stride": "--pool-stride",
    "motif_score": "--motif-score",
}
"""How each of the options is typed."""


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How a model file is read; None leaves it to the file, and then to the reader.

    Attributes:
        architecture: Keras: the file that says which layers the weights belong to.
        flip_kernels: Keras: whether kernels are turned round.
        weights: PyTorch: the name of the convolution's weight.
        batch_norm: PyTorch: which batch norm is folded into it, `auto`, `none` or a name.
        channels: Keras and PyTorch: the channel order, such as ACGT.
        activation: PyTorch and motifs: the name of the activation function.
        pool_size: PyTorch and motifs: responses that a cell chooses from.
        pool_stride: PyTorch and motifs: responses between neighbouring pool windows.
        motif_score: Motifs: `log-odds` or `probability`.
    """

    architecture: str | None = None
    flip_kernels: bool | None = None
    weights: str | None = None
    batch_norm: str | None = None
    channels: str | None = None
    activation: str | None = None
    pool_size: int | None = None
    pool_stride: int | None = None
    motif_score: str | None = None

    @property
    def given(self) -> tuple[str, ...]:
        """The options that are not None, as they are typed."""
        return tuple(typed for name, typed in OPTION_NAMES.items() if getattr(self, name) is not None)

    @property
    def typed(self) -> tuple[str, ...]:
        """The options that are not None and their values, as they are typed."""
        words: list[str] = []
        for name, typed in OPTION_NAMES.items():
            value = getattr(self, name)
            if value is not None:
                words += [typed, {True: "yes", False: "no"}.get(value, str(value))]
        return tuple(words)

    @property
    def for_reader(self) -> dict[str, Any]:
        """The keyword arguments of `cnn_core.readers.opening.open_model_file`."""
        return {each.name: getattr(self, each.name) for each in fields(self)}
