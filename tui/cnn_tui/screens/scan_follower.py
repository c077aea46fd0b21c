"""What is computed behind a picture and shown as it comes: overview, outputs, effects, the network's values."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from time import thread_time
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from cnn_core import scan
from cnn_core.errors import CnnError, printable

from .. import pictures, words
from ..background.filter_motifs import MotifStage
from ..options.scan_choices import OutputChoice
from ..view.view_state import Subject
from ..widgets.comparison_tracks import Sides
from ..widgets.inspector import Inspector
from ..widgets.rail import Rail
from . import dialogs

if TYPE_CHECKING:
    from cnn_core.blocks.reading import Reading
    from cnn_core.network.model import Model

    from ..pictures.block_picture import Picture
    from ..view.attribution_choice import AttributionChoice
    from .block_screen import BlockScreen

__all__ = ["ScanFollower"]

_QUICK: Final = 0.003
"""Seconds for a network that a key can wait for: a fraction of what painting takes."""
_LONG: Final = float("inf")
_COMPARING: Final = "comparing with known motifs:"
_STOPPED: Final = "comparing was stopped: M, and M again, goes on"
_NO_MOTIFS: Final = "these filters read feature maps: only those that read letters are motifs"
_NO_HITS_BESIDE: Final = "hits have no room beside another reading: | shows one alone"
_FLIPPED: Final = "the logo's reverse complement: V flips it back"


class ScanFollower:
    """Follows what is looked at, without making a key wait for it.

    Args:
        screen: What shows the results.
    """

    def __init__(self, screen: BlockScreen) -> None:
        self._screen = screen
        self._work = screen.background_work
        self._without_output: Reading | None = None
        """The reading whose network could not be computed, which is said once."""
        self._took: WeakKeyDictionary[Model, float] = WeakKeyDictionary()
        """How many seconds networks took the last time."""
        self._is_asked = False
        """Whether what every base does was asked for, and is not told yet."""
        self._names_asked = False
        """The same of what filters resemble."""

    def follow(self) -> None:
        """Compute and show what belongs to another picture."""
        self._work.frame_priority.begin_frame()
        self._screen.call_after_refresh(self._work.frame_priority.end_frame)
        self._compute_output()
        self.follow_overview()
        self.follow_output_scan()
        self.follow_attribution()
        self.follow_motifs()
        self.follow_hits()

    def _compute_output(self) -> None:
        reading, job = self._screen.reading, self._work.output
        picture = self._screen.picture
        original = None if picture is None else picture.original
        beside = None if self._screen.split is None else self._screen.split.versus.reading
        both = [each for each in (reading, original, beside) if each is not None and not each.obstacle]
        if reading is None or reading.obstacle or all(each.is_computed for each in both):
            job.stop()
            return
        if job.target == (reading, beside) or self._without_output is reading:
            return
        if all(self._took.get(each.model, _LONG) < _QUICK for each in both):
            # Painting twice would take longer. What goes wrong is told of by the job.
            with suppress(CnnError, MemoryError):
                self._compute(both)
                job.stop()
                return

        def refused(error: CnnError) -> None:
            self._without_output = reading
            self._screen.refuse(error)

        def shown(_: object) -> None:
            for part in (Rail, Inspector):
                self._screen.query_one(part).refresh()
            self._screen.query(Sides).refresh()

        job.begin(
            "computing the network …",
            lambda _: self._compute(both),
            shown,
            refused=refused,
            target=(reading, beside),
            in_order=True,
        )

    def _compute(self, readings: Sequence[Reading]) -> None:
        """Compute the network's values, and note how long that takes."""
        for each in readings:
            if not each.is_computed:
                began = thread_time()
                _ = each.values
                self._took[each.model] = thread_time() - began

    def follow_overview(self) -> None:
        """Show the overview that belongs to what is looked at."""
        picture = self._screen.picture
        if picture is None or self._screen.overview_lines == 0:
            self._work.overviews.leave()
            self._screen.overview = None
            return
        chosen = None if self._screen.subject is Subject.ALL else picture.view.filter
        position = picture.reading.record_position(max(0, picture.view.cursor_span[0]))
        self._work.overviews.follow(picture.reading, self._screen.own_model, chosen, position)
        self.show_overview()

    def show_overview(self) -> None:
        """Show what is known of the overview."""
        picture = self._screen.picture
        if picture is not None:
            self._screen.overview = self._work.overviews.picture(picture.view, picture.reading)

    def follow_output_scan(self) -> None:
        """Show the scan of outputs that belongs to what is looked at."""
        if self._screen.picture is None:
            self._work.output_scans.leave()
        else:
            self._work.output_scans.follow(self._screen.picture.reading, self._screen.own_model)
        self.show_output_scan()

    def show_output_scan(self) -> None:
        """Show what is known of the outputs."""
        picture, had = self._screen.picture, self._screen.scanned is not None
        scans = self._work.output_scans
        self._screen.scanned = None if picture is None else scans.picture(picture.view, picture.reading)
        if had != (self._screen.scanned is not None):
            self._screen.fit()

    def follow_attribution(self) -> None:
        """Show what every base does to the value that is explained, if any is."""
        picture, scans = self._screen.picture, self._work.attribution_scans
        if picture is None:
            scans.leave()
        else:
            first, last = picture.view.cursor_span
            scans.follow(picture.shown, (first + last) // 2)
        self.show_attribution()

    def show_attribution(self) -> None:
        """Show what is known of it; once what was asked for is whole, say which base does most."""
        screen, picture, before = self._screen, self._screen.picture, self._screen.attributed
        found = None if picture is None else self._work.attribution_scans.picture(picture.view, picture.shown)
        screen.attributed = found
        if (before and before.choice.kind) != (found and found.choice.kind):
            screen.fit()
        if not self._is_asked or found is None or found.numbers is None or not found.complete:
            return
        self._is_asked, numbers = False, found.numbers
        if not len(numbers.strongest):
            screen.say(pictures.nothing_words(numbers, found.reading))
            return
        strongest = pictures.strongest_words(numbers, found.reading, int(numbers.strongest[0]))
        words = f"strongest: {strongest}"
        hinted = f"{words} · * Enter goes there"
        screen.say(hinted if len(hinted) < screen.size.width - 1 else words)

    def attribute(self, choice: AttributionChoice | None) -> None:
        """Show something else of every base, as it is asked for, or nothing.

        Args:
            choice: Which value is explained, and how.
        """
        self._work.attribution_scans.choose(choice)
        self._is_asked = choice is not None
        self._screen.say("")
        self.follow_attribution()

    def follow_motifs(self) -> None:
        """Show what is known of the filters as motifs, where a logo or names are shown, and find out the rest."""
        screen, picture, sequences = self._screen, self._screen.picture, self._screen.sequences
        if picture is None or sequences is None or not self._shows_motifs(picture):
            screen.motifs = None
            return
        reading, stage = picture.shown, MotifStage.MATCHES if picture.view.named else MotifStage.MATCH
        found = self._work.filter_motifs.follow(
            reading, screen.own_model, sequences, stage, first=picture.view.filter
        )
        count, is_all = found.records, found.choice.all_records
        where = f"all {count:,} records" if is_all and count > 1 else printable(reading.record.name)
        refusal = "" if found.refusal is None else str(found.refusal)
        more = len(sequences) > 1 and not is_all
        known = pictures.MotifPicture(found.motifs, dict(found.matches), where, more, refusal)
        screen.motifs = known.kept(screen.motifs)
        if self._names_asked:
            self._names_asked = not (found.is_compared or found.stopped)
            if found.is_compared:
                screen.say(words.names_told(found.motifs, found.matches, more=more))
            else:
                screen.say(
                    _STOPPED if found.stopped else f"{_COMPARING} {self._work.filter_motifs.pace}  Esc stops it"
                )

    def resume_motifs(self) -> None:
        """Follow them where a logo is shown or hidden; what was stopped goes on."""
        self._work.filter_motifs.resume()
        self.follow_motifs()

    def _shows_motifs(self, picture: Picture) -> bool:
        """Tell whether filters are motifs, which those on feature maps are not, and are looked at as such."""
        return (self._screen.card or picture.view.named) and picture.deep_step is None

    def toggle_names(self) -> None:
        """Call filters by what they resemble, or by their own names again."""
        picture = self._screen.picture
        if picture is None:
            return
        if picture.deep_step is not None:
            self._screen.say(_NO_MOTIFS)
            return
        self._work.filter_motifs.resume()
        self._names_asked = not picture.view.named
        self._screen.say("")
        self._screen.step_to(replace(picture.view, named=self._names_asked, count=""))

    def toggle_hits(self) -> None:
        """Show where hits of all filters stand, or leave them out again."""
        picture = self._screen.picture
        if picture is None:
            return
        screen, shown = self._screen, not picture.view.hits
        self._work.hit_thresholds.resume()
        screen.show_view(replace(picture.view, hits=shown))
        screen.fit()
        if shown and screen.split is not None:
            screen.say(_NO_HITS_BESIDE)

    def follow_hits(self) -> None:
        """Find out what makes a hit, where hits are shown, and show them once it is known."""
        screen, picture, thresholds = self._screen, self._screen.picture, self._work.hit_thresholds
        if picture is None or not picture.view.hits:
            thresholds.leave()
            screen.unknown_hits = ""
            return
        words = thresholds.follow(picture.shown)
        try:
            picture.read()
        except CnnError as error:
            # Their windows reach beyond the letters that were read so far.
            screen.step_to(replace(picture.view, hits=False))
            screen.fit()
            screen.refuse(error)
            return
        screen.unknown_hits = words

    def flip_logo(self) -> None:
        """Show the logo's reverse complement, or the logo again; the card comes to the front."""
        picture, screen = self._screen.picture, self._screen
        if picture is None:
            return
        if picture.deep_step is not None:
            screen.say(_NO_MOTIFS)
            return
        screen.card = screen.unfolded = True
        screen.show_view(replace(picture.view, flipped=not picture.view.flipped))
        screen.say("" if picture.view.flipped else _FLIPPED)

    def ask_output_scan(self) -> None:
        """Ask how to scan the output along the record."""
        if self._screen.picture is None:
            return
        reading, scans = self._screen.picture.reading, self._work.output_scans
        try:
            scan.check_scan(reading, len(reading.record))
        except CnnError as error:
            self._screen.refuse(error)
            if not reading.obstacle:
                self._screen.say(
                    "z draws its strongest cells along it; Tab, then W: what this output is the sum of"
                )
            return

        def choose(choice: OutputChoice | str | None) -> None:
            if choice is not None:
                scans.choose(choice if isinstance(choice, OutputChoice) else None)
                self.follow_output_scan()

        self._screen.app.push_screen(dialogs.AskOutputScan(reading, scans.choice), choose)

    def next_subject(self) -> None:
        """Show the whole record for this filter, for all filters, or not at all."""
        order = [Subject.FILTER, Subject.ALL, Subject.NOTHING]
        at = self._screen.subject
        if at is Subject.AUTOMATIC:
            at = Subject.NOTHING if self._screen.overview_lines == 0 else Subject.FILTER
        self._screen.subject = order[(order.index(at) + 1) % len(order)]
        self._screen.say(f"the whole record: {self._screen.subject}")
