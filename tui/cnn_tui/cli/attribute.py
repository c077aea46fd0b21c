"""`cnn-tui attribute`: the gradient of a value, and what every base contributes to it, as a table or a file."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from cnn_core import attribution, writers
from cnn_core.errors import SequenceError, printable

from .. import opening
from ..words.numbers import number, signed
from .parser import Parser
from .per_base_numbers import Explaining, Row, explain
from .per_base_options import DEFAULT_TOP, Asked, add_explained, check_explained
from .typed_values import asked_of, number_of, whole_number_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cnn_core.attribution import Attribution, InputWindow, Target
    from cnn_core.writers import Said

__all__ = ["How", "check", "main", "parser", "run"]

_DESCRIPTION: Final = """\
Write the gradient of one value of the network at every letter, or what every
base contributes to it: gradient x input, integrated gradients, DeepLIFT/SHAP."""

_END: Final = """\
  --method          a number for each letter             from
  gradient          the slope at that letter's number    -
  gradient-x-input  the same; of the letter there        -
  integrated        mean slope on the straight way from  --baseline
  deeplift          ratios of changes, averaged over     --references

hypothetical is what each of A C G T would contribute if it stood there and
nothing else changed of that, contribution what the letter that is there does.
Neither says what the network gives with another letter: cnn-tui effects does.

delta is by how much the contributions miss the change of the value from a
reference; beyond 0.001, or 1 % of the change, it is said. DeepLIFT is computed
as tangermeme 1.6 does it, with its shuffles: reference n of the seed s is that
of the seed s + n. They keep how often each pair of neighbours occurs, and need
a sequence of A, C, G and T alone. Which layers follow a rule that tangermeme
lacks, or have none, is said.

Without -o the strongest bases are listed. .tsv has a line a base; .npz gradient
or multipliers, hypothetical, contributions (length x 4), read, value,
reference_values, delta, letters, and of several regions one below the other;
.bedgraph and .bw what the letter that is there contributes. Bases that the
value does not read are empty in .tsv and left out of a track.

example:
  cnn-tui attribute @planted --model seed
  cnn-tui attribute my.fa --model danq.h5 --method deeplift -o deeplift.npz
  cnn-tui attribute my.fa --model danq.h5 --method integrated -o integrated.bw
  cnn-tui attribute hg38.fa --model danq.h5 --method deeplift --seed 7 \\
      --references shuffled:10 --regions peaks.bed -o deeplift.bedgraph"""

_METHODS: Final = ("gradient-x-input", "gradient", "integrated", "deeplift")
"""`cnn_core.attribution.Method`, whose room is too heavy for `--help`, the default first."""
_SHUFFLED: Final = "shuffled"
_SHUFFLES: Final = 20
_LETTERS: Final = {"gradient": "the gradient at each letter", "contribution": "what each letter would contribute"}


@dataclass(frozen=True)
class How:
    """How contributions are computed.

    Attributes:
        method: One of `cnn_core.attribution.Method`.
        references: Of DeepLIFT, `shuffled:N` or a FASTA file.
        seed: The seed of the first shuffle.
        baseline: What stands in all four rows where the way of integrated gradients begins.
    """

    method: str = _METHODS[0]
    references: str = f"{_SHUFFLED}:{_SHUFFLES}"
    seed: int = 0
    baseline: float = 0.0

    @property
    def shuffles(self) -> int | None:
        """How many shuffles are the references; None where a file has them."""
        name, _, count = self.references.partition(":")
        if name != _SHUFFLED:
            return None
        return int(count) if count.isascii() and count.isdigit() else _SHUFFLES

    @property
    def of_letter(self) -> str:
        """What the number of the letter that is there is called."""
        return "gradient" if self.method == "gradient" else "contribution"

    @property
    def described(self) -> str:
        """The method, and what it starts from, in words."""
        if self.method == "integrated":
            return f"integrated gradients from a baseline of {self.baseline:g}"
        if self.method != "deeplift":
            return self.method.replace("-x-", " × ")
        if self.shuffles is None:
            return f"DeepLIFT from the references of {printable(self.references)}"
        return f"DeepLIFT from {self.shuffles} shuffles, seed {self.seed}"


def parser() -> Parser:
    """Return the parser of `cnn-tui attribute`."""
    usage = "cnn-tui attribute SEQUENCES [--method METHOD] [-o FILE] [options]"
    made = Parser("cnn-tui attribute", usage, _DESCRIPTION, _END)
    add_explained(made, "contributions")
    made.add_argument(
        "--method", choices=_METHODS, default=_METHODS[0], help=f"how, see below (default: {_METHODS[0]})"
    )
    made.add_argument(
        "--references",
        metavar="WHICH",
        help=f"deeplift: shuffled:N, shuffles of the sequence, or a FASTA file (default: shuffled:{_SHUFFLES})",
    )
    made.add_argument(
        "--seed",
        metavar="N",
        type=whole_number_of("seed", least=0),
        help="deeplift: the seed of the first shuffle (default: 0)",
    )
    made.add_argument(
        "--baseline",
        metavar="NUMBER",
        type=number_of("is not a number from 0 to 1", lambda share: 0 <= share <= 1),
        help="integrated: what stands for every letter where the way begins, such as 0.25 (default: 0)",
    )
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse what does not go together."""
    check_explained(made, typed)
    for name, method in (("references", "deeplift"), ("seed", "deeplift"), ("baseline", "integrated")):
        if getattr(typed, name) is not None and typed.method != method:
            made.error(f"argument --{name}: it is for --method {method}")
    if typed.references is None:
        return
    name, colon, count = typed.references.partition(":")
    if name != _SHUFFLED:
        if typed.seed is not None:
            made.error("argument --seed: it is for shuffles, and the references are given")
    elif colon and not (count.isascii() and count.isdigit() and int(count)):
        made.error("argument --references: it is shuffled:N, such as shuffled:20, or a FASTA file")


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    run(Asked.typed(typed), asked_of(How, typed), top=typed.top)
    return 0


