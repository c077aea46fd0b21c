"""TorchScript archives, as one of the formats that can be read: traced ones as networks, others as a filter bank.

```
<name>/data.pkl           the model: an object for each module, with its tensors and parts
<name>/data/0, 1 …        its numbers
<name>/constants.pkl      the constants of the program, their numbers in constants/
<name>/code/….py          the program
<name>/traced_inputs.pkl  what it was traced with, since PyTorch 1.11: the shapes
```

The length that a model was traced with is the only one that is run, since it may stand in any setting of the program.

Source: PyTorch, `torch/csrc/jit/serialization/export_module.cpp`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ...errors import ModelError, printable
from ...network.model import Model
from ..archive import Archive
from ..filter_bank import filter_format
from ..head import Head
from ..operators.assembly import Assembly
from ..operators.entrances import Entrance, add_inputs
from ..report import FileContents, ModelFile, not_computed
from ..torch_export.tensors import ArchivedTensor, of_pickle
from ..weights.pickled import LONGEST_PICKLE, read_pickle_at
from ..weights.pickled_tensors import PickledObject, PickledTensor
from ..weights.storages import ArchivedStorages
from ..weights.weights_file import CHANNELS, WeightFilters, WeightsFile
from .code import Code
from .program import NotStraightError, Object, Program

__all__ = ["FORMAT", "ScriptFile", "read_torchscript"]

_PICKLE: Final = "data.pkl"
_CONSTANTS: Final = "constants.pkl"
_INPUTS: Final = "traced_inputs.pkl"
_TAGGED: Final = "torch.jit._pickle.restore_type_tag"
_MOST_OBJECTS: Final = 20_000
_DEEPEST: Final = 60
_SCRIPTED: Final = (
    "its program is more than operators in a row (torch.jit.script writes branches, loops and functions), and is not "
    "followed: the tensors alone were read"
)


@dataclass(frozen=True, eq=False)
class ScriptFile:
    """A TorchScript archive.

    Attributes:
        weights: Its tensors.
        root: The model.
        archive: The archive.
        prefix: The folder that contains everything in it, with its slash.
        constants: The constants of its program.
        inputs: The shapes and kinds of numbers that it was traced with, where the archive says so.
    """

    weights: WeightsFile
    root: Object
    archive: Archive
    prefix: str
    constants: Sequence[Any]
    inputs: tuple[tuple[tuple[int, ...], bool], ...] | None

    @property
    def contents(self) -> FileContents:
        """What the file holds."""
        return self.weights.contents

    def open(self, settings: WeightFilters) -> ModelFile:
        """Return the network that was traced, else a convolution and a pool.

        Args:
            settings: What the file leaves open. One of those of a filter bank asks for a convolution alone.

        Raises:
            ModelError: The archive is damaged; or no network can be made of it, and no convolution reads the letters.
            CnnError: See `WeightsFile.open`.
        """
        if replace(settings, channels=None) != WeightFilters():
            return self.weights.open(settings)
        try:
            return self._network(settings)
        except NotStraightError:
            return replace(self.weights, said=(*self.weights.said, _SCRIPTED)).open(settings)

    def _network(self, settings: WeightFilters) -> ModelFile:
        source = self.weights.source
        assembly = Assembly(source)
        entrances = self._entrances(settings)
        flowing = add_inputs(assembly, entrances, settings.channels)
        program = Program(Code(self.archive, self.prefix), self.constants, assembly)
        outputs = program.run(self.root, [flowing[each.name] for each in entrances])
        model = Model(source, tuple(assembly.nodes), outputs)
        said = [*assembly.warnings]
        if self.inputs is None:
            said.append(
                "the archive does not say which length it was traced with: any is run that its layers can read"
            )
        return replace(
            ModelFile.of(self.contents, model, tuple(map(printable, said))), unsupported=not_computed(model)
        )

    def _entrances(self, settings: WeightFilters) -> list[Entrance]:
        """Return the inputs: as they were traced, or as the first convolution reads the letters."""
        method = Code(self.archive, self.prefix).method(self.root.path, "forward")
        if method is None:
            raise NotStraightError
        names = [each.arg for each in method.args.args[1:]]
        if self.inputs is not None and len(self.inputs) == len(names):
            rows = self._rows()
            return [
                Entrance(name, (1, *shape[1:]) if len(shape) > 1 else shape, whole, rows if whole else None)
                for name, (shape, whole) in zip(names, self.inputs, strict=True)
            ]
        if len(names) != 1:
            raise NotStraightError
        counts = [*CHANNELS] if settings.channels is None else [len(settings.channels)]
        for tensor in self.weights.tensors:
            if len(tensor.shape) == 3 and tensor.shape[1] in counts:
                return [Entrance(names[0], (1, tensor.shape[1], None))]
        raise NotStraightError

    def _rows(self) -> int | None:
        """Return how many rows the first table of an embedding has."""
        waiting: list[Object] = [self.root]
        while waiting:
            each = waiting.pop(0)
            table = each.parts.get("weight")
            if (
                each.path.endswith("Embedding")
                and isinstance(table, ArchivedTensor)
                and len(table.stored.shape) == 2
            ):
                return table.stored.shape[0]
            waiting += [part for part in each.parts.values() if isinstance(part, Object)]
        return None


def read_torchscript(data: bytes, source: str) -> ScriptFile:
    """Read a TorchScript archive; nothing in it is executed.

    Args:
        data: The file's bytes.
        source: The file's name.

    Raises:
        ModelError: It is damaged, or larger than any model's.
    """
    archive = Archive(data, source)
    prefixes = [name.removesuffix(_PICKLE) for name in archive.names if name.endswith(f"/{_PICKLE}")]
    prefixes = [each for each in prefixes if each.count("/") == 1]
    if len(prefixes) != 1:
        raise archive.fault("is a zip archive without a model", f"it would hold one {_PICKLE}")
    return _Reading(archive, prefixes[0]).file()


class _Reading:
    """An archive that is being read."""

    def __init__(self, archive: Archive, prefix: str) -> None:
        self._archive = archive
        self._prefix = prefix
        self._tensors: dict[str, ArchivedTensor] = {}
        self._made: dict[int, Object] = {}
        self._count = 0

    def file(self) -> ScriptFile:
        """Return what was read."""
        archive, prefix, source = self._archive, self._prefix, self._archive.source
        root = self._value(self._pickle(_PICKLE), "", ArchivedStorages(archive, prefix), 0)
        if not isinstance(root, Object):
            raise archive.fault(
                "holds no model", "save the model again: torch.jit.save(traced, 'model.pt')", _PICKLE
            )
        constants: tuple[Any, ...] = ()
        if f"{prefix}{_CONSTANTS}" in archive:
            storages = ArchivedStorages(archive, prefix, "constants")
            found = self._pickle(_CONSTANTS)
            constants = tuple(
                self._value(each, f"CONSTANTS.c{at}", storages, 0)
                for at, each in enumerate(found if isinstance(found, tuple | list) else ())
            )
        # The weights of a frozen model are constants of its program.
        tensors = tuple(each.stored for each in self._tensors.values() if each.stored.shape)
        contents = FileContents("TorchScript archive", "", tuple(each.entry for each in tensors))
        weights = WeightsFile(source, contents, tensors, ordered=True)
        return ScriptFile(weights, root, archive, prefix, constants, self._inputs())

    def _pickle(self, name: str) -> object:
        data = self._archive.read(self._prefix + name, LONGEST_PICKLE)
        return read_pickle_at(data, 0, f"{self._archive.source}, {name}", refuses=False)[0]

    def _value(self, value: object, name: str, storages: ArchivedStorages, depth: int) -> Any:
        """Return what a pickle describes, with objects and tensors that can be read."""
        self._count += 1
        if self._count > _MOST_OBJECTS or depth > _DEEPEST:
            what = f"has more than {_MOST_OBJECTS:,} values, or they are more than {_DEEPEST} deep"
            raise ModelError(what, where=self._archive.source, remedy="give a smaller model")
        if isinstance(value, PickledTensor):
            return self._tensors.setdefault(name, of_pickle(name, value, storages))
        if isinstance(value, list | tuple):
            inner = [self._value(each, f"{name}.{at}", storages, depth + 1) for at, each in enumerate(value)]
            return tuple(inner) if isinstance(value, tuple) else inner
        if isinstance(value, PickledObject):
            if (
                value.path.startswith("torch.jit._pickle.")
                and isinstance(value.arguments, tuple)
                and value.arguments
            ):
                return self._value(value.arguments[0], name, storages, depth + 1)
            state = value.items[-1] if value.items else None
            if not isinstance(state, dict):
                return None
            if id(value) not in self._made:
                parts = {
                    str(key): self._value(each, f"{name}.{key}" if name else str(key), storages, depth + 1)
                    for key, each in state.items()
                }
                self._made[id(value)] = Object(name, value.path, parts)
            return self._made[id(value)]
        return value if value is None or isinstance(value, bool | int | float | str) else None

    def _inputs(self) -> tuple[tuple[tuple[int, ...], bool], ...] | None:
        """Return the shapes of what the model was traced with."""
        if f"{self._prefix}{_INPUTS}" not in self._archive:
            return None
        value = _untagged(self._pickle(_INPUTS))
        given = _untagged(value.get("forward")) if isinstance(value, Mapping) else None
        if not isinstance(given, list) or not all(isinstance(each, PickledTensor) for each in given):
            return None
        return tuple((each.shape, each.storage.dtype.startswith(("int", "uint"))) for each in given)


def _untagged(value: object) -> object:
    if isinstance(value, PickledObject) and value.path == _TAGGED and isinstance(value.arguments, tuple):
        return value.arguments[0] if value.arguments else None
    return value


def _matches(head: Head) -> bool:
    names = head.members
    return all(any(name.endswith(f"/{each}") for name in names) for each in (_PICKLE, _CONSTANTS))


FORMAT: Final = filter_format("torchscript", WeightFilters, _matches, read_torchscript)
