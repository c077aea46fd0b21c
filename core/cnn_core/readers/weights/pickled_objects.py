"""The objects beside the tensors of a pickle that are not read, and whether a tensor depends on one.

A tensor that only a function of another name could make is out of reach. One that is merely kept in an object, such
as a class's attributes, is left aside with it, as long as there are kernels elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .pickled_tensors import PickledObject, PickledStorage, PickledTensor

__all__ = ["Survey", "needed", "storages_in", "survey", "why_refused"]

_LONGEST_NAME: Final = 80
_LOOKED_AT: Final = (PickledTensor, PickledStorage, PickledObject, dict, list, tuple)


@dataclass(slots=True, eq=False)
class Survey:
    """The objects in a pickle beside containers, numbers, texts and tensors.

    Attributes:
        names: The names of the outermost objects, each once, in the order of the file.
        maker: An object that would have to be called for a tensor, or None.
        keeper: The outermost object in which tensors are kept, or None.
        kept: How many tensors are kept in objects.
        has_kernels: Whether a tensor of three or four axes is outside all of them.
    """

    names: tuple[str, ...]
    maker: PickledObject | None = None
    keeper: PickledObject | None = None
    kept: int = 0
    has_kernels: bool = False


def survey(value: object) -> Survey:
    """Return the objects in a pickle that are not read.

    Args:
        value: What the pickle describes; a value that occurs twice in it is looked at once.
    """
    seen: set[int] = set()
    objects: list[PickledObject] = []
    shapes = [each.shape for each in _inside(value, seen, objects) if isinstance(each, PickledTensor)]
    has_kernels = any(len(shape) in (3, 4) for shape in shapes)
    found = Survey(tuple(dict.fromkeys(each.path for each in objects)), has_kernels=has_kernels)
    for outermost in objects:
        waiting = [outermost]
        while waiting:
            each = waiting.pop()
            if [*_inside(each.arguments, seen, waiting)]:
                found.maker = found.maker or each
            kept = len([*_inside(each.items, seen, waiting)])
            found.keeper = found.keeper or (outermost if kept else None)
            found.kept += kept
    return found


def needed(value: object) -> PickledObject | None:
    """Return an object without which a tensor or every kernel is out of reach, or None.

    Args:
        value: What a pickle describes.
    """
    found = survey(value)
    return found.maker or (None if found.has_kernels else found.keeper)


def storages_in(value: object) -> Iterator[PickledStorage]:
    """Yield every storage of what a pickle describes, also of tensors that are kept in objects; some more than once.

    Args:
        value: What the pickle describes.
    """
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        objects: list[PickledObject] = []
        for each in _inside(waiting.pop(), seen, objects):
            yield each.storage if isinstance(each, PickledTensor) else each
        for found in objects:
            waiting += (found.arguments, found.items)


def why_refused(missing: PickledObject) -> str:
    """Return what is said of an object that is needed and out of reach.

    Args:
        missing: The object.
    """
    module, path = missing.path.rpartition(".")[0], missing.path
    shown = path if len(path) <= _LONGEST_NAME else f"{path[: _LONGEST_NAME - 1]}…"
    if module == "__main__" or module.startswith("torch.nn."):
        return f"holds a whole model (it asks for {shown}), not its weights"
    return f"asks for {shown}; only tensors in dicts are read, and nothing is executed"


def _inside(
    value: object, seen: set[int], objects: list[PickledObject]
) -> Iterator[PickledTensor | PickledStorage]:
    """Yield the tensors and storages in containers, and note the objects without looking into them."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if not isinstance(each, _LOOKED_AT) or id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, PickledTensor | PickledStorage):
            yield each
        elif isinstance(each, PickledObject):
            objects.append(each)
        else:
            inner = [*each.keys(), *each.values()] if isinstance(each, dict) else each
            waiting.extend(reversed(inner))
