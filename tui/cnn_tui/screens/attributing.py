"""What every base does to one value: which value, and how, is asked for; the track is shown, and led along."""

from __future__ import annotations

from cnn_core.attribution.target import has_logit

from .. import pictures
from ..view.attribution_choice import AttributionChoice
from ..view.view_state import Level
from . import dialogs
from .block_screen import BlockScreen
from .scan_follower import ScanFollower

__all__ = ["Attributing"]


class Attributing:
    """Chooses what the track of effects and contributions shows, and goes along its strongest bases.

    Args:
        screen: What shows it.
        follower: Has it computed.
    """

    def __init__(self, screen: BlockScreen, follower: ScanFollower) -> None:
        self._screen = screen
        self._follower = follower
        self._nth = -1
        """Which of the strongest bases was gone to last."""

    def ask(self) -> None:
        """Ask which value is explained, and how."""
        screen = self._screen
        if screen.picture is None:
            return
        now = screen.attributed
        strongest = ""
        if now is not None and now.numbers is not None and (order := now.numbers.strongest).size:
            nth = (self._nth + 1) % len(order)
            strongest = pictures.short_words(now.numbers, int(order[nth]))
        screen.app.push_screen(
            dialogs.ChooseAttribution(
                screen.picture.reading, self._offered(), screen.background_work.attribution_scans.choice, strongest
            ),
            self._take,
        )

    def _offered(self) -> list[AttributionChoice]:
        """Return the values that can be explained: the output, and what the cursor stands on."""
        picture = self._screen.picture
        assert picture is not None
        reading, view = picture.reading, picture.view
        output, pool = reading.model.outputs[0], reading.block.pool
        values = {
            Level.CELL: f"{pool}:{view.cell}:{view.filter}",
            Level.RESPONSE: f"{reading.model[pool].inputs[0]}:{picture.position}:{view.filter}",
        }
        first = Level.CELL if view.level is Level.CELL else Level.RESPONSE
        under = [values.pop(first), *values.values()]
        offered = [AttributionChoice(each) for each in under]
        if output == pool or reading.obstacle:
            return offered
        shape = reading.model.shapes_of(output, reading.length)[output]
        wide = [size or 0 for size in shape]
        name = "output" if max(wide) == 1 else f"{output}{':0' * len(wide)}"
        probability = AttributionChoice(name)
        logit = [AttributionChoice(name, logit=True)] if has_logit(reading.model[output].layer) else []
        return [*logit, probability, *offered]

    def _take(self, chosen: AttributionChoice | str | None) -> None:
        if chosen is None:
            return
        if chosen == "strongest":
            self.next_strongest()
            return
        self._nth = -1
        self._screen.background_work.attribution_scans.choose(
            chosen if isinstance(chosen, AttributionChoice) else None
        )
        self._screen.say("")
        self._follower.follow_attribution()

    def next_strongest(self) -> None:
        """Go to the base whose number is the next furthest from 0, and round again after the last."""
        screen, now = self._screen, self._screen.attributed
        if now is None or now.numbers is None or screen.view is None or not len(now.numbers.strongest):
            return
        order = now.numbers.strongest
        self._nth = (self._nth + 1) % len(order)
        base = int(order[self._nth])
        screen.show_view(screen.view.gone_to(Level.BASE, screen.view.index_of_base(base)))
        screen.say(
            f"strongest {self._nth + 1} of {len(order):,}: {pictures.strongest_words(now.numbers, now.reading, base)}"
        )
