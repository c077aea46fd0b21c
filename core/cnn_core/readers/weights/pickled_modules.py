"""The tree of modules in a model that was pickled whole: `torch.save(model)`.

Such a file has the name of every module's class, its settings, its tensors and its parts, in the order in which the
author's program made them. What it lacks is the order of computation, which is code, except where a class says it:
`nn.Sequential`. No class is looked up and nothing is called; a module is what stands in the pickle under its name.

Source: PyTorch, `torch/nn/modules/module.py` (what a module keeps in `_parameters`, `_buffers` and `_modules`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ...errors import ModelError, shorten
from .pickled_tensors import PickledObject, PickledTensor

__all__ = ["OWN", "SEQUENTIAL", "Module", "find_modules", "holds_modules"]

SEQUENTIAL: Final = "torch.nn.modules.container.Sequential"
"""The one class whose parts compute one after the other."""

OWN: Final = "torch.nn.modules."
"""Where PyTorch's own classes are; those for quantised numbers have the same names elsewhere."""

_WEIGHT_NORM: Final = ("torch.nn.utils.weight_norm.WeightNorm",)
_PARTS: Final = ("_parameters", "_buffers", "_modules")
# What wraps a model and hands its input on.
_WRAPPERS: Final = (
    "torch.nn.parallel.data_parallel.DataParallel",
    "torch.nn.parallel.distributed.DistributedDataParallel",
    "torch.optim.swa_utils.AveragedModel",
)
# Classes that torch keeps a parameter in; the first argument is its tensor.
_PARAMETERS: Final = (
    "torch.nn.parameter.Parameter",
    "torch.nn.parameter.Buffer",
    "torch.autograd.variable.Variable",
    "torch._utils._rebuild_parameter_with_state",
)
_MOST_MODULES: Final = 20_000
_DEEPEST: Final = 64
_LONGEST_TEXT: Final = 60
_MOST_SHOWN: Final = 12
_SAVE_WEIGHTS: Final = "save its weights: torch.save(model.state_dict(), 'weights.pt')"


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """A module of a model that was pickled whole.

    Attributes:
        name: Its path in the model, such as `features.0`; empty for the model itself.
        path: Module and name of its class, such as `torch.nn.modules.conv.Conv1d`.
        settings: Everything that it keeps beside tensors and parts, by name.
        parameters: Its own tensors, by name; None for one that it goes without.
        parts: The modules in it, in the order in which they were made.
        identity: The same for a module that stands at several places.
    """

    name: str
    path: str
    settings: Mapping[str, object]
    parameters: Mapping[str, PickledTensor | None]
    parts: tuple[Module, ...]
    identity: int

    @property
    def kind(self) -> str:
        """The name of its class; with its module where it is not one of PyTorch's own."""
        return self.path.rpartition(".")[2] if self.path.startswith(OWN) else self.path

    @property
    def is_sequential(self) -> bool:
        """Whether its parts compute one after the other, and nothing else does."""
        return self.path == SEQUENTIAL and not self.is_changed

    @property
    def is_changed(self) -> bool:
        """Whether functions of the author's are called with it, or in its place."""
        return "forward" in self.settings or any(hook.path not in _WEIGHT_NORM for hook in self.hooks)

    @property
    def hooks(self) -> tuple[PickledObject, ...]:
        """Functions of the author's that are called before or behind the module."""
        found: list[PickledObject] = []
        for name in ("_forward_pre_hooks", "_forward_hooks"):
            kept = self.settings.get(name)
            if isinstance(kept, dict):
                found += (
                    each if isinstance(each, PickledObject) else PickledObject(name) for each in kept.values()
                )
        return tuple(found)

    def walk(self) -> Iterator[Module]:
        """Yield the module and all in it, as PyTorch lists them."""
        waiting = [self]
        while waiting:
            module = waiting.pop()
            yield module
            waiting += reversed(module.parts)

    def tensors(self) -> Iterator[tuple[str, PickledTensor]]:
        """Yield the tensors of the module and of all in it, by the names that they have in its state dict."""
        for module in self.walk():
            for name, tensor in module.parameters.items():
                if tensor is not None:
                    yield f"{module.name}.{name}" if module.name else name, tensor

    def shown_settings(self) -> dict[str, str]:
        """Return the settings as they are listed: those that PyTorch's own machinery keeps are left out."""
        return {
            name: _as_text(value)
            for name, value in self.settings.items()
            if not name.startswith("_") and name != "training"
        }


