"""`cnn-tui effects`: what every base changes a value by, as a table or a file."""

from __future__ import annotations

import heapq
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, TextIO

from cnn_core import attribution, writers
from cnn_core.errors import printable

from .. import opening, output
from ..words.numbers import number, signed
from .explained import SUFFIXES, Asked, Stretches, add_explained, check_explained
from .parser import Parser
from .progress import progress_bars
from .streams import write_lines, write_warnings

if TYPE_CHECKING:
    from cnn_core.attribution import Effects, InputWindow, Target
    from cnn_core.writers import BaseNumbers

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

_INSTEAD: Final = "effects"
_COLUMNS: Final = {"raw": "", "loss": "loss", "gain": "gain", "read": "read"}
_DEFAULT_TOP: Final = 10
_HEAD: Final = ("base", "edit", "value", "behind", "change", "loss", "gain")
_LEFT: Final = 2
"""How many of the columns are words."""


def parser() -> Parser:
    """Return the parser of `cnn-tui effects`."""
    usage = "cnn-tui effects SEQUENCES [--target VALUE] [-o FILE] [options]"
    made = Parser("cnn-tui effects", usage, _DESCRIPTION, _END)
    add_explained(made)
    made.add_argument(
        "--top",
        metavar="N",
        type=int,
        default=_DEFAULT_TOP,
        help=f"without -o: how many bases are listed (default: {_DEFAULT_TOP})",
    )
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse what does not go together."""
    check_explained(made, typed)
    if typed.top < 1:
        made.error("argument --top: give a whole number from 1 on")


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    run(Asked.typed(typed), top=typed.top)
    return 0


def run(asked: Asked, *, top: int = _DEFAULT_TOP, out: TextIO | None = None) -> None:
    """Compute effects and write them.

    Args:
        asked: What is explained, and the file; without one the strongest bases are listed.
        top: How many of these.
        out: What stands for standard output.

    Raises:
        CnnError: Something in the request is not there or cannot be read, there is no such value, or the file cannot
            be written.
    """
    asked.check_output(_INSTEAD)
    with opening.open_source(asked.request.sequences, stdin=asked.request.stdin) as sequences:
        request = opening.with_model(asked.request, sequences)
        opened = opening.open_model(request.model, request.model_options)
        stretches = Stretches(asked, sequences, opened)
        with progress_bars() as bars:
            work = _Work(stretches, bars.begin("substituting", "b"))
            if asked.path is None:
                lines = [*_listed(work, top)]
            else:
                output.write_base_file(
                    work.parts(),
                    asked.path,
                    _INSTEAD,
                    _COLUMNS,
                    lambda part: part.rows["projected"].sum(axis=1),
                    stretches.lengths,
                    work.said,
                    suffixes=SUFFIXES,
                    force=asked.force,
                )
        if asked.path is None:
            write_lines(lines, sys.stdout if out is None else out)
        region = filter(None, [opening.cut_region(request, sequences)])
        said = [*opening.unsupported_words(opened), *region, *work.assumed]
        said += stretches.remarks(work.windows, work.too_short)
    write_warnings(dict.fromkeys(said))


@dataclass(eq=False)
class _Work:
    """The effects, computed while they are asked for, and what is known of them so far."""

    stretches: Stretches
    told: Callable[[int, int], None]
    windows: int = 0
    too_short: int = 0
    read: int = 0
    bases: int = 0
    target: Target | None = None
    value: float = 0.0
    edits: tuple[str, ...] = ()
    assumed: dict[str, None] = field(default_factory=dict)

    def parts(self) -> Iterator[BaseNumbers]:
        """Yield the effects as numbers of bases, input window after input window."""
        for window, effects in self.effects():
            mine, reading = window.bases, window.reading
            yield writers.BaseNumbers(
                reading.record.name,
                len(reading.record),
                window.start,
                reading.reverse,
                effects.codes[mine],
                {
                    name: getattr(effects, name)[mine]
                    for name in ("raw", "centred", "projected", "loss", "gain", "read")
                },
                {"value": effects.value},
                ~effects.read[mine],
            )

    def effects(self) -> Iterator[tuple[InputWindow, Effects]]:
        """Yield the effects of every input window."""
        done, total = 0, self.stretches.bases
        for window in self.stretches.windows():
            self.windows += 1
            size, reading = window.stop - window.start, window.reading
            target = self.stretches.target_of(window)
            if target is None:
                self.too_short += 1
            else:
                found = self._effects(window, target, partial(self._tell, done, size, total))
                self.target, self.value, self.edits = target, found.value, reading.edit_names
                self.assumed.update(dict.fromkeys(self.stretches.said_of(reading)))
                self.read += int(found.read[window.bases].sum())
                self.bases += size
                yield window, found
            done += size
            self.told(done, total)

    def _tell(self, before: int, size: int, total: int, done: int, of: int) -> None:
        self.told(before + size * done // max(of, 1), total)

    def _effects(self, window: InputWindow, target: Target, told: Callable[[int, int], None]) -> Effects:
        reading = window.reading
        work = attribution.SaturationMutagenesis(
            reading.model, target, reading.codes(0, reading.length), reading.ambiguity, reading.side_values()
        )
        return work.effects(told, (window.bases.start, window.bases.stop))

    @property
    def named(self) -> str:
        """The value in words."""
        assert self.target is not None
        return f"{'logit of ' if self.target.logit else ''}{self.target.name}"

    def said(self) -> writers.Said:
        """Return what is said beside the numbers."""
        several = len(self.stretches.places) > 1 or self.windows > 1
        value = "" if several else f" (value {number(self.value)})"
        numbers = (
            f"effects on {self.named}{value}: A C G T are raw, the value behind a substitution less the value; "
            "loss and gain, how far it falls and rises at most"
        )
        track = f"effects on {self.named}, less their mean over the four letters, of the base that is there"
        return writers.Said((*self.assumed,), self.edits, numbers, track)


def _listed(work: _Work, top: int) -> Iterator[str]:
    """Yield the strongest bases as lines."""
    rows = heapq.nlargest(top, _changes(work), key=lambda row: row[0])
    if work.target is None:
        yield "no record is long enough for the network"
        return
    shown = f": {number(work.value)}" if work.windows == 1 else ""
    yield f"{work.named}{shown}, reads {work.read:,} of {work.bases:,} bases"
    if not rows:
        yield "no substitution changes it"
        return
    table = [_HEAD, *(row[-1] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = [
            text.ljust(width) if place < _LEFT else text.rjust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
    yield "positions are 1-based; an effect of 0 is not proof of no function: what is there twice hides it"


def _changes(work: _Work) -> Iterator[tuple[float, int, tuple[str, ...]]]:
    """Yield the strongest change at every base that is read and changes anything: its size, its place, its row."""
    count = 0
    for window, effects in work.effects():
        bases, reading = window.bases, window.reading
        for base in range(bases.start, bases.stop):
            raw = effects.raw[base]
            letter = int(abs(raw).argmax())
            change = float(raw[letter])
            if not change:
                continue
            count -= 1
            place = reading.record_position(base) + 1
            row = (
                printable(f"{reading.record.name}:{place}"),
                f"{effects.letters[base].upper()}→{'ACGT'[letter]}",
                number(effects.value),
                number(effects.value + change),
                signed(change),
                number(float(effects.loss[base])),
                number(float(effects.gain[base])),
            )
            yield abs(change), count, row
