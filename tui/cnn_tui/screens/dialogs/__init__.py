"""The screens that ask something back: each is loaded when it is first opened, for the first frame opens none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...lazy_names import lazily

if TYPE_CHECKING:
    from .ask_output_scan import AskOutputScan
    from .ask_versus import AskVersus
    from .assumptions import show_assumptions
    from .choose_attribution import ChooseAttribution
    from .choose_record import ChooseRecord
    from .code import CodeScreen
    from .documentation import Documentation
    from .edits import Edits
    from .export import ChosenExport, ExportScreen
    from .filter_table import FilterTable
    from .goto import GotoScreen
    from .goto_parser import Axis, Bounds, Goto, GotoIndex, GotoRegion
    from .help import Help
    from .open_file import Refused
    from .open_model import ModelChoice, OpenModel
    from .open_sequences import OpenSequences
    from .open_variants import OpenVariants
    from .output_reasons import OutputReasons
    from .save_view import SaveView
    from .search import Search
    from .strongest import ChosenCell, Strongest
    from .variants import Variants

__getattr__ = lazily(
    __name__,
    {
        "ask_output_scan": "AskOutputScan",
        "ask_versus": "AskVersus",
        "assumptions": "show_assumptions",
        "choose_attribution": "ChooseAttribution",
        "choose_record": "ChooseRecord",
        "code": "CodeScreen",
        "documentation": "Documentation",
        "edits": "Edits",
        "export": "ChosenExport ExportScreen",
        "filter_table": "FilterTable",
        "goto": "GotoScreen",
        "goto_parser": "Axis Bounds Goto GotoIndex GotoRegion",
        "help": "Help",
        "open_file": "Refused",
        "open_model": "ModelChoice OpenModel",
        "open_sequences": "OpenSequences",
        "open_variants": "OpenVariants",
        "output_reasons": "OutputReasons",
        "save_view": "SaveView",
        "search": "Search",
        "strongest": "ChosenCell Strongest",
        "variants": "Variants",
    },
)
