"""`cnn-tui effects`: what every base changes a value by, as a table or a file."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from cnn_core import attribution, writers

from ..words.numbers import number, signed
from .parser import Parser
from .per_base_numbers import Explaining, Row, explain
from .per_base_options import DEFAULT_TOP, Asked, add_explained, check_explained

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cnn_core.attribution import Effects, InputWindow, Target
    from cnn_core.writers import Said

__all__ = ["check", "main", "parser", "run"]

_DESCRIPTION: Final = """\
Replace every base by each other letter, one at a time, and write what this
changes one value of the network by (saturation mutagenesis)."""

_END: Final = """\
raw is the value behind a substitution less the value, in the order A C G T: 0
at the base that is there; of an N all four. centred is raw less its mean over
all four letters, projected what is left of that at the base that is there, both
as tangermeme has them. loss is how far the value falls at most, and gain how
far it rises, as Basset has them.

A base that the value does not read has no effect that could be known: read says
no, its fields are empty, a track leaves it out. A base with the effect 0 is not
without function: one substitution at a time hides what is there twice.

Without -o the strongest bases are listed. .tsv has a line a base; .npz raw,
centred, projected (length x 4), read, loss, gain, value, letters, several
regions one below the other, region i in the rows from rows[i] to rows[i + 1];
.bedgraph and .bw have the projected effects.

--region begins an input window at its first base, as in the explorer; a region
of --regions lies in the middle of its input window. What is longer than the
network's input is read in windows one behind the other, each with a value of
its own.

example:
  cnn-tui effects @planted --model seed
  cnn-tui effects my.fa --model danq.h5 --target output:3 -o effects.npz
  cnn-tui effects hg38.fa --model danq.h5 --regions peaks.bed -o effects.bw
  cnn-tui effects @planted --model motifs --target max_pooling1d:5:17"""

_COLUMNS: Final = {"raw": "", "loss": "loss", "gain": "gain", "read": "read"}
_HEAD: Final = ("base", "edit", "value", "behind", "change", "loss", "gain")
_ROWS: Final = ("raw", "centred", "projected", "loss", "gain", "read")


def parser() -> Parser:
    """Return the parser of `cnn-tui effects`."""
    usage = "cnn-tui effects SEQUENCES [--target VALUE] [-o FILE] [options]"
    made = Parser("cnn-tui effects", usage, _DESCRIPTION, _END)
    add_explained(made, "effects")
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse what does not go together."""
    check_explained(made, typed)


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    run(Asked.typed(typed), top=typed.top)
    return 0


def run(asked: Asked, *, top: int = DEFAULT_TOP) -> None:
    """Compute effects and write them.

    Args:
        asked: What is explained, and the file; without one the strongest bases are listed.
        top: How many of these.

    Raises:
        CnnError: Something in the request is not there or cannot be read, there is no such value, or the file cannot
            be written.
    """
    explain(
        asked,
        _Effects,
        "substituting",
        _COLUMNS,
        lambda part: part.rows["projected"].sum(axis=1),
        top=top,
    )


class _Effects(Explaining["Effects"]):
    """The effects of every base."""

    def explained(self, window: InputWindow, target: Target, told: Callable[[int, int], None]) -> Effects:
        """Return the effects of the bases of an input window."""
        reading = window.reading
        work = attribution.SaturationMutagenesis(
            reading.model, target, reading.codes(0, reading.length), reading.ambiguity, reading.side_values()
        )
        return work.effects(told, (window.bases.start, window.bases.stop))

    def rows_of(self, found: Effects) -> dict[str, NDArray[Any]]:
        """Return the effects by their names."""
        return {name: getattr(found, name) for name in _ROWS}

    def said(self) -> Said:
        """Return what is said beside the numbers."""
        value = f" (value {number(self.value)})" if self.is_one else ""
        numbers = (
            f"effects on {self.named}{value}: A C G T are raw, the value behind a substitution less the value; "
            "loss and gain, how far it falls and rises at most"
        )
        track = f"effects on {self.named}, less their mean over the four letters, of the base that is there"
        return writers.Said(described=numbers, sentences=(*self.assumed,), edits=self.edits, track=track)

    def head(self) -> tuple[str, ...]:
        """Return the words above the columns of a list."""
        return _HEAD

    def strength_of(self, found: Effects, base: int) -> Row | None:
        """Return the strongest change at a base."""
        raw = found.raw[base]
        letter = int(abs(raw).argmax())
        change = float(raw[letter])
        if not change:
            return None
        return abs(change), (
            f"{found.letters[base].upper()}→{'ACGT'[letter]}",
            number(found.value),
            number(found.value + change),
            signed(change),
            number(float(found.loss[base])),
            number(float(found.gain[base])),
        )

    def around(self) -> tuple[str, str, str]:
        """Return what stands above a list, instead of an empty one, and below it."""
        return (
            f"{self.named}{self.shown_value}, reads {self.read:,} of {self.bases:,} bases",
            "no substitution changes it",
            "positions are 1-based; an effect of 0 is not proof of no function: what is there twice hides it",
        )
