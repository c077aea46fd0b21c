"""What the names and shapes of a state dict tell of the layers around the convolution over the letters.

What may make the convolution something else than it looks like is said before anything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..tensors import StoredTensor
from .first_convolution import Convolution
from .stored_layers import StoredLayer, embedding_of, stored_layers, tensors_before

__all__ = ["doubts_about", "following"]


def doubts_about(found: Convolution, tensors: Sequence[StoredTensor], *, ordered: bool) -> list[str]:
    """Return sentences that must be said first: why the convolution may not match motifs on the letters.

    Args:
        found: The convolution.
        tensors: All tensors.
        ordered: Whether they come in the order of the layers.
    """
    weight = found.weight.name
    said = []
    if found.width == 1:
        said.append(
            f"{weight} has width 1: each of its {found.filters} filters reads a single letter, so they recode the "
            "letters for the layers behind and are no motifs"
        )
    if (table := embedding_of(found.weight, tensors, ordered=ordered)) is not None:
        said.append(
            f"{table.name} {table.shape} looks like an embedding in front of {weight}: then the convolution reads the "
            f"{table.shape[1]} numbers of its rows and not letters, and what is shown is not what the network computes"
        )
    if ordered:
        earlier = [each for each in tensors_before(found.weight, tensors) if _is_convolution(each)]
        if earlier:
            first = earlier[0]
            said.append(
                f"{first.name} {first.shape} comes before {weight} in the file, so {weight} may not be the first "
                "convolution of the network"
            )
    return said


def following(found: Convolution, tensors: Sequence[StoredTensor]) -> list[str]:
    """Return a sentence about the convolution that reads what this one gives, if names and shapes show it.

    Args:
        found: The convolution over the letters.
        tensors: All tensors, in the order of the layers.
    """
    behind = [*tensors[[each.name for each in tensors].index(found.weight.name) + 1 :]]
    following = next((each for each in behind if len(each.shape) > 1), None)
    if following is None or not _is_convolution(following) or following.shape[1] != found.filters:
        return []
    layers = stored_layers(tensors)
    first, second = (
        layers[found.layer],
        next(each for each in layers.values() if following in each.tensors.values()),
    )
    weight = found.weight.name
    free = _free_numbers(first, second, layers.values())
    what = f"{following.name} reads the {found.filters} channels of {weight}"
    if free is None:
        return [f"{what}; whether a pool stands between them is not in the file"]
    if free <= 1:
        room = "no layer without weights" if free == 0 else "one layer without weights, such as an activation,"
        return [
            f"{what}, and by their numbers {room} stands between them: this is convolution, convolution, pool, and the "
            f"max pool shown behind {weight} is not the network's"
        ]
    return [f"{what}; by their numbers {free} layers without weights stand between them, a pool perhaps among them"]


def _free_numbers(first: StoredLayer, second: StoredLayer, layers: Iterable[StoredLayer]) -> int | None:
    """Return how many layers without weights stand between two of one container; None if they are not numbered."""
    if first.container != second.container or first.number is None or second.number is None:
        return None
    between = range(first.number + 1, second.number)
    return len(between) - sum(each.container == first.container and each.number in between for each in layers)


def _is_convolution(tensor: StoredTensor) -> bool:
    return len(tensor.shape) in (3, 4) and tensor.name.rpartition(".")[2] in ("weight", "weight_v", "original1")
