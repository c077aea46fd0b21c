"""From bare weights to a filter bank: the convolution over the letters, with its batch norms folded into it.

Batch norm behind the convolution is affine once trained, so it folds into kernel and bias exactly:

    kernel · γ/√(variance + ε)      (bias − mean) · γ/√(variance + ε) + β

`batch_norms` finds out which one stands there, if any. ε is not in the file either; it is the framework's default,
1e-5 in PyTorch.

Batch norm in front of the convolution turns the letters x into s·x + t, one s and t a channel:

    kernel · s      bias + Σ kernel · t

which is exact wherever a window reads letters alone, and not where it reads padding.

Source: PyTorch, `torch.nn.BatchNorm1d`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...errors import ModelError, printable
from ...layers import Array
from ...letters.alphabet import BASES, check_channels
from ..filter_bank import FilterBank
from ..report import FileContents, ModelFile
from ..tensors import StoredTensor
from .author_program import ORDER, save_as_program
from .batch_norms import BATCH_NORM_AUTO, find_batch_norms
from .first_convolution import Convolution, find_convolution
from .stored_layers import MEAN, VARIANCE
from .surroundings import doubts_about, following

__all__ = ["CHANNELS", "EPSILON", "Framework", "WeightFilters", "WeightsFile"]

EPSILON: Final = 1e-5
"""What PyTorch's batch norm adds to a variance."""

CHANNELS: Final = {4: BASES, 5: f"{BASES}N"}
"""The channel order that is assumed, by the number of channels."""
_BEHIND_ASSUMED: Final = (
    "; that it comes right behind, before the activation, is assumed: --batch-norm none leaves it out"
)
_IN_FRONT_ASSUMED: Final = "; that it stands there is assumed: --batch-norm none leaves it out"


@dataclass(frozen=True, slots=True)
class Framework:
    """Where weights come from, as far as it matters to what is made of them.

    Attributes:
        name: Its name.
        epsilon: What its batch norms add to a variance, unless told otherwise.
        order: Returns how to get what the file leaves out, for the number of letters that the network reads, if that
            is known, and the channels of a letter.
    """

    name: str
    epsilon: float
    order: Callable[[int | None, int], str]

    @property
    def epsilon_said(self) -> str:
        """What is said of a batch norm that was folded."""
        return f"with {self.name}'s default ε of {self.epsilon:g}".replace("e-0", "e-")


