"""What layers are called: by the path of the module in whose call an operator stands, as the author knows them.

A module of PyTorch's own, such as `conv1`, is called several operators at times: padding, the zeros of a first state.
The one that does what the module is for has its name, the others its name and their own behind it, as operators have
that stand in a module of the author's. A module that is called again is a shared layer: `conv1#2`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .schema import ProgramNode

__all__ = ["NodeName", "names_of"]

_OWN: Final = "torch.nn.modules."
# What these call are layers of their own.
_OF_MANY: Final = ("MultiheadAttention", "TransformerEncoderLayer", "TransformerDecoderLayer", "RNNCell")
_BESIDE: Final = frozenset(
    (
        *("_weight_norm", "_weight_norm_interface", "arange", "chunk", "clone", "constant_pad_nd", "contiguous"),
        *("detach", "empty", "expand", "flatten", "full", "index_select", "mul", "norm", "ones", "pad", "permute"),
        *("reflection_pad1d", "replication_pad1d", "reshape", "select", "slice", "split", "squeeze", "t", "to"),
        *("transpose", "unsqueeze", "view", "zeros", "zeros_like"),
    )
)


@dataclass(frozen=True, slots=True)
class NodeName:
    """What an operator is called.

    Attributes:
        name: Its name.
        module: Whether that is the name of a module, which a second call shares.
    """

    name: str
    module: bool


def names_of(nodes: Sequence[ProgramNode]) -> list[NodeName]:
    """Return what the nodes of a program are called; several may have one name.

    Args:
        nodes: The nodes in their order.
    """
    calls: dict[tuple[str, str, int], list[int]] = {}
    found: dict[int, NodeName] = {}
    run, last = 0, ("", "")
    for number, node in enumerate(nodes):
        key, path, class_name = node.modules[-1] if node.modules else ("", "", "")
        # Before 2.5 a second call had the key of the first: it begins where another module stood between.
        run, last = (run if (key, path) == last else run + 1), (key, path)
        if path and class_name.startswith(_OWN) and not class_name.endswith(_OF_MANY):
            calls.setdefault((key, path, run), []).append(number)
        found[number] = NodeName(f"{path}/{node.name}" if path else node.name, module=False)
    for (_, path, _), numbers in calls.items():
        main = [number for number in numbers if _packet(nodes[number]) not in _BESIDE] or numbers[-1:]
        if len(main) == 1:
            found[main[0]] = NodeName(path, module=True)
    return [found[number] for number in range(len(nodes))]


def _packet(node: ProgramNode) -> str:
    return node.operator.split(".")[0].removesuffix("_")
