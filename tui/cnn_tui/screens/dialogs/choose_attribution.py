"""Choose a value, and what is shown of every base: what substitutions do to it, its gradient, or contributions."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input

from cnn_core.attribution.target import Target, has_logit
from cnn_core.blocks.reading import Reading
from cnn_core.errors import CnnError

from ... import pictures
from ...view.attribution_choice import AttributionChoice, Kind
from ...words.numbers import number
from .choices import Choice, Choices
from .dialog import Field
from .listing import ShortListing
from .picker import Picker

__all__ = ["ChooseAttribution"]

_SHORT = {
    Kind.EFFECTS: "effects",
    Kind.GRADIENT: "gradient",
    Kind.GRADIENT_X_INPUT: "× input",
    Kind.INTEGRATED: "integrated",
    Kind.DEEPLIFT: "DeepLIFT",
}
_SAID = {
    Kind.EFFECTS: "what every substitution changes the value by, one at a time",
    Kind.GRADIENT: "the gradient of the value at every letter",
    Kind.GRADIENT_X_INPUT: "gradient × input: the gradient at the letters that are there",
    Kind.INTEGRATED: "integrated gradients from all zeros, 50 points",
    Kind.DEEPLIFT: "DeepLIFT/SHAP against 20 dinucleotide shuffles",
}
_STRONGEST, _OFF = "strongest", "off"


class ChooseAttribution(ShortListing[AttributionChoice | str | None]):
    """Lists values; ← and → choose what is shown of every base. The result is a choice, `strongest` or `off`.

    Args:
        reading: The model on the present input window.
        offered: The values to choose from.
        now: What is shown now, if anything is.
        strongest: The base that can be gone to, in words, or nothing.
    """

    BINDINGS: ClassVar = [
        Binding("left", "kind(-1)", "Show another", priority=True),
        Binding("right", "kind(1)", "Show another", priority=True),
    ]
    heading = "Effect of every base"
    hints = (("Enter", "show", "choose"), ("↑ ↓", "value", "move(1)"), ("← →", "what is shown", "kind(1)"))

    def __init__(
        self, reading: Reading, offered: list[AttributionChoice], now: AttributionChoice | None, strongest: str
    ) -> None:
        super().__init__()
        self._reading, self._now, self._strongest = reading, now, strongest
        known = [(each.target, each.logit) for each in offered]
        if now is not None and (now.target, now.logit) not in known:
            offered = [replace(now, kind=Kind.EFFECTS), *offered]
        self._offered = offered
        self._listed: list[AttributionChoice | str] = []

    def parts(self) -> ComposeResult:
        """Yield the list, the field, what is shown, and what that is."""
        kinds = [*Kind]
        at = 0 if self._now is None else kinds.index(self._now.kind)
        choices = tuple(_SHORT[kind] for kind in kinds)
        yield Choices()
        yield Picker("shown", choices, at, label_width=8)
        yield self.field()
        yield self.message()

    def field(self) -> Field:
        """Return the field for another value."""
        return Field(placeholder="another value: output:N, LAYER:UNIT or LAYER:POSITION:CHANNEL", name="value")

    def on_mount(self) -> None:
        """List the values; marked is the way to the strongest base, or else what is explained now."""
        self._offer()
        # As high whatever is typed.
        self.choices.styles.height = len(self._listed)
        self.query_one(Field).focus()

    @property
    def _kind(self) -> Kind:
        return list(Kind)[self.query_one(Picker).chosen]

    def _typed(self) -> list[AttributionChoice]:
        """Return the value that is typed, before its last function and after it; a number is an output's."""
        text, model = self.query_one(Field).value.strip(), self._reading.model
        text = f"output:{text}" if text.isdecimal() else text
        target = Target.parse(text, model, self._reading.length, logit=False)
        both = (True, False) if has_logit(model[target.layer].layer) else (False,)
        return [AttributionChoice(text, logit) for logit in both]

    def _offer(self) -> None:
        listed: list[AttributionChoice | str] = []
        self.say(_SAID[self._kind])
        if self.query_one(Field).value.strip():
            try:
                listed += self._typed()
            except CnnError as error:
                self.refuse(error)
        else:
            listed += self._offered
            if self._now is not None:
                listed += [_STRONGEST] if self._strongest else []
                listed.append(_OFF)
        now = self._now
        marked = [
            at
            for at, each in enumerate(listed)
            if isinstance(each, AttributionChoice) and now is not None and _value(each) == _value(now)
        ]
        # What is shown already need not be chosen again: Enter goes on to its strongest base.
        if now is not None and now.kind is self._kind and _STRONGEST in listed:
            marked = [listed.index(_STRONGEST)]
        self._listed = listed
        self.choices.offer(len(listed), self._line, highlighted=marked[0] if marked else 0)

    def _line(self, index: int, room: int) -> Choice:
        chosen = self._listed[index]
        if chosen == _STRONGEST:
            return Choice("go to the next strongest base", self._strongest)
        if not isinstance(chosen, AttributionChoice):
            return Choice("off", "take the track away", dim=True)
        return Choice(pictures.target_words(chosen, self._reading), self._note(chosen))

    def _note(self, choice: AttributionChoice) -> str:
        """Return the value itself, where it is computed."""
        if choice.logit or not self._reading.is_computed:
            return "before its last function" if choice.logit else ""
        target = Target.parse(choice.target, self._reading.model, self._reading.length, logit=False)
        return number(target.of(self._reading.values))

    def action_kind(self, by: int) -> None:
        """Choose what is shown of every base."""
        self.query_one(Picker).action_choose(by)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave ← and → to the field once something is typed."""
        return not (action == "kind" and self.query_one(Field).value)

    @on(Picker.Changed)
    def tell_kind(self) -> None:
        """Say what is shown, and mark the value that it is shown of instead of the base to go to."""
        at = self.choices.highlighted
        if at is not None and self._listed[at] == _STRONGEST:
            self._offer()
        else:
            self.say(_SAID[self._kind])

    @on(Input.Changed)
    def look(self) -> None:
        """List what is typed."""
        self._offer()

    def choose(self, index: int) -> None:
        """Take a line of the list."""
        chosen = self._listed[index]
        self.dismiss(replace(chosen, kind=self._kind) if isinstance(chosen, AttributionChoice) else chosen)

    def choose_unlisted(self) -> None:
        """Say what is wrong with what is typed."""
        self._offer()


def _value(choice: AttributionChoice) -> tuple[str, bool]:
    return choice.target, choice.logit
