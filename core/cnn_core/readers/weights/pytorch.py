"""Weights that PyTorch trained: what `torch.save` writes, zip archives today, pickles one after another before 1.6.

They hold tensors by name and no architecture, so the model is a filter bank: see `weights_file`. An archive is

```
<name>/data.pkl      the state dict, a pickle whose tensors point to storages by number: see `pickled`
<name>/byteorder     "little" or "big"; archives from before PyTorch 2.1 lack it and are little
<name>/data/0, 1 …   the storages
```

State dicts may lie in other dicts, as training scripts and Lightning leave them: {"state_dict": …, "epoch": 7}.
Anything else beside them (a device, a NumPy learning rate, the arguments of a script) is skipped, and the user is
told; none of it is imported or called. Tensors that only code of the author's could make are refused, with a hint what
to do instead. Models that were pickled whole are in `module_file`, the files from before 1.6 in `storages`, TorchScript
in a room of its own.

Source of the layout: `torch/serialization.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..archive import Archive
from ..filter_bank import filter_format
from ..report import FileContents, ModuleEntry
from ..tensors import listed
from .author_program import declared_length
from .module_file import ModuleFile
from .pickled import LONGEST_PICKLE, read_pickle
from .pickled_modules import find_modules, holds_modules
from .pickled_objects import survey
from .pickled_tensors import PickledTensor
from .storages import MAGIC, ArchivedStorages, Storages, read_legacy, stored_tensor
from .weights_file import WeightFilters, WeightsFile

__all__ = ["FORMAT", "read_pytorch", "read_tensors"]

_PICKLE: Final = "data.pkl"
_OF_SCRIPTS: Final = "/constants.pkl"
_PREFERRED: Final = ("state_dict", "model_state_dict", "model", "model_state", "net", "network", "weights")
_OPTIMISER: Final = "optim"
_LIGHTNING: Final = "pytorch-lightning_version"
_DEEPEST: Final = 16
_LONGEST_MAGIC: Final = 32


@dataclass(frozen=True, slots=True, eq=False)
class _StateDict:
    """The tensors directly in one container, and the path of that container."""

    path: tuple[str, ...]
    tensors: dict[str, PickledTensor]

    @property
    def has_kernels(self) -> bool:
        return any(len(tensor.shape) in (3, 4) for tensor in self.tensors.values())

    @property
    def is_optimiser(self) -> bool:
        return any(part.lower().startswith(_OPTIMISER) for part in self.path)


def read_pytorch(data: bytes, source: str) -> WeightsFile | ModuleFile:
    """Read a state dict or a whole model that `torch.save` wrote; nothing in it is executed.

    Args:
        data: The file's bytes.
        source: The file's name.

    Raises:
        ModelError: The file is no such archive, is damaged, or needs more than tensors in containers.
    """
    pickled, storages = _pickled(data, source)
    if holds_modules(pickled) and not survey(pickled).has_kernels:
        return _whole_model(pickled, storages, source)
    state_dicts = [each for each in _state_dicts(pickled) if not each.is_optimiser]
    chosen = _preferred(state_dicts)
    beside = survey(pickled)
    said, tensors, entries = [], [], []
    if beside.names:
        kept = f", with {beside.kept:,} tensors in them" if beside.kept else ""
        said.append(f"objects other than tensors were skipped and not executed: {listed(beside.names)}{kept}")
    for state_dict in state_dicts:
        aside = state_dict not in chosen
        path = "/".join(state_dict.path)
        if aside and state_dict.has_kernels:
            read = f"those in {'/'.join(chosen[0].path)}" if chosen[0].path else "the outermost ones"
            said.append(f"the weights in {path} were left aside for {read}")
        for name, tensor in state_dict.tensors.items():
            full = f"{path}/{name}" if path and (aside or len(chosen) > 1) else name
            stored = stored_tensor(full, tensor, storages)
            entries.append(stored.entry)
            if not aside:
                tensors.append(stored)
    contents = FileContents("PyTorch state dict", _version(pickled), tuple(entries))
    return WeightsFile(
        source, contents, tuple(tensors), ordered=True, said=tuple(said), length=declared_length(pickled)
    )


def _whole_model(pickled: object, storages: Storages, source: str) -> ModuleFile:
    """Return the model in a pickle; of several, the one that is called like a model, else the first."""
    models = find_modules(pickled, source)
    chosen = next((path for name in ("", *_PREFERRED) for path in models if path.rpartition("/")[2] == name), None)
    chosen = next(iter(models)) if chosen is None else chosen
    said = [f"the model in {path} was left aside for the one in {chosen}" for path in models if path != chosen]
    root = models[chosen]
    tensors = tuple(stored_tensor(name, tensor, storages) for name, tensor in root.tensors())
    modules = tuple(ModuleEntry(each.name, each.kind, each.shown_settings()) for each in root.walk())
    contents = FileContents("pickled PyTorch model", "", tuple(each.entry for each in tensors), modules)
    weights = WeightsFile(
        source, contents, tensors, ordered=True, said=tuple(said), length=declared_length(pickled)
    )
    return ModuleFile(weights, root)


def read_tensors(data: bytes, source: str) -> tuple[dict[str, PickledTensor], Storages]:
    """Return the tensors of the outermost container of a file of `torch.save`'s by name, and where their numbers are.

    Args:
        data: The file's bytes.
        source: Its name.

    Raises:
        ModelError: See `read_pytorch`.
    """
    pickled, storages = _pickled(data, source)
    found = pickled.items() if isinstance(pickled, dict) else ()
    return {str(name): each for name, each in found if isinstance(each, PickledTensor)}, storages


def _pickled(data: bytes, source: str) -> tuple[object, Storages]:
    """Return what the pickle describes, and where the numbers of its tensors are."""
    if _is_legacy(data):
        return read_legacy(data, source)
    archive = Archive(data, source)
    prefix = _prefix(archive)
    value = read_pickle(archive.read(prefix + _PICKLE, LONGEST_PICKLE), f"{source}, {_PICKLE}")
    return value, ArchivedStorages(archive, prefix)


def _is_legacy(data: bytes) -> bool:
    return data[:1] == b"\x80" and MAGIC in data[:_LONGEST_MAGIC]


def _prefix(archive: Archive) -> str:
    """Return the folder that contains everything in the archive, with its slash."""
    pickles = [name for name in archive.names if name.endswith(f"/{_PICKLE}") and name.count("/") == 1]
    if len(pickles) != 1:
        raise archive.fault("is a zip archive without a state dict", f"it would hold one {_PICKLE}")
    return pickles[0].removesuffix(_PICKLE)


def _state_dicts(pickled: object) -> list[_StateDict]:
    """Return every container of tensors, outermost first, each once."""
    found: list[_StateDict] = []
    waiting: list[tuple[tuple[str, ...], object]] = [((), pickled)]
    seen: set[int] = set()
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, PickledTensor):
            found.append(_StateDict((), {"tensor": value}))
            continue
        if not isinstance(value, dict | list | tuple) or id(value) in seen or len(path) > _DEEPEST:
            continue
        seen.add(id(value))
        named = value.items() if isinstance(value, dict) else enumerate(value)
        tensors: dict[str, PickledTensor] = {}
        inner: list[tuple[tuple[str, ...], object]] = []
        for key, each in named:
            if isinstance(each, PickledTensor):
                tensors.setdefault(str(key), each)
            elif isinstance(each, dict | list | tuple):
                inner.append(((*path, str(key)), each))
        if tensors:
            found.append(_StateDict(path, tensors))
        waiting.extend(reversed(inner))
    return found


def _preferred(state_dicts: list[_StateDict]) -> list[_StateDict]:
    """Return the state dict to read, or several if it is not clear which one is the model's."""
    with_kernels = [each for each in state_dicts if each.has_kernels]
    for name in ("", *_PREFERRED):
        called = [each for each in with_kernels if (each.path[-1] if each.path else "") == name]
        outermost = min((len(each.path) for each in called), default=0)
        if [len(each.path) for each in called].count(outermost) == 1:
            return [each for each in called if len(each.path) == outermost]
    return with_kernels or state_dicts


def _version(pickled: object) -> str:
    version = pickled.get(_LIGHTNING) if isinstance(pickled, dict) else None
    return f"PyTorch Lightning {version[:40]}" if isinstance(version, str) else ""


FORMAT: Final = filter_format(
    "pytorch",
    WeightFilters,
    lambda head: (
        _is_legacy(head.data)
        or (
            any(name.endswith(f"/{_PICKLE}") for name in head.members)
            and not any(name.endswith(_OF_SCRIPTS) for name in head.members)
        )
    ),
    read_pytorch,
)
