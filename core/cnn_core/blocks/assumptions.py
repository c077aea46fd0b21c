"""What had to be assumed to read a model on a record: sentences that belong to the reading, as comments too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from ..errors import printable
from ..layers import IndexInput, SideInput
from ..letters.alphabet import Ambiguity
from ..network.model import Model
from ..network.other_strand import may_be_other_strand
from .offered_blocks import part_up_to
from .reading import Reading

__all__ = [
    "ambiguity_words",
    "as_comments",
    "assumptions_of",
    "edit_comments",
    "edited_names",
    "letter_words",
    "pad_words",
    "side_words",
    "zero_inputs_of",
    "zero_words",
]


def assumptions_of(reading: Reading, layer: str | None = None) -> tuple[str, ...]:
    """Return what had to be assumed for a reading, one sentence each, in words of the file where it is of one.

    First what was assumed of the model's file and of the records', see `Reading.assumed`; then what ambiguous letters
    are taken for, where the input window has any (its first 100,000 letters are looked through); then which inputs
    are zeros because they were given no numbers. Where it was asked for, first of all how the record is padded.

    Args:
        reading: The model on its input window, with the settings in force.
        layer: Only the inputs that this layer is computed from; None is all.
    """
    return (*pad_words(reading), *reading.assumed, *letter_words(reading), *zero_words(reading, layer))


def pad_words(reading: Reading) -> Iterator[str]:
    """Yield how the record is padded, where that was asked for and it is."""
    if reading.pad is not None and reading.padded:
        yield (
            f"{reading.record.name} has {len(reading.record):,} letters and {reading.model.name} reads "
            f"{reading.length:,}: {reading.pad.words(reading.padded)}"
        )


def as_comments(sentences: Sequence[str], width: int = 0) -> Iterator[str]:
    """Yield assumptions as lines that begin with #, such as for a table, motifs or a program.

    Args:
        sentences: What was assumed.
        width: Columns to fold them to; 0 leaves every sentence on one line.
    """
    for sentence in sentences:
        comment = f"# assumed: {printable(sentence)}"
        yield from wrap(comment, width, subsequent_indent="#   ", break_long_words=False) if width else [comment]


def edited_names(reading: Reading) -> tuple[str, ...]:
    """Return the names of all edits of a reading: of its letters, then of its model's weights."""
    return (*reading.edit_names, *reading.model.weight_names)


def edit_comments(names: Sequence[str], width: int = 0) -> Iterator[str]:
    """Yield what is edited as one line that begins with #, or none.

    Args:
        names: The names of the edits, see `edited_names`.
        width: Columns to fold it to; 0 leaves it on one line.
    """
    if names:
        comment = f"# edited: {', '.join(map(printable, names))}"
        yield from wrap(comment, width, subsequent_indent="#   ", break_long_words=False) if width else [comment]


def letter_words(reading: Reading) -> Iterator[str]:
    """Yield what ambiguous letters are taken for, where the input window has any.

    Args:
        reading: The model on its input window.
    """
    if reading.ambiguous:
        yield from ambiguity_words(reading.model, reading.ambiguity)


def ambiguity_words(model: Model, ambiguity: Ambiguity) -> Iterator[str]:
    """Yield what a network takes ambiguous letters for.

    Args:
        model: The network.
        ambiguity: The policy.
    """
    if isinstance(model.input, IndexInput):
        # Whatever the policy, a letter without an index has that of unknown ones, which the file's reader says.
        return
    if ambiguity is Ambiguity.ZERO:
        yield "ambiguous letters are rows of zeros; --ambiguity uniform shares them among what they stand for"
    elif ambiguity is Ambiguity.UNIFORM:
        yield "ambiguous letters are shared equally among what they stand for; --ambiguity zero makes them zeros"


def zero_words(reading: Reading, layer: str | None = None) -> Iterator[str]:
    """Yield which inputs of the network are zeros because they were given no numbers, and how to give them.

    Args:
        reading: The model on its input window.
        layer: Only the inputs that this layer is computed from; None is all.
    """
    for name in zero_inputs_of(reading, layer):
        yield f"input {name} is zeros; --input {name}=FILE.npy gives its numbers{_strand(reading.model, name)}"


def zero_inputs_of(reading: Reading, layer: str | None) -> tuple[str, ...]:
    """Return the names of the inputs that are zeros and that a layer is computed from.

    Args:
        reading: The model on its input window.
        layer: The layer; None is all inputs.
    """
    if layer is None:
        return reading.zero_inputs
    read = {node.name for node in part_up_to(reading.model, layer).nodes}
    return tuple(name for name in reading.zero_inputs if name in read)


def side_words(model: Model) -> Iterator[str]:
    """Yield where the inputs of a network that are not letters take their numbers from.

    Args:
        model: The network.
    """
    for node in model.inputs:
        if isinstance(node.layer, SideInput):
            yield (
                f"input {node.name} is zeros unless --input {node.name}=FILE.npy gives its numbers"
                f"{_strand(model, node.name)}"
            )


def _strand(model: Model, name: str) -> str:
    """Return what an input may be that has the shape of letters; it is never filled with them unasked."""
    if not may_be_other_strand(model, name):
        return ""
    return f", or --input {name}=@reverse-complement makes it the other strand"
