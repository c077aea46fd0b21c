"""Which batch norms of a state dict belong to the convolution over the letters.

A state dict has the names of the layers and the sizes of their tensors, but not the order in which they compute. A
batch norm right behind the convolution has one number for each filter, one right in front has one for each channel.
Among those that fit, this evidence decides, in this order:

| evidence                                                   | such as                                             |
|------------------------------------------------------------|-----------------------------------------------------|
| the next number in the same container, which is certain    | `features.0` and `features.1`                       |
| the same name but for the words for the two layers         | `conv1` and `bn1`, `a.conv` and `a.norm`, `convs.0` |
|                                                            | and `bns.0`, `conv_1` and `batchnorm_1`             |
| the next number, where all layers share one count          | `conv1` and `bn2`, before `conv3` and `bn4`         |
| no other layer gives so many channels                      | `motif_scan` and `normalise`                        |
| the next place in a file that keeps the order of layers    | the same                                            |

All but the first leave open whether the activation comes in between, and are reported as assumptions. Where two
batch norms fit equally well, or one fits two convolutions, nothing is guessed: the error lists them. Where something
without weights, an activation or a pool, comes in between, the batch norm is not folded, and the user is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ...errors import ModelError, NotFoundError
from ..tensors import StoredTensor, listed
from .first_convolution import Convolution
from .stored_layers import StoredLayer, stored_layers

__all__ = ["BATCH_NORM_AUTO", "BATCH_NORM_NONE", "BatchNorms", "find_batch_norms"]

BATCH_NORM_AUTO: Final = "auto"
"""Fold the batch norms that, by names, numbers, order and sizes, come right behind or in front."""
BATCH_NORM_NONE: Final = "none"
"""Fold no batch norm."""


@dataclass(frozen=True, slots=True)
class BatchNorms:
    """The batch norms that belong to a convolution.

    Attributes:
        behind: The one right behind it, or None.
        behind_assumed: Whether that is an assumption.
        front: The one right in front of it, or None.
        front_assumed: Whether that is an assumption.
        said: Sentences about others that may belong there and were not folded.
    """

    behind: str | None = None
    behind_assumed: bool = False
    front: str | None = None
    front_assumed: bool = False
    said: tuple[str, ...] = ()


def find_batch_norms(
    tensors: Sequence[StoredTensor], found: Convolution, wanted: str, source: str, *, ordered: bool
) -> BatchNorms:
    """Return the batch norms that belong to a convolution.

    Args:
        tensors: All tensors.
        found: The convolution.
        wanted: `BATCH_NORM_AUTO`, `BATCH_NORM_NONE`, or the name of the one right behind it.
        source: The file's name, for error texts.
        ordered: Whether the tensors come in the order of the layers.

    Raises:
        NotFoundError: There is no batch norm of that name.
        ModelError: Several could come right behind the convolution, and nothing decides between them.
    """
    return _Search(tensors, found, source, ordered=ordered).run(wanted)


class _Search:
    """The search for the batch norms of one convolution, with what is known about the layers of the file."""

    def __init__(self, tensors: Sequence[StoredTensor], found: Convolution, source: str, *, ordered: bool) -> None:
        layers = stored_layers(tensors)
        self._found = found
        self._source = source
        self._ordered = ordered
        self._layers = [*layers.values()]
        self._conv = layers[found.layer]
        self._norms = [each for each in self._layers if each.is_norm]
        self._others = [
            each for each in self._layers if each.outputs and each is not self._conv and not each.is_norm
        ]
        self._rivals = [each for each in self._others if found.filters in each.outputs]
        self._numbered = {(each.container, each.number) for each in self._others}
        self._ahead: dict[str, StoredLayer | None] = {}
        """For each norm, the last layer before it in the file that is not a norm."""
        ahead = None
        for layer in self._layers:
            if layer.is_norm:
                self._ahead[layer.name] = ahead
            elif layer is self._conv or layer.outputs:
                ahead = layer

    @property
    def _channels(self) -> int:
        return self._found.weight.shape[1]

    def run(self, wanted: str) -> BatchNorms:
        """Return what was found."""
        said: list[str] = []
        if wanted == BATCH_NORM_NONE:
            if self._channels != self._found.filters:
                self._say_missing([each for each in self._norms if each.size == self._channels], said)
            return BatchNorms(said=tuple(said))
        if wanted == BATCH_NORM_AUTO:
            behind, behind_assumed = self._behind(said)
        else:
            behind, behind_assumed = self._asked_for(wanted), False
        front, front_assumed = self._front(behind, said)
        if behind is None:
            said += self._without_statistics()
        names = [None if each is None else each.name for each in (behind, front)]
        return BatchNorms(names[0], behind_assumed, names[1], front_assumed, tuple(said))

    def _asked_for(self, wanted: str) -> StoredLayer:
        norm = next((each for each in self._norms if each.name == wanted), None)
        if norm is None:
            names = [each.name for each in self._norms]
            raise NotFoundError(
                f"there is no batch norm '{wanted}'",
                where=self._source,
                remedy=f"there are {listed(names)}" if names else "the file has none",
            )
        return norm

    # Right behind the convolution.

    def _behind(self, said: list[str]) -> tuple[StoredLayer | None, bool]:
        """Return the batch norm right behind the convolution, and whether that is an assumption."""
        fitting = [each for each in self._norms if each.size == self._found.filters]
        if self._ordered and self._channels == self._found.filters:
            fitting = [each for each in fitting if each.place > self._conv.place]
        certain = next((each for each in fitting if self._steps(each) == 1), None)
        if certain is not None:
            return certain, False
        later = self._later(fitting)
        fitting = [each for each in fitting if self._steps(each) is None and not self._follows_another(each)]
        same = [each for each in fitting if each.key == self._conv.key] or self._next_by_number(fitting)
        if len(same) > 1:
            raise self._unclear(same)
        if same:
            return same[0], True
        norm, doubtful = self._by_place(fitting) if self._ordered else self._by_size(fitting)
        if norm is None and (later or doubtful):
            said.append(
                f"batch norm {listed([each.name for each in (*later, *doubtful)])} was not folded: its name does not "
                f"say that it comes right behind {self._found.weight.name}, before the activation; --batch-norm NAME "
                "folds it if it does"
            )
        return norm, norm is not None

    def _steps(self, norm: StoredLayer) -> int | None:
        """Return how many places a norm comes after the convolution in its container; None if they are not numbered."""
        if norm.container != self._conv.container or norm.number is None or self._conv.number is None:
            return None
        return norm.number - self._conv.number

    def _later(self, fitting: Sequence[StoredLayer]) -> list[StoredLayer]:
        """Return the norms of the same container that come later, with nothing that has weights in between."""
        first, container = self._conv.number or 0, self._conv.container
        weighted = [each.number for each in self._others if each.container == container and each.number is not None]
        end = min((each for each in weighted if each > first), default=None)
        return [
            each
            for each in fitting
            if (self._steps(each) or 0) > 1 and each.number is not None and (end is None or each.number < end)
        ]

    def _follows_another(self, norm: StoredLayer) -> bool:
        """Tell whether a norm's number puts it right behind another layer."""
        return norm.number is not None and (norm.container, norm.number - 1) in self._numbered

    def _next_by_number(self, fitting: Sequence[StoredLayer]) -> list[StoredLayer]:
        """Return the norm with the next number, if convolutions and norms are counted together."""
        key = self._conv.key
        if not key or not key[-1].isdecimal():
            return []
        following = (*key[:-1], str(int(key[-1][:9]) + 1))
        counted_apart = any(each.key == key for each in self._norms) or any(
            each.key == following for each in self._others
        )
        return [] if counted_apart else [each for each in fitting if each.key == following]

    def _by_size(self, fitting: Sequence[StoredLayer]) -> tuple[StoredLayer | None, list[StoredLayer]]:
        """Return the batch norm that size alone identifies, or None and those that remain in doubt."""
        free = self._free(fitting)
        near = self._beside(free)
        if near and (self._rivals or len(near) > 1):
            raise self._unclear(near)
        return (near[0], []) if near else (None, free)

    def _by_place(self, fitting: Sequence[StoredLayer]) -> tuple[StoredLayer | None, list[StoredLayer]]:
        """Return the batch norm that place and size identify, or None and those that remain in doubt."""
        free = self._free(fitting)
        mine = [each for each in self._beside(fitting) if self._ahead[each.name] is self._conv]
        own = [each for each in mine if each in free]
        if len(own) == 1:
            return own[0], []
        near = [*mine, *(each for each in self._beside(free) if each not in mine and not self._belongs(each))]
        if len(near) == 1 and near[0] in free and not self._rivals:
            return near[0], []
        if near:
            raise self._unclear(near)
        return None, free

    def _beside(self, norms: Sequence[StoredLayer]) -> list[StoredLayer]:
        """Return those in the convolution's own container, since a container may end with its activation."""
        return [each for each in norms if each.container == self._conv.container]

    def _free(self, norms: Sequence[StoredLayer]) -> list[StoredLayer]:
        """Return those whose name does not assign them to another layer that they fit."""
        taken = {each.key for each in self._rivals}
        return [each for each in norms if each.key not in taken]

    def _belongs(self, norm: StoredLayer) -> bool:
        """Tell whether a norm comes right behind another layer that it fits, and is not meant for two convolutions."""
        ahead = self._ahead[norm.name]
        if ahead is None or ahead is self._conv or self._found.filters not in ahead.outputs:
            return False
        is_convolution = any(len(each.shape) > 2 for each in ahead.tensors.values())
        return not is_convolution or self._conv in self._ahead.values()

    def _unclear(self, norms: Sequence[StoredLayer]) -> ModelError:
        names = [each.name for each in norms]
        weight = self._found.weight.name
        if len(names) > 1:
            what = f"{weight} has {len(names)} batch norms that may stand right behind it: {listed(names)}"
        else:
            what = f"batch norm {names[0]} may stand right behind {weight} or behind another layer"
        return ModelError(
            what,
            where=self._source,
            remedy=f"say which stands there: --batch-norm {listed(names[:1])}, or --batch-norm none",
        )

    # Right in front of it.

    def _front(self, behind: StoredLayer | None, said: list[str]) -> tuple[StoredLayer | None, bool]:
        """Return the batch norm right in front of the convolution, and whether that is an assumption."""
        fitting = [each for each in self._norms if each.size == self._channels and each is not behind]
        certain = next((each for each in fitting if self._steps(each) == -1), None)
        if self._channels == self._found.filters:
            # It has one number for each filter as well, so only its place distinguishes the two.
            fitting = [each for each in fitting if self._ordered and each.place < self._conv.place]
        if certain is not None:
            self._say_missing([each for each in fitting if each is not certain], said)
            return certain, False
        fitting = self._in_front(fitting)
        first = [each for each in fitting if self._ordered and self._ahead[each.name] is None]
        alone = fitting if not any(self._channels in each.outputs for each in self._others) else []
        front = next((each[0] for each in (first, alone) if len(each) == 1), None)
        self._say_missing([each for each in fitting if each is not front], said)
        return front, front is not None

    def _in_front(self, norms: Sequence[StoredLayer]) -> list[StoredLayer]:
        """Return those whose numbers do not put them elsewhere."""
        return [each for each in norms if not self._follows_another(each) and self._steps(each) in (None, -1)]

    def _say_missing(self, norms: Sequence[StoredLayer], said: list[str]) -> None:
        weight = self._found.weight.name
        said += [
            f"batch norm {each.name} has one number a letter: if it stands in front of {weight}, its part is missing "
            "in the responses"
            for each in self._in_front(norms)
        ]

    # Neither.

    def _without_statistics(self) -> list[str]:
        """Return a sentence for each norm without running means that may come right behind."""
        return [
            f"{each.name} may normalise what {self._found.weight.name} gives; it has no running mean, so it is not "
            "folded, and its part is missing in the responses"
            for each in self._layers
            if not each.is_norm
            and not each.outputs
            and each.size == self._found.filters
            and (self._steps(each) == 1 or (self._steps(each) is None and each.key == self._conv.key))
        ]
