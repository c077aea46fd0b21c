"""A program of `torch.export` as a network, operator by operator, each checked against the shape that is declared.

Nothing is executed. What cannot be computed becomes an `Unknown` with the reason, and what comes before it still
works. A length that the file declares is the only one that is run, since it may stand in any setting of the program.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from ...errors import ModelError
from ...letters.alphabet import check_channels
from ...network.model import Model
from ..operators.assembly import Assembly, Constant, Missing, Picks, Tensor, Unsupported
from ..operators.aten import operator_of
from ..operators.calls import Operator, call
from ..operators.entrances import Entrance, add_inputs
from ..report import FileContents, ModelFile, not_computed
from .archive import ProgramFile, open_program
from .declarations import fits, has_batch, stranger
from .naming import NodeName, names_of
from .schema import (
    Declared,
    Named,
    ProgramNode,
    Signature,
    Unread,
    declared_in,
    name_of,
    names_in,
    nodes_of,
    signature_of,
)
from .values import Values

__all__ = ["ProgramReading", "inspect_program", "read_program"]

_ON_NUMBERS: Final[dict[str, Callable[..., Any]]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "neg": operator.neg,
    "truediv": operator.truediv,
}
_PER_SAMPLE: Final = ("view", "reshape", "_unsafe_view", "expand", "unflatten", "repeat")
_AGAIN: Final = "save the program again: torch.export.save(program, 'model.pt2')"
_BATCH: Final = "export it with a batch of 1"


def inspect_program(data: bytes, source: str) -> FileContents:
    """Return what a `.pt2` file holds, without reading its graph.

    Args:
        data: The file's bytes.
        source: The file's name.

    Raises:
        ModelError: See `open_program`.
    """
    return open_program(data, source).contents


def read_program(data: bytes, source: str, *, channels: str | None = None) -> ModelFile:
    """Read a program.

    Args:
        data: The file's bytes.
        source: The file's name.
        channels: The channel order of the letters, such as ACGT.

    Raises:
        ModelError: The file is damaged, of a PyTorch whose programs are not read, or none of its inputs is letters.
    """
    reading = ProgramReading.of(data, source, channels)
    model, contents = reading.model(), reading.file.contents
    found = ModelFile.of(contents, model, tuple(reading.assembly.warnings))
    return replace(found, unsupported=not_computed(model))


@dataclass(eq=False)
class ProgramReading:
    """A program while it is read, and behind that.

    Attributes:
        file: The parts of the file.
        assembly: The nodes.
        values: What every name in the program stands for: tensors that flow, constants, numbers.
        batch: With how large a batch it was exported, where that is fixed.
        outputs: The names of the nodes that are its outputs.
    """

    file: ProgramFile
    assembly: Assembly
    values: Values = field(default_factory=Values)
    batch: int = 1
    outputs: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: bytes, source: str, channels: str | None = None) -> ProgramReading:
        """Read a program; see `read_program`.

        Args:
            data: The file's bytes.
            source: The file's name.
            channels: The channel order of the letters.

        Raises:
            ModelError: See `read_program`.
        """
        if channels is not None:
            check_channels(channels)
        reading = cls(open_program(data, source), Assembly(source))
        reading._run(channels)
        return reading

    def model(self) -> Model:
        """Return the network."""
        source = self.file.source
        return Model(source.rsplit(".", 1)[0] or source, tuple(self.assembly.nodes), self.outputs)

    def _run(self, channels: str | None) -> None:
        """Add all nodes."""
        program = self.file.program
        self.signature, self.nodes = signature_of(program), nodes_of(program)
        self.declared = declared_in(program)
        if not self.signature.inputs or not self.nodes:
            raise ModelError(
                "holds a program without inputs or without operators", where=self.file.source, remedy=_AGAIN
            )
        self._note_decomposed()
        shown = {name_of(name): name for name in self.signature.inputs}
        if len(shown) < len(self.signature.inputs) or "" in shown:
            raise ModelError("two of its inputs have one name", where=self.file.source, remedy=_AGAIN)
        for name, tensor in add_inputs(self.assembly, self._entrances(self.signature), channels).items():
            self.values.put(shown[name], tensor)
        for called, node in zip(names_of(self.nodes), self.nodes, strict=True):
            self._read(called, node)
        self.outputs = self._outputs(self.signature)

    def _note_decomposed(self) -> None:
        packets = {node.operator.split(".")[0] for node in self.nodes}
        if "convolution" in packets:
            self.assembly.warnings.append(
                "the program was decomposed into small operators: exported without run_decompositions(), its layers"
                " show as the author wrote them"
            )

    def _entrances(self, signature: Signature) -> list[Entrance]:
        """Return the inputs that the user gives, with a batch of 1."""
        found = []
        for name in signature.inputs:
            declared = self.declared.get(name)
            if declared is None:
                raise ModelError(
                    f"does not declare the shape of its input {name_of(name)}",
                    where=self.file.source,
                    remedy=_AGAIN,
                )
            if has_batch(declared) and isinstance(declared.sizes[0], int):
                self.batch = max(self.batch, declared.sizes[0])
        for name in signature.inputs:
            declared = self.declared[name]
            sizes: list[int | None] = [size if isinstance(size, int) else None for size in declared.sizes]
            if sizes and (sizes[0] is None or sizes[0] == self.batch) and len(sizes) > 1:
                sizes[0] = 1
            found.append(Entrance(name_of(name), tuple(sizes), declared.whole, self._rows(name)))
        return found

    def _rows(self, name: str) -> int | None:
        """Return how many rows the table has in which an input is looked up; None where it is not looked up."""
        for node in self.nodes:
            packet = node.operator.split(".")[0]
            if packet == "embedding" and node.arguments.get("indices") == Named(name):
                weight = node.arguments.get("weight")
                table = self._constant(weight.name) if isinstance(weight, Named) else None
                return None if table is None or table.ndim != 2 else table.shape[0]
            if packet == "one_hot" and Named(name) in node.arguments.values():
                count = node.arguments.get("num_classes")
                return count if isinstance(count, int) and count > 0 else None
        return None

    def _constant(self, name: str) -> Constant | None:
        """Return a weight or a constant of the file, or None where a name stands for none."""
        for held, stored in (
            (self.signature.weights, self.file.weights),
            (self.signature.constants, self.file.constants),
        ):
            if name in held:
                tensor = stored.get(held[name]) or self.file.constants.get(held[name])
                if tensor is None:
                    raise Unsupported(f"it reads {name_of(held[name])}, which the file does not hold as numbers")
                return tensor.constant()
        return None

    def _value(self, name: str) -> Any:
        """Return the value of a name; a weight's numbers are read where they are needed."""
        if name in self.signature.objects:
            raise Unsupported("it reads an object of the author's own, whose program is not in the file")
        if name not in self.values and (constant := self._constant(name)) is not None:
            self.values.put(name, constant)
        return self.values.get(name)

    def _given(self, argument: Any) -> Any:
        """Return an argument with the values of its names."""
        if isinstance(argument, Named):
            return self._value(argument.name)
        if isinstance(argument, list):
            return [self._given(each) for each in argument]
        if isinstance(argument, Unread):
            raise Unsupported(f"an argument of it is of a kind that is not read, {name_of(argument.kind)}")
        return argument

    def _read(self, name: NodeName, node: ProgramNode) -> None:
        """Add the nodes of an operator, or keep what it computes of numbers."""
        if not any(node.outputs):
            return
        before = len(self.assembly.nodes)
        self.assembly.begin(self.assembly.free(name.name), name.name)
        try:
            self._keep(node, self._computed(node))
        except Unsupported as unsupported:
            self.assembly.undo(before)
            self._keep_unknown(node, str(unsupported))

    def _computed(self, node: ProgramNode) -> Any:
        """Return what a node gives.

        Raises:
            Unsupported: It cannot be computed.
        """
        packet = node.operator.split(".")[0]
        if packet == "sym_size":
            tensor, dim = (self._given(each) for each in [*node.arguments.values()][:2])
            sizes = tensor.sizes if isinstance(tensor, Tensor) else tensor.shape
            return sizes[dim]
        if node.target.startswith(("_operator.", "operator.")):
            return self._of_numbers(node)
        found = operator_of(node.operator) if node.operator else None
        if found is None:
            raise Unsupported(stranger(node))
        given = {name: self._given(argument) for name, argument in node.arguments.items()}
        if self.batch > 1 and packet in _PER_SAMPLE:
            self._divide(node, given)
        return self._checked(node, call(self.assembly, found, (), given))

    def _of_numbers(self, node: ProgramNode) -> int | None:
        """Return what a node computes of whole numbers; None where one depends on the input's length."""
        function = _ON_NUMBERS.get(node.target.rpartition(".")[2])
        given = [self._given(each) for each in node.arguments.values()]
        if function is None or not all(each is None or isinstance(each, int) for each in given):
            raise Unsupported(stranger(node))
        if any(each is None for each in given):
            return None
        try:
            found = function(*given)
        except (ArithmeticError, TypeError):
            # The file may divide by 0, or give a function more numbers than it takes.
            raise Unsupported("it computes a length that there is not") from None
        return found if isinstance(found, int) and abs(found) < 1 << 62 else None

    def _divide(self, node: ProgramNode, given: dict[str, Any]) -> None:
        """Divide a shape that was exported with a larger batch by it."""
        key = next((key for key in ("size", "shape") if key in given), None)
        declared = self._declared_of(node)
        if key is None or declared is None or not declared.sizes:
            return
        first = declared.sizes[0]
        if isinstance(first, int) and first % self.batch == 0:
            given[key] = [first // self.batch, *given[key][1:]]

    def _declared_of(self, node: ProgramNode) -> Declared | None:
        return self.declared.get(node.outputs[0] or "") if node.outputs else None

    def _checked(self, node: ProgramNode, given: Any) -> Any:
        """Return what a node gives, if every tensor has the shape that the file declares.

        Raises:
            Unsupported: One has another.
        """
        several = given if isinstance(given, tuple) else (given,)
        for name, value in zip(node.outputs, several, strict=False):
            declared = self.declared.get(name or "")
            if declared is None or not isinstance(value, Tensor | np.ndarray):
                continue
            sizes = value.sizes if isinstance(value, Tensor) else value.shape
            batch = self.batch if isinstance(value, Tensor) else 1
            if not fits(sizes, declared.sizes, batch):
                stated = name_of(", ".join(map(str, declared.sizes)))
                raise Unsupported(
                    f"the file declares that it gives ({stated}), and it would give {sizes}"
                    + (f"; {_BATCH}" if self.batch > 1 else "")
                )
        return given

    def _keep(self, node: ProgramNode, given: Any) -> None:
        """Give the outputs of a node their values."""
        several = given if isinstance(given, tuple) else (given,)
        if len(several) < len(node.outputs) and len(node.outputs) > 1:
            several = (*several, *[Missing("it reads what an operator does not give")] * len(node.outputs))
        read = next((name for argument in node.arguments.values() for name in names_in(argument)), None)
        for name, value in zip(node.outputs, several, strict=False):
            if name is not None:
                self.values.keep(name, value, node.operator, read)

    def _keep_unknown(self, node: ProgramNode, reason: str) -> None:
        """Add a node that cannot be computed."""
        given = []
        for name in dict.fromkeys(name for argument in node.arguments.values() for name in names_in(argument)):
            value = self.values.get(name) if name in self.values else None
            if isinstance(value, Tensor):
                given.append(value)
        class_name = name_of(node.operator.split(".")[0] or node.target.split(".")[-2:][0])
        declared = self._declared_of(node)
        unknown = self.assembly.add_unknown(class_name, reason, given, len(declared.sizes) if declared else 0)
        self._keep(node, (unknown,) * len(node.outputs) if len(node.outputs) > 1 else unknown)

    def _outputs(self, signature: Signature) -> tuple[str, ...]:
        """Return the names of the nodes that are the program's outputs."""
        found = []
        for number, name in enumerate(signature.outputs):
            self.assembly.begin(*[self.assembly.free(f"output{number}")] * 2)
            try:
                value = self._value(name)
                if isinstance(value, Picks):
                    value = call(self.assembly, Operator(_itself), (value,), {})
                if isinstance(value, Missing):
                    raise Unsupported(value.reason)
                found.append(self.assembly.tensor(value).node)
            except Unsupported as unsupported:
                found.append(self.assembly.add_unknown("output", str(unsupported), []).node)
        return tuple(dict.fromkeys(found))


def _itself(assembly: Assembly, x: Any) -> Any:
    return x
