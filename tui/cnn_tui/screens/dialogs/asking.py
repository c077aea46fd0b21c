"""A dialog with a field to type in: what is typed is read with every letter, and Enter closes with it."""

from __future__ import annotations

from typing import TypeVar

from textual import on
from textual.widgets import Input

from cnn_core.errors import CnnError

from .dialog import Dialog, Field

__all__ = ["Asking"]

Result = TypeVar("Result")


class Asking(Dialog[Result]):
    """Reads what is typed; what is wrong with it is said at once where that can be, and keeps the dialog open."""

    @property
    def typed(self) -> str:
        """What stands in the first field."""
        return self.query_one(Field).value

    def read(self) -> Result:
        """Return the result of what is typed.

        Raises:
            CnnError: It means nothing, or cannot be done.
        """
        raise NotImplementedError

    def remark(self) -> str:
        """Return what is said while something is typed.

        Raises:
            CnnError: It can already be seen to be wrong.
        """
        return ""

    @on(Input.Changed)
    def look(self) -> None:
        """Say what there is to say of what is typed."""
        try:
            self.say(self.remark())
        except CnnError as error:
            self.refuse(error)

    @on(Input.Submitted)
    def action_accept(self) -> None:
        """Close with what is typed, or say what is wrong with it."""
        try:
            result = self.read()
        except CnnError as error:
            self.refuse(error)
        else:
            self.dismiss(result)
