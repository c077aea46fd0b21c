"""What every base does to one value: which value, and how, is asked for; the track is shown, and led along."""

from __future__ import annotations

from cnn_core.attribution.target import Target, has_logit
from cnn_core.blocks.reading import Reading

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

    def ask(self, target: str = "") -> None:
        """Ask which value is explained, and how.

        Args:
            target: A value that is offered first, as a target is typed.
        """
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
                screen.picture.reading,
                self._offered(target),
                screen.background_work.attribution_scans.choice,
                strongest,
            ),
            self._take,
        )

    def _offered(self, target: str) -> list[AttributionChoice]:
        """Return the values that can be explained: the output, and what the cursor stands on."""
        picture = self._screen.picture
        assert picture is not None
        reading, view = picture.reading, picture.view
        output, pool = reading.model.outputs[0], reading.block.pool
        values = [
            ":".join(map(str, (pool, *reading.run.place(view.cell, view.filter)))),
            f"{reading.model[pool].inputs[0]}:{picture.position}:{view.filter}",
        ]
        under = [AttributionChoice(each) for each in (values if view.level is Level.CELL else values[::-1])]
        asked = self._both(target, reading) if target else []
        if output == pool or reading.obstacle:
            return [*asked, *under]
        shape = [size or 0 for size in reading.model.shapes_of(output, reading.length)[output]]
        outputs = self._both("output" if max(shape) == 1 else f"{output}{':0' * len(shape)}", reading)
        found = [*asked, *outputs, *under]
        return [each for nth, each in enumerate(found) if each not in found[:nth]]

    @staticmethod
    def _both(target: str, reading: Reading) -> list[AttributionChoice]:
        """Return a value before its last sigmoid or softmax, where it has one, and behind it."""
        layer = Target.parse(target, reading.model, reading.length, logit=False).layer
        return [
            AttributionChoice(target, logit)
            for logit in (True, False)
            if not logit or has_logit(reading.model[layer].layer)
        ]

    def _take(self, chosen: AttributionChoice | str | None) -> None:
        if chosen is None:
            return
        if chosen == "strongest":
            self.next_strongest()
            return
        self._nth = -1
        self._follower.attribute(chosen if isinstance(chosen, AttributionChoice) else None)

    def next_strongest(self) -> None:
        """Go to the base whose number is the next furthest from 0, and round again after the last."""
        screen, now = self._screen, self._screen.attributed
        if now is None or now.numbers is None or screen.view is None or not len(now.numbers.strongest):
            return
        order = now.numbers.strongest
        self._nth = (self._nth + 1) % len(order)
        base = int(order[self._nth])
        screen.show_view(screen.view.gone_to(Level.BASE, screen.view.index_of_base(base)))
        place = f"strongest {self._nth + 1} of {len(order):,}: "
        words = place + pictures.strongest_words(now.numbers, now.reading, base)
        # On a narrow screen the number would be cut.
        fits = len(words) < screen.size.width - 1
        screen.say(words if fits else place + pictures.number_words(now.numbers, now.reading, base))
