"""The values of a program by name while it is read, and which of them share their numbers.

An operator that changes a value in place changes every name of it. Names of the whole value follow; a name of a part of
it, or of a value that it is a part of, can no longer be read.
"""

from __future__ import annotations

from typing import Any, Final

from ..operators.assembly import Missing, Unsupported
from ..operators.aten import operator_of
from .schema import name_of

__all__ = ["Values"]

_CHANGED: Final = "it reads numbers that were changed in place through another name; write the model without that"
_WHOLE_VIEWS: Final = frozenset(
    ("alias", "contiguous", "detach", "dropout", "feature_dropout", "alpha_dropout", "to", "type_as")
)
"""The operators whose result is all of what they read, as it is."""


class Values:
    """The values of a program by name."""

    def __init__(self) -> None:
        self._held: dict[str, Any] = {}
        self._whole: dict[str, str] = {}
        self._root: dict[str, str] = {}

    def __contains__(self, name: str) -> bool:
        """Tell whether a name has a value."""
        return name in self._held

    def get(self, name: str) -> Any:
        """Return the value of a name.

        Raises:
            Unsupported: It has none.
        """
        if name not in self._held:
            raise Unsupported(f"it reads {name_of(name)}, which nothing before it gives")
        return self._held[name]

    def put(self, name: str, value: Any) -> None:
        """Give a name a value of its own."""
        self._held[name], self._whole[name], self._root[name] = value, name, name

    def keep(self, name: str, value: Any, operator: str, of: str | None) -> None:
        """Give a name what an operator gives, which may change what it reads in place, or share its numbers.

        Args:
            name: The name.
            value: The value.
            operator: The operator, see `operator_of`.
            of: The name of the value that the operator reads first; None where it reads none.
        """
        packet, found = operator.split(".")[0], operator_of(operator)
        if of is not None and packet.endswith("_") and not packet.endswith("__"):
            self._change(name, of, value)
        elif of is not None and found is not None and found.views:
            self._put_view(name, value, of, whole=packet in _WHOLE_VIEWS)
        else:
            self.put(name, value)

    def _put_view(self, name: str, value: Any, of: str, *, whole: bool) -> None:
        """Give a name a value that shares its numbers with another, or is all of that, as it is."""
        self._held[name] = value
        self._root[name] = self._root.get(of, of)
        self._whole[name] = self._whole.get(of, of) if whole else name

    def _change(self, name: str, of: str, value: Any) -> None:
        """Change a value in place; the result has a name too."""
        whole, root = self._whole.get(of, of), self._root.get(of, of)
        for each in [*self._held]:
            if self._root.get(each) == root:
                self._held[each] = value if self._whole[each] == whole else Missing(_CHANGED)
        self._put_view(name, value, of, whole=True)
