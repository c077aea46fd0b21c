"""Pickled state dicts, read by an interpreter of our own that can build nothing but tensors in containers.

A pickle is a program, and Python's own reader runs it. This one knows the operations that `torch.save` writes,
and the only names that mean anything to it are `collections.OrderedDict`, `torch._utils._rebuild_tensor_v2`,
`torch._utils._rebuild_parameter` and torch's storage classes. None of them is imported or called: each is a word
that turns into a dict or a description of a tensor. Any other name, such as that of a learning rate's class beside
the weights, turns into a `PickledObject`, which is no more than a name. If only a call of it could make a tensor, or
if there is no tensor at all, reading ends with an error that gives the name.

What a hostile pickle can cost is bounded by its length: numbers and texts are slices of it, the memo is a dict and
not an array, and the operations are counted.

Sources: Python's `pickletools` (the operations), `torch/_utils.py` and `torch/serialization.py` (the names).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Final

from ...errors import ModelError
from .pickled_modules import holds_modules
from .pickled_objects import needed, why_refused
from .pickled_tensors import (
    NAMES,
    ORDERED_DICT,
    REBUILD_OLD_TENSOR,
    REBUILD_PARAMETERS,
    REBUILD_TENSOR,
    PickledName,
    PickledObject,
    PickledTensor,
    storage_of,
    tensor_of,
)

__all__ = ["LONGEST_PICKLE", "MOST_OPERATIONS", "read_pickle", "read_pickle_at"]

LONGEST_PICKLE: Final = 1 << 24
"""Bytes that a pickle may have; one tensor takes about a hundred."""
MOST_OPERATIONS: Final = 2_000_000
"""Operations that a pickle may ask for; one tensor takes about fifty."""

_LARGEST_KEY: Final = 1 << 62
_STATE_DICT: Final = (
    "load it where it was trained and save its weights: torch.save(model.state_dict(), 'weights.pt')"
)


class _Mark:
    """Where the arguments of a following operation begin."""


_MARK: Final = _Mark()


class _OrderedDict(dict[object, object]):
    """A dict that may be given attributes; they are not read."""


def read_pickle(data: bytes, where: str) -> object:
    """Return what a pickle describes: dicts, lists, tuples, numbers, texts and tensors in them.

    Anything else is a `PickledObject`.

    Args:
        data: The pickle.
        where: The file and its part, for error texts.

    Raises:
        ModelError: A tensor needs a name that is not on the list, or such a name is asked for and there is no tensor;
            the pickle asks for an operation that `torch.save` does not write, or for a tensor outside its storage; or
            it is too long or damaged.
    """
    if len(data) > LONGEST_PICKLE:
        raise ModelError(
            f"has {len(data):,} bytes", where=where, remedy=f"the most is {LONGEST_PICKLE:,}; {_STATE_DICT}"
        )
    return read_pickle_at(data, 0, where)[0]


def read_pickle_at(data: bytes, at: int, where: str, *, refuses: bool = True) -> tuple[object, int]:
    """Return what a pickle within other bytes describes, and where it ends; see `read_pickle`.

    Args:
        data: The bytes.
        at: Where it begins.
        where: The file and its part, for error texts.
        refuses: Whether a name that is not on the list is refused where there is no tensor.

    Raises:
        ModelError: As for `read_pickle`.
    """
    reading = _Interpreter(data, where, at)
    value = reading.run()
    if refuses:
        reading.refuse(value)
    return value, reading.at


class _Interpreter:
    """The state of one reading: what is still to come, the stack, and what the pickle remembered."""

    def __init__(self, data: bytes, where: str, at: int) -> None:
        self._data = data
        self._where = where
        self.at = at
        self._end = min(len(data), at + LONGEST_PICKLE)
        self._stack: list[object] = []
        self._memo: dict[int, object] = {}
        self._asked: PickledObject | None = None
        self._tensors = 0

    def run(self) -> object:
        """Return the value on the stack at the end."""
        for _ in range(MOST_OPERATIONS):
            if self.at >= self._end:
                raise self._damage()
            code = self._data[self.at]
            self.at += 1
            if code == _STOP:
                return self.pop()
            operation = _OPERATIONS.get(code)
            if operation is None:
                raise self._fault(f"uses operation 0x{code:02x}, which torch.save does not write")
            operation(self)
        raise self._fault(f"asks for more than {MOST_OPERATIONS:,} operations")

    def refuse(self, value: object) -> None:
        """Refuse what was read if a tensor, or every kernel, is out of reach; a whole model has them in its modules."""
        if self._tensors and holds_modules(value):
            return
        self._refuse(needed(value) if self._tensors else self._asked)

    def _refuse(self, missing: PickledObject | None) -> None:
        """Refuse an object without which there are no tensors, if there is one."""
        if missing is not None:
            raise self._fault(why_refused(missing))

    def _fault(self, what: str, remedy: str = _STATE_DICT) -> ModelError:
        return ModelError(what, where=self._where, remedy=remedy)

    def _damage(self) -> ModelError:
        return self._fault(f"is damaged near byte {self.at:,}", "copy or download it again")

    # The bytes that are still to come.

    def take(self, count: int) -> bytes:
        if count > self._end - self.at:
            raise self._damage()
        taken = self._data[self.at : self.at + count]
        self.at += count
        return taken

    def number(self, size: int, *, signed: bool = False) -> int:
        return int.from_bytes(self.take(size), "little", signed=signed)

    def raw(self, size: int) -> bytes:
        """Return as many bytes as a number of some size says."""
        return self.take(self.number(size))

    def text(self, size: int) -> str:
        return self._decoded(self.raw(size))

    def _line(self) -> str:
        end = self._data.find(b"\n", self.at, self._end)
        if end < 0:
            raise self._damage()
        line = self.take(end - self.at)
        self.at += 1
        return self._decoded(line)

    def _decoded(self, raw: bytes) -> str:
        try:
            return raw.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            raise self._damage() from None

    # The stack.

    def push(self, value: object) -> None:
        self._stack.append(value)

    def pop(self) -> object:
        if not self._stack or self._stack[-1] is _MARK:
            raise self._damage()
        return self._stack.pop()

    def pop_many(self, count: int) -> list[object]:
        return [self.pop() for _ in range(count)][::-1]

    def drop(self) -> None:
        self._top()
        self._stack.pop()

    def pop_to_mark(self) -> list[object]:
        for index in range(len(self._stack) - 1, -1, -1):
            if self._stack[index] is _MARK:
                values = self._stack[index + 1 :]
                del self._stack[index:]
                return values
        raise self._damage()

    def _top(self) -> object:
        if not self._stack:
            raise self._damage()
        return self._stack[-1]

    # Operations.

    def put(self, size: int) -> None:
        """Remember the value on top under a number."""
        self._memo[self.number(size)] = self._top()

    def memoize(self) -> None:
        """Remember the value on top under the next number."""
        self._memo[len(self._memo)] = self._top()

    def get(self, size: int) -> None:
        """Push the value that was remembered under a number."""
        key = self.number(size)
        if key not in self._memo:
            raise self._damage()
        self.push(self._memo[key])

    def extend(self, values: list[object]) -> None:
        """Add values to the list on top."""
        target = self._top()
        if isinstance(target, PickledObject):
            target = target.items
        if not isinstance(target, list):
            raise self._damage()
        target.extend(values)

    def update(self, values: list[object]) -> None:
        """Put values under keys of the dict on top; keys and values take turns."""
        target = self._top()
        if len(values) % 2:
            raise self._damage()
        if isinstance(target, PickledObject):
            target.items += values
            return
        if not isinstance(target, dict):
            raise self._damage()
        for key, value in zip(values[::2], values[1::2], strict=True):
            # Nothing nested: hashing a deep tuple would overflow the C stack.
            short = isinstance(key, int) and -_LARGEST_KEY < key < _LARGEST_KEY
            if not short and key is not None and not isinstance(key, str | float | PickledObject):
                raise self._fault("has a dict with a key that is neither a text nor a short number")
            target[key] = value

    def name(self) -> None:
        """A name, written as two lines."""
        self.push(self._listed(self._line(), self._line()))

    def stacked_name(self) -> None:
        """A name, whose two parts are on top."""
        name, module = self.pop(), self.pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise self._damage()
        self.push(self._listed(module, name))

    def _listed(self, module: str, name: str) -> PickledName | PickledObject:
        path = f"{module}.{name}"
        return PickledName(path) if path in NAMES else self.unread(path)

    def unread(self, path: str, arguments: object = (), items: Sequence[object] = ()) -> PickledObject:
        """Return an object that is not read; the first one is named if there are no tensors."""
        found = PickledObject(path, arguments, [*items])
        self._asked = self._asked or found
        return found

    def reduce(self) -> None:
        """Build a dict or describe a tensor; nothing else is called or looked into."""
        arguments, name = self.pop(), self.pop()
        if isinstance(name, PickledObject):
            self.push(self.unread(name.path, arguments))
            return
        if not isinstance(name, PickledName) or not isinstance(arguments, tuple):
            raise self._damage()
        if name.path == ORDERED_DICT and len(arguments) <= 1:
            self.push(_OrderedDict())
            self.update(self._pairs(arguments))
        elif name.path in _REBUILD:
            self._need_none(arguments)
            self.push(tensor_of(arguments, self._where))
            self._tensors += 1
        elif name.path in REBUILD_PARAMETERS and arguments and isinstance(arguments[0], PickledTensor):
            self.push(arguments[0])
        else:
            raise self._fault(f"calls {name.path} as torch.save does not")

    def _pairs(self, arguments: tuple[object, ...]) -> list[object]:
        """Return the keys and values, in turn, that Python 2 gave to an ordered dict as it was made."""
        pairs = arguments[0] if arguments else []
        if not isinstance(pairs, list) or not all(isinstance(each, list) and len(each) == 2 for each in pairs):
            raise self._fault(f"calls {ORDERED_DICT} as torch.save does not")
        return [part for pair in pairs for part in pair]

    def new(self) -> None:
        """An object of a class with arguments; it is not read."""
        arguments, name = self.pop(), self.pop()
        if isinstance(name, PickledName):
            raise self._fault(f"calls {name.path} as torch.save does not")
        if not isinstance(name, PickledObject) or not isinstance(arguments, tuple):
            raise self._damage()
        self.push(self.unread(name.path, arguments))

    def persistent(self) -> None:
        """A storage, described by the value on top."""
        identity = self.pop()
        match identity:
            case ("module", PickledObject() | PickledName() as name, *_):
                # The class of a module, with its source beside it; before PyTorch 1.6.
                self.push(name)
                return
        self._need_none(identity)
        self.push(storage_of(identity, self._where))

    def _need_none(self, parts: object) -> None:
        """Refuse a tensor or a storage one of whose parts is an object."""
        for part in parts if isinstance(parts, tuple) else (parts,):
            self._refuse(part if isinstance(part, PickledObject) else None)

    def build(self) -> None:
        """Skip the attributes of an ordered dict (the versions of its modules) and those of an object."""
        attributes, target = self.pop(), self._top()
        if isinstance(target, PickledObject):
            target.items.append(attributes)
        elif not isinstance(target, _OrderedDict):
            raise self._damage()


_STOP: Final = ord(".")
_REBUILD: Final = (REBUILD_TENSOR, REBUILD_OLD_TENSOR)
_OPERATIONS: Final[dict[int, Callable[[_Interpreter], object]]] = {
    # The number of the protocol, and the length of a frame: skipped.
    0x80: lambda state: state.take(1),
    0x95: lambda state: state.take(8),
    # The stack and the memo.
    ord("("): lambda state: state.push(_MARK),
    ord("0"): _Interpreter.drop,
    ord("1"): _Interpreter.pop_to_mark,
    ord("q"): lambda state: state.put(1),
    ord("r"): lambda state: state.put(4),
    0x94: _Interpreter.memoize,
    ord("h"): lambda state: state.get(1),
    ord("j"): lambda state: state.get(4),
    # Plain values.
    ord("N"): lambda state: state.push(None),
    0x88: lambda state: state.push(True),
    0x89: lambda state: state.push(False),
    ord("K"): lambda state: state.push(state.number(1)),
    ord("M"): lambda state: state.push(state.number(2)),
    ord("J"): lambda state: state.push(state.number(4, signed=True)),
    0x8A: lambda state: state.push(state.number(state.number(1), signed=True)),
    0x8B: lambda state: state.push(state.number(state.number(4), signed=True)),
    ord("G"): lambda state: state.push(struct.unpack(">d", state.take(8))[0]),
    0x8C: lambda state: state.push(state.text(1)),
    ord("X"): lambda state: state.push(state.text(4)),
    0x8D: lambda state: state.push(state.text(8)),
    # The texts of Python 2.
    ord("U"): lambda state: state.push(state.text(1)),
    ord("T"): lambda state: state.push(state.text(4)),
    ord("C"): lambda state: state.push(state.raw(1)),
    ord("B"): lambda state: state.push(state.raw(4)),
    0x8E: lambda state: state.push(state.raw(8)),
    # Containers.
    ord(")"): lambda state: state.push(()),
    0x85: lambda state: state.push(tuple(state.pop_many(1))),
    0x86: lambda state: state.push(tuple(state.pop_many(2))),
    0x87: lambda state: state.push(tuple(state.pop_many(3))),
    ord("t"): lambda state: state.push(tuple(state.pop_to_mark())),
    ord("]"): lambda state: state.push([]),
    ord("a"): lambda state: state.extend([state.pop()]),
    ord("e"): lambda state: state.extend(state.pop_to_mark()),
    ord("}"): lambda state: state.push({}),
    ord("s"): lambda state: state.update(state.pop_many(2)),
    ord("u"): lambda state: state.update(state.pop_to_mark()),
    # Names, and what is made with them.
    ord("c"): _Interpreter.name,
    0x93: _Interpreter.stacked_name,
    0x81: _Interpreter.new,
    0x8F: lambda state: state.push(state.unread("builtins.set")),
    0x90: lambda state: state.extend(state.pop_to_mark()),
    0x91: lambda state: state.push(state.unread("builtins.frozenset", items=state.pop_to_mark())),
    ord("R"): _Interpreter.reduce,
    ord("Q"): _Interpreter.persistent,
    ord("b"): _Interpreter.build,
}
