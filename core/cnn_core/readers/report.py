"""What every reader of model files returns: the model, and what the user must know about how it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import printable
from ..layers import Unknown
from ..network.model import Model

__all__ = ["FileContents", "ModelFile", "ModuleEntry", "TensorEntry", "not_computed"]


@dataclass(frozen=True, slots=True)
class TensorEntry:
    """One tensor, as the file has it.

    Attributes:
        name: Its name in the file.
        shape: Its shape in the file, before any layout is converted.
        dtype: What its numbers are, in numpy's words where it has any (float32, int64), otherwise in the file's.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True, slots=True)
class ModuleEntry:
    """One module of a model that was pickled whole, as the file has it.

    Attributes:
        name: Its path in the model; empty for the model itself.
        type: The name of its class, with its module where it is not PyTorch's.
        settings: Its settings by name, as text.
    """

    name: str
    type: str
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class FileContents:
    """The contents of a model file, whether or not a model can be made of it.

    Attributes:
        format: What kind of file it is, such as "PyTorch state dict"; it fits behind "a" in a sentence.
        version: Who wrote it, as far as the file says, such as "Keras 3.6.0"; otherwise empty.
        tensors: Every tensor in the file, in its order.
        modules: Every module of a model that was pickled whole, the model first, each behind the one that it is in.
    """

    format: str
    version: str
    tensors: tuple[TensorEntry, ...]
    modules: tuple[ModuleEntry, ...] = ()


def not_computed(model: Model, *, needing: bool = False) -> tuple[str, ...]:
    """Return the layers that could not be read, one sentence each; see `ModelFile.unsupported`.

    Args:
        model: The model.
        needing: Whether those are listed too that only a layer before them stops.
    """
    return tuple(
        printable(f"{node.name} ({node.layer.type}): {node.layer.reason}")
        for node in model.nodes
        if isinstance(node.layer, Unknown) and (needing or not node.layer.only_needs)
    )


@dataclass(frozen=True, eq=False)
class ModelFile:
    """A model file that was read.

    Attributes:
        model: The model.
        format: What kind of file it is, such as "PyTorch state dict"; it fits behind "a" in a sentence.
        version: Who wrote it, as far as the file says, such as "Keras 3.6.0"; otherwise empty.
        tensors: Every tensor in the file, in its order, also those that the model does not use.
        warnings: What was assumed, converted or left out, one sentence each, to be shown with the model.
        unsupported: Layers that could not be read, one sentence each: name, class and reason.
    """

    model: Model
    format: str
    version: str = ""
    tensors: tuple[TensorEntry, ...] = ()
    warnings: tuple[str, ...] = ()
    unsupported: tuple[str, ...] = ()

    @classmethod
    def of(cls, contents: FileContents, model: Model, warnings: tuple[str, ...]) -> ModelFile:
        """Return the model that was made of what a file holds.

        Args:
            contents: What the file holds.
            model: The model.
            warnings: See `ModelFile`.
        """
        return cls(model, contents.format, contents.version, contents.tensors, warnings)

    @property
    def contents(self) -> FileContents:
        """What the file holds, without the model."""
        return FileContents(self.format, self.version, self.tensors)
