"""What the layers of an ONNX graph are called.

PyTorch's exporters keep the path of the module that a node belongs to: the newer one in the node's metadata, the older
one in its name, such as `/blocks.0/conv/Conv`. A node is called by its module where it is what the module is there for,
and otherwise by its module and what it computes. Of other exporters the node's own name is taken.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from ...errors import printable, shorten
from .messages import OnnxNode

__all__ = ["Names", "folded_norms", "shown"]

_SCOPES: Final = "pkg.torch.onnx.name_scopes"
_RULE: Final = "pkg.onnxscript.rewriter.rule_name"
_FOLDED: Final = "FuseBatchNormIntoConv"
_WEIGHT: Final = re.compile(r"(.+)\.(weight|bias|weight_v|weight_ih_l0|in_proj_weight)$")
_OLD_WEIGHT: Final = re.compile(r"onnx::Conv_\d+$")
_LONGEST: Final = 120
_KERAS: Final = re.compile(r"(StatefulPartitionedCall|PartitionedCall|(model|functional|sequential)(_\d+)?)/")
_OWN_LAYERS: Final = (
    "Conv",
    "ConvTranspose",
    "Gemm",
    "MatMul",
    "LSTM",
    "GRU",
    "RNN",
    "BatchNormalization",
    "Einsum",
)


class Names:
    """The names of the nodes of a graph.

    Args:
        nodes: Its nodes.
    """

    def __init__(self, nodes: Sequence[OnnxNode]) -> None:
        self._paths = {id(node): _path(node) for node in nodes}
        # How many nodes stand right in each module, and which modules hold others.
        modules = [self._paths[id(node)] for node in nodes if node.operator != "Constant"]
        self._within = Counter(path for path in modules if path)
        self._holders = {path[:at] for path in self._within for at in range(len(path))}

    def of(self, node: OnnxNode) -> str:
        """Return what a node is called."""
        weight = _weight(node)
        if weight:
            return weight
        path = self._paths[id(node)]
        if path is None:
            return _plain(node)
        module = ".".join(path)
        if module and path not in self._holders and (self._within[path] == 1 or node.operator in _OWN_LAYERS):
            return _short(module)
        operator = _operator(node)
        return _short(f"{module}/{operator}" if module else operator)


def _weight(node: OnnxNode) -> str:
    """Return the module whose weight a convolution reads: a norm that was folded into it gave its own name to it."""
    if node.operator == "Conv" and node.metadata.get(_RULE) == _FOLDED and len(node.inputs) > 1:
        found = _WEIGHT.match(node.inputs[1])
        return _short(found[1]) if found else ""
    return ""


def _path(node: OnnxNode) -> tuple[str, ...] | None:
    """Return the modules that a node stands in, from the outermost; None where that is not said."""
    scopes = _listed(node.metadata, _SCOPES)
    if scopes:
        # The last is the node itself; each of the others names the whole path.
        inside = [each for each in scopes[:-1] if each]
        return tuple(inside[-1].split(".")) if inside else ()
    if not node.name.startswith("/"):
        return None
    path = ""
    for scope in node.name.split("/")[1:-1]:
        # The children of a Sequential are named with its own name in front.
        holder = path.rpartition("/")[2]
        within = bool(holder) and scope.startswith(f"{holder}.")
        path = path.removesuffix(holder) + scope if within else f"{path}/{scope}"
    return tuple(part for part in path.replace("/", ".").split(".") if part)


def _operator(node: OnnxNode) -> str:
    scopes = _listed(node.metadata, _SCOPES)
    return scopes[-1] if scopes and scopes[-1] else node.operator.lower()


def _listed(metadata: Mapping[str, str], key: str) -> list[str]:
    text = metadata.get(key, "")
    if not text or len(text) > 4096:
        return []
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        # All five are how literal_eval refuses a text, the last a set or a key of lists.
        return []
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _plain(node: OnnxNode) -> str:
    named = _KERAS.sub("", node.name)
    while named != node.name and _KERAS.match(named):
        named = _KERAS.sub("", named)
    parts = [part for part in named.split("/") if part]
    # TensorFlow's name ends in what is computed: dense/MatMul.
    if len(parts) > 1:
        parts = parts[:-1]
    return _short("/".join(parts) or next((name for name in node.outputs if name), "") or node.operator.lower())


def shown(name: str, longest: int = 60) -> str:
    """Return a name from a file as it can be shown.

    Args:
        name: The name.
        longest: Letters that it may have.
    """
    return shorten(printable(name), longest)


def _short(name: str) -> str:
    return shown(name, _LONGEST)


def folded_norms(nodes: Sequence[OnnxNode]) -> list[OnnxNode]:
    """Return the convolutions into which the exporter folded a batch norm, as far as the file shows it.

    The newer exporter of PyTorch notes its rule; the older one gives new names to the weights that it changed.

    Args:
        nodes: The nodes of a graph.
    """
    return [
        node
        for node in nodes
        if node.operator == "Conv"
        and (
            node.metadata.get(_RULE) == _FOLDED
            or (
                node.name.startswith("/") and len(node.inputs) > 2 and all(map(_OLD_WEIGHT.match, node.inputs[1:3]))
            )
        )
    ]
