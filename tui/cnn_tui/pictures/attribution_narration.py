"""What is said of the effects and contributions of bases: always of which value, and never that a base causes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnn_core import attribution
from cnn_core.attribution.contributions import SHUFFLES
from cnn_core.attribution.integrated import POINTS
from cnn_core.attribution.target import has_logit
from cnn_core.errors import CnnError, printable
from cnn_core.letters.alphabet import BASES, decode

from ..view.attribution_choice import AttributionChoice, Kind
from ..words.block_words import filter_title, words_of
from ..words.numbers import number, signed
from ..words.plurals_and_indices import counted

if TYPE_CHECKING:
    from cnn_core.attribution.target import Target
    from cnn_core.blocks.reading import Reading

    from .attribution_picture import AttributionPicture, BaseNumbers

__all__ = [
    "definition",
    "explain_bases",
    "nothing_words",
    "number_words",
    "progress_words",
    "short_words",
    "strongest_words",
    "subject_of",
    "target_words",
]


def target_words(choice: AttributionChoice, reading: Reading) -> str:
    """Return how a value is called, such as `output logit`, `output[3] probability` or `pooled[7] of filter 135`.

    Args:
        choice: What is explained.
        reading: The model on an input window.
    """
    try:
        target = attribution.Target.parse(choice.target, reading.model, reading.length, logit=choice.logit)
    except CnnError:
        return choice.target
    return _named(target, reading)


def _named(target: Target, reading: Reading) -> str:
    index, squashed = target.index, has_logit(reading.model[target.layer].layer)
    if reading.has_block:
        words, block = words_of(reading.run), reading.block
        name = {
            block.pool: words.pooled,
            reading.model[block.pool].inputs[0]: words.conv,
        }.get(target.layer)
        if name is not None:
            return f"{name}[{index[0] if len(index) > 1 else 0}] of {filter_title(reading.run, index[-1])}"
    if target.layer == reading.model.outputs[0]:
        shape = reading.model.shapes_of(target.layer, reading.length)[target.layer]
        single = all(size == 1 for size in shape)
        name = "output" if single else f"output[{', '.join(map(str, index))}]"
        called = reading.model.name_of(target.layer, index)
        name = f"{name} ({printable(called)})" if called else name
        return f"{name} {'logit' if target.logit else 'probability'}" if squashed else name
    place = f" unit {index[0]}" if len(index) == 1 else f"[{', '.join(map(str, index[:-1]))}] channel {index[-1]}"
    before = ", before its last function" if target.logit else ""
    return f"{printable(target.layer)}{place}{before}"


def subject_of(numbers: BaseNumbers, reading: Reading) -> str:
    """Return what changes, such as `this model's output logit` or `pooled[7] of filter 135`."""
    name = _named(numbers.target, reading)
    return f"this model's {name}" if name.startswith("output") else name


def definition(numbers: BaseNumbers) -> tuple[str, ...]:
    """Return what the numbers are, the longest way of saying it first.

    Where contributions are to sum to a change, each names the baseline or the references, and the delta.

    Args:
        numbers: The numbers.
    """
    kind = numbers.choice.kind
    if kind is Kind.EFFECTS:
        return "edited − present, one substitution at a time", "edited − present"
    if kind is Kind.GRADIENT:
        return "gradient at every letter, not what a substitution does", "gradient"
    if kind is Kind.GRADIENT_X_INPUT:
        return "gradient × input, not what a substitution does", "gradient × input"
    delta = _delta(numbers)
    if kind is Kind.INTEGRATED:
        return (
            f"integrated gradients from all zeros{_before(numbers)}, {POINTS} points · {delta}",
            f"integrated gradients from all zeros · {delta}",
            f"integrated · {delta}",
            delta,
        )
    shuffles = f"{SHUFFLES} dinucleotide shuffles, seed 0"
    return (
        f"DeepLIFT against {shuffles}{_before(numbers)} · {delta}",
        f"DeepLIFT, {shuffles} · {delta}",
        f"DeepLIFT · {delta}",
        delta,
    )


def _before(numbers: BaseNumbers) -> str:
    values = numbers.reference_values
    if values is None:
        return ""
    return f" ({number(float(values[0]))})" if len(values) == 1 else f" (mean {number(float(values.mean()))})"


def _delta(numbers: BaseNumbers) -> str:
    if numbers.delta is None:
        return "delta …"
    largest = float(numbers.delta[abs(numbers.delta).argmax()])
    return f"delta {number(largest)}" if len(numbers.delta) == 1 else f"delta up to {number(abs(largest))}"


def number_words(numbers: BaseNumbers, reading: Reading, base: int, letter: int | None = None) -> str:
    """Return what is known of a base, in a line, such as `C→T at 133: output logit 1.200 → 0.850 (−0.350)`.

    Args:
        numbers: The numbers.
        reading: The model on the input window.
        base: A base of it.
        letter: One of the four letters, an index of ACGT; None is the base's own number that is furthest from 0.
    """
    name, kind = _named(numbers.target, reading), numbers.choice.kind
    there = decode(numbers.codes[base : base + 1])
    if not numbers.read[base]:
        return f"base {base}, {there}: not read by {name}"
    if not numbers.known[base]:
        return f"base {base}, {there}: still being computed"
    if letter is None and numbers.contributions is not None:
        return (
            f"{there} at {base} contributes {signed(float(numbers.contributions[base]))} to {name} by {kind.words}"
        )
    letter = int(numbers.furthest[base]) if letter is None else letter
    found = float(numbers.letters[base, letter])
    if kind is Kind.EFFECTS:
        if numbers.present[base] == letter:
            return f"{there} at {base} is there: {name} {number(numbers.value)}"
        return f"{there}→{BASES[letter]} at {base}: {name} {_change(numbers.value, found)}"
    if kind in (Kind.GRADIENT, Kind.GRADIENT_X_INPUT):
        return f"gradient of {name} at {BASES[letter]} of base {base}: {signed(found)}"
    if numbers.present[base] == letter:
        return number_words(numbers, reading, base)
    return f"{BASES[letter]} at {base} would contribute {signed(found)} to {name} by {kind.words}"


def _change(before: float, by: float) -> str:
    return f"{number(before)} → {number(before + by)} ({signed(by)})"


def short_words(numbers: BaseNumbers, base: int) -> str:
    """Return the number of a base that is furthest from 0 in few words, such as `C→T at 133 −0.350`."""
    there, by = decode(numbers.codes[base : base + 1]), signed(float(numbers.largest[base]))
    letter = BASES[int(numbers.furthest[base])]
    what = {Kind.EFFECTS: f"{there}→{letter}", Kind.GRADIENT: letter}.get(numbers.choice.kind, there)
    return f"{what} at {base} {by}"


def strongest_words(numbers: BaseNumbers, reading: Reading, base: int) -> str:
    """Return the number of a base that is furthest from 0, as what it says of the model.

    Args:
        numbers: The numbers.
        reading: The model on the input window.
        base: A base of it.
    """
    subject, kind = subject_of(numbers, reading), numbers.choice.kind
    there, by = decode(numbers.codes[base : base + 1]), signed(float(numbers.largest[base]))
    letter = BASES[int(numbers.furthest[base])]
    if kind is Kind.EFFECTS:
        return f"base {base}, {there}→{letter}{_edit(reading, base, letter)}, changes {subject} by {by}"
    if kind is Kind.GRADIENT:
        return f"the gradient of {subject} at {letter} of base {base} is {by}"
    return f"{there} at {base} contributes {by} to {subject} by {kind.words}"


def _edit(reading: Reading, base: int, letter: str) -> str:
    """Return what the edit of a letter is called, in brackets; nothing where other edits count in the record too."""
    if reading.edits:
        return ""
    (name,) = reading.changed(base, base + 1, letter).bare_edit_names
    return f" ({name})"


def nothing_words(numbers: BaseNumbers, reading: Reading) -> str:
    """Return what is said where every number is 0."""
    subject = subject_of(numbers, reading)
    if numbers.choice.kind is Kind.EFFECTS:
        return f"no single substitution changes {subject}: that is not the same as without function"
    return f"{numbers.choice.kind.words} of {subject} is 0 at every base"


def explain_bases(picture: AttributionPicture, bases: range) -> tuple[str, ...]:
    """Return what is said of the base under the cursor, or of the strongest of several.

    Args:
        picture: The numbers.
        bases: The bases that the cursor covers, within the input window.
    """
    numbers = picture.numbers
    if numbers is None or not len(bases):
        return ()
    name, subject = _named(numbers.target, picture.reading), subject_of(numbers, picture.reading)
    read = [base for base in bases if numbers.read[base]]
    if not read:
        which = f"base {bases[0]}" if len(bases) == 1 else f"any of bases {bases[0]}–{bases[-1]}"
        return (f"{name} does not read {which}: not read is not the same as no effect",)
    known = [base for base in read if numbers.known[base]]
    if not known:
        return (f"what base {read[0]} does to {name} is still being computed",)
    base = max(known, key=lambda each: abs(float(numbers.largest[each])))
    return _explained(numbers, subject, base)


def _explained(numbers: BaseNumbers, subject: str, base: int) -> tuple[str, ...]:
    kind, there = numbers.choice.kind, decode(numbers.codes[base : base + 1])
    letters = numbers.letters[base].tolist()
    each = [(letter, float(value)) for letter, value in zip(BASES, letters, strict=True)]
    if kind is Kind.EFFECTS:
        others = [(letter, value) for letter, value in each if letter != there.upper()]
        changes = ", ".join(
            f"{there}→{letter} {number(numbers.value + value)} ({signed(value)})" for letter, value in others
        )
        none = all(value == 0 for _, value in others)
        caveat = "one substitution at a time: 0 is not the same as without function"
        heading = f"changing base {base} changes {subject} {number(numbers.value)}:"
        return (heading, changes, *([caveat] if none else []))
    listed = ", ".join(f"{letter} {signed(value)}" for letter, value in each)
    if kind is Kind.GRADIENT:
        return (f"gradient of {subject} at base {base}, {there}:", listed)
    assert numbers.contributions is not None
    by = signed(float(numbers.contributions[base]))
    own = f"base {base}, {there}, contributes {by} to {subject} by {kind.words}"
    if kind is Kind.GRADIENT_X_INPUT:
        return (own, f"the gradient there: {listed}")
    return (own, f"in its place would: {listed}", definition(numbers)[0], *numbers.notes)


def progress_words(picture: AttributionPicture) -> tuple[str, ...]:
    """Return how far the computation is, or why it does not go on, the longest way of saying it first."""
    numbers = picture.numbers
    if picture.refusal:
        return (picture.refusal,)
    far = ""
    if numbers is not None and picture.choice.kind is Kind.EFFECTS:
        far = f"{numbers.done:,} of {counted(numbers.total, 'base')}"
    if not picture.going:
        return (f"stopped at {far}" if far else "stopped",)
    words = f"computing {far}" if far else "computing …"
    return f"{words}, Esc stops it", words