_PYTORCH: Final = Framework(
    "PyTorch",
    EPSILON,
    lambda length, channels: (
        f"{ORDER}; to see the whole network, save it there: {save_as_program(length, channels)}"
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightFilters(FilterBank):
    """What a file of weights leaves open.

    Attributes:
        weights: The name of the convolution's weight, or of its layer; None finds it by shape.
        batch_norm: `auto`, `none`, or the name of the batch norm that stands right behind the convolution.
        channels: The channel order, such as ACGT; None is ACGT, or ACGTN for five channels.
    """

    weights: str | None = None
    batch_norm: str = BATCH_NORM_AUTO
    channels: str | None = None


@dataclass(frozen=True, eq=False)
class WeightsFile:
    """A file of weights that was read.

    Attributes:
        source: The file's name; the model is called by it.
        contents: What the file holds, including tensors that were left aside.
        tensors: The tensors to choose from.
        ordered: Whether they come in the order of the layers.
        said: What was left aside, in sentences.
        length: How many letters the network reads, if the file says so.
        framework: Where they come from.
    """

    source: str
    contents: FileContents
    tensors: tuple[StoredTensor, ...]
    ordered: bool
    said: tuple[str, ...] = ()
    length: int | None = None
    framework: Framework = _PYTORCH

    def open(self, settings: WeightFilters) -> ModelFile:
        """Return the convolution over the letters as a model Input → Conv1D → MaxPooling1D of any length.

        Args:
            settings: What the file leaves open.

        Raises:
            ModelError: There is no convolution over the letters, or more than one; its tensors do not fit; or several
                batch norms may stand behind it.
            NotFoundError: There is no tensor, batch norm or activation function of a given name.
            SettingError: A pool size or stride below 1.
        """
        letters = [*CHANNELS] if settings.channels is None else [len(check_channels(settings.channels))]
        found = find_convolution(self.tensors, settings.weights, letters, self.source, ordered=self.ordered)
        channels = settings.channels or CHANNELS[found.letters]
        kernel, bias, said = _with_batch_norms(self, found, settings)
        letters_read = channels if settings.channels else f"{channels} (assumed)"
        weight = found.weight.name
        taken = (
            *doubts_about(found, self.tensors, ordered=self.ordered),
            f"{self.source} holds weights and no architecture: {weight} is taken as {found.filters} filters of width "
            f"{len(kernel)} over {letters_read}, then {settings.activation_name}, then a max pool",
        )
        if found.weight.own_shape != kernel.shape:
            taken += (
                f"{weight} was converted from {found.weight.own_shape} to (kernel size, channels, filters) "
                f"{kernel.shape}",
            )
        behind = following(found, self.tensors) if self.ordered else []
        order = self.framework.order(self.length, found.letters)
        model = settings.model(self.source, kernel, bias, channels=channels, layer=found.layer)
        return ModelFile.of(
            self.contents, model, tuple(map(printable, (*taken, *said, *behind, *self.said, order)))
        )


def _with_batch_norms(
    read: WeightsFile, found: Convolution, settings: WeightFilters
) -> tuple[Array, Array | None, list[str]]:
    """Return kernel and bias with the batch norms folded into them, and sentences about how they were read."""
    kernel, bias = found.kernel(), None if found.bias is None else _each(found.bias, found.filters, found)
    weight = found.weight.name
    named = {tensor.name: tensor for tensor in read.tensors}
    norms = find_batch_norms(read.tensors, found, settings.batch_norm, read.source, ordered=read.ordered)
    said = _doubts(found, norms.behind)
    if norms.front is not None:
        numbers = _norm_tensors(named, norms.front, found, found.weight.shape[1])
        kernel, bias = _folded_in_front(kernel, bias, numbers, read.framework.epsilon)
        said.append(
            f"batch norm {norms.front} in front of {weight} was folded into it, {read.framework.epsilon_said}: exact "
            f"for windows that read no padding{_IN_FRONT_ASSUMED if norms.front_assumed else ''}"
        )
    said += norms.said
    if norms.behind is not None:
        numbers = _norm_tensors(named, norms.behind, found, found.filters)
        kernel, bias = _folded(kernel, bias, numbers, found, read.framework.epsilon)
        assumed = _BEHIND_ASSUMED if norms.behind_assumed else ""
        said.append(f"batch norm {norms.behind} was folded into {weight}, {read.framework.epsilon_said}{assumed}")
    used = {each.name for each in (found.weight, found.lengths, found.bias) if each is not None}
    used |= {name for name in named if name.rpartition(".")[0] in (norms.behind, norms.front)}
    if others := len(named.keys() - used):
        said.append(f"{others:,} other tensor{'s are' if others > 1 else ' is'} not used")
    return kernel, bias, said


def _doubts(found: Convolution, norm: str | None) -> list[str]:
    """Return sentences about what the shapes leave open, and how it was decided."""
    weight = found.weight.name
    said = []
    if found.bias is None and norm is None:
        said.append(f"{weight} comes without a bias, so none is added")
    # A batch norm, like a bias, has one number for each filter, and so shows which axis the filters are.
    if found.could_be_transposed and (norm is None or found.filters == found.letters):
        said.append(
            f"{weight} could by its shape also belong to a transposed convolution; it is taken as a plain one"
        )
    if found.could_be_turned:
        said.append(f"{weight} could be read along its rows or its columns; its rows are taken as the letters")
    if found.lengths is not None:
        said.append(f"{weight} was normalised, and is multiplied out with {found.lengths.name}")
    if found.weight.dtype == "float64":
        said.append(f"{weight} was rounded from float64 to float32")
    return said


def _each(tensor: StoredTensor, size: int, found: Convolution) -> Array:
    """Return the numbers of a tensor that has one for each filter, or for each channel."""
    if tensor.shape != (size,):
        what = "filter" if size == found.filters else "channel"
        raise tensor.fault(
            f"has shape {tensor.shape}, which is not one number for each {what} of {found.weight.name}",
            f"its shape would be ({size},)",
        )
    return tensor.values()


def _norm_tensors(
    named: Mapping[str, StoredTensor], norm: str, found: Convolution, size: int
) -> dict[str, NDArray[np.float64]]:
    """Return a batch norm's numbers, `size` of each, by their last names; neutral numbers for those that it lacks."""
    neutral = {MEAN: 0.0, VARIANCE: None, "weight": 1.0, "bias": 0.0}
    numbers = {}
    for last, default in neutral.items():
        tensor = named.get(f"{norm}.{last}")
        if tensor is not None:
            numbers[last] = _each(tensor, size, found).astype(np.float64)
        elif default is not None:
            numbers[last] = np.full(size, default)
        else:
            raise ModelError(
                f"batch norm {norm} has no {last}", where=found.weight.source, remedy="save the model again"
            )
    if (numbers[VARIANCE] < 0).any():
        raise named[f"{norm}.{VARIANCE}"].fault("holds a variance below 0", "save the model again")
    return numbers


def _folded(
    kernel: Array,
    bias: Array | None,
    norm: Mapping[str, NDArray[np.float64]],
    found: Convolution,
    epsilon: float,
) -> tuple[Array, Array]:
    """Return kernel and bias of the convolution and its batch norm in one."""
    scale = norm["weight"] / np.sqrt(norm[VARIANCE] + epsilon)
    before = np.zeros(found.filters) if bias is None else bias.astype(np.float64)
    shifted = (before - norm[MEAN]) * scale + norm["bias"]
    # What float32 cannot hold becomes infinite, and the model refuses it by name.
    with np.errstate(over="ignore"):
        return (kernel.astype(np.float64) * scale).astype(np.float32), shifted.astype(np.float32)


def _folded_in_front(
    kernel: Array, bias: Array | None, norm: Mapping[str, NDArray[np.float64]], epsilon: float
) -> tuple[Array, Array]:
    """Return kernel and bias of a batch norm and the convolution behind it in one."""
    scale = norm["weight"] / np.sqrt(norm[VARIANCE] + epsilon)
    added = norm["bias"] - norm[MEAN] * scale
    exact = kernel.astype(np.float64)
    before = 0.0 if bias is None else bias.astype(np.float64)
    with np.errstate(over="ignore"):
        return (
            (exact * scale[:, None]).astype(np.float32),
            (before + (exact * added[:, None]).sum(axis=(0, 1))).astype(np.float32),
        )