def run(asked: Asked, how: How | None = None, *, top: int = DEFAULT_TOP) -> None:
    """Compute contributions and write them.

    Args:
        asked: What is explained, and the file; without one the strongest bases are listed.
        how: How they are computed; None is gradient × input.
        top: How many bases are listed.

    Raises:
        CnnError: Something in the request is not there or cannot be read, there is no such value, a layer has no
            gradient, the references do not fit, or the file cannot be written.
    """
    how = how or How()
    explain(
        asked,
        partial(_Contributions, how=how),
        "explaining",
        {"hypothetical": "", "by_base": how.of_letter, "read": "read"},
        lambda part: part.rows["by_base"],
        top=top,
    )


@dataclass(eq=False)
class _Contributions(Explaining["Attribution"]):
    """The contributions of every base, and of which input windows something must be said."""

    how: How = field(default_factory=How)
    refused: dict[str, None] = field(default_factory=dict)
    missed: dict[str, None] = field(default_factory=dict)
    last: Attribution | None = None
    given: dict[int, NDArray[np.uint8]] = field(default_factory=dict)

    def found(self) -> Iterator[tuple[InputWindow, Attribution]]:
        """Yield the contributions of every input window.

        Raises:
            SequenceError: None of several has shuffles.
        """
        yield from super().found()
        if self.target is None and self.refused:
            raise SequenceError(
                f"no input window has shuffles, first {next(iter(self.refused))}",
                remedy="give --references FILE.fa",
            )

    def explained(
        self, window: InputWindow, target: Target, told: Callable[[int, int], None]
    ) -> Attribution | None:
        """Return the contributions, or None of one of several stretches whose letters have no shuffles."""
        reading, how = window.reading, self.how
        references = how.shuffles
        try:
            found = attribution.attribute(
                attribution.ExplainedValue.of(reading, target),
                reading.codes(0, reading.length),
                how.method,
                references=self._given(reading.length) if references is None else references,
                seed=how.seed,
                baseline=how.baseline,
                progress=told,
            )
        except SequenceError as error:
            if how.method != "deeplift" or references is None or len(self.stretches.places) == 1:
                raise
            self.refused[f"{reading.region}: {error.what}"] = None
            return None
        self.last = found
        self.assumed.update(dict.fromkeys(found.rules))
        if found.missed:
            self.missed[f"{reading.region}: {found.missed}"] = None
        return found

    def _given(self, length: int) -> NDArray[np.uint8]:
        """Return the references that a file has; read once."""
        if length not in self.given:
            with opening.open_source(self.how.references) as sequences:
                self.given[length] = attribution.records_as_references(sequences, length)
        return self.given[length]

    def rows_of(self, found: Attribution) -> dict[str, NDArray[Any]]:
        """Return the numbers of letters by their names; in a table and a track, that of the letter there too."""
        file = self.stretches.asked.output_file
        is_archive = file is not None and file.suffix == ".npz"
        return {**found.rows, **({} if is_archive else {"by_base": found.by_base}), "read": found.read}

    def alone_of(self, found: Attribution) -> dict[str, float | NDArray[Any]]:
        """Return the values, and by how much the contributions miss their difference."""
        return {"value": found.value, "reference_values": found.reference_values, "delta": found.delta}

    def said(self) -> Said:
        """Return what is said beside the numbers."""
        value = f" (value {number(self.value)}{self._begun})" if self.is_one else ""
        numbers = (
            f"{self.how.described}, of {self.named}{value}: A C G T {_LETTERS[self.how.of_letter]}; "
            f"{self.how.of_letter}, that of the letter that is there"
        )
        track = f"{self.how.described}, of {self.named}, of the letter that is there"
        return writers.Said(described=numbers, sentences=(*self.assumed,), edits=self.edits, track=track)

    @property
    def _begun(self) -> str:
        """Where the change begins, and by how much it is missed."""
        if self.last is None or not len(self.last.delta):
            return ""
        mean, largest = float(self.last.reference_values.mean()), float(abs(self.last.delta).max())
        return f", {number(mean)} where the change begins, delta {number(largest)}"

    def head(self) -> tuple[str, ...]:
        """Return the words above the columns of a list."""
        return "base", "letter", self.how.of_letter

    def strength_of(self, found: Attribution, base: int) -> Row | None:
        """Return what the letter of a base contributes."""
        contribution = float(found.by_base[base])
        if not contribution:
            return None
        return abs(contribution), (found.letters[base].upper(), signed(contribution))

    def around(self) -> tuple[str, str, str]:
        """Return what stands above a list, instead of an empty one, and below it."""
        begun = self._begun if self.is_one else ""
        return (
            f"{self.named}{self.shown_value}{begun}; {self.how.described}",
            "no base contributes to it",
            "positions are 1-based; a contribution is not what another letter would change: cnn-tui effects",
        )

    def remarks(self) -> Iterator[str]:
        """Yield what must be said in the end."""
        yield from super().remarks()
        for sentences, what in (
            (self.refused, "have no shuffles and were passed over"),
            (self.missed, "have contributions that miss the change"),
        ):
            first = next(iter(sentences), None)
            if first is not None:
                counted = f"{len(sentences):,} of {self.windows:,} input windows {what}, first {first}"
                yield counted if self.windows > 1 else first
