"""What says how filters become motifs, for every command that makes them."""

from __future__ import annotations

import argparse
import math
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Final

from cnn_core import motifs

from .typed_values import number_of, parsed_by, whole_number_of

if TYPE_CHECKING:
    from cnn_core.motifs import MotifRule, MotifSettings

__all__ = ["MOTIF_OPTIONS", "add_background", "add_motif_options", "motif_settings"]

MOTIF_OPTIONS: Final = ("motif_rule", "background", "pseudocount", "fewest_sites")
"""Where they stand in what was typed; each is None where nothing was said."""


def add_motif_options(made: ArgumentParser, of: str = "", fewest: int = 10) -> None:
    """Add the rule and its settings.

    Args:
        made: The parser.
        of: What they are for, which begins each line of help, such as `.meme: `.
        fewest: The smallest number of sites by default.
    """
    made.add_argument(
        "--motif-rule",
        metavar="RULE",
        type=parsed_by(lambda text: motifs.MotifRule.parse(text)),
        help=f"{of}windows (default), basset, best, top:N, weights or weights:BITS; see cnn-tui help motifs",
    )
    add_background(made, of)
    made.add_argument(
        "--pseudocount",
        metavar="X",
        type=number_of(
            "is no pseudocount; give a number from 0 on, such as 1", lambda amount: 0 <= amount < math.inf
        ),
        help=f"{of}how many of each letter are added to every column, as the background has them (default: 1 for "
        "basset, 0 for the others)",
    )
    made.add_argument(
        "--fewest-sites",
        metavar="N",
        type=whole_number_of("number of sites"),
        help=f"{of}the smallest number of sites of a motif that is written (default: {fewest})",
    )
    made.set_defaults(usual_fewest=fewest)


def add_background(made: ArgumentParser, of: str = "") -> None:
    """Add how often each base stands anywhere, `background`; None where nothing was said."""
    made.add_argument(
        "--background",
        metavar="A,C,G,T",
        type=_background,
        help=f"{of}how often A, C, G and T stand anywhere (default: 0.25 each)",
    )


def motif_settings(typed: Namespace, strands: str = "+") -> tuple[MotifRule, MotifSettings]:
    """Return the rule and the settings that were typed.

    Args:
        typed: What was typed.
        strands: The strands that are read.

    Raises:
        SettingError: The background is not a share of each base.
    """
    rule = motifs.MotifRule() if typed.motif_rule is None else typed.motif_rule
    background = motifs.UNIFORM if typed.background is None else typed.background
    return rule, motifs.MotifSettings(
        background, typed.pseudocount, typed.fewest_sites or typed.usual_fewest, strands
    )


def _background(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(share) for share in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not four shares, such as 0.3,0.2,0.2,0.3") from None