def holds_modules(value: object) -> bool:
    """Tell whether a pickle holds a module outside any other object.

    Args:
        value: What the pickle describes.
    """
    return next(_outermost(value), None) is not None


def find_modules(value: object, source: str) -> dict[str, Module]:
    """Return the models in a pickle by the path at which they stand, outermost first.

    Args:
        value: What the pickle describes.
        source: The file's name, for error texts.

    Raises:
        ModelError: A model has too many modules, or is in itself.
    """
    return {path: _Tree(source).module("", _unwrapped(found), 0) for path, found in _outermost(value)}


def _outermost(value: object) -> Iterator[tuple[str, PickledObject]]:
    """Yield the modules that are in no other object, each once."""
    seen: set[int] = set()
    waiting: list[tuple[str, object]] = [("", value)]
    while waiting:
        path, each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, PickledObject):
            if _state(each) is not None:
                yield path, each
        elif isinstance(each, dict | list | tuple):
            named = each.items() if isinstance(each, dict) else enumerate(each)
            inner = [(f"{path}/{key}" if path else str(key), part) for key, part in named]
            waiting += reversed(inner)


def _state(value: object) -> dict[object, object] | None:
    """Return what a module keeps, or None of anything that is no module."""
    if not isinstance(value, PickledObject) or not value.items:
        return None
    state = value.items[-1]
    if not isinstance(state, dict) or not all(isinstance(state.get(part), dict) for part in _PARTS):
        return None
    return state


def _unwrapped(found: PickledObject) -> PickledObject:
    for _ in range(_DEEPEST):
        modules = (_state(found) or {}).get("_modules")
        inner = modules.get("module") if found.path in _WRAPPERS and isinstance(modules, dict) else None
        if not isinstance(inner, PickledObject) or _state(inner) is None:
            break
        found = inner
    return found


class _Tree:
    """One model that is being read."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._count = 0

    def module(self, name: str, found: PickledObject, depth: int) -> Module:
        """Return a module and all in it."""
        self._count += 1
        if self._count > _MOST_MODULES or depth > _DEEPEST:
            what = f"has more than {_MOST_MODULES:,} modules, or they are more than {_DEEPEST} deep"
            raise ModelError(what, where=self._source, remedy=_SAVE_WEIGHTS)
        state = _state(found) or {}
        settings = {key: each for key, each in state.items() if isinstance(key, str) and key not in _PARTS}
        kept: dict[str, PickledTensor | None] = {}
        for part in _PARTS[:2]:
            tensors = state.get(part)
            for key, each in tensors.items() if isinstance(tensors, dict) else ():
                kept.setdefault(str(key), _tensor_of(each))
        modules = state.get("_modules")
        parts = tuple(
            self.module(f"{name}.{key}" if name else str(key), each, depth + 1)
            for key, each in (modules.items() if isinstance(modules, dict) else ())
            if isinstance(each, PickledObject)
        )
        return Module(name, found.path, settings, kept, parts, id(found))


def _tensor_of(value: object) -> PickledTensor | None:
    if isinstance(value, PickledObject) and value.path in _PARAMETERS and isinstance(value.arguments, tuple):
        value = value.arguments[0] if value.arguments else None
    return value if isinstance(value, PickledTensor) else None


def _as_text(value: object) -> str:
    """Return a setting as it is listed, however long or deep it is."""
    if isinstance(value, PickledTensor):
        return f"a tensor of shape {value.shape}"
    if isinstance(value, PickledObject):
        return shorten(value.path, _LONGEST_TEXT)
    if isinstance(value, dict | list | tuple):
        if len(value) > _MOST_SHOWN or any(isinstance(each, dict | list | tuple) for each in value):
            return f"{len(value):,} values"
        pairs = value.items() if isinstance(value, dict) else None
        inner = ", ".join(
            map(_as_text, value) if pairs is None else (f"{_as_text(key)}: {_as_text(each)}" for key, each in pairs)
        )
        return f"({inner})" if isinstance(value, tuple) else f"[{inner}]" if pairs is None else f"{{{inner}}}"
    if isinstance(value, int) and value.bit_length() > 64:
        return "a long number"
    return shorten(str(value), _LONGEST_TEXT)
