"""What is shown on the explorer's screen and over it, as a view file says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import screens, view_file
from ..background.filter_motifs import usual_choice

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading

    from ..background.filter_motifs import FilterMotifs
    from ..options.scan_choices import MotifChoice
    from .block_screen import BlockScreen
    from .network import Network

__all__ = ["network_over", "shown_on"]


def shown_on(screen: BlockScreen) -> view_file.Shown | None:
    """Return what a view file is made of, or None before anything is shown.

    Args:
        screen: The explorer's screen, under whatever else is shown.
    """
    network, attributed = network_over(screen), screen.attributed
    reading = screen.reading if network is None else network.reading
    if reading is None or screen.sequences is None:
        return None
    return view_file.Shown(
        request=screen.request,
        sequences=screen.sequences,
        reading=reading,
        own=None if screen.picture is None else screen.own_model,
        view=screen.view,
        layer=None if network is None else network.view,
        theme=screen.app.theme,
        inspector="card" if screen.card else "unfolded" if screen.unfolded else "folded",
        overview=str(screen.subject),
        outputs=screen.background_work.output_scans.choice,
        attributed=None if attributed is None or attributed.refusal else attributed.choice,
        motifs=None if screen.motifs is None else _motifs_of(screen.background_work.filter_motifs, reading),
    )


def _motifs_of(found: FilterMotifs, reading: Reading) -> MotifChoice | None:
    """Return how filters are made motifs, if otherwise than is usual."""
    return None if found.choice == usual_choice(reading) else found.choice


def network_over(screen: BlockScreen) -> Network | None:
    """Return the screen of the whole network, where it is shown.

    Args:
        screen: The explorer's screen, under it.
    """
    shown = screen.app.screen
    # What is not shown need not be loaded.
    if shown is screen or not isinstance(shown, screens.Network):
        return None
    return shown if shown.picture is not None else None
