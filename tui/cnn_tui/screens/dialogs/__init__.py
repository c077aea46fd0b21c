"""The screens that ask something back: each is loaded when it is first opened, for the first frame opens none."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .ask_predictions import AskPredictions
    from .assumptions import show_assumptions
    from .choose_record import ChooseRecord
    from .code import CodeScreen
    from .export import ChosenExport, ExportScreen
    from .goto import GotoScreen
    from .help import Help
    from .open_file import Refused
    from .open_model import ModelChoice, OpenModel
    from .open_sequences import OpenSequences
    from .save_view import SaveView
    from .search import Search
    from .strongest import ChosenCell, Strongest

__all__ = [
    "AskPredictions",
    "ChooseRecord",
    "ChosenCell",
    "ChosenExport",
    "CodeScreen",
    "ExportScreen",
    "GotoScreen",
    "Help",
    "ModelChoice",
    "OpenModel",
    "OpenSequences",
    "Refused",
    "SaveView",
    "Search",
    "Strongest",
    "show_assumptions",
]

_MODULES: Final = {
    "AskPredictions": "ask_predictions",
    "ChooseRecord": "choose_record",
    "ChosenCell": "strongest",
    "ChosenExport": "export",
    "CodeScreen": "code",
    "ExportScreen": "export",
    "GotoScreen": "goto",
    "Help": "help",
    "ModelChoice": "open_model",
    "OpenModel": "open_model",
    "OpenSequences": "open_sequences",
    "Refused": "open_file",
    "SaveView": "save_view",
    "Search": "search",
    "Strongest": "strongest",
    "show_assumptions": "assumptions",
}


def __getattr__(name: str) -> object:
    """Return a dialog, loaded when it is first asked for."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
