"""The parts of a `.pt2` file: the program, and its tensors by name, in every layout since PyTorch 2.4.

```
<name>/archive_format             "pt2"                                          since 2.8
<name>/models/model.json          the program
<name>/data/weights/…             model_weights_config.json and weight_0 …       since 2.9
<name>/data/weights/model.pt      a file of torch.save's, in 2.8
<name>/data/constants/…           likewise
serialized_exported_program.json  the program                                    2.4 to 2.7
serialized_state_dict.pt          a file of torch.save's
serialized_constants.pt           likewise
```

Sample inputs are pickled beside them and left alone. Source: PyTorch, `torch/export/pt2_archive/` and
`torch/export/__init__.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ..archive import Archive
from ..report import FileContents
from ..weights.pytorch import read_tensors
from ..weights.storages import is_big_endian
from .archive_parts import Json, inside, read_json, text
from .tensors import ArchivedTensor, described, of_pickle

__all__ = ["ProgramFile", "is_program", "open_program"]

_MODELS: Final = "models/"
_FLAT: Final = "serialized_exported_program.json"
_COMPILED: Final = "data/aotinductor/"
_MARKS: Final = (_FLAT, "archive_format")
_MAJORS: Final = range(5, 9)
"""The first numbers of the schema since PyTorch 2.4."""
_EXPORT: Final = "export it again with PyTorch 2.4 or newer: torch.export.save(program, 'model.pt2')"
_AGAIN: Final = "save the program again: torch.export.save(program, 'model.pt2')"


@dataclass(frozen=True, eq=False)
class ProgramFile:
    """What a `.pt2` file holds.

    Attributes:
        source: The file's name.
        program: The program, as JSON.
        version: Who wrote it, such as "PyTorch 2.13.0"; empty where the file does not say it.
        weights: Parameters and buffers by name.
        constants: Constants, and buffers that are no part of the weights, by name.
    """

    source: str
    program: Json
    version: str
    weights: Mapping[str, ArchivedTensor]
    constants: Mapping[str, ArchivedTensor]

    @property
    def contents(self) -> FileContents:
        """What the file holds, for reports."""
        tensors = (*self.weights.values(), *self.constants.values())
        return FileContents("PyTorch program", self.version, tuple(each.stored.entry for each in tensors))


def is_program(members: tuple[str, ...]) -> bool:
    """Tell whether an archive of these members is a program, or a compiled one.

    Args:
        members: The members' names.
    """
    # A TorchScript archive of classes in a package called models has code/__torch__/models/….py.
    return any(name.endswith(_MARKS) or _is_model(name) or f"/{_COMPILED}" in f"/{name}" for name in members)


def open_program(data: bytes, source: str) -> ProgramFile:
    """Return the parts of a `.pt2` file.

    Args:
        data: The file's bytes.
        source: Its name.

    Raises:
        ModelError: It is damaged, holds compiled code alone, or is of a PyTorch whose programs are not read.
    """
    archive = Archive(data, source)
    if _FLAT in archive:
        program = read_json(archive, _FLAT)
        _check_version(program, archive)
        weights = _pickled(archive, "serialized_state_dict.pt")
        return ProgramFile(
            source, program, _version(program), weights, _pickled(archive, "serialized_constants.pt")
        )
    models = [name for name in archive.names if _is_model(name)]
    if not models:
        if any(f"/{_COMPILED}" in f"/{name}" for name in archive.names):
            raise archive.fault(
                "holds a program that was compiled (AOTInductor), without the graph that it was made of",
                "save the program itself: torch.export.save(program, 'model.pt2')",
            )
        raise archive.fault("is a zip archive without a program", _AGAIN)
    chosen = next((name for name in models if name.endswith("/model.json")), models[0])
    prefix = chosen[: chosen.index(_MODELS)]
    stem = chosen[len(prefix) + len(_MODELS) :].removesuffix(".json")
    program = read_json(archive, chosen)
    _check_version(program, archive)
    order = is_big_endian(archive, prefix)
    return ProgramFile(
        source,
        program,
        _version(program),
        _tensors(archive, f"{prefix}data/weights/", f"{stem}_weights_config.json", stem, order),
        _tensors(archive, f"{prefix}data/constants/", f"{stem}_constants_config.json", stem, order),
    )


def _is_model(name: str) -> bool:
    parts = name.split("/")
    return len(parts) > 2 and parts[-2] == "models" and parts[-1].endswith(".json")


def _check_version(program: Json, archive: Archive) -> None:
    stated = inside(program, "schema_version").get("major", program.get("schema_version"))
    if not isinstance(stated, int) or isinstance(stated, bool):
        raise archive.fault("does not say which schema its program has", _EXPORT)
    if stated < _MAJORS[0]:
        raise archive.fault("holds a program of PyTorch 2.3 or older", _EXPORT)
    if stated not in _MAJORS:
        raise archive.fault(
            f"holds a program of schema {stated}, which is newer than those that are read",
            f"the newest that is read is {_MAJORS[-1]}, PyTorch 2.13's",
        )


def _version(program: Json) -> str:
    stated = text(program, "torch_version")
    return f"PyTorch {stated.split('+')[0][:20]}" if stated else ""


def _tensors(archive: Archive, folder: str, listing: str, stem: str, big_endian: bool) -> dict[str, ArchivedTensor]:
    """Return the tensors of a folder by name."""
    if folder + listing not in archive:
        return _pickled(archive, f"{folder}{stem}.pt")
    found = {}
    for name, entry in inside(read_json(archive, folder + listing), "config").items():
        member = folder + text(entry, "path_name")
        meta = inside(entry, "tensor_meta")
        if not meta or inside(entry).get("use_pickle"):
            # An object of the author's, or a tensor that only its own code could make: missed where it is read.
            continue
        if member not in archive:
            raise archive.fault("is not in the archive", "copy or download it again", member)
        found[name] = described(
            name, meta, archive.source, _payload(archive, member), archive.size(member), big_endian
        )
    return found


def _payload(archive: Archive, member: str) -> Callable[[], memoryview]:
    return lambda: memoryview(archive.read(member))


def _pickled(archive: Archive, member: str) -> dict[str, ArchivedTensor]:
    """Return the tensors in a file of torch.save's inside the archive."""
    if member not in archive:
        return {}
    tensors, storages = read_tensors(archive.read(member), f"{archive.source}, member {member}")
    return {name: of_pickle(name, tensor, storages) for name, tensor in tensors.items()}
