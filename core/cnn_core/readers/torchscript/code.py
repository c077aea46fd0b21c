"""The program of a TorchScript archive: its classes and their methods, as trees of Python's grammar.

The text under `code/` is Python, as PyTorch prints it. It is parsed and nothing else; what it may say is checked where
it is read, see `program`.

Source: PyTorch, `torch/csrc/jit/serialization/python_print.cpp` and `import_source.cpp`.
"""

from __future__ import annotations

import ast
from typing import Final

from ..archive import Archive

__all__ = ["MOST_TEXT", "Code"]

MOST_TEXT: Final = 1 << 19
"""Letters that the text of one file may have; one layer takes about four hundred."""
_MOST_FILES: Final = 2000
_DEEPEST: Final = 60
_AGAIN: Final = "copy or download it again"


class Code:
    """The classes of an archive.

    Args:
        archive: The archive.
        prefix: The folder that contains everything in it, with its slash.
    """

    def __init__(self, archive: Archive, prefix: str) -> None:
        self._archive = archive
        self._folder = f"{prefix}code/"
        self._methods: dict[str, dict[str, dict[str, ast.FunctionDef]]] = {}

    def method(self, path: str, name: str) -> ast.FunctionDef | None:
        """Return a method, or None where there is none.

        Args:
            path: Module and name of its class, such as `__torch__.torch.nn.modules.conv.Conv1d`.
            name: Its name.

        Raises:
            ModelError: The text is damaged, or longer than any program's.
        """
        module, _, class_name = path.rpartition(".")
        if module not in self._methods:
            self._methods[module] = self._read(module)
        return self._methods[module].get(class_name, {}).get(name)

    def _read(self, module: str) -> dict[str, dict[str, ast.FunctionDef]]:
        member = f"{self._folder}{module.replace('.', '/')}.py"
        if member not in self._archive:
            return {}
        if len(self._methods) >= _MOST_FILES:
            raise self._archive.fault(
                f"has a program of more than {_MOST_FILES:,} files", "give a smaller model", member
            )
        text = self._archive.read(member, MOST_TEXT).decode("utf-8", "replace")
        if _depth(text) > _DEEPEST:
            raise self._archive.fault("is nested deeper than any program", _AGAIN, member)
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            # All four are how Python's parser refuses a text: a NUL in it, or too deep for its stack.
            raise self._archive.fault("is not a program", _AGAIN, member) from None
        return {
            each.name: {one.name: one for one in each.body if isinstance(one, ast.FunctionDef)}
            for each in tree.body
            if isinstance(each, ast.ClassDef)
        }


def _depth(text: str) -> int:
    """Return how deep the brackets of a text are nested; signs in front of a number count as well."""
    deepest = depth = signs = 0
    for letter in text:
        if letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        signs = signs + 1 if letter in "-+~" else 0
        deepest = max(deepest, depth, signs)
    return deepest
